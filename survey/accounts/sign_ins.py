"""Sign-ins: server-side sessions of accounts, and the brake on guessing passwords."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey.accounts import passwords
from survey.formats import nfc
from survey.models import Account, FailedSignIn, SignIn

IDLE_LIMIT: Final = timedelta(minutes=15)
ABSOLUTE_LIMIT: Final = timedelta(hours=12)

ACCOUNT_FAILURES: Final = 5
# A whole office signs in from one address, so a network may fail more often.
NETWORK_FAILURES: Final = 20
FIRST_DELAY: Final = timedelta(seconds=30)
LONGEST_DELAY: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=24)

_INSERTS: Final[dict[str, Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class Throttled(Exception):
    """Too many failures; `wait` says how long to pause."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait


def normal_email(email: str) -> str:
    """An e-mail address in the one form that is stored and compared."""
    return nfc(email).strip().casefold()


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Where a password is tried from, and for whom: what its failures count against."""

    email: str
    network: str
    secret: str
    """Keys the hashes of names and addresses in the table of failures."""

    def subjects(self) -> list[tuple[str, int]]:
        """Each subject and its allowed failures, in one order against deadlocks."""
        return sorted([(self.name, ACCOUNT_FAILURES), (self.place, NETWORK_FAILURES)])

    @property
    def name(self) -> str:
        """The account tried, whether it exists or not."""
        return _subject(self.secret, "account", normal_email(self.email))

    @property
    def place(self) -> str:
        """The network it is tried from."""
        return _subject(self.secret, "network", _network_of(self.network))


def check_password(
    session: Session,
    attempt: Attempt,
    password: str,
    *,
    now: datetime,
    pause: Callable[[], None],
) -> Account | None:
    """The account whose name and password these are, or None if anything is wrong.

    The attempt is counted before the password is looked at, so that many at once
    gain nothing; a right password takes its own count back.

    Args:
        pause: commits what was counted; no lock is held while Argon2 works.
    Raises:
        Throttled: too many failures; the caller rolls back.
    """
    for subject, allowed in attempt.subjects():
        _count(session, subject, allowed, now)
    email = normal_email(attempt.email)
    found = session.execute(
        sa.select(Account.id, Account.password_hash).where(
            Account.email == email, Account.is_active
        )
    ).one_or_none()
    pause()

    password_hash = found.password_hash if found else None
    if not passwords.matches(password_hash, password) or found is None:
        return None
    _forgive(session, attempt)
    # Asked again: it may have been disabled, or got another password, meanwhile.
    account = session.scalar(
        sa.select(Account).where(
            Account.id == found.id,
            Account.is_active,
            Account.password_hash == password_hash,
        )
    )
    if account is not None and passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    return account


def begin(session: Session, account: Account, now: datetime) -> str:
    """Open a sign-in for an account; its token, of which only a hash is stored."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            id=_hashed(token),
            account_id=account.id,
            made_at=now,
            ends_at=now + ABSOLUTE_LIMIT,
        )
    )
    session.flush()
    return token


def account_of(session: Session, token: str, now: datetime) -> Account | None:
    """The active account behind a sign-in that has not ended."""
    return session.scalar(
        sa.select(Account)
        .join(SignIn, SignIn.account_id == Account.id)
        .where(SignIn.id == _hashed(token), SignIn.ends_at > now, Account.is_active)
    )


def sign_out(session: Session, token: str) -> None:
    """End a sign-in; every copy of its cookie is refused from now on."""
    session.execute(sa.delete(SignIn).where(SignIn.id == _hashed(token)))


def end_all(session: Session, account: Account, *, but: str | None = None) -> None:
    """End the sign-ins of an account; `but`, the token of one, stays."""
    ended = sa.delete(SignIn).where(SignIn.account_id == account.id)
    if but is not None:
        ended = ended.where(SignIn.id != _hashed(but))
    session.execute(ended)


def delete_outdated(session: Session, now: datetime) -> int:
    """Delete ended sign-ins and forgotten failures; how many rows went."""
    gone = 0
    for statement in (
        sa.delete(SignIn).where(SignIn.ends_at <= now),
        sa.delete(FailedSignIn).where(FailedSignIn.last_at <= now - FORGOTTEN_AFTER),
    ):
        result = session.execute(statement)
        gone += int(getattr(result, "rowcount", 0))
    return gone


def _count(session: Session, subject: str, allowed: int, now: datetime) -> None:
    insert = _INSERTS[session.get_bind().dialect.name](FailedSignIn)
    # `last_at` stays as it was: the row is locked first and judged then.
    row = session.execute(
        insert.values(subject=subject, failures=1, last_at=now)
        .on_conflict_do_update(
            index_elements=["subject"], set_={"failures": FailedSignIn.failures + 1}
        )
        .returning(FailedSignIn.failures, FailedSignIn.last_at)
    ).one()
    before = row.failures - 1
    since = now - row.last_at
    if since >= FORGOTTEN_AFTER:
        before = 0
    wait = _delay(before, allowed) - since
    if wait > timedelta():
        raise Throttled(wait)
    session.execute(
        sa.update(FailedSignIn)
        .where(FailedSignIn.subject == subject)
        .values(failures=before + 1, last_at=now)
    )


def _delay(failures: int, allowed: int) -> timedelta:
    """How long to wait after so many failures: doubling from 30 seconds on."""
    if failures < allowed:
        return timedelta()
    doublings = min(failures - allowed, 10)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def _forgive(session: Session, attempt: Attempt) -> None:
    """After a right password: forget a name's failures, take one from a network's."""
    of_place = FailedSignIn.subject == attempt.place
    session.execute(
        sa.delete(FailedSignIn).where(
            (FailedSignIn.subject == attempt.name)
            | (of_place & (FailedSignIn.failures <= 1))
        )
    )
    session.execute(
        sa.update(FailedSignIn)
        .where(of_place, FailedSignIn.failures > 1)
        .values(failures=FailedSignIn.failures - 1)
    )


def _network_of(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    # One subscriber owns a whole /64 of IPv6 and could change address at will.
    size = 32 if found.version == 4 else 64
    return str(ip_network(f"{found}/{size}", strict=False))


def _subject(secret: str, kind: str, text: str) -> str:
    # Keyed, because all four thousand million addresses can be hashed in a minute.
    message = f"survey:failed-sign-in\0{kind}\0{text}".encode()
    return hmac.digest(secret.encode(), message, "sha256").hex()


def _hashed(token: str) -> str:
    return hashlib.sha256(b"survey:sign-in\0" + token.encode()).hexdigest()
