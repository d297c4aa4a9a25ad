"""Invitations by e-mail: queued in the database, sent one after another, tried again
later when the server is busy, and settled one way or the other.

A message holds no token. It is made at the moment of sending, from the key of its
batch, which is therefore kept a little longer while messages wait, and then erased.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from survey import clock, codes
from survey.config import Settings
from survey.exports.messages import TooLong
from survey.fieldwork import links
from survey.fieldwork.messages import smtp
from survey.fieldwork.messages.smtp import Later, Postman, Refused, Unreachable
from survey.fieldwork.messages.wording import Writer, last_day
from survey.models import Batch, Link, Message, Reach

JOB: Final = "mail"
JOB_KEPT: Final = timedelta(hours=1)
"""So long its page says what it did; the page of messages says it longer."""
KEY_KEPT: Final = timedelta(days=3)
"""So long a batch keeps its key for messages that wait; then they have failed."""
LEASE: Final = timedelta(minutes=10)
"""After so long a message whose sender died is sent again, perhaps a second time."""
DELAYS: Final = tuple(timedelta(minutes=m) for m in (5, 15, 60, 240, 720, 1440))
"""Until a message is tried again, by the times it was tried."""
REST: Final = timedelta(minutes=5)
"""Until a server that could not be reached is tried again."""
MINUTE: Final = timedelta(minutes=1)
MOST_OF_FAULT: Final = 300
NO_KEY: Final = "no key"
NO_ADDRESS: Final = "no address"
NO_TEXT: Final = "no text"
OWN_FAULTS: Final = (NO_KEY, NO_ADDRESS, NO_TEXT)


@dataclass(kw_only=True)
class Sent:
    """What one run of sending did."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    dropped: int = 0
    """Answered or revoked before it was their turn."""
    waiting: int = 0
    """Could be sent now, but the minute is full."""
    fault: str = ""
    """Why the server could not be reached; nothing more was tried."""


def send_due(
    session: Session,
    settings: Settings,
    *,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = clock.now,
) -> Sent:
    """Send what is due, at most as many as a minute may have; commits each by itself.

    Each message is claimed, sent, and marked as sent, each step committed. Who dies
    between the last two leaves it claimed for `LEASE`; then it is sent once more, with
    the same Message-ID. A message is never sent twice otherwise, however many send.
    """
    done = Sent()
    with Postman(settings) as postman:
        while _room(session, settings, now()):
            if not _is_any(session, now()):
                break
            try:
                postman.call()
            except Unreachable as error:
                done.fault = str(error)
                _rest(session, done.fault, now())
                break
            message_id = _claim(session, now())
            if message_id is None:
                break
            if _one(session, settings, postman, message_id, done, now):
                pause(MINUTE.total_seconds() / settings.mail_per_minute)
            if done.fault:
                break
    done.waiting = _count_due(session, now())
    release_keys(session, now())
    session.commit()
    return done


def _room(session: Session, settings: Settings, now: datetime) -> bool:
    """Whether this minute may have one more, whoever sends."""
    lately = sa.select(sa.func.count(Message.id)).where(
        Message.state == "sent", Message.next_at > now - MINUTE
    )
    return (session.scalar(lately) or 0) < settings.mail_per_minute


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return (Message.state == "queued") & (Message.next_at <= now)


def _count_due(session: Session, now: datetime) -> int:
    counted = sa.select(sa.func.count(Message.id)).where(_due(now))
    return session.scalar(counted) or 0


def _is_any(session: Session, now: datetime) -> bool:
    found = session.scalar(sa.select(Message.id).where(_due(now)).limit(1))
    session.commit()  # calling the server may take long: lock nothing meanwhile
    return found is not None


def _claim(session: Session, now: datetime) -> int | None:
    """Take the message that waits longest, so that nobody else sends it."""
    first = (
        sa.select(Message.id)
        .where(_due(now))
        .order_by(Message.next_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed = session.scalar(
        sa.update(Message)
        .where(Message.id == first, _due(now))
        .values(tries=Message.tries + 1, next_at=now + LEASE, fault=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    session.commit()
    return claimed


def _one(
    session: Session,
    settings: Settings,
    postman: Postman,
    message_id: int,
    done: Sent,
    now: Callable[[], datetime],
) -> bool:
    """Send one claimed message and write what became of it; whether it went out."""
    message = session.get_one(
        Message, message_id, options=_WITH_ALL, populate_existing=True
    )
    try:
        mail = _composed(session, settings, message, now())
    except _Unsendable as error:
        _settle(session, message, "failed", error.fault, now())
        done.failed += 1
        return False
    if mail is None:
        session.delete(message)
        session.commit()
        done.dropped += 1
        return False
    # Bringing it takes as long as the server wants: no lock is held meanwhile.
    session.commit()
    try:
        postman.bring(mail)
    except Unreachable as error:
        done.fault = str(error)
        message.tries -= 1
        _rest(session, done.fault, now())
        _put_off(session, message, done.fault, now() + REST)
    except Later as error:
        _try_later(session, message, str(error), done, now())
    except Refused as error:
        state = "bounced" if error.is_address else "failed"
        _settle(session, message, state, str(error), now())
        done.failed += 1
    else:
        _settle(session, message, "sent", None, now())
        done.sent += 1
        return True
    return False


_WITH_ALL: Final = (
    joinedload(Message.link).joinedload(Link.unit),
    joinedload(Message.link).joinedload(Link.procedure),
    joinedload(Message.link).joinedload(Link.dossier),
    joinedload(Message.link).joinedload(Link.batch),
    joinedload(Message.link).joinedload(Link.wave),
)


class _Unsendable(Exception):
    """A message that no server could take; `fault` says why."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def _composed(
    session: Session, settings: Settings, message: Message, now: datetime
) -> Any:
    """The e-mail, or None when its link opens nothing any more."""
    link = message.link
    today = clock.local(now).date()
    if (
        link.standing != "active"
        or link.wave.state != "open"
        or last_day(link, link.wave.closes_on) < today
    ):
        return None
    reach = session.get(Reach, link.dossier_id) if link.dossier_id else None
    batch = link.batch
    if batch is None or batch.key is None or not links.has_key(batch, now):
        raise _Unsendable(NO_KEY)
    if reach is None:
        raise _Unsendable(NO_ADDRESS)
    token = links.tokens_of(batch.key).at(link.place or 0)
    if codes.hashed(token) != link.token_hash:
        raise _Unsendable(NO_KEY)  # the secret of the installation was changed since
    writer = Writer(session, settings, link.wave, message.kind)
    try:
        letter = writer.letter(links.Made(link, token), reach)
        return smtp.compose(
            settings,
            to=letter.email,
            subject=letter.subject,
            body=letter.body,
            message_id=_message_id(settings, message),
            now=now,
        )
    except (TooLong, ValueError) as error:
        raise _Unsendable(NO_TEXT) from error


def _message_id(settings: Settings, message: Message) -> str:
    """The same at every try, so that a receiver may know a second copy; it tells
    nobody which link it belongs to."""
    digest = hmac.digest(
        settings.secret().encode(),
        f"survey:message\0{message.link_id}:{message.kind}".encode(),
        hashlib.sha256,
    )
    return digest.hex()[:32]


def _settle(
    session: Session, message: Message, state: str, fault: str | None, now: datetime
) -> None:
    """Write that a message waits no longer. One that the server refused reached nobody;
    one that we could not send was not tried."""
    message.state, message.next_at = state, now
    message.fault = fault[:MOST_OF_FAULT] if fault else None
    if state in ("failed", "bounced") and fault not in OWN_FAULTS:
        message.link.undelivered_on = clock.local(now).date()
    session.commit()


def _put_off(session: Session, message: Message, fault: str, until: datetime) -> None:
    message.fault, message.next_at = fault[:MOST_OF_FAULT], until
    session.commit()


def _try_later(
    session: Session, message: Message, fault: str, done: Sent, now: datetime
) -> None:
    if message.tries > len(DELAYS):
        _settle(session, message, "failed", fault, now)
        done.failed += 1
        return
    _put_off(session, message, fault, now + DELAYS[message.tries - 1])
    done.later += 1


def _rest(session: Session, fault: str, now: datetime) -> None:
    """Let everything wait a little: the server is to blame, not a message."""
    session.execute(
        sa.update(Message)
        .where(_due(now))
        .values(next_at=now + REST, fault=fault[:MOST_OF_FAULT])
        .execution_options(synchronize_session=False)
    )
    session.commit()


def release_keys(session: Session, now: datetime) -> None:
    """Give up the keys that were kept longer for messages which no longer wait."""
    of_batch = sa.and_(Link.batch_id == Batch.id, Message.link_id == Link.id)
    for batch in session.scalars(
        sa.select(Batch).where(
            Batch.key.is_not(None),
            sa.exists().where(of_batch),
            ~sa.exists().where(of_batch, Message.state == "queued"),
        )
    ):
        usual = batch.made_at + links.key_life()
        batch.key_until = min(batch.key_until or usual, usual)
        if batch.key_until <= now:
            batch.key = batch.key_until = None
    session.flush()


def by_state(session: Session, wave_id: str | None = None) -> dict[str, int]:
    """How many messages stand how; of one wave, or of all."""
    counted = sa.select(Message.state, sa.func.count(Message.id)).group_by(
        Message.state
    )
    if wave_id is not None:
        counted = counted.where(Message.wave_id == wave_id)
    return dict(session.execute(counted).all())


def faults(session: Session, wave_id: str) -> list[tuple[str, int]]:
    """Why messages wait or were not sent, with how many, the most frequent first."""
    counted = (
        sa.select(Message.fault, sa.func.count(Message.id))
        .where(
            Message.wave_id == wave_id,
            Message.state.in_(("queued", "failed", "bounced")),
            Message.fault.is_not(None),
        )
        .group_by(Message.fault)
        .order_by(sa.func.count(Message.id).desc(), Message.fault)
        .limit(10)
    )
    return [(fault or "", count) for fault, count in session.execute(counted)]


def wait_for_room(settings: Settings) -> None:
    """Wait until the next minute may have more, for one that sends without a timer."""
    time.sleep(MINUTE.total_seconds() / settings.mail_per_minute)
