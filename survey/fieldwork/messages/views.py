"""The page of a wave's messages: what is due today, reminders, what came back."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, jobs, web
from survey.accounts.forms import StaffForm
from survey.db import db
from survey.fieldwork import links
from survey.fieldwork.blueprint import bp
from survey.fieldwork.frame.faults import LoadError
from survey.fieldwork.messages import (
    bounces,
    files,
    mail,
    queueing,
    reminders,
    schedule,
    sending,
)
from survey.fieldwork.messages.forms import BounceForm, ReminderForm
from survey.fieldwork.messages.words import STATES, event_words, fault_words
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.formats import moment_text
from survey.models import Account, Batch, Link, LinkEvent, Wave

AT_ONCE = links.AT_ONCE_IN_A_REQUEST
MOST_LOGGED = 20
HERE = "/dot-khao-sat/<wave_id>/gui-loi-moi"
MORE_LISTED = 10


def wave_of_writer(wave_id: str) -> Wave:
    """The wave, for an account that may send messages: one that sees all of it.

    What tells who has answered, or opens a form in the name of a business, is not for
    accounts of the units that were rated.
    """
    wave = accounts.wave_in_reach(db.session, wave_id)
    if own_units(wave) is not None:
        abort(403)
    return wave


def said(moment: datetime) -> str:
    """A moment as the reader's clock shows it."""
    return moment_text(clock.local(moment), web.language())


@bp.get(HERE)
@accounts.requires(*READERS)
def messages(wave_id: str) -> ResponseReturnValue:
    """Show what is due today and what was sent."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    return _page(wave, ReminderForm(formdata=None), BounceForm(formdata=None)), 200


def _page(wave: Wave, reminder: ReminderForm, bounce: BounceForm) -> str:
    settings, now = web.settings(), clock.now()
    if own_units(wave) is not None:
        return render_template("fieldwork/messages_of_part.html", wave=wave)
    states = mail.by_state(db.session, wave.id)
    return render_template(
        "fieldwork/messages.html",
        wave=wave,
        settings=settings,
        due=schedule.due(db.session, settings, wave, now),
        at_once=AT_ONCE,
        batches=[(one, said(one.key_until or now)) for one in _kept(wave, now)],
        reminder=reminder,
        bounce=bounce,
        mails=[(STATES[state], states[state]) for state in STATES if state in states],
        waiting=states.get("queued", 0),
        faults=[
            (fault_words(fault), count)
            for fault, count in mail.faults(db.session, wave.id)
        ],
        log=[
            (said(event.happened_at), event, who, event_words(event))
            for event, who in _log(wave)
        ],
        acts=[(said(act.at), act) for act in bounces.acts(db.session, wave.id)],
        may_write=accounts.current().role in WRITERS,
        is_over=wave.state == "closed" or wave.closes_on < clock.today(),
    )


def _kept(wave: Wave, now: datetime) -> list[Batch]:
    """The latest batches of which messages can still be made."""
    return list(
        db.session.scalars(
            sa.select(Batch)
            .where(Batch.wave_id == wave.id, Batch.key_until > now)
            .order_by(Batch.id.desc())
            .limit(MORE_LISTED)
        )
    )


def _log(wave: Wave) -> list[tuple[LinkEvent, str | None]]:
    """Who last made which file of this wave, or queued mails."""
    rows = db.session.execute(
        sa.select(LinkEvent, Account.email)
        .outerjoin(Account, Account.id == LinkEvent.account_id)
        .where(
            LinkEvent.wave_id == wave.id, LinkEvent.action.in_(("exported", "mailed"))
        )
        .order_by(LinkEvent.id.desc())
        .limit(MOST_LOGGED)
    )
    return [(event, who) for event, who in rows]


@bp.post(f"{HERE}/tao-ma")
@accounts.requires(*WRITERS)
def invite_due(wave_id: str) -> ResponseReturnValue:
    """Make links for the dossiers whose businesses may be invited today."""
    wave, now = wave_of_writer(wave_id), clock.now()
    try:
        wanted = schedule.wanted_today(db.session, web.settings(), wave, AT_ONCE, now)
        if not wanted:
            raise FieldworkError(_("Không còn hồ sơ nào đến hạn mời."))
        batch = links.make_links(
            db.session,
            wave,
            wanted,
            batch=links.new_tokens(),
            now=now,
            by=accounts.current().id,
            keep_key=True,
        )
    except FieldworkError as error:
        return _refused(wave_id, error)
    web.log.info("links made", wave=wave_id, count=len(wanted), batch=batch.id)
    flash(
        _("Đã tạo %(n)s mã. Xin tải tệp hoặc gửi thư ngay.", n=len(wanted)), "success"
    )
    address = url_for(".batch_messages", wave_id=wave_id, batch_id=batch.id)
    db.session.commit()
    return redirect(address, code=303)


def _refused(wave_id: str, error: FieldworkError) -> ResponseReturnValue:
    db.session.rollback()
    flash(str(error), "error")
    return redirect(url_for(".messages", wave_id=wave_id), code=303)


@bp.post(f"{HERE}/tep-nhac")
@accounts.requires(*WRITERS)
def reminder_file(wave_id: str) -> ResponseReturnValue:
    """Take a file of invitations, and hand back that of the reminders."""
    wave, now = wave_of_writer(wave_id), clock.now()
    if wave.state == "closed" or wave.closes_on < clock.today():
        flash(_("Đợt đã kết thúc: không mời, không nhắc thêm."), "error")
        return redirect(url_for(".messages", wave_id=wave_id), code=303)
    form = ReminderForm()
    if form.validate_on_submit():
        # Reading a sheet takes seconds: nobody else need wait for it.
        db.session.rollback()
        try:
            listed = reminders.listed(form["file"].data.read())
            made = files.reminders_of(web.settings(), wave_id, listed, now)
            file = files.written(made.letters, wave_id, "reminder", form.text("format"))
        except LoadError as error:
            form.tell("file", str(error.faults[0]))
        except FieldworkError as error:
            form.tell(error.field or "file", str(error))
        else:
            by = accounts.current().id
            wave = wave_of_writer(wave_id)
            reminders.note(db.session, wave, made.link_ids, by=by, now=now)
            web.log.info("reminders made", wave=wave_id, count=len(made.link_ids))
            db.session.commit()
            return file
        wave = wave_of_writer(wave_id)
    return _page(wave, form, BounceForm(formdata=None)), 422


@bp.route(f"{HERE}/ma-moi", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def renew_codes(wave_id: str) -> ResponseReturnValue:
    """Ask once more, then give new codes to those who are to be reminded."""
    wave, now = wave_of_writer(wave_id), clock.now()
    unreminded = schedule.unreminded(web.settings(), wave, now)
    form = StaffForm()
    if form.validate_on_submit():
        try:
            batch = links.replace_links(
                db.session,
                db.session.scalars(unreminded.order_by(Link.id).limit(AT_ONCE)).all(),
                reason=reminders.RENEWED,
                by=accounts.current().id,
                now=now,
            )
        except FieldworkError as error:
            return _refused(wave_id, error)
        address = url_for(".batch_messages", wave_id=wave_id, batch_id=batch.id)
        web.log.info("links replaced", wave=wave_id, batch=batch.id)
        flash(_("Đã tạo mã mới. Xin tải tệp nhắc hoặc gửi thư nhắc ngay."), "success")
        db.session.commit()
        return redirect(address, code=303)
    counted = sa.select(sa.func.count()).select_from(unreminded.subquery())
    return render_template(
        "fieldwork/renew_codes.html",
        wave=wave,
        count=min(db.session.scalar(counted) or 0, AT_ONCE),
    )


@bp.post(f"{HERE}/khong-den")
@accounts.requires(*WRITERS)
def mark_undelivered(wave_id: str) -> ResponseReturnValue:
    """Note whom no message reached."""
    wave, now = wave_of_writer(wave_id), clock.now()
    form = BounceForm()
    if form.validate_on_submit():
        try:
            marked = bounces.mark(
                db.session,
                wave,
                _named(form),
                by=accounts.current().id,
                now=now,
            )
        except FieldworkError as error:
            form.tell(error.field or "names", str(error))
        else:
            _tell_of_marked(marked)
            web.log.info("undelivered", wave=wave_id, count=marked.marked)
            db.session.commit()
            return redirect(url_for(".messages", wave_id=wave_id), code=303)
    return _page(wave, ReminderForm(formdata=None), form), 422


def _named(form: BounceForm) -> list[str]:
    names = bounces.names_in(form.text("names"))
    report = form["report"].data
    if report:
        names += bounces.names_in_report(report.read())
    if not names:
        raise FieldworkError(_("Xin nhập ít nhất một mục, hoặc chọn tệp."), "names")
    if len(names) > bounces.MOST_NAMED:
        raise FieldworkError(
            _("Danh sách quá dài; mỗi lần nhiều nhất %(n)s mục.", n=bounces.MOST_NAMED),
            "names",
        )
    return names


def _tell_of_marked(marked: bounces.Marked) -> None:
    words = [_("Đã đánh dấu %(n)s hồ sơ không đến được.", n=marked.marked)]
    if marked.before:
        words.append(_("%(n)s hồ sơ đã được đánh dấu trước đó.", n=marked.before))
    if marked.answered:
        words.append(
            _(
                "%(n)s hồ sơ không đánh dấu vì không còn mã đang chờ trả lời.",
                n=marked.answered,
            )
        )
    if marked.unknown:
        words.append(
            _(
                "Không tìm thấy %(n)s mục, ví dụ: %(names)s.",
                n=len(marked.unknown),
                names=", ".join(one[:60] for one in marked.unknown[:3]),
            )
        )
    flash(" ".join(words), "success" if marked.marked else "message")


@bp.post(f"{HERE}/hoan-tac")
@accounts.requires(*WRITERS)
def undo_undelivered(wave_id: str) -> ResponseReturnValue:
    """Take back what was marked at one moment."""
    wave = wave_of_writer(wave_id)
    try:
        at = datetime.fromisoformat(request.form.get("at", ""))
    except ValueError:
        abort(400)
    if at.utcoffset() is None:
        abort(400)
    by, now = accounts.current().id, clock.now()
    count = bounces.undo(db.session, wave, at, by=by, now=now)
    flash(_("Đã bỏ đánh dấu %(n)s hồ sơ.", n=count), "success" if count else "message")
    db.session.commit()
    return redirect(url_for(".messages", wave_id=wave_id), code=303)


@bp.post(f"{HERE}/gui-tiep")
@accounts.requires(*WRITERS)
def send_on(wave_id: str) -> ResponseReturnValue:
    """Try now what waits."""
    wave, now = wave_of_writer(wave_id), clock.now()
    queueing.hurry(db.session, wave, now)
    sending.start(db.session, wave, now)
    flash(_("Thư đang chờ sẽ được gửi trong ít phút."), "success")
    db.session.commit()
    jobs.wake()
    return redirect(url_for(".messages", wave_id=wave_id), code=303)
