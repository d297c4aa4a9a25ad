"""The work on comments: which waits, what is hidden of it, what was decided, undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import masking
from survey.masking import Span
from survey.models import (
    Account,
    CommentCoding,
    CommentEvent,
    CommentTheme,
    Response,
    Theme,
    Wave,
)

READING: Final = timedelta(minutes=15)
"""How long after asking for it a comment stays readable as it was written."""
LAST_WORDS: Final = 20
"""So many words are masked by hand at most, each once."""


class CommentsError(Exception):
    """What was asked of a comment cannot be done; the message says why."""


class NotFoundError(CommentsError):
    """There is no such comment, or not in this wave."""


class NotReadError(CommentsError):
    """A part is to be shown by somebody who has not read what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many comments of a wave there are, and how many are coded."""

    comments: int
    coded: int

    @property
    def waiting(self) -> int:
        """Those nobody has decided on."""
        return self.comments - self.coded


def progress(session: Session, wave: Wave) -> Progress:
    """How far the coding of a wave has come."""
    comments = session.scalar(
        sa.select(sa.func.count()).select_from(Response).where(*_commented(wave))
    )
    coded = session.scalar(
        sa.select(sa.func.count())
        .select_from(CommentCoding)
        .where(CommentCoding.wave_id == wave.id)
    )
    return Progress(comments=comments or 0, coded=coded or 0)


def next_waiting(session: Session, wave: Wave, after: str = "") -> str | None:
    """The next comment that waits behind this one in the order of the random ids, else
    the first; None when none waits.

    Args:
        after: the id of a response; "" for the beginning.
    """
    waiting = sa.select(Response.id).where(
        *_commented(wave),
        ~sa.exists().where(CommentCoding.response_id == Response.id),
    )
    for behind in dict.fromkeys((after, "")):
        found = session.scalar(
            waiting.where(Response.id > behind).order_by(Response.id).limit(1)
        )
        if found is not None:
            return found
    return None


def comment_of(session: Session, wave: Wave, response_id: str) -> str:
    """What was written, for the verbs of this room alone.

    Raises:
        NotFoundError: no such response in this wave, or it says nothing.
    """
    text = None
    if response_id.isprintable():
        text = session.scalar(
            sa.select(Response.comment).where(
                *_commented(wave), Response.id == response_id
            )
        )
    if text is None:
        raise NotFoundError(_("Không có ý kiến này trong đợt."))
    return text


def read_raw(
    session: Session, wave: Wave, response_id: str, account: Account, *, now: datetime
) -> None:
    """Note that somebody wants to read a comment as it was written.

    Raises:
        NotFoundError: as `comment_of`.
    """
    comment_of(session, wave, response_id)
    _note(session, wave, response_id, account, "read", now)


def may_read_raw(
    session: Session, response_id: str, account: Account, *, now: datetime
) -> bool:
    """Whether this account asked for the comment as it was written just now."""
    last = session.scalar(
        sa.select(sa.func.max(CommentEvent.at)).where(
            CommentEvent.response_id == response_id,
            CommentEvent.account_id == account.id,
            CommentEvent.action == "read",
        )
    )
    return last is not None and now - last <= READING


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What staff decided of a comment."""

    state: str
    """`unit`, `office` or `withheld`."""
    theme_ids: Collection[int]
    hide: Sequence[str] = ()
    """Words to hide besides what was found."""
    show: Collection[int] = ()
    """Places of found spans that hide nothing of a person."""


def decide(
    session: Session,
    wave: Wave,
    response_id: str,
    decision: Decision,
    account: Account,
    *,
    now: datetime,
) -> CommentCoding:
    """Mask a comment, give it its themes, release or withhold it; an earlier decision
    is replaced.

    Raises:
        NotFoundError: as `comment_of`.
        NotReadError: a part is to be shown by somebody who has not read all of it.
        CommentsError: a word to hide stands nowhere.
    """
    text = comment_of(session, wave, response_id)
    hidden = _hidden(text, decision)
    if decision.show:
        if not may_read_raw(session, response_id, account, now=now):
            raise NotReadError(
                _("Muốn bỏ che, xin xem nguyên văn trước; việc xem được ghi nhật ký.")
            )
        _note(session, wave, response_id, account, "unmasked", now)
    session.execute(
        sa.delete(CommentCoding).where(CommentCoding.response_id == response_id)
    )
    coding = CommentCoding(
        response_id=response_id,
        wave_id=wave.id,
        state=decision.state,
        text=masking.masked(text, hidden),
        spans=[[one.start, one.end, one.kind] for one in hidden],
    )
    session.add(coding)
    session.flush()
    known = session.scalars(sa.select(Theme.id).where(Theme.id.in_(decision.theme_ids)))
    session.add_all(
        CommentTheme(response_id=response_id, theme_id=one) for one in sorted(known)
    )
    is_withheld = decision.state == "withheld"
    _note(
        session,
        wave,
        response_id,
        account,
        "withheld" if is_withheld else "released",
        now,
    )
    session.flush()
    return coding


def undo(
    session: Session, wave: Wave, response_id: str, account: Account, *, now: datetime
) -> None:
    """Take a decision back: the comment waits again, and nobody else reads it.

    Raises:
        NotFoundError: there is no decision on such a comment in this wave.
    """
    comment_of(session, wave, response_id)
    gone = session.execute(
        sa.delete(CommentCoding).where(
            CommentCoding.response_id == response_id, CommentCoding.wave_id == wave.id
        )
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        raise NotFoundError(_("Ý kiến này chưa được phân loại."))
    _note(session, wave, response_id, account, "undone", now)


def _hidden(text: str, decision: Decision) -> tuple[Span, ...]:
    found = masking.spans(text)
    kept = [one for place, one in enumerate(found) if place not in decision.show]
    more: list[Span] = []
    for words in _words(decision.hide):
        places = masking.added(text, [words])
        if not places:
            raise CommentsError(
                _("Không thấy “%(words)s” trong ý kiến.", words=words[:60])
            )
        more += places
    return masking.joined(text, [*kept, *more])


def _words(typed: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in typed if one.strip()))[:LAST_WORDS]


def _commented(wave: Wave) -> tuple[sa.ColumnElement[bool], ...]:
    return Response.wave_id == wave.id, Response.comment.is_not(None)


def _note(
    session: Session,
    wave: Wave,
    response_id: str,
    account: Account,
    action: str,
    now: datetime,
) -> None:
    session.add(
        CommentEvent(
            wave_id=wave.id,
            response_id=response_id,
            account_id=account.id,
            action=action,
            at=now,
        )
    )
    session.flush()
