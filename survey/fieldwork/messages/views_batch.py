"""The messages of one batch, and the texts of a wave."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, jobs, keyholes, web
from survey.db import db
from survey.exports import messages as texts_of_messages
from survey.exports.messages import Texts
from survey.fieldwork import links
from survey.fieldwork.blueprint import bp
from survey.fieldwork.messages import files, queueing, reminders, sending, wording
from survey.fieldwork.messages.forms import KINDS, TITLES, KindForm, TextsForm
from survey.fieldwork.messages.views import HERE, said, wave_of_writer
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.models import Batch, Link, Message, Reach, Wave

OF_BATCH = "/dot-khao-sat/<wave_id>/lo/<int:batch_id>"


def _batch(wave: Wave, batch_id: int) -> Batch:
    """A batch of dossiers' links of this wave, or a 404."""
    if batch_id > links.MAX_ID:
        abort(404)
    batch = db.session.get(Batch, batch_id)
    if batch is None or not batch.is_whole:
        abort(404)
    if batch.wave_id != wave.id or batch.kind != "dossier":
        abort(404)
    return batch


@bp.get(f"{OF_BATCH}/tin-nhan")
@accounts.requires(*READERS)
def batch_messages(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Show what can be sent to the businesses of a batch."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    if own_units(wave) is not None:
        return render_template("fieldwork/messages_of_part.html", wave=wave), 200
    batch = _batch(wave, batch_id)
    form = KindForm(formdata=None)
    if reminders.is_for_reminding(batch):
        form["kind"].data = "reminder"
    return _page(wave, batch, form), 200


def _page(wave: Wave, batch: Batch, form: KindForm) -> str:
    settings, now = web.settings(), clock.now()
    open_links, mailed, phoned = db.session.execute(
        sa.select(
            sa.func.count(), sa.func.count(Reach.email), sa.func.count(Reach.phone)
        )
        .select_from(Link)
        .outerjoin(Reach, Reach.dossier_id == Link.dossier_id)
        .where(Link.batch_id == batch.id, Link.state == "active", keyholes.IS_OPEN)
    ).one()
    states = dict(
        db.session.execute(
            sa.select(Message.kind, sa.func.count())
            .join(Link, Link.id == Message.link_id)
            .where(Link.batch_id == batch.id, Message.state != "filed")
            .group_by(Message.kind)
        ).all()
    )
    return render_template(
        "fieldwork/batch_messages.html",
        wave=wave,
        batch=batch,
        form=form,
        settings=settings,
        has_key=links.has_key(batch, now),
        key_until=said(batch.key_until) if batch.key_until else "",
        open_links=open_links,
        mailed=mailed,
        phoned=phoned,
        queued=[
            (words, states[kind]) for kind, words in KINDS.items() if kind in states
        ],
        parts=files.parts_of(batch),
        may_write=accounts.current().role in WRITERS,
    )


@bp.post(f"{OF_BATCH}/tin-nhan")
@accounts.requires(*WRITERS)
def message_file(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Hand out the file of messages of a batch, or of a part of it."""
    wave = wave_of_writer(wave_id)
    batch = _batch(wave, batch_id)
    form = KindForm()
    part = request.form.get("part", 0, type=int)
    if not 0 <= part < len(files.parts_of(batch)):
        abort(400)
    if form.validate_on_submit():
        kind, now = form.text("kind"), clock.now()
        stem = f"{wave_id}-lo-{batch_id}" + (f"-{part + 1}" if part else "")
        is_kept = links.has_key(batch, now)
        # Writing takes seconds: nobody else need wait for it.
        db.session.rollback()
        try:
            if not is_kept:
                raise FieldworkError(queueing.no_key_words())
            if kind == "reminder":
                reminders.check_batch(
                    db.session,
                    web.settings(),
                    _batch(wave_of_writer(wave_id), batch_id),
                    now,
                )
                db.session.rollback()
            made = files.letters_of(web.settings(), batch_id, kind, part)
            file = files.written(made.letters, stem, kind, form.text("format"))
        except FieldworkError as error:
            form.tell(error.field, str(error))
        else:
            _note(wave_of_writer(wave_id), batch_id, kind, made)
            return file
        wave = wave_of_writer(wave_id)
        batch = _batch(wave, batch_id)
    return _page(wave, batch, form), 422


def _note(wave: Wave, batch_id: int, kind: str, made: files.Letters) -> None:
    """Write down and commit who made a file of how many."""
    by, now = accounts.current().id, clock.now()
    if kind == "reminder":
        reminders.note(db.session, wave, made.link_ids, by=by, now=now)
    else:
        links.log_event(
            db.session,
            action="exported",
            batch=_batch(wave, batch_id),
            reason=f"Tệp lời mời: {len(made.link_ids)}",
            by=by,
            now=now,
        )
    web.log.info("messages made", batch=batch_id, kind=kind, count=len(made.link_ids))
    db.session.commit()


@bp.post(f"{OF_BATCH}/gui-thu")
@accounts.requires(*WRITERS)
def queue_mail(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Queue e-mails to the businesses of a batch."""
    wave = wave_of_writer(wave_id)
    batch, now = _batch(wave, batch_id), clock.now()
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        abort(400)
    address = url_for(".batch_messages", wave_id=wave_id, batch_id=batch_id)
    try:
        queued = queueing.queue(
            db.session,
            web.settings(),
            wave,
            batch,
            kind,
            by=accounts.current().id,
            now=now,
        )
    except FieldworkError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(address, code=303)
    _tell_of_queued(queued)
    if queued.queued:
        sending.start(db.session, wave, now)
    web.log.info("mail queued", batch=batch_id, kind=kind, count=queued.queued)
    db.session.commit()
    jobs.wake()
    return redirect(address, code=303)


def _tell_of_queued(queued: queueing.Queued) -> None:
    words = [_("Đã xếp hàng %(n)s thư để gửi.", n=queued.queued)]
    if queued.before:
        words.append(_("%(n)s thư đã xếp hàng từ trước.", n=queued.before))
    if queued.without_address:
        words.append(
            _(
                "%(n)s hồ sơ không có địa chỉ thư dùng được: xin mời cách khác.",
                n=queued.without_address,
            )
        )
    flash(" ".join(words), "success" if queued.queued else "message")


@bp.get(f"{HERE}/noi-dung")
@accounts.requires(*READERS)
def message_texts(wave_id: str) -> ResponseReturnValue:
    """Show the texts of a wave as they are filled in."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    kept = wording.texts_of(db.session, wave.id)
    return _texts_page(wave, TextsForm(formdata=None, data=asdict(kept))), 200


@bp.post(f"{HERE}/noi-dung")
@accounts.requires(*WRITERS)
def keep_texts(wave_id: str) -> ResponseReturnValue:
    """Keep the office's own texts, or only show how they are filled in."""
    wave = wave_of_writer(wave_id)
    form = TextsForm()
    if form.validate_on_submit():
        _find_faults(form, wave)
        if not form.errors and request.form.get("do") == "save":
            by, now = accounts.current().id, clock.now()
            texts = Texts(**{name: form.text(name) for name in TITLES})
            wording.keep(db.session, wave, texts, by=by, now=now)
            web.log.info("texts changed", wave=wave_id, by=by)
            flash(_("Đã lưu nội dung tin của đợt này."), "success")
            db.session.commit()
            return redirect(url_for(".message_texts", wave_id=wave_id), code=303)
    return _texts_page(wave, form), 422 if form.errors else 200


def _texts_page(wave: Wave, form: TextsForm) -> str:
    longest = wording.longest_values(db.session, web.settings(), wave)
    return render_template(
        "fieldwork/message_texts.html",
        wave=wave,
        form=form,
        places=wording.PLACES,
        shown=None if form.errors else _shown(form, longest),
        most=texts_of_messages.MOST_OF_SMS,
        may_write=accounts.current().role in WRITERS and own_units(wave) is None,
    )


def _find_faults(form: TextsForm, wave: Wave) -> None:
    longest = wording.longest_values(db.session, web.settings(), wave)
    for name in TITLES:
        if not form[name].errors:
            found = list(wording.faults(name, form.text(name), longest))
            if found:
                form.tell(name, found[0])


@dataclass(frozen=True)
class Shown:
    """A text as it is filled in."""

    title: str
    text: str
    length: int | None = None
    """Of a short one."""
    left_out: tuple[str, ...] = ()


def _shown(form: TextsForm, values: dict[str, str]) -> list[Shown]:
    shown = []
    for name, title in TITLES.items():
        if wording.purpose(name) == "sms":
            short = texts_of_messages.short(form.text(name), values)
            length = texts_of_messages.gsm_length(short.text)
            shown.append(Shown(title, short.text, length, short.left_out))
        else:
            text = texts_of_messages.filled(form.text(name), values)
            shown.append(Shown(title, text))
    return shown
