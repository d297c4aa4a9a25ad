"""The registry's log: what staff did with a link or a batch, when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from survey.models import Account, Batch, Link, LinkEvent

MOST_IN_REASON: Final = 300
ACTIONS: Final = {
    "made": _l("Tạo mã"),
    "printed": _l("In"),
    "exported": _l("Tải danh sách"),
    "mailed": _l("Gửi thư điện tử"),
    "undelivered": _l("Không giao được"),
    "revoked": _l("Thu hồi"),
    "replaced": _l("Thay mã mới"),
    "extended": _l("Đổi hạn dùng"),
    "locked": _l("Khóa lô"),
    "edited": _l("Sửa nơi đặt, ghi chú"),
}


def log_event(
    session: Session,
    *,
    action: str,
    now: datetime,
    link: Link | None = None,
    batch: Batch | None = None,
    reason: str | None = None,
    by: int | None = None,
) -> None:
    """Write down what was done with a link or, as one act, with a batch.

    Args:
        by: the account; None for the command line or the machine itself.
    """
    of_something = link or batch
    if of_something is None:
        raise ValueError("an event belongs to a link or a batch")
    session.add(
        LinkEvent(
            wave_id=of_something.wave_id,
            link_id=link.id if link else None,
            batch_id=batch.id if batch else None,
            action=action,
            reason=reason,
            happened_at=now,
            account_id=by,
        )
    )
    session.flush()


def was_handed_out(session: Session, batch: Batch) -> bool:
    """Whether a batch was printed, or its codes were taken away in a file."""
    taken = sa.exists().where(
        LinkEvent.batch_id == batch.id, LinkEvent.action.in_(("printed", "exported"))
    )
    return bool(session.scalar(sa.select(taken)))


@dataclass(frozen=True, kw_only=True)
class Event:
    """A line of the log as it is shown."""

    action: str
    happened_at: datetime
    who: str | None
    """The e-mail of the account; None for the command line or the machine."""
    reason: str | None
    of_batch: bool


def events_of(
    session: Session, *, link: Link | None = None, batch: Batch | None = None
) -> list[Event]:
    """What was done with a link, alone or with its batch, or with a batch as a whole;
    the latest first."""
    if link is not None:
        which = LinkEvent.link_id == link.id
        if link.batch_id is not None:
            of_batch = sa.and_(
                LinkEvent.batch_id == link.batch_id, LinkEvent.link_id.is_(None)
            )
            which = sa.or_(which, of_batch)
    elif batch is not None:
        which = sa.and_(LinkEvent.batch_id == batch.id, LinkEvent.link_id.is_(None))
    else:
        return []
    rows = session.execute(
        sa.select(LinkEvent, Account.email)
        .outerjoin(Account, Account.id == LinkEvent.account_id)
        .where(which)
        .order_by(LinkEvent.id.desc())
        .limit(100)
    )
    return [
        Event(
            action=str(ACTIONS[event.action]),
            happened_at=event.happened_at,
            who=email,
            reason=event.reason,
            of_batch=event.link_id is None,
        )
        for event, email in rows
    ]
