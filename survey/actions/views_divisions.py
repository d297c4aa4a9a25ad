"""The pages of divisions."""

from __future__ import annotations

from collections import Counter

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, catalogue, clock, web
from survey.actions import divisions, improvements, terms, working_group
from survey.actions.blueprint import bp
from survey.actions.feed import READERS
from survey.db import db
from survey.models import Unit, Wave
from survey.released import Released, released

MOST_COMMENTS = 50


@bp.get("/phong/")
@accounts.requires(*READERS)
def show_divisions() -> ResponseReturnValue:
    """List the divisions; an account of one is led to it."""
    session, today = db.session, clock.today()
    own = divisions.own(session, accounts.current())
    if own is not None:
        return redirect(url_for(".show_division", unit_id=own.id), code=303)
    units = divisions.in_reach(session)
    found = improvements.of_units(session, [unit.id for unit in units])
    return render_template(
        "actions/divisions.html",
        units=units,
        open=Counter(one.unit_id for one in found if one.state in improvements.OPEN),
        overdue=Counter(
            one.unit_id for one in found if improvements.is_overdue(one, today)
        ),
    )


@bp.get("/phong/<int:unit_id>")
@accounts.requires(*READERS)
def show_division(unit_id: int) -> ResponseReturnValue:
    """Show one division: its figures for a wave, and its actions."""
    session = db.session
    unit = division_in_reach(unit_id)
    waves = divisions.waves_about(
        session, unit, working_group.waves_with_results(session)
    )
    wave = chosen_wave(waves)
    page = None
    if wave is not None:
        page = divisions.DivisionPage(
            session,
            unit,
            wave,
            language=web.language(),
            agency=web.agency(),
            today=clock.today(),
            late_days=web.settings().late_days,
        )
    account, reach = accounts.current(), accounts.scope(session)
    found = improvements.of_units(session, [unit.id])
    return render_template(
        "actions/division.html",
        unit=unit,
        wave=wave,
        waves=waves,
        page=page,
        comments=_comments(wave, unit, sees_all=reach is None) if wave else (),
        actions=found,
        overdue={
            one.id for one in found if improvements.is_overdue(one, clock.today())
        },
        terms=terms,
        may_edit=improvements.may_edit(account, unit.id, reach),
        sees_others=divisions.own(session, account) is None,
    )


def _comments(wave: Wave, unit: Unit, *, sees_all: bool) -> tuple[Released, ...]:
    """What the office released to this division: masked, and of no small group."""
    ids = catalogue.subtree(db.session, [unit.id])
    return released(db.session, wave, ids, is_whole=sees_all)[:MOST_COMMENTS]


def division_in_reach(unit_id: int) -> Unit:
    """The division of this number, or a 404 if there is none for this account."""
    unit = divisions.find(db.session, unit_id)
    if unit is None:
        abort(404)
    return unit


def chosen_wave(waves: list[Wave]) -> Wave | None:
    """The wave that the address names, else the latest; a 404 for one not there."""
    name = request.args.get("dot")
    if not name:
        return waves[0] if waves else None
    found = next((one for one in waves if one.id == name), None)
    if found is None:
        abort(404, _("Không có đợt này."))
    return found
