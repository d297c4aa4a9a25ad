"""Rehearsals: before a wave opens its staff fill in its forms, and nothing counts.

While a wave rehearses its links open as they will, and everything is stored as it will
be. Opening the wave, or ending the rehearsal, removes all of it; the links stay valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, keyholes
from survey.fieldwork.terms import FieldworkError
from survey.models import (
    Contact,
    Draft,
    Funnel,
    Invitation,
    Link,
    PaperForm,
    Response,
    Subtotal,
    Tally,
    Wave,
)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What a rehearsal left behind, or what was removed of it."""

    responses: int = 0
    drafts: int = 0
    contacts: int = 0
    paper_forms: int = 0
    spent_links: int = 0

    def __bool__(self) -> bool:
        return any((self.responses, self.drafts, self.contacts, self.paper_forms))


def filled(session: Session, wave: Wave) -> Filled:
    """What emptying the rehearsal would remove now."""

    def count(*conditions: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).where(*conditions)
        return session.scalar(query) or 0

    return Filled(
        responses=count(Response.wave_id == wave.id),
        drafts=count(Draft.link_id.in_(_links(wave))),
        contacts=count(Contact.wave_id == wave.id),
        paper_forms=count(PaperForm.wave_id == wave.id),
        spent_links=count(Link.wave_id == wave.id, keyholes.IS_SPENT),
    )


def _links(wave: Wave) -> sa.Select[int]:
    return sa.select(Link.id).where(Link.wave_id == wave.id)


def begin(session: Session, wave: Wave, *, now: datetime) -> None:
    """Let the links of a planned wave open for trying; again changes nothing.

    Raises:
        FieldworkError: the wave was opened, or its last day is over.
    """
    if wave.state == "rehearsal":
        return
    if wave.closes_on < clock.local(now).date():
        raise FieldworkError(_("Ngày cuối cùng đã qua; xin tạo đợt mới."))
    if not turned(session, wave, ("draft",), "rehearsal"):
        raise FieldworkError(_("Đợt đã mở nên không diễn tập được nữa."))


def end(session: Session, wave: Wave) -> Filled:
    """End a rehearsal: its links open nothing until the wave does; what was removed.

    Raises:
        FieldworkError: the wave does not rehearse.
    """
    if not turned(session, wave, ("rehearsal",), "draft"):
        raise FieldworkError(_("Đợt này không đang diễn tập."))
    return clear(session, wave)


def empty(session: Session, wave: Wave) -> Filled:
    """Remove what was filled in so far and go on rehearsing; what was removed.

    Raises:
        FieldworkError: the wave does not rehearse.
    """
    # Written though nothing changes: so that a wave that opens now comes after us, and
    # one that has just been opened is seen.
    if not turned(session, wave, ("rehearsal",), "rehearsal"):
        raise FieldworkError(_("Đợt này không đang diễn tập."))
    return clear(session, wave)


def turned(session: Session, wave: Wave, before: tuple[str, ...], after: str) -> bool:
    """Whether the wave went from one of these states to another, decided by the
    database: of two at once only one turns it."""
    changed = session.execute(
        sa.update(Wave)
        .where(Wave.id == wave.id, Wave.state.in_(before))
        .values(state=after)
        .returning(Wave.id),
        execution_options={"synchronize_session": False},
    ).first()
    session.refresh(wave)
    return changed is not None


def clear(session: Session, wave: Wave) -> Filled:
    """Remove what was filled in, whoever may be filling in just now; what went.

    Drafts go first: a form that is being sent holds its draft, so either it finds its
    draft gone, or it is stored before the responses go.
    """

    def delete(noun: type, *conditions: sa.ColumnElement[bool]) -> int:
        gone = session.execute(
            sa.delete(noun).where(*conditions),
            execution_options={"synchronize_session": False},
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]

    drafts = delete(Draft, Draft.link_id.in_(_links(wave)))
    responses = delete(Response, Response.wave_id == wave.id)
    for noun in (Tally, Subtotal):
        delete(noun, noun.wave_id == wave.id)
    session.execute(
        sa.update(Invitation)
        .where(Invitation.wave_id == wave.id)
        .values(complete=0, partial=0, break_off=0),
        execution_options={"synchronize_session": False},
    )
    contacts = delete(Contact, Contact.wave_id == wave.id)
    paper_forms = delete(PaperForm, PaperForm.wave_id == wave.id)
    session.execute(
        sa.update(Funnel)
        .where(Funnel.wave_id == wave.id)
        .values(opened=0, started=0, finished=0),
        execution_options={"synchronize_session": False},
    )
    restored = keyholes.restore(session, wave.id)
    session.expire_all()
    return Filled(
        responses=responses,
        drafts=drafts,
        contacts=contacts,
        paper_forms=paper_forms,
        spent_links=restored,
    )
