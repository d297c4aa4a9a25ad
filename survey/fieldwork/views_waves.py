"""Pages of waves: the list, a new one, one of them, opening and closing."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, catalogue, clock, formats, web
from survey.accounts.forms import SelectChoice, StaffForm
from survey.db import db
from survey.fieldwork import links, terms, waves
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import WaveForm
from survey.fieldwork.terms import FieldworkError
from survey.indices import FORMULAS
from survey.models import Dossier, Link, PublishedQuestionnaire, Wave

READERS = ("admin", "fieldworker", "auditor")
WRITERS = ("admin", "fieldworker")


@bp.context_processor
def words() -> dict[str, object]:
    """Names that the pages of fieldwork use."""
    return {"terms": terms}


def own_units(wave: Wave) -> list[int] | None:
    """The units of a wave that the account may see; None for all of them."""
    reach = accounts.scope(db.session)
    if reach is None or wave.unit_id in reach:
        return None
    return reach


def may_manage(wave: Wave) -> bool:
    """Whether the account may open and close a wave: all its units are its own."""
    mine = accounts.may_read(db.session, wave.unit_id)
    return mine and accounts.current().role in WRITERS


def managed(wave_id: str) -> Wave:
    """The wave of this id if the account may manage it, else a 404."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    if not accounts.may_read(db.session, wave.unit_id):
        abort(404)
    return wave


@bp.get("/dot-khao-sat/")
@accounts.requires(*READERS)
def list_waves() -> ResponseReturnValue:
    """Show the waves within reach, the latest first."""
    found = accounts.reachable_waves(db.session)
    ordered = db.session.scalars(found.order_by(Wave.opens_on.desc(), Wave.id)).all()
    return render_template(
        "fieldwork/waves.html",
        rows=[(wave, period(wave)) for wave in ordered],
        may_create=accounts.current().role in WRITERS,
    )


def period(wave: Wave) -> str:
    """The first and the last day of a wave in words."""
    language = web.language()
    first = formats.date_text(wave.opens_on, language)
    return f"{first} – {formats.date_text(wave.closes_on, language)}"


@bp.route("/dot-khao-sat/moi", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def add_wave() -> ResponseReturnValue:
    """Plan a wave."""
    form = _wave_form()
    if form.validate_on_submit():
        try:
            wave = waves.create_wave(
                db.session,
                title=form.text("title"),
                wave_id=form.text("wave_id") or None,
                questionnaire_id=form.text("questionnaire"),
                unit_id=int(form.text("unit")),
                opens_on=form["opens_on"].data,
                closes_on=form["closes_on"].data,
                formula=form.text("formula"),
            )
        except FieldworkError as error:
            form.tell(error.field, str(error))
        else:
            flash(_("Đã tạo đợt khảo sát. Đợt chưa nhận phiếu cho tới khi mở."))
            address = url_for(".show_wave", wave_id=wave.id)
            db.session.commit()
            return redirect(address, code=303)
    page = render_template(
        "fieldwork/add_wave.html", form=form, formulas=_formula_notes()
    )
    return page, 422 if form.errors else 200


def _wave_form() -> WaveForm:
    language = web.language()
    form = WaveForm()
    ids = db.session.scalars(
        sa.select(PublishedQuestionnaire.id).order_by(PublishedQuestionnaire.id)
    ).all()
    form.questionnaire.choices = []
    for one in ids:
        asked = catalogue.questionnaire(db.session, one)
        words = _(
            "%(title)s, khoảng %(minutes)s phút (%(id)s)",
            title=asked.title.get(language),
            minutes=asked.minutes,
            id=one,
        )
        form.questionnaire.choices.append(SelectChoice(one, words))
    form.unit.choices = [
        SelectChoice(str(unit.id), "\N{EM SPACE}" * depth + unit.name)
        for unit, depth in accounts.units_in_reach(db.session)
    ]
    form.formula.choices = [
        SelectChoice(name, _first_up(formula.title.get(language)))
        for name, formula in FORMULAS.items()
    ]
    if not form.formula.data:
        form.formula.data = next(iter(FORMULAS))
    return form


def _formula_notes() -> dict[str, str]:
    language = web.language()
    return {name: formula.words.get(language) for name, formula in FORMULAS.items()}


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


@bp.get("/dot-khao-sat/<wave_id>")
@accounts.requires(*READERS)
def show_wave(wave_id: str) -> ResponseReturnValue:
    """Show how a wave stands and what can be done next."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units = own_units(wave)
    language = web.language()
    counted = sa.select(Link.kind, Link.state, sa.func.count()).where(
        Link.wave_id == wave.id
    )
    if units is not None:
        counted = counted.where(Link.unit_id.in_(units))
    by_kind: dict[str, dict[str, int]] = {}
    for kind, state, count in db.session.execute(
        counted.group_by(Link.kind, Link.state)
    ):
        by_kind.setdefault(kind, {})[state] = count
    dossiers = db.session.scalar(
        sa.select(sa.func.count(Dossier.id)).where(Dossier.wave_id == wave.id)
    )
    return render_template(
        "fieldwork/wave.html",
        wave=wave,
        period=period(wave),
        asked=catalogue.questionnaire(db.session, wave.questionnaire_id),
        formula=_first_up(FORMULAS[wave.formula].title.get(language)),
        progress=waves.progress(db.session, wave, units),
        by_unit=waves.counts_by_unit(db.session, wave, units),
        by_kind=by_kind,
        dossiers=dossiers or 0,
        without_link=links.dossiers_without_link(db.session, wave, units),
        is_part=units is not None,
        is_over=wave.closes_on < clock.today(),
        may_write=accounts.current().role in WRITERS,
        may_manage=may_manage(wave),
        may_see_results=accounts.current().role in ("admin", "auditor"),
    )


@bp.route("/dot-khao-sat/<wave_id>/mo", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def open_wave(wave_id: str) -> ResponseReturnValue:
    """Ask once more, then let a wave take answers."""
    return _turn(managed(wave_id), "open")


@bp.route("/dot-khao-sat/<wave_id>/dong", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def close_wave(wave_id: str) -> ResponseReturnValue:
    """Ask once more, then end a wave."""
    return _turn(managed(wave_id), "closed")


def _turn(wave: Wave, state: str) -> ResponseReturnValue:
    form = StaffForm()
    if form.validate_on_submit():
        address = url_for(".show_wave", wave_id=wave.id)
        try:
            if state == "open":
                waves.open_wave(db.session, wave, now=clock.now())
                done = _("Đợt khảo sát đã mở và đang nhận phiếu.")
            else:
                waves.close_wave(db.session, wave)
                done = _("Đợt khảo sát đã đóng.")
        except FieldworkError as error:
            flash(str(error), "error")
            return redirect(address, code=303)
        web.log.info("wave turned", wave=wave.id, to=state, by=accounts.current().id)
        flash(done, "success")
        db.session.commit()
        return redirect(address, code=303)
    return render_template(
        "fieldwork/turn_wave.html",
        wave=wave,
        state=state,
        period=period(wave),
        active=db.session.scalar(
            sa.select(sa.func.count(Link.id)).where(
                Link.wave_id == wave.id, Link.state == "active"
            )
        ),
        progress=waves.progress(db.session, wave, None),
    )
