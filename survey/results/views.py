"""The pages of the results that one report fills: the waves, the figures of one, what
they are without careless responses, who answered, and how all is counted."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from survey import accounts
from survey.db import db
from survey.exports import Figure, dispositions
from survey.models import Wave
from survey.results.figure_choices import FIGURE
from survey.results.scope import STATES, bp, opened, period, shown
from survey.results.screen import Screen
from survey.results.views_files import offered


@bp.get("/")
@accounts.requires("admin", "analyst", "auditor")
def waves() -> ResponseReturnValue:
    """List the waves whose results may be read, the latest first."""
    query = accounts.reachable_waves(db.session)
    found = db.session.scalars(query.order_by(Wave.opens_on.desc(), Wave.id)).all()
    return render_template(
        "results/waves.html",
        waves=[(wave, period(wave), STATES[wave.state]) for wave in found],
    )


@bp.get("/<wave_id>")
@accounts.requires("admin", "analyst", "auditor")
def wave(wave_id: str) -> ResponseReturnValue:
    """Show the figures of one wave for the filters in the address."""
    asked = opened(wave_id)
    counted = asked.count()
    made = asked.report(counted)

    def explanation(figure: Figure) -> str:
        return asked.url(".explanation", **{FIGURE: figure.code})

    return shown(
        asked,
        ".wave",
        counted=counted,
        screen=Screen(made, explanation),
        report=made,
        downloads=offered(asked)[:1],
    )


@bp.get("/<wave_id>/do-nhay")
@accounts.requires("admin", "analyst", "auditor")
def sensitivity(wave_id: str) -> ResponseReturnValue:
    """Show how much the figures rest on single kinds of responses."""
    asked = opened(wave_id)
    counted = asked.count()
    made = asked.report(counted)
    return shown(
        asked, ".sensitivity", counted=counted, screen=Screen(made), report=made
    )


@bp.get("/<wave_id>/ty-le-tra-loi")
@accounts.requires("admin", "analyst", "auditor")
def response_rates(wave_id: str) -> ResponseReturnValue:
    """Show how many of the businesses invited answered, by unit and procedure."""
    asked = opened(wave_id)
    counted = asked.count()
    made = asked.report(counted)
    return shown(
        asked,
        ".response_rates",
        counted=counted,
        report=made,
        units=dispositions.lines(made.dispositions, "unit", asked.language),
        procedures=dispositions.lines(made.dispositions, "procedure", asked.language),
        rate_notes=dispositions.notes(asked.language),
    )


@bp.get("/<wave_id>/cach-tinh")
@accounts.requires("admin", "analyst", "auditor")
def method(wave_id: str) -> ResponseReturnValue:
    """Show how every figure comes about."""
    asked = opened(wave_id)
    counted = asked.count()
    return shown(asked, ".method", counted=counted, report=asked.report(counted))
