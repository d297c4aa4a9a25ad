"""Whom to write to today: invitations a few working days after the result, one
reminder a week later to those who have not answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, clock, keyholes
from survey.config import Settings
from survey.fieldwork import links
from survey.fieldwork.links import Wanted
from survey.models import Dossier, Link, Message, Wave
from survey.workdays import Calendar

AGAIN: Final = timedelta(hours=24)
"""A file of reminders may be made again for so long: the first may have been lost."""
RESULT_ON: Final = "F08"


@dataclass(frozen=True, kw_only=True)
class Due:
    """How many businesses of a wave wait for a message today."""

    waiting: int
    """Their result is too fresh."""
    due: int
    overdue: int
    undated: int
    """Nobody knows when they had their result: they may be invited at any time."""
    reminders: int

    @property
    def invitations(self) -> int:
        """How many may be invited now."""
        return self.due + self.overdue + self.undated


def standing(
    result_on: str | None, today: date, calendar: Calendar, settings: Settings
) -> str:
    """How a dossier that was not invited stands: waiting, due, overdue or undated."""
    on = _date_of(result_on)
    if on is None:
        return "undated"
    days = calendar.between(on, today)
    if days < settings.invite_from_days:
        return "waiting"
    return "overdue" if days > settings.invite_by_days else "due"


def _date_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None  # "not_yet", or a form of an earlier version


def due(session: Session, settings: Settings, wave: Wave, now: datetime) -> Due:
    """What is to be done today."""
    counts: Counter[str] = Counter()
    today, calendar = clock.local(now).date(), catalogue.calendar(session)
    for result_on, count in _results(session, wave):
        counts[standing(result_on, today, calendar, settings)] += count
    reminded = sa.select(sa.func.count()).select_from(
        unreminded(settings, wave, now).subquery()
    )
    return Due(
        waiting=counts["waiting"],
        due=counts["due"],
        overdue=counts["overdue"],
        undated=counts["undated"],
        reminders=session.scalar(reminded) or 0,
    )


def _result_on() -> Any:
    return Dossier.facts[RESULT_ON].as_string().label("result_on")


def _results(session: Session, wave: Wave) -> Iterator[tuple[str | None, int]]:
    """Days of result of the dossiers that were not invited, and how many had it."""
    each = links.bare_dossiers(session, wave, None).add_columns(_result_on()).subquery()
    counted = sa.select(each.c.result_on, sa.func.count()).group_by(each.c.result_on)
    yield from session.execute(counted).all()


def wanted_today(
    session: Session, settings: Settings, wave: Wave, most: int, now: datetime
) -> list[Wanted]:
    """Links for the dossiers whose business may be invited now, the oldest first."""
    # As `wanted_dossiers`: one batch of a wave after the other.
    session.execute(
        sa.select(Wave.id).where(Wave.id == wave.id).with_for_update(key_share=True)
    )
    today, calendar = clock.local(now).date(), catalogue.calendar(session)
    bare = links.bare_dossiers(session, wave, None).add_columns(_result_on())
    rows = session.execute(bare.order_by(Dossier.id)).all()
    ready = [
        (result_on or "", dossier_id, procedure_id, unit_id)
        for dossier_id, procedure_id, unit_id, result_on in rows
        if standing(result_on, today, calendar, settings) != "waiting"
    ]
    return [
        Wanted(
            kind="dossier",
            unit_id=unit_id,
            procedure_id=procedure_id,
            dossier_id=dossier_id,
        )
        for _result, dossier_id, procedure_id, unit_id in sorted(ready)[:most]
    ]


def unfinished(wave: Wave, now: datetime) -> sa.Select[Link]:
    """Select the dossier's links of a wave that still open and were not answered."""
    today = clock.local(now).date()
    return sa.select(Link).where(
        Link.wave_id == wave.id,
        Link.kind == "dossier",
        Link.state == "active",
        keyholes.IS_OPEN,
        (Link.valid_to.is_(None)) | (Link.valid_to >= today),
        sa.literal(wave.closes_on) >= today,
    )


def is_reminded(now: datetime) -> sa.ColumnElement[bool]:
    """In a query of links: a reminder went out, and not just now in a file."""
    return sa.exists().where(
        Message.link_id == Link.id,
        Message.kind == "reminder",
        ~sa.and_(Message.state == "filed", Message.next_at > now - AGAIN),
    )


def made_by(settings: Settings, now: datetime) -> date:
    """The last day on which who was invited may be reminded now."""
    return clock.local(now).date() - timedelta(days=settings.remind_days)


def unreminded(settings: Settings, wave: Wave, now: datetime) -> sa.Select[Link]:
    """Select the links whose business is to be reminded today."""
    return unfinished(wave, now).where(
        Link.made_on <= made_by(settings, now),
        Link.undelivered_on.is_(None),
        ~sa.exists().where(Message.link_id == Link.id, Message.kind == "reminder"),
    )
