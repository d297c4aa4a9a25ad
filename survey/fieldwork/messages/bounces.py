"""What came back: staff tell whom no message reached, and may take it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, keyholes
from survey.db import in_chunks
from survey.fieldwork.links import log_event
from survey.fieldwork.terms import FieldworkError
from survey.formats import nfc
from survey.models import Account, Dossier, Link, LinkEvent, Message, Reach, Wave

MOST_NAMED: Final = 20_000
SHOWN: Final = 5
BACK: Final = "Không giao được"
UNDONE: Final = "Bỏ đánh dấu"
_BETWEEN: Final = re.compile(r"[\r\n\t;,]+")
_PHONE: Final = re.compile(r"(\+ ?84|84|0)[\d .()-]{8,14}")
_ROWS: Final = 500


@dataclass(frozen=True, kw_only=True)
class Marked:
    """What became of the names that staff gave."""

    marked: int
    before: int
    """Were marked already."""
    answered: int
    """Were answered or revoked: they were reached after all, or no longer count."""
    unknown: tuple[str, ...]


def names_in(text: str) -> list[str]:
    """The dossier codes, addresses and telephone numbers in a pasted list."""
    named = (part.strip().strip("\"'<>").strip() for part in _BETWEEN.split(nfc(text)))
    return list(dict.fromkeys(name for name in named if name))


def names_in_report(content: bytes) -> list[str]:
    """The addresses that a mail server reports it could not deliver to (RFC 3464).

    Raises:
        FieldworkError: it is no such report, or tells of a delay only.
    """
    mail = message_from_bytes(content, policy=default)
    found = [
        address
        for part in mail.walk()
        if part.get_content_type() == "message/delivery-status"
        for address in _failed(part)
    ]
    if not found:
        raise FieldworkError(
            _(
                "Tệp này không phải thư báo không giao được (.eml), hoặc chỉ báo chậm. "
                "Xin lưu thư báo từ hộp thư rồi tải lên, hoặc chép địa chỉ vào ô trên."
            ),
            "report",
        )
    return list(dict.fromkeys(found))


def _failed(part: Mail) -> Iterator[str]:
    """Recipients of a delivery status whose delivery failed for good."""
    for block in part.get_payload():
        if not isinstance(block, Mail):
            continue
        action = str(block.get("Action", "")).strip().casefold()
        recipient = block.get("Final-Recipient") or block.get("Original-Recipient")
        if action == "failed" and recipient:
            yield str(recipient).rpartition(";")[2].strip().strip("<>")


def mark(
    session: Session, wave: Wave, names: Sequence[str], *, by: int, now: datetime
) -> Marked:
    """Note that the businesses with these names were not reached.

    Args:
        names: codes of dossiers, e-mail addresses or telephone numbers.
    """
    dossiers, unknown = _dossiers_of(session, wave, names)
    today = clock.local(now).date()
    marked = before = 0
    found: set[int] = set()
    for some in in_chunks(sorted(dossiers), _ROWS):
        for link in session.scalars(
            sa.select(Link).where(
                Link.wave_id == wave.id,
                Link.dossier_id.in_(some),
                Link.state == "active",
                keyholes.IS_OPEN,
            )
        ):
            found.add(link.dossier_id or 0)
            if link.undelivered_on is not None:
                before += 1
                continue
            marked += 1
            _mark_link(session, link, today, BACK, by=by, now=now)
    _settle_messages(session, found, "sent", "bounced")
    return Marked(
        marked=marked,
        before=before,
        answered=len(dossiers - found),
        unknown=tuple(unknown),
    )


def _mark_link(
    session: Session,
    link: Link,
    on: date | None,
    reason: str,
    *,
    by: int,
    now: datetime,
) -> None:
    link.undelivered_on = on
    log_event(session, action="undelivered", link=link, reason=reason, by=by, now=now)


def _settle_messages(
    session: Session, dossiers: Iterable[int], state: str, to: str
) -> None:
    for some in in_chunks(sorted(dossiers), _ROWS):
        of_these = sa.select(Link.id).where(Link.dossier_id.in_(some))
        session.execute(
            sa.update(Message)
            .where(Message.link_id.in_(of_these), Message.state == state)
            .values(state=to)
            .execution_options(synchronize_session=False)
        )


def _dossiers_of(
    session: Session, wave: Wave, names: Sequence[str]
) -> tuple[set[int], list[str]]:
    """The dossiers that are meant, and the names that mean none."""
    wanted = {key: name for name in names for key in _keys(name)}
    rows = session.execute(
        sa.select(Dossier.id, Dossier.code, Reach.phone, Reach.email)
        .outerjoin(Reach, Reach.dossier_id == Dossier.id)
        .where(Dossier.wave_id == wave.id)
        .execution_options(yield_per=1000)
    )
    dossiers, meant = set(), set()
    for dossier_id, *known in rows:
        for key in wanted.keys() & {key for one in known if one for key in _keys(one)}:
            dossiers.add(dossier_id)
            meant.add(wanted[key])
    return dossiers, [name for name in names if name not in meant]


def _keys(name: str) -> Iterator[str]:
    """How a name is compared: as it is written, and a telephone number by its digits
    without the country's code, however it is grouped."""
    yield nfc(name).strip().casefold()
    if _PHONE.fullmatch(name.strip()):
        digits = "".join(symbol for symbol in name if symbol.isdigit())
        yield "tel:" + digits.removeprefix("84").removeprefix("0")


@dataclass(frozen=True, kw_only=True)
class Act:
    """One time that staff marked links, and can take back."""

    at: datetime
    who: str | None
    count: int
    reason: str

    @property
    def can_be_undone(self) -> bool:
        """Whether it was a marking, not the taking back of one."""
        return self.reason == BACK


def acts(session: Session, wave_id: str) -> list[Act]:
    """The latest times that staff marked links of a wave."""
    rows = session.execute(
        sa.select(
            LinkEvent.happened_at, Account.email, sa.func.count(), LinkEvent.reason
        )
        .join(Account, Account.id == LinkEvent.account_id)
        .where(LinkEvent.wave_id == wave_id, LinkEvent.action == "undelivered")
        .group_by(LinkEvent.happened_at, Account.email, LinkEvent.reason)
        .order_by(LinkEvent.happened_at.desc())
        .limit(SHOWN)
    )
    return [
        Act(at=at, who=who, count=count, reason=reason or "")
        for at, who, count, reason in rows
    ]


def undo(session: Session, wave: Wave, at: datetime, *, by: int, now: datetime) -> int:
    """Take back what staff marked at a moment; how many links are unmarked."""
    of_then = sa.select(LinkEvent.link_id).where(
        LinkEvent.wave_id == wave.id,
        LinkEvent.action == "undelivered",
        LinkEvent.reason == BACK,
        LinkEvent.happened_at == at,
        LinkEvent.account_id.is_not(None),
    )
    links = session.scalars(
        sa.select(Link).where(Link.id.in_(of_then), Link.undelivered_on.is_not(None))
    ).all()
    for link in links:
        _mark_link(session, link, None, UNDONE, by=by, now=now)
    dossiers = {link.dossier_id for link in links if link.dossier_id is not None}
    _settle_messages(session, dossiers, "bounced", "sent")
    return len(links)
