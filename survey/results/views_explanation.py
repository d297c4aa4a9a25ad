"""The page that explains one figure."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from survey import accounts
from survey.db import db
from survey.exports import Figure, Report
from survey.figures.filters import UnknownChoice
from survey.indices import FULL
from survey.models import Unit
from survey.results.explanation import Explainer
from survey.results.scope import Opened, bp, opened, shown


@bp.get("/<wave_id>/giai-thich")
@accounts.requires("admin", "analyst", "auditor")
def explanation(wave_id: str) -> ResponseReturnValue:
    """Show how one figure came about, for the filters in the address."""
    asked = opened(wave_id)
    counted = asked.count()
    made = asked.report(counted)
    figure = figure_of(made, request.args.get("so") or FULL)
    explainer = Explainer(made, unit=unit_of(asked).code, filters=asked.filters.address)
    return shown(
        asked,
        ".explanation",
        counted=counted,
        report=made,
        it=explainer.explain(figure),
        so=figure.code,
    )


def figure_of(made: Report, code: str) -> Figure:
    """The figure of a criterion, an element, or a set.

    Raises:
        UnknownChoice: there is none with this code.
    """
    for figure in made.figures:
        if figure.code == code:
            return figure
    raise UnknownChoice("so", code)


def unit_of(asked: Opened) -> Unit:
    """The unit that a selection is about: for an account of a division its own."""
    if asked.filters.unit is not None:
        return asked.filters.unit
    own = accounts.current().unit_id
    if asked.reach is None or own is None or asked.wave.unit_id in asked.reach:
        return asked.wave.unit
    return db.session.get_one(Unit, own)
