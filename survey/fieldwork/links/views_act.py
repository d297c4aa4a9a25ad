"""Pages that ask before something is done with a link, or with a whole batch alike:
revoke, replace, extend, edit, lock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, jobs, web
from survey.accounts.forms import StaffForm
from survey.db import db
from survey.fieldwork import prints
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import acts, jobs_of_links, log, making, registry
from survey.fieldwork.links.forms import EditForm, ExtendForm, ReasonForm
from survey.fieldwork.links.rights import may_act
from survey.fieldwork.links.views_registry import batch_in_reach, link_in_reach
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import WRITERS, own_units
from survey.models import Batch, Link, Message, Wave

LINK = "/dot-khao-sat/<wave_id>/duong-dan/<int:link_id>"
BATCH = "/dot-khao-sat/<wave_id>/lo/<int:batch_id>"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The link or the batch that something is to be done with, as its pages say it."""

    of: Link | Batch
    wave: Wave
    name: str
    address: str
    rows: list[tuple[str, object]]

    @property
    def is_batch(self) -> bool:
        """Whether it is many links together."""
        return isinstance(self.of, Batch)


def _subject(wave_id: str, link_id: int | None, batch_id: int | None) -> Subject:
    """What the address names, if the account may act on it; else a 403 or 404."""
    if batch_id is not None:
        wave, batch = batch_in_reach(wave_id, batch_id)
        found = _batch(wave, batch)
    else:
        link = link_in_reach(wave_id, link_id or 0)
        found = _link(link)
    if not may_act(found.wave, found.of):
        abort(403)
    return found


def _link(link: Link) -> Subject:
    name = _("Mã số %(id)s", id=link.id)
    return Subject(
        of=link,
        wave=link.wave,
        name=name,
        address=url_for(".show_link", wave_id=link.wave_id, link_id=link.id),
        rows=[
            (_("Mã QR"), name),
            (_("Đơn vị"), link.unit.name),
            (_("Thủ tục"), link.procedure.name if link.procedure else "–"),
            *([(_("Hồ sơ"), link.dossier.code)] if link.dossier else ()),
            *([(_("Nơi đặt"), link.counter)] if link.counter else ()),
        ],
    )


def _batch(wave: Wave, batch: Batch) -> Subject:
    (figures,) = registry.figures_of(db.session, [batch], own_units(wave))
    name = _("Lô %(id)s", id=batch.id)
    return Subject(
        of=batch,
        wave=wave,
        name=name,
        address=url_for(".show_batch", wave_id=wave.id, batch_id=batch.id),
        rows=[
            (_("Lô mã"), name),
            (_("Còn hiệu lực hoặc đã trả lời"), figures.standing),
        ],
    )


@bp.route(f"{LINK}/thu-hoi", methods=["GET", "POST"])
@bp.route(f"{BATCH}/thu-hoi", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def revoke(
    wave_id: str, link_id: int | None = None, batch_id: int | None = None
) -> ResponseReturnValue:
    """Ask why, then revoke a link, or every link of a batch that was not answered."""
    subject = _subject(wave_id, link_id, batch_id)

    def do(form: ReasonForm, **known: Any) -> None:
        if isinstance(subject.of, Batch):
            gone = acts.revoke_batch(db.session, subject.of, **known)
            words = _("Đã thu hồi %(n)s mã.", n=gone)
        else:
            acts.revoke_link(db.session, subject.of, **known)
            words = _("Đã thu hồi mã. Ai quét sẽ thấy trang báo mã hết hiệu lực.")
        flash(words, "success")

    if subject.is_batch:
        return _act(
            subject,
            ReasonForm(),
            do,
            title=_("Thu hồi cả lô?"),
            warning=_(
                "Mọi mã của lô chưa trả lời sẽ hết hiệu lực và không dùng lại được. "
                "Phiếu đang làm dở bị xóa; phiếu đã gửi được giữ nguyên."
            ),
            button=_("Thu hồi cả lô"),
        )
    return _act(
        subject,
        ReasonForm(),
        do,
        title=_("Thu hồi mã này?"),
        warning=_(
            "Thu hồi rồi không dùng lại được. Phiếu đang làm dở qua mã này bị xóa; "
            "phiếu đã gửi được giữ nguyên."
        ),
        button=_("Thu hồi mã"),
    )


@bp.route(f"{LINK}/thay-ma", methods=["GET", "POST"])
@bp.route(f"{BATCH}/thay-ma", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def replace(
    wave_id: str, link_id: int | None = None, batch_id: int | None = None
) -> ResponseReturnValue:
    """Ask why, then give new codes in the place of those that were not answered."""
    subject = _subject(wave_id, link_id, batch_id)

    def do(form: ReasonForm, **known: Any) -> str:
        of = subject.of
        if isinstance(of, Batch):
            if of.size > making.AT_ONCE_IN_A_REQUEST:
                return jobs_of_links.replace_later(db.session, of, form.text("reason"))
            old = acts.open_links(db.session, of)
        else:
            old = [of]
        made = acts.replace_links(db.session, old, **known)
        flash(
            _("Đã thay %(n)s mã mới. Xin in hoặc gửi mã mới ở trang này.", n=made.size),
            "success",
        )
        return url_for(".show_batch", wave_id=wave_id, batch_id=made.id)

    if subject.is_batch:
        return _act(
            subject,
            ReasonForm(),
            do,
            title=_("Thay mã mới cho cả lô?"),
            warning=_(
                "Mọi mã của lô chưa trả lời được thay bằng mã mới; mã cũ hết hiệu lực "
                "ngay. Phiếu đang làm dở được chuyển sang mã mới."
            ),
            button=_("Thay mã mới"),
        )
    return _act(
        subject,
        ReasonForm(),
        do,
        title=_("Thay mã này bằng mã mới?"),
        warning=_(
            "Mã cũ hết hiệu lực ngay; ai quét sẽ được báo là đã có mã mới. Phiếu hồ sơ "
            "đang làm dở được chuyển sang mã mới."
        ),
        button=_("Thay mã mới"),
    )


@bp.route(f"{LINK}/han-dung", methods=["GET", "POST"])
@bp.route(f"{BATCH}/han-dung", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def extend(
    wave_id: str, link_id: int | None = None, batch_id: int | None = None
) -> ResponseReturnValue:
    """Change until when a link, or the links of a batch, open."""
    subject = _subject(wave_id, link_id, batch_id)

    def do(form: ReasonForm, **known: Any) -> None:
        acts.extend(db.session, subject.of, form["valid_to"].data, **known)
        if subject.is_batch:
            flash(_("Đã đổi hạn dùng của cả lô."), "success")
        else:
            flash(_("Đã đổi hạn dùng."), "success")

    return _act(
        subject,
        ExtendForm(),
        do,
        title=(
            _("Đổi hạn dùng của cả lô")
            if subject.is_batch
            else _("Đổi hạn dùng của mã")
        ),
        warning=None,
        button=_("Đổi hạn dùng"),
    )


@bp.route(f"{LINK}/sua", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def edit(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Change where a link hangs, or its note."""
    subject = _subject(wave_id, link_id, None)
    link = link_in_reach(wave_id, link_id)

    def do(form: ReasonForm, **known: Any) -> None:
        acts.edit_link(
            db.session,
            link,
            counter=form.text("counter"),
            note=form.text("note"),
            **known,
        )
        flash(_("Đã sửa nơi đặt và ghi chú."), "success")

    return _act(
        subject,
        EditForm(obj=link),
        do,
        title=_("Sửa nơi đặt, ghi chú"),
        warning=None,
        button=_("Lưu"),
    )


def _act(
    subject: Subject, form: ReasonForm, do: Callable[..., str | None], **words: Any
) -> ResponseReturnValue:
    """Ask for a reason, do it once, and lead to where it shows."""
    of_id = subject.of.id
    if form.validate_on_submit():
        try:
            onward = do(
                form,
                reason=form.text("reason"),
                now=clock.now(),
                by=accounts.current().id,
            )
        except FieldworkError as error:
            if error.field is None:
                db.session.rollback()
                flash(str(error), "error")
                return redirect(subject.address, code=303)
            form.tell(error.field, str(error))
        else:
            what = "batch" if subject.is_batch else "link"
            web.log.info(f"{what} changed", by=accounts.current().id, **{what: of_id})
            db.session.commit()
            jobs.wake()
            return redirect(onward or subject.address, code=303)
    return _ask(subject, form, **words)


def _ask(subject: Subject, form: StaffForm, **words: Any) -> ResponseReturnValue:
    """The page that asks before something is done."""
    page = render_template(
        "fieldwork/act.html",
        wave=subject.wave,
        form=form,
        name=subject.name,
        address=subject.address,
        rows=subject.rows,
        **words,
    )
    return page, 422 if form.errors else 200


@bp.route(f"{BATCH}/khoa", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def lock_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Ask, then erase the key of a batch: it was printed or sent."""
    subject = _subject(wave_id, None, batch_id)
    _wave, batch = batch_in_reach(wave_id, batch_id)
    if batch.key is None:
        return redirect(subject.address, code=303)  # where it says that it is locked
    form = StaffForm()
    if form.validate_on_submit():
        acts.lock_batch(db.session, batch, now=clock.now(), by=accounts.current().id)
        prints.forget_files(db.session, batch, clock.now())
        flash(_("Đã khóa lô: từ nay không ai xem lại được các mã này."), "success")
        db.session.commit()
        return redirect(subject.address, code=303)
    return _ask(
        subject,
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
