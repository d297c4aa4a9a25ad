"""The page of a series: one figure over months, quarters, years or waves."""

from __future__ import annotations

from typing import Final

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from survey import accounts
from survey.db import db
from survey.figures.filters import MONTH
from survey.figures.trends import Point, trend
from survey.models import Wave
from survey.results.figure_choices import FIGURE, chosen_figure, figure_choices
from survey.results.scope import Opened, address_of, bp, choice, opened, shown
from survey.results.trend_screen import TrendScreen

BY: Final = "buoc"
STEPS: Final = {
    "thang": ("month", _l("Tháng")),
    "quy": ("quarter", _l("Quý")),
    "nam": ("year", _l("Năm")),
    "dot": ("wave", _l("Đợt khảo sát")),
}


@bp.get("/<wave_id>/dien-bien", endpoint="trend")
@accounts.requires("admin", "analyst", "auditor")
def show_trend(wave_id: str) -> ResponseReturnValue:
    """Show one figure of the selection over all waves of its series."""
    asked = opened(wave_id)
    figures = figure_choices(asked.questionnaire, asked.language)
    figure = chosen_figure(figures, request.args.get(FIGURE))
    step = choice(BY, "thang", STEPS)
    waves = series_of(asked)
    found = trend(
        db.session,
        waves,
        asked.filters,
        STEPS[step][0],
        figure.code,
        language=asked.language,
        reach=asked.reach,
    )

    def explain(point: Point) -> str | None:
        if step == "dot":
            values = {**asked.filters.address, FIGURE: figure.code}
            return address_of(".explanation", point.key, values)
        if len(point.waves) != 1 or asked.filters.period is not None:
            # Counted over several waves: no one page has the same figure.
            return None
        values = {**asked.filters.address, MONTH: point.key, FIGURE: figure.code}
        return address_of(".explanation", point.waves[0], values)

    return shown(
        asked,
        ".trend",
        kept={FIGURE: figure.code, BY: step},
        figures=figures,
        figure=figure,
        step=step,
        steps=[(value, words) for value, (_, words) in STEPS.items()],
        screen=TrendScreen(
            found,
            title=figure.title,
            formula=asked.wave.formula,
            levels=asked.levels,
            language=asked.language,
            explain=explain,
        ),
        waves=waves,
        left_out=found.left_out,
    )


def series_of(asked: Opened) -> list[Wave]:
    """The waves of the same unit that belong in one series, this one last.

    Waves that are only tried, and sample data beside real, are no part of it.
    """
    wave = asked.wave
    query = accounts.reachable_waves(db.session).where(
        Wave.unit_id == wave.unit_id,
        Wave.is_sample == wave.is_sample,
        Wave.state.in_(("open", "closed")),
        Wave.id != wave.id,
    )
    others = db.session.scalars(query.order_by(Wave.opens_on, Wave.id))
    return [*others, wave]
