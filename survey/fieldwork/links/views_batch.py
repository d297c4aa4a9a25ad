"""Pages of a batch: what it holds, how far it has come, and what can be done with it
while its key is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import accounts, clock, jobs, web
from survey.accounts.forms import StaffForm
from survey.db import db
from survey.exports import csv
from survey.fieldwork import prints
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import acts, jobs_of_links, log, making, registry
from survey.fieldwork.links.forms import ExtendForm, ReasonForm
from survey.fieldwork.links.views_registry import batch_in_reach, file_answer
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.models import Batch, Link, Message, Wave

BATCH = "/dot-khao-sat/<wave_id>/lo/<int:batch_id>"


def may_act(wave: Wave, batch: Batch) -> bool:
    """Whether the account may do something with the batch: all of it is its own."""
    if accounts.current().role not in WRITERS:
        return False
    units = own_units(wave)
    if units is None:
        return True
    foreign = sa.exists().where(Link.batch_id == batch.id, Link.unit_id.not_in(units))
    return not db.session.scalar(sa.select(foreign))


@bp.get(BATCH)
@accounts.requires(*READERS)
def show_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Show a batch, and what can be printed and sent of it now."""
    wave, batch = batch_in_reach(wave_id, batch_id)
    units = own_units(wave)
    (figures,) = registry.figures_of(db.session, [batch], units)
    is_mine = may_act(wave, batch)
    first, last = db.session.execute(
        sa.select(sa.func.min(Link.valid_to), sa.func.max(Link.valid_to)).where(
            Link.batch_id == batch.id, Link.state == "active"
        )
    ).one()
    return render_template(
        "fieldwork/batch.html",
        wave=wave,
        batch=batch,
        figures=figures,
        valid_to=(
            min(first or wave.closes_on, wave.closes_on),
            min(last or wave.closes_on, wave.closes_on),
        ),
        # Who may not act on all of it may not have its tokens either.
        has_key=is_mine and making.has_key(batch, clock.now()),
        key_until=clock.local(batch.key_until) if batch.key_until else None,
        events=log.events_of(db.session, batch=batch),
        may_act=is_mine,
        shown_from=registry.SHOWN_FROM,
    )


@bp.post(f"{BATCH}/danh-sach.csv")
@accounts.requires(*WRITERS)
def export_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Hand out the list of a batch with its addresses. By POST, for it is logged."""
    wave, batch = batch_in_reach(wave_id, batch_id)
    if not may_act(wave, batch):
        abort(403)
    if not making.has_key(batch, clock.now()):
        return _locked(wave_id, batch_id)
    rows = prints.office_rows(
        web.settings(),
        (
            made
            for made in making.made_of(db.session, batch)
            if made.link.state == "active"
        ),
    )
    content = b"".join(csv.stream(prints.OFFICE_HEAD, rows))
    name = f"{prints.file_stem(wave)}-lo-{batch.id}.csv"
    by = accounts.current().id
    log.log_event(db.session, action="exported", batch=batch, by=by, now=clock.now())
    db.session.commit()
    return file_answer(content, "text/csv", name)


def _locked(wave_id: str, batch_id: int) -> ResponseReturnValue:
    flash(
        _("Lô này đã khóa nên không xem lại mã được nữa. Cần mã mới, xin thay mã."),
        "error",
    )
    address = url_for(".show_batch", wave_id=wave_id, batch_id=batch_id)
    return redirect(address, code=303)


@bp.route(f"{BATCH}/khoa", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def lock_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Ask, then erase the key of a batch: it was printed or sent."""
    wave, batch = batch_in_reach(wave_id, batch_id)
    if not may_act(wave, batch):
        abort(403)
    address = url_for(".show_batch", wave_id=wave_id, batch_id=batch_id)
    if batch.key is None:
        return redirect(address, code=303)  # where it says that it is locked
    form = StaffForm()
    if form.validate_on_submit():
        acts.lock_batch(db.session, batch, now=clock.now(), by=accounts.current().id)
        prints.forget_files(db.session, batch, clock.now())
        flash(_("Đã khóa lô: từ nay không ai xem lại được các mã này."), "success")
        db.session.commit()
        return redirect(address, code=303)
    return _ask(
        wave,
        batch,
        form,
        title=_("Khóa lô này?"),
        warning=_(
            "Khóa rồi không ai in, tải hay gửi lại được mã của lô; mã nào thất lạc chỉ "
            "còn cách thay mã mới. Mã đã phát vẫn dùng được."
        ),
        more_warnings=_reasons_to_wait(batch),
        button=_("Khóa lô"),
    )


def _reasons_to_wait(batch: Batch) -> list[str]:
    """What would be lost if the key of a batch were erased now."""
    found = []
    if not log.was_handed_out(db.session, batch):
        found.append(_("Lô này chưa in, chưa lấy tệp lần nào."))
    waiting = db.session.scalar(
        sa.select(sa.func.count(Message.id))
        .join(Link, Link.id == Message.link_id)
        .where(Link.batch_id == batch.id, Message.state == "queued")
    )
    if waiting:
        found.append(
            _(
                "Còn %(n)s thư của lô đang chờ gửi; khóa lô thì không gửi được.",
                n=waiting,
            )
        )
    return found


@bp.route(f"{BATCH}/thu-hoi", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def revoke_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Ask why, then revoke every link of a batch that was not answered."""

    def do(session: Session, batch: Batch, form: ReasonForm, **known: Any) -> None:
        gone = acts.revoke_batch(session, batch, **known)
        flash(_("Đã thu hồi %(n)s mã.", n=gone), "success")

    return _act(
        wave_id,
        batch_id,
        ReasonForm(),
        do,
        title=_("Thu hồi cả lô?"),
        warning=_(
            "Mọi mã của lô chưa trả lời sẽ hết hiệu lực và không dùng lại được. Phiếu "
            "đang làm dở bị xóa; phiếu đã gửi được giữ nguyên."
        ),
        button=_("Thu hồi cả lô"),
    )


@bp.route(f"{BATCH}/han-dung", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def extend_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Change until when the links of a batch open."""

    def do(session: Session, batch: Batch, form: ReasonForm, **known: Any) -> None:
        acts.extend(session, batch, form["valid_to"].data, **known)
        flash(_("Đã đổi hạn dùng của cả lô."), "success")

    return _act(
        wave_id,
        batch_id,
        ExtendForm(),
        do,
        title=_("Đổi hạn dùng của cả lô"),
        warning=None,
        button=_("Đổi hạn dùng"),
    )


@bp.route(f"{BATCH}/thay-ma", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def replace_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Ask why, then give new codes to all of a batch that was not answered."""

    def do(session: Session, batch: Batch, form: ReasonForm, **known: Any) -> str:
        if batch.size > making.AT_ONCE_IN_A_REQUEST:
            return jobs_of_links.replace_later(session, batch, form.text("reason"))
        made = acts.replace_links(session, acts.open_links(session, batch), **known)
        flash(
            _("Đã thay %(n)s mã mới. Xin in hoặc gửi mã mới.", n=made.size), "success"
        )
        return url_for(".show_batch", wave_id=wave_id, batch_id=made.id)

    return _act(
        wave_id,
        batch_id,
        ReasonForm(),
        do,
        title=_("Thay mã mới cho cả lô?"),
        warning=_(
            "Mọi mã của lô chưa trả lời được thay bằng mã mới; mã cũ hết hiệu lực "
            "ngay. Phiếu đang làm dở được chuyển sang mã mới."
        ),
        button=_("Thay mã mới"),
    )


def _act(
    wave_id: str,
    batch_id: int,
    form: ReasonForm,
    do: Callable[..., str | None],
    **words: str | None,
) -> ResponseReturnValue:
    """Ask for a reason, do it once with the whole batch, and lead to where it shows."""
    wave, batch = batch_in_reach(wave_id, batch_id)
    if not may_act(wave, batch):
        abort(403)
    address = url_for(".show_batch", wave_id=wave_id, batch_id=batch_id)
    if form.validate_on_submit():
        try:
            onward = do(
                db.session,
                batch,
                form,
                reason=form.text("reason"),
                now=clock.now(),
                by=accounts.current().id,
            )
        except FieldworkError as error:
            if error.field is None:
                db.session.rollback()
                flash(str(error), "error")
                return redirect(address, code=303)
            form.tell(error.field, str(error))
        else:
            web.log.info("batch changed", batch=batch_id, by=accounts.current().id)
            db.session.commit()
            jobs.wake()
            return redirect(onward or address, code=303)
    return _ask(wave, batch, form, **words)


def _ask(
    wave: Wave, batch: Batch, form: StaffForm, **words: object
) -> ResponseReturnValue:
    """The page that asks before something is done with the whole batch."""
    (figures,) = registry.figures_of(db.session, [batch], own_units(wave))
    page = render_template(
        "fieldwork/act.html",
        wave=wave,
        form=form,
        name=_("Lô %(id)s", id=batch.id),
        address=url_for(".show_batch", wave_id=wave.id, batch_id=batch.id),
        rows=[
            (_("Lô mã"), _("Lô %(id)s", id=batch.id)),
            (_("Còn hiệu lực hoặc đã trả lời"), figures.standing),
        ],
        **words,
    )
    return page, 422 if form.errors else 200
