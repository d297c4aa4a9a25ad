"""Pages of one link: what it is, what was done with it, and what can be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import accounts, clock, web
from survey.db import db
from survey.fieldwork import prints
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import acts, log, making, registry
from survey.fieldwork.links.forms import EditForm, ExtendForm, ReasonForm
from survey.fieldwork.links.views_registry import file_answer, link_in_reach
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.models import Batch, Draft, Link

LINK = "/dot-khao-sat/<wave_id>/duong-dan/<int:link_id>"


def may_act(link: Link) -> bool:
    """Whether the account may do anything with this link.

    Who belongs to a rated unit does nothing with a single dossier's code: whether that
    can still be revoked would tell whether the business has answered.
    """
    if accounts.current().role not in WRITERS:
        return False
    return link.kind != "dossier" or own_units(link.wave) is None


@bp.get(LINK)
@accounts.requires(*READERS)
def show_link(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Show one link; its code only if it is one that hangs on a wall."""
    link = link_in_reach(wave_id, link_id)
    is_part = own_units(link.wave) is not None
    card = prints.shown(web.settings(), link.token) if link.token else None
    is_told = not (is_part and link.kind == "dossier")
    begun = db.session.scalar(
        sa.select(sa.func.count(Draft.id)).where(Draft.link_id == link.id)
    )
    return render_template(
        "fieldwork/link.html",
        wave=link.wave,
        link=link,
        standing=registry.standing_of(link, clock.today(), is_part=is_part),
        card=card,
        begun=begun if is_told else None,
        who=db.session.scalar(registry.maker_of(link.batch_id or 0)),
        key_until=_key_until(link),
        valid_to=min(link.valid_to or link.wave.closes_on, link.wave.closes_on),
        events=log.events_of(db.session, link=link),
        may_act=may_act(link) and link.standing == "active",
        is_part=is_part,
    )


def _key_until(link: Link) -> datetime | None:
    """Until when the code of a dossier can be printed once more; None if it cannot."""
    batch = db.session.get(Batch, link.batch_id) if link.batch_id else None
    if batch is None or batch.key_until is None:
        return None
    if not making.has_key(batch, clock.now()):
        return None
    return clock.local(batch.key_until)


@bp.get(f"{LINK}/ma.<any(svg, png):kind>")
@accounts.requires(*READERS)
def picture(wave_id: str, link_id: int, kind: str) -> ResponseReturnValue:
    """Hand out the QR code of a link as a file."""
    link = link_in_reach(wave_id, link_id)
    if link.token is None:
        abort(404)
    url = prints.url_of(web.settings(), link.token)
    name = f"{prints.file_stem(link.wave)}-{link.id}.{kind}"
    if kind == "svg":
        return file_answer(prints.svg_file(url), "image/svg+xml", name)
    return file_answer(prints.png_file(url), "image/png", name)


@bp.route(f"{LINK}/thu-hoi", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def revoke(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Ask why, then revoke a link."""

    def do(session: Session, link: Link, form: ReasonForm, **known: Any) -> None:
        acts.revoke_link(session, link, **known)
        flash(_("Đã thu hồi mã. Ai quét sẽ thấy trang báo mã hết hiệu lực."), "success")

    return _act(
        wave_id,
        link_id,
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
@accounts.requires(*WRITERS)
def replace(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Ask why, then give a new code in the place of this one."""

    def do(session: Session, link: Link, form: ReasonForm, **known: Any) -> Batch:
        made = acts.replace_links(session, [link], **known)
        flash(_("Đã thay mã mới. Xin in hoặc gửi mã mới ở trang này."), "success")
        return made

    return _act(
        wave_id,
        link_id,
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
@accounts.requires(*WRITERS)
def extend(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Change until when a link opens."""

    def do(session: Session, link: Link, form: ReasonForm, **known: Any) -> None:
        acts.extend(session, link, form["valid_to"].data, **known)
        flash(_("Đã đổi hạn dùng."), "success")

    return _act(
        wave_id,
        link_id,
        ExtendForm(),
        do,
        title=_("Đổi hạn dùng của mã"),
        warning=None,
        button=_("Đổi hạn dùng"),
    )


@bp.route(f"{LINK}/sua", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def edit(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Change where a link hangs, or its note."""
    link = link_in_reach(wave_id, link_id)

    def do(session: Session, link: Link, form: ReasonForm, **known: Any) -> None:
        acts.edit_link(
            session,
            link,
            counter=form.text("counter"),
            note=form.text("note"),
            **known,
        )
        flash(_("Đã sửa nơi đặt và ghi chú."), "success")

    return _act(
        wave_id,
        link_id,
        EditForm(obj=link),
        do,
        title=_("Sửa nơi đặt, ghi chú"),
        warning=None,
        button=_("Lưu"),
    )


def _act(
    wave_id: str,
    link_id: int,
    form: ReasonForm,
    do: Callable[..., Batch | None],
    **words: str | None,
) -> ResponseReturnValue:
    """Ask for a reason, do it once, and lead to where it shows."""
    link = link_in_reach(wave_id, link_id)
    wave = link.wave
    if not may_act(link):
        abort(403)
    address = url_for(".show_link", wave_id=wave_id, link_id=link_id)
    if form.validate_on_submit():
        try:
            made = do(
                db.session,
                link,
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
            web.log.info("link changed", link=link_id, by=accounts.current().id)
            if made is not None:
                address = url_for(".show_batch", wave_id=wave_id, batch_id=made.id)
            db.session.commit()
            return redirect(address, code=303)
    page = render_template(
        "fieldwork/act.html",
        wave=wave,
        form=form,
        name=_("Mã số %(id)s", id=link_id),
        address=address,
        rows=[
            (_("Mã QR"), _("Mã số %(id)s", id=link_id)),
            (_("Đơn vị"), link.unit.name),
            (_("Thủ tục"), link.procedure.name if link.procedure else "–"),
            *([(_("Hồ sơ"), link.dossier.code)] if link.dossier else ()),
            *([(_("Nơi đặt"), link.counter)] if link.counter else ()),
        ],
        **words,
    )
    return page, 422 if form.errors else 200
