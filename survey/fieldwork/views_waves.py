"""Pages of waves: the list, a new one, one of them, opening and closing."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, catalogue, clock, closings, formats, jobs, web
from survey.accounts.forms import SelectChoice, StaffForm
from survey.closings import ClosingError
from survey.db import db
from survey.dispositions.progress import progress as frame_progress
from survey.exports import dispositions as tables
from survey.fieldwork import links, method, paper, rates, rehearsal, terms, waves
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import WaveForm
from survey.fieldwork.links import registry, silence
from survey.fieldwork.terms import BEFORE_OPENING, FieldworkError
from survey.indices import FORMULAS
from survey.indices.rules import RULES, THRESHOLDS, Rules, explained
from survey.models import Dossier, Link, PublishedQuestionnaire, Unit, Wave

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
    if _is_good(form):
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
                folded_percent=form["folded_percent"].data,
                careless={name: form[name].data for name in THRESHOLDS},
            )
        except FieldworkError as error:
            form.tell(error.field, str(error))
        else:
            flash(_("Đã tạo đợt khảo sát. Đợt chưa nhận phiếu cho tới khi mở."))
            address = url_for(".show_wave", wave_id=wave.id)
            db.session.commit()
            return redirect(address, code=303)
    page = render_template(
        "fieldwork/add_wave.html",
        form=form,
        formulas=formula_notes(),
        rules=words_of_rules(Rules()),
        thresholds=THRESHOLDS,
        usual=Rules().as_dict(),
    )
    return page, 422 if form.errors else 200


def _wave_form() -> WaveForm:
    form = WaveForm()
    form.speak(web.language())
    units = let_choose(form)
    if not form.formula.data:
        form.formula.data = next(iter(FORMULAS))
    if not form.is_submitted():
        # The office that asks is a department, though a province stands above it.
        form.unit.data = next(
            (str(unit.id) for unit, _depth in units if unit.kind == "department"), None
        )
    return form


def let_choose(form: WaveForm) -> list[tuple[Unit, int]]:
    """Offer what there is in the form's lists; the units, each with its depth."""
    language = web.language()
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
    units = accounts.units_in_reach(db.session)
    form.unit.choices = [
        SelectChoice(str(unit.id), "\N{EM SPACE}" * depth + unit.name)
        for unit, depth in units
    ]
    form.formula.choices = [
        SelectChoice(name, _first_up(formula.title.get(language)))
        for name, formula in FORMULAS.items()
    ]
    return units


def _is_good(form: WaveForm) -> bool:
    """Whether the form can be taken; what is wrong is told at once, field by field."""
    if not form.is_submitted():
        return False
    form.validate()
    for fault in waves.plan_faults(
        db.session,
        wave_id=form.text("wave_id") or None,
        opens_on=form["opens_on"].data,
        closes_on=form["closes_on"].data,
    ):
        if not form[fault.field].errors:
            form.tell(fault.field, str(fault))
    return not form.errors


def formula_notes() -> dict[str, str]:
    """What each formula says, by its name."""
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
    reached = rates.rates(db.session, wave, units, language)
    by_kind = registry.kinds(db.session, wave, units)
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
        reached=reached.whole,
        rate_units=tables.lines(reached.rows, "unit", language),
        by_unit=waves.counts_by_unit(db.session, wave, units),
        by_kind=by_kind,
        made_dossiers=sum(
            one.made for kind, one in by_kind.items() if kind == "dossier"
        ),
        made_walls=sum(one.made for kind, one in by_kind.items() if kind != "dossier"),
        silent=silence.silent_links(db.session, wave, units, clock.today()),
        silent_days=web.settings().silent_days,
        rules=words_of_rules(method.rules_of(wave)),
        may_change_method=may_manage(wave) and wave.state in BEFORE_OPENING,
        dossiers=dossiers or 0,
        framed=frame_progress(db.session, wave, units, clock.today()),
        without_link=links.dossiers_without_link(db.session, wave, units),
        is_part=units is not None,
        is_over=wave.closes_on < clock.today(),
        may_write=accounts.current().role in WRITERS,
        may_manage=may_manage(wave),
        is_bare=wave.state == "draft" and waves.is_bare(db.session, wave),
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
                gone = waves.open_wave(db.session, wave, now=clock.now())
                done = _("Đợt khảo sát đã mở và đang nhận phiếu.")
                if gone:
                    done = f"{done} {removed_words(gone)}"
            else:
                _close(wave)
                done = _("Đợt khảo sát đã đóng và đang được niêm phong.")
        except (FieldworkError, ClosingError) as error:
            flash(str(error), "error")
            return redirect(address, code=303)
        web.log.info("wave turned", wave=wave.id, to=state, by=accounts.current().id)
        flash(done, "success")
        db.session.commit()
        jobs.wake()
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
        filled=rehearsal.filled(db.session, wave),
        on_paper=sum(
            count
            for state, count in paper.counts_by_state(db.session, wave, None).items()
            if state != "counted"
        ),
    )


def _close(wave: Wave) -> None:
    """Close a wave, and have it sealed beside this request."""
    now = clock.now()
    closing = closings.close(db.session, wave, by=accounts.current().id, now=now)
    if closing.sealed_at is None:
        jobs.enqueue(
            db.session,
            closings.SEAL,
            {"closing": closing.id},
            title=_("Niêm phong đợt đã đóng"),
            wave_id=wave.id,
            now=now,
        )


def removed_words(gone: rehearsal.Filled) -> str:
    """What was removed of a rehearsal, in one sentence."""
    if not gone:
        return str(_("Không có phiếu thử nào để xóa."))
    return str(
        _(
            "Đã xóa %(responses)s phiếu thử và %(drafts)s phiếu đang làm dở; mã QR vẫn "
            "dùng được.",
            responses=gone.responses,
            drafts=gone.drafts,
        )
    )


def words_of_rules(rules: Rules) -> list[tuple[str, str]]:
    """Title and words of every rule of careless answers, with these thresholds."""
    language = web.language()
    return [
        (_first_up(rule.title.get(language)), explained(rules, name).get(language))
        for name, rule in RULES.items()
    ]
