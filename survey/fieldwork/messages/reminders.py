"""Reminders: the file of invitations comes back, and of its codes those go out again
that were not answered. The codes themselves are stored nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, codes, web
from survey.config import Settings
from survey.db import Base, in_chunks
from survey.exports.message_files import EMAIL_HEAD, PHONE_HEAD
from survey.fieldwork import links
from survey.fieldwork.frame.rows import text_of
from survey.fieldwork.frame.sheets import open_book
from survey.fieldwork.links import Made
from survey.fieldwork.messages import schedule
from survey.fieldwork.terms import FieldworkError
from survey.formats import date_text
from survey.models import Batch, Link, LinkEvent, Message, Reach, Wave

MOST_ROWS: Final = 20_000
LONG: Final = 400
_ROWS: Final = 500
_ADDRESS: Final = re.compile(r"/p/([A-Za-z0-9]{20})(?![A-Za-z0-9])")
RECORD: Final = "Tệp nhắc: {n}"
RECORD_OF_MAIL: Final = "Thư điện tử nhắc: {n}"
RENEWED: Final = "Mã mới để nhắc doanh nghiệp chưa trả lời"
"""Note of a batch of new codes for those who are to be reminded."""
# The plain table: entities would keep the books of thousands of rows.
MESSAGES: Final = Base.metadata.tables[Message.__tablename__]


@dataclass(frozen=True)
class Listed:
    """A code of the file that came back, and where its business is reached."""

    token: str
    phone: str
    email: str


@dataclass(kw_only=True)
class Sorted:
    """The codes of a file, by what is to be done with them."""

    to_remind: list[tuple[Made, Reach]]
    answered: int = 0
    over: int = 0
    """Revoked, replaced, or past their last day."""
    early: int = 0
    """Invited too lately."""
    reminded: int = 0
    unreached: int = 0
    unknown: int = 0

    @property
    def listed(self) -> int:
        """How many codes there were."""
        return (
            len(self.to_remind) + self.answered + self.over + self.early
            + self.reminded + self.unreached + self.unknown
        )  # fmt: skip


def listed(content: bytes) -> list[Listed]:
    """The codes in a file, each once; whatever its columns are called by now.

    Raises:
        LoadError: it is neither CSV nor XLSX.
        FieldworkError: it holds no code, or too many.
    """
    book = open_book(content)
    found: dict[str, Listed] = {}
    phone_at = email_at = -1
    for _number, cells in book.lines(book.names[0]):
        texts = [_short_text(cell) for cell in cells]
        if PHONE_HEAD in texts or EMAIL_HEAD in texts:
            phone_at, email_at = _place(texts, PHONE_HEAD), _place(texts, EMAIL_HEAD)
            continue
        token = next(filter(None, map(_token_in, texts)), None)
        if token is not None:
            one = Listed(token, _cell(texts, phone_at), _cell(texts, email_at))
            found.setdefault(token, one)
        if len(found) > MOST_ROWS:
            raise FieldworkError(
                _(
                    "Tệp có hơn %(most)s mã; xin chia thành nhiều tệp nhỏ hơn.",
                    most=MOST_ROWS,
                ),
                "file",
            )
    if not found:
        raise FieldworkError(
            _(
                "Không thấy mã nào trong tệp. Xin chọn tệp lời mời đã tải từ hệ thống, "
                "còn nguyên cột đường dẫn."
            ),
            "file",
        )
    return list(found.values())


def _short_text(cell: Any) -> str:
    """A cell as text; a full text is none: its link stands in other cells, too."""
    return "" if isinstance(cell, str) and len(cell) > LONG else text_of(cell)


def _place(heads: Sequence[str], head: str) -> int:
    return heads.index(head) if head in heads else -1


def _cell(texts: Sequence[str], at: int) -> str:
    # Without the guard against formulas, which some program kept as text.
    return texts[at].removeprefix("'") if 0 <= at < len(texts) else ""


def _token_in(text: str) -> str | None:
    """The code in a cell: in an address, or alone as a person types it."""
    address = _ADDRESS.search(text)
    typed = address[1] if address else text
    if len(typed) > 3 * codes.TOKEN_LENGTH or codes.explain(typed) != "ok":
        return None
    return codes.normalise(typed)


def sort(
    session: Session,
    settings: Settings,
    wave: Wave,
    codes_listed: Sequence[Listed],
    now: datetime,
) -> Sorted:
    """Which of these codes are to be sent again, and why the others are not."""
    result = Sorted(to_remind=[])
    for some in in_chunks(codes_listed, _ROWS):
        by_hash = {codes.hashed(one.token): one for one in some}
        known = session.execute(
            sa.select(Link, schedule.is_reminded(now), Reach)
            .outerjoin(Reach, Reach.dossier_id == Link.dossier_id)
            .where(
                Link.wave_id == wave.id,
                Link.kind == "dossier",
                Link.token_hash.in_(list(by_hash)),
            )
            .options(*links.WITH_PLACES)
        ).all()
        result.unknown += len(by_hash) - len(known)
        for link, is_reminded, reach in sorted(known, key=lambda row: row[0].id):
            one = by_hash[link.token_hash]
            _put(result, settings, wave, link, is_reminded, one, reach, now)
    return result


def _put(
    result: Sorted,
    settings: Settings,
    wave: Wave,
    link: Link,
    is_reminded: bool,
    one: Listed,
    reach: Reach | None,
    now: datetime,
) -> None:
    today = clock.local(now).date()
    if link.standing == "spent":
        result.answered += 1
    elif link.state != "active" or min(link.valid_to or today, wave.closes_on) < today:
        result.over += 1
    elif link.undelivered_on is not None:
        result.unreached += 1
    elif link.made_on > schedule.made_by(settings, now):
        result.early += 1
    elif is_reminded:
        result.reminded += 1
    else:
        kept = reach or Reach()
        merged = Reach(phone=one.phone or kept.phone, email=one.email or kept.email)
        result.to_remind.append((Made(link, one.token), merged))


def note(
    session: Session, wave: Wave, link_ids: Sequence[int], *, by: int, now: datetime
) -> None:
    """Note that the reminders of these links go out in a file, so that nobody is
    reminded twice; and in the registry, a line for each batch they come from."""
    # Two files at once note each link once.
    session.execute(
        sa.select(Wave.id).where(Wave.id == wave.id).with_for_update(key_share=True)
    )
    counts: Counter[int | None] = Counter()
    for some in in_chunks(sorted(link_ids), _ROWS):
        rows = session.execute(
            sa.select(Link.id, Link.batch_id, Message.id)
            .outerjoin(
                Message, (Message.link_id == Link.id) & (Message.kind == "reminder")
            )
            .where(Link.id.in_(some))
        ).all()
        counts.update(batch_id for _link, batch_id, _message in rows)
        new = [
            _filed(wave, link_id, by, now)
            for link_id, _batch, message_id in rows
            if message_id is None
        ]
        if new:
            session.execute(sa.insert(MESSAGES), new)
    for batch_id, count in counts.items():
        batch = session.get(Batch, batch_id) if batch_id is not None else None
        links.log_event(
            session,
            action="exported",
            batch=batch,
            link=None if batch else session.get(Link, min(link_ids)),
            reason=RECORD.format(n=count),
            by=by,
            now=now,
        )
    session.flush()


def _filed(wave: Wave, link_id: int, by: int, now: datetime) -> dict[str, Any]:
    return {
        "wave_id": wave.id,
        "link_id": link_id,
        "kind": "reminder",
        "state": "filed",
        "tries": 0,
        "next_at": now,
        "made_by": by,
    }


def is_for_reminding(batch: Batch) -> bool:
    """Whether its codes were made to remind who had been invited with others."""
    return batch.note == RENEWED


def check_batch(
    session: Session, settings: Settings, batch: Batch, now: datetime
) -> None:
    """Refuse to remind the businesses of a batch of what they were not yet told, or
    have just been told.

    Raises:
        FieldworkError: with the reason, and from when on they may be reminded.
    """
    if is_for_reminding(batch):
        return
    sent_at = session.scalar(_first_sending(batch))
    days = settings.remind_days
    if sent_at is None:
        raise FieldworkError(
            _(
                "Chưa nhắc được: lô này chưa tải tệp lời mời, chưa gửi thư, chưa in. "
                "Xin gửi lời mời trước; sau %(days)s ngày mới nhắc.",
                days=days,
            ),
            "kind",
        )
    sent_on = clock.local(sent_at).date()
    if sent_on > schedule.made_by(settings, now):
        raise FieldworkError(
            _(
                "Chưa nhắc được: lời mời của lô này đi ngày %(sent)s, phải chờ "
                "%(days)s ngày. Từ ngày %(from_on)s, xin nhắc ở trang “Gửi lời mời”.",
                sent=date_text(sent_on, web.language()),
                days=days,
                from_on=date_text(sent_on + timedelta(days=days), web.language()),
            ),
            "kind",
        )


def _first_sending(batch: Batch) -> sa.Select[datetime | None]:
    """Select when the codes of a batch were first taken away, other than to remind."""
    of_reminders = [
        LinkEvent.reason.startswith(record.format(n=""), autoescape=True)
        for record in (RECORD, RECORD_OF_MAIL)
    ]
    return sa.select(sa.func.min(LinkEvent.happened_at)).where(
        LinkEvent.batch_id == batch.id,
        LinkEvent.action.in_(("exported", "mailed", "printed")),
        LinkEvent.reason.is_(None) | ~sa.or_(*of_reminders),
    )


def counted_words(result: Sorted) -> list[tuple[str, int]]:
    """What became of the codes of a file, in words, without those that are none."""
    lines: Mapping[str, int] = {
        _("chưa trả lời, được nhắc trong tệp mới"): len(result.to_remind),
        _("đã trả lời"): result.answered,
        _("chưa đủ số ngày kể từ khi mời"): result.early,
        _("đã được nhắc một lần"): result.reminded,
        _("lời mời không đến được"): result.unreached,
        _("đã thu hồi, thay mã hoặc hết hạn"): result.over,
        _("không thuộc đợt này"): result.unknown,
    }
    return [(words, count) for words, count in lines.items() if count]
