"""The pages of actions: set, changed, shown with what became of the figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, catalogue, clock, web
from survey.accounts.forms import SelectChoice
from survey.actions import baselines, divisions, evidence_files, improvements, terms
from survey.actions.blueprint import bp
from survey.actions.feed import READERS
from survey.actions.forms import EditActionForm, FileForm, NewActionForm, StateForm
from survey.actions.improvements import Wanted
from survey.actions.terms import ActionsError
from survey.actions.views_divisions import chosen_wave, division_in_reach
from survey.actions.working_group import waves_with_results
from survey.db import db
from survey.filetypes import TYPES
from survey.formats import date_text
from survey.models import MOST_FILE_BYTES, Action, ActionEvent, Unit, Wave
from survey.questionnaire import Questionnaire

WRITERS = ("admin", "analyst")
ACTION = "/viec-cai-thien/<int:action_id>"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A line of the history, in words."""

    event: ActionEvent
    kind: Any
    changes: list[tuple[Any, str, str]]


@bp.route("/phong/<int:unit_id>/viec", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def set_action(unit_id: int) -> ResponseReturnValue:
    """Let a division say what it will do about a criterion."""
    session = db.session
    unit = division_in_reach(unit_id)
    _refuse_unless_own(unit.id)
    waves = divisions.waves_about(session, unit, waves_with_results(session))
    wave = chosen_wave(waves)
    if wave is None:
        abort(404)
    form = NewActionForm()
    questionnaire = _questionnaire(wave)
    language = web.language()
    form["criterion"].choices = [
        SelectChoice(one.code, f"{one.code}. {one.title.get(language)}")
        for one in questionnaire.criteria
    ]
    if not form.is_submitted():
        form["criterion"].data = request.args.get("tieu-chi", "")
    if form.validate_on_submit():
        try:
            made = _set(unit, wave, form)
        except ActionsError as error:
            session.rollback()
            form.tell(error.field, str(error))
        else:
            session.commit()
            flash(_("Đã đặt việc và ghi lại chỉ số lúc đặt."), "success")
            return redirect(url_for(".show_action", action_id=made), code=303)
    page = render_template("actions/set.html", form=form, unit=unit, wave=wave)
    return page, 422 if form.errors else 200


def _set(unit: Unit, wave: Wave, form: NewActionForm) -> int:
    session, today = db.session, clock.today()
    criterion = form.text("criterion")
    made = improvements.propose(
        session,
        _wanted(form),
        unit_id=unit.id,
        wave_id=wave.id,
        criterion=criterion,
        baseline=baselines.take(
            session,
            wave,
            unit,
            criterion,
            agency=web.agency(),
            reach=accounts.scope(session),
            today=today,
        ),
        account_id=accounts.current().id,
        now=clock.now(),
        today=today,
    )
    return made.id


def _wanted(form: NewActionForm | EditActionForm) -> Wanted:
    return Wanted(
        title=form.text("title"),
        task=form.text("task"),
        owner=form.text("owner"),
        due_on=form["due_on"].data,
    )


@bp.get(ACTION)
@accounts.requires(*READERS)
def show_action(action_id: int) -> ResponseReturnValue:
    """Show an action, what became of its figure, its files and its history."""
    action = _in_reach(action_id)
    form = StateForm(
        formdata=None, state=action.state, reason=action.reason, done_on=action.done_on
    )
    return _page(action, form, FileForm(formdata=None)), 200


def _page(action: Action, state_form: StateForm, file_form: FileForm) -> str:
    session, language = db.session, web.language()
    account, reach = accounts.current(), accounts.scope(session)
    may_edit = improvements.may_edit(account, action.unit_id, reach)
    known = baselines.known_of(action.baseline)
    criterion = _questionnaire(action.wave).criterion(action.criterion)
    return render_template(
        "actions/action.html",
        action=action,
        criterion=criterion.title.get(language),
        state=terms.STATES[action.state],
        is_overdue=improvements.is_overdue(action, clock.today()),
        baseline=baselines.Shown.of(
            known, language, _("chưa có kỳ trọn vẹn đủ phiếu để lấy làm mốc")
        ),
        measured=baselines.period_words(action, language),
        formula=baselines.formula_words(action.baseline, language),
        later=baselines.since(session, action, language=language, reach=reach),
        files=evidence_files.of_action(session, action),
        events=[_told(one) for one in improvements.history(session, action)],
        terms=terms,
        state_form=state_form,
        file_form=file_form,
        may_edit=may_edit,
        can_take_back=may_edit
        and improvements.can_take_back(session, action, account.id),
    )


def _told(event: ActionEvent) -> Event:
    changes = event.changes
    if "sha256" in changes:
        told = [(terms.FIELDS["file"], "", changes["name"])]
    else:
        told = [
            (terms.FIELDS[name], _value(name, old), _value(name, new))
            for name, (old, new) in changes.items()
        ]
    return Event(event=event, kind=terms.CHANGES[event.kind], changes=told)


def _value(name: str, kept: str | None) -> str:
    """What stood in a field, as people read it."""
    if not kept:
        return "–"
    if name.endswith("_on"):
        return date_text(date.fromisoformat(kept), web.language())
    return str(terms.STATES[kept][0]) if name == "state" else kept


@bp.route(f"{ACTION}/sua", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def edit_action(action_id: int) -> ResponseReturnValue:
    """Change the words or the day of an action."""
    session = db.session
    action = _own(action_id)
    values = {name: getattr(action, name) for name in improvements.EDITABLE}
    form = EditActionForm(
        **values, seen=str(improvements.last_event(session, action).id)
    )
    if form.validate_on_submit():
        try:
            improvements.edit(
                session,
                action,
                _wanted(form),
                seen=int(form.text("seen")) if form.text("seen").isdecimal() else 0,
                account_id=accounts.current().id,
                now=clock.now(),
            )
        except ActionsError as error:
            session.rollback()
            form.tell(error.field, str(error))
        else:
            return _done(action.id, _("Đã lưu."))
    page = render_template("actions/edit.html", form=form, action=action)
    return page, 422 if form.errors else 200


@bp.post(f"{ACTION}/trang-thai")
@accounts.requires(*WRITERS)
def turn_action(action_id: int) -> ResponseReturnValue:
    """Say how far an action is."""
    session = db.session
    action = _own(action_id)
    form = StateForm()
    if form.validate_on_submit():
        try:
            improvements.turn(
                session,
                action,
                form.text("state"),
                reason=form.text("reason"),
                done_on=form["done_on"].data,
                account_id=accounts.current().id,
                now=clock.now(),
                today=clock.today(),
            )
        except ActionsError as error:
            session.rollback()
            form.tell(error.field, str(error))
        else:
            return _done(action.id, _("Đã ghi trạng thái."))
    return _page(action, form, FileForm(formdata=None)), 422


@bp.post(f"{ACTION}/tep")
@accounts.requires(*WRITERS)
def attach_file(action_id: int) -> ResponseReturnValue:
    """Keep a file of evidence with an action."""
    session = db.session
    action = _own(action_id)
    form = FileForm()
    if form.validate_on_submit():
        sent = request.files.get("file")
        try:
            if sent is None or not sent.filename:
                raise ActionsError(_("Xin chọn tệp."), "file")
            with sent.stream as content:
                evidence_files.attach(
                    session,
                    action,
                    sent.filename,
                    content.read(MOST_FILE_BYTES + 1),
                    account_id=accounts.current().id,
                    now=clock.now(),
                )
        except ActionsError as error:
            session.rollback()
            form.tell(error.field, str(error))
        else:
            return _done(action.id, _("Đã thêm tệp minh chứng."))
    state = StateForm(formdata=None, state=action.state, reason=action.reason)
    return _page(action, state, form), 422


@bp.get(f"{ACTION}/tep/<int:file_id>")
@accounts.requires(*READERS)
def download_file(action_id: int, file_id: int) -> ResponseReturnValue:
    """Hand a file of evidence out, never to be opened within our pages."""
    file = evidence_files.find(db.session, _in_reach(action_id), file_id)
    if file is None:
        abort(404)
    web.log.info("evidence handed out", file=file.id, by=accounts.current().id)
    answer = Response(file.content, content_type=TYPES[file.kind])
    answer.headers.set(
        "Content-Disposition", "attachment", filename=evidence_files.own_name(file)
    )
    return answer


@bp.post(f"{ACTION}/tep/<int:file_id>/go")
@accounts.requires(*WRITERS)
def remove_file(action_id: int, file_id: int) -> ResponseReturnValue:
    """Take a file of evidence away; that can be undone."""
    session = db.session
    action = _own(action_id)
    file = evidence_files.find(session, action, file_id)
    if file is None:
        abort(404)
    account = accounts.current()
    evidence_files.remove(session, file, account_id=account.id, now=clock.now())
    web.log.info("evidence removed", file=file.id, sha256=file.sha256, by=account.id)
    return _done(action.id, _("Đã gỡ tệp. Còn lấy lại được trong 30 ngày."))


@bp.post(f"{ACTION}/hoan-tac")
@accounts.requires(*WRITERS)
def take_back(action_id: int) -> ResponseReturnValue:
    """Undo this person's last change of an action."""
    session = db.session
    action = _own(action_id)
    unit_id, account = action.unit_id, accounts.current()
    try:
        stays = improvements.take_back(
            session, action, account_id=account.id, now=clock.now()
        )
    except ActionsError as error:
        session.rollback()
        flash(str(error), "error")
        return redirect(url_for(".show_action", action_id=action_id), code=303)
    if stays:
        return _done(action_id, _("Đã hoàn tác."))
    web.log.info("action taken back", action=action_id, by=account.id)
    session.commit()
    flash(_("Đã bỏ việc vừa đặt."), "success")
    return redirect(url_for(".show_division", unit_id=unit_id), code=303)


def _done(action_id: int, words: str) -> ResponseReturnValue:
    db.session.commit()
    flash(words, "success")
    return redirect(url_for(".show_action", action_id=action_id), code=303)


def _questionnaire(wave: Wave) -> Questionnaire:
    return catalogue.questionnaire(db.session, wave.questionnaire_id)


def _in_reach(action_id: int) -> Action:
    """The action of this number, or a 404 if there is none or not for this account."""
    action = db.session.get(Action, action_id) if action_id < 2**31 else None
    if action is None or not accounts.may_read(db.session, action.unit_id):
        abort(404)
    return action


def _own(action_id: int) -> Action:
    action = _in_reach(action_id)
    _refuse_unless_own(action.unit_id)
    return action


def _refuse_unless_own(unit_id: int) -> None:
    reach = accounts.scope(db.session)
    if not improvements.may_edit(accounts.current(), unit_id, reach):
        abort(403)
