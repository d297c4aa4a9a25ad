"""Queueing e-mails: whose business has an address, and which key is kept for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, keyholes
from survey.config import Settings
from survey.db import in_chunks
from survey.fieldwork import links
from survey.fieldwork.messages import smtp
from survey.fieldwork.messages.mail import KEY_KEPT
from survey.fieldwork.messages.reminders import MESSAGES, RECORD_OF_MAIL, check_batch
from survey.fieldwork.prints import works_here_only
from survey.fieldwork.terms import FieldworkError
from survey.models import Batch, Link, Message, Reach, Wave

ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Queued:
    """What became of the links of a batch that were to be sent by e-mail."""

    queued: int
    without_address: int
    """Their business has no address, or one that no mail server takes."""
    before: int
    """They were queued before."""


def queue(
    session: Session,
    settings: Settings,
    wave: Wave,
    batch: Batch,
    kind: str,
    *,
    by: int,
    now: datetime,
) -> Queued:
    """Queue an e-mail for every open link of a batch whose business has an address.

    Raises:
        FieldworkError: no server is set, the wave takes no forms now, the batch has no
            key any more, or nobody of it is to be reminded yet.
    """
    _check(settings, wave, batch, now)
    if kind == "reminder":
        check_batch(session, settings, batch, now)
    # Two who press the button at once queue one message each link.
    session.execute(
        sa.select(Wave.id).where(Wave.id == wave.id).with_for_update(key_share=True)
    )
    found = session.execute(
        sa.select(Link.id, Reach.email, Message.id.label("message_id"), Message.state)
        .outerjoin(Reach, Reach.dossier_id == Link.dossier_id)
        .outerjoin(Message, (Message.link_id == Link.id) & (Message.kind == kind))
        .where(Link.batch_id == batch.id, Link.state == "active", keyholes.IS_OPEN)
        .order_by(Link.place)
    ).all()
    reached = [row for row in found if smtp.is_address(row.email or "")]
    # A reminder that only went into a file may go out by e-mail all the same.
    filed = [row.message_id for row in reached if row.state == "filed"]
    for some in in_chunks(filed, ROWS_AT_ONCE):
        session.execute(sa.delete(MESSAGES).where(MESSAGES.c.id.in_(some)))
    same = {"wave_id": wave.id, "kind": kind, "state": "queued", "tries": 0}
    new = [
        {**same, "link_id": row.id, "next_at": now, "made_by": by}
        for row in reached
        if row.state in (None, "filed")
    ]
    queued, before = len(new), len(reached) - len(new)
    without = len(found) - len(reached)
    if new:
        session.execute(sa.insert(MESSAGES), new)
    if queued:
        batch.key_until = max(batch.key_until or now, now + KEY_KEPT)
        reason = _RECORDS[kind].format(n=queued)
        links.log_event(
            session, action="mailed", batch=batch, reason=reason, by=by, now=now
        )
    session.flush()
    return Queued(queued=queued, without_address=without, before=before)


_RECORDS: Final = {
    "invitation": "Thư điện tử mời: {n}",
    "reminder": RECORD_OF_MAIL,
}
"""What the registry's log says; it is Vietnamese, as all records of the office are."""


def _check(settings: Settings, wave: Wave, batch: Batch, now: datetime) -> None:
    today = clock.local(now).date()
    if not settings.sends_mail:
        raise FieldworkError(
            _("Hệ thống chưa được nối với máy chủ thư. Xin dùng tệp để gửi.")
        )
    if works_here_only(settings):
        raise FieldworkError(
            _(
                "Đường dẫn đang chứa địa chỉ chỉ mở được trên máy này: xin báo người "
                "quản trị đặt SURVEY_PUBLIC_URL trước khi gửi thư."
            )
        )
    if wave.state != "open" or not wave.opens_on <= today <= wave.closes_on:
        raise FieldworkError(
            _("Đợt chưa nhận phiếu, hoặc đã hết hạn: chưa gửi thư được.")
        )
    if not links.has_key(batch, now):
        raise FieldworkError(no_key_words())


def no_key_words() -> str:
    """That tokens are gone for good, and what to do."""
    return str(
        _(
            "Mã của lô này không còn lấy lại được. Xin tạo mã mới cho những hồ sơ chưa "
            "trả lời."
        )
    )


def hurry(session: Session, wave: Wave, now: datetime) -> None:
    """Let what waits for another try be tried now; what is being sent is left alone."""
    session.execute(
        sa.update(Message)
        .where(
            Message.wave_id == wave.id,
            Message.state == "queued",
            Message.fault.is_not(None),
        )
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )
