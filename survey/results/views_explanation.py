"""The page that explains one figure."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from survey import accounts
from survey.db import db
from survey.exports import Figure, Report
from survey.figures import filters as address
from survey.figures.filters import UnknownChoice
from survey.indices import FULL
from survey.results.explanation import Explainer
from survey.results.figure_choices import FIGURE
from survey.results.scope import bp, opened, shown


@bp.get("/<wave_id>/giai-thich")
@accounts.requires("admin", "analyst", "auditor")
def explanation(wave_id: str) -> ResponseReturnValue:
    """Show how one figure came about, for the filters in the address."""
    asked = opened(wave_id)
    counted = asked.count()
    made = asked.report(counted)
    figure = figure_of(made, request.args.get(FIGURE) or FULL)
    unit = address.top(db.session, asked.wave, asked.filters, asked.reach)
    explainer = Explainer(made, unit=unit.code, filters=asked.filters.address)
    return shown(
        asked,
        ".explanation",
        counted=counted,
        report=made,
        it=explainer.explain(figure),
        kept={FIGURE: figure.code},
    )


def figure_of(made: Report, code: str) -> Figure:
    """The figure of a criterion, an element, or a set.

    Raises:
        UnknownChoice: there is none with this code.
    """
    for figure in made.figures:
        if figure.code == code:
            return figure
    raise UnknownChoice(FIGURE, code)
