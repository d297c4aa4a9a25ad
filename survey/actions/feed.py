"""Dates for a calendar program: a secret address of each person, and what it gives.

A calendar program cannot sign in. So the address itself is the key: made by its owner,
shown once, kept as a hash, and worth nothing once it is made anew or revoked. It gives
names and days, never a figure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import icalendar
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, clock, codes
from survey.actions import improvements, reports
from survey.actions.reports import Due
from survey.formats import date_text
from survey.models import Account, Action, CalendarFeed
from survey.questionnaire.schema import Text

TYPE: Final = "text/calendar; charset=utf-8"
BACK: Final = timedelta(days=92)
AHEAD: Final = timedelta(days=400)
ALARM: Final = timedelta(days=-3)
READERS: Final = ("admin", "analyst", "auditor")
"""Roles that may have such an address: those that see the pages it is made from."""
_PRODUCT: Final = "-//Khao sat hai long doanh nghiep//Lich bao cao//VI"
_NAME: Final = Text(vi="Hạn báo cáo và việc cải thiện", en="Reports and actions due")
_DUE: Final = Text(vi="Hạn gửi: {name}, {period}", en="Due: {name}, {period}")
_SENT: Final = Text(vi="Đã gửi: {name}, {period}", en="Sent: {name}, {period}")
_DATA: Final = Text(
    vi="Số liệu từ {first} đến {last}. Nơi nhận: {recipients}. Căn cứ: {basis}.",
    en="Data from {first} to {last}. Recipients: {recipients}. Basis: {basis}.",
)
_MOVED: Final = Text(
    vi="Ngày theo lịch {day} là ngày nghỉ.", en="The usual day, {day}, is a day off."
)
_UNSURE: Final = Text(vi="Cần cơ quan xác nhận.", en="To be confirmed by the office.")
_ACTION: Final = Text(
    vi="Hạn việc cải thiện số {number}, tiêu chí {criterion}: {unit}",
    en="Action {number} due, criterion {criterion}: {unit}",
)


def renew(session: Session, account_id: int, now: datetime) -> str:
    """Make a person's address anew: its secret part; the one before opens no more."""
    token = codes.new_token()
    feed = session.get(CalendarFeed, account_id)
    if feed is None:
        feed = CalendarFeed(account_id=account_id)
        session.add(feed)
    feed.token_hash, feed.made_at = _hashed(token), now
    session.flush()
    return token


def revoke(session: Session, account_id: int) -> None:
    """Let a person's address open no more."""
    session.execute(
        sa.delete(CalendarFeed).where(CalendarFeed.account_id == account_id)
    )


def made_at(session: Session, account_id: int) -> datetime | None:
    """When a person's address was made, if there is one."""
    feed = session.get(CalendarFeed, account_id)
    return feed.made_at if feed else None


def owner_of(session: Session, token: str) -> Account | None:
    """Whose address this is; None for one unknown, revoked, or of a shut account."""
    if codes.explain(token) != "ok":
        return None
    return session.scalar(
        sa.select(Account)
        .join(CalendarFeed, CalendarFeed.account_id == Account.id)
        .where(
            CalendarFeed.token_hash == _hashed(codes.normalise(token)),
            Account.is_active,
            Account.role.in_(READERS),
        )
    )


def calendar_of(
    session: Session, account: Account, *, host: str, language: str
) -> bytes:
    """The dates of a person: reports due, and open actions of the divisions in reach.

    Args:
        host: makes the ids of events unique in the world.
    Returns:
        An iCalendar object as RFC 5545 has it. The same data give the same bytes.
    """
    today = clock.today()
    made = icalendar.Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _NAME.get(language))
    for due in reports.dues(session, today - BACK, today + AHEAD):
        made.add_component(_of_report(due, host, language))
    for action in _actions(session, account):
        made.add_component(_of_action(action, host, language))
    return bytes(made.to_ical())


def _actions(session: Session, account: Account) -> Sequence[Action]:
    unit_id = account.unit_id
    units = None if unit_id is None else catalogue.subtree(session, [unit_id])
    found = improvements.of_units(session, units)
    return [one for one in found if one.state in improvements.OPEN]


def _of_report(due: Due, host: str, language: str) -> icalendar.Event:
    report, days = due.report, due.days
    text = _SENT if due.sent else _DUE
    told = [
        _DATA.get(language).format(
            first=date_text(days.data_from, language),
            last=date_text(days.data_to, language),
            recipients=report.recipients,
            basis=report.legal_basis,
        )
    ]
    if days.is_moved:
        told.append(
            _MOVED.get(language).format(day=date_text(days.nominal_on, language))
        )
    if not report.is_confirmed:
        told.append(_UNSURE.get(language))
    event = _event(
        f"bao-cao-{report.id}-{due.period.key}@{host}",
        text.get(language).format(name=report.name, period=due.period.name(language)),
        due.due_on,
        due.sent.entered_at if due.sent else report.changed_at,
    )
    event.add("description", " ".join(told))
    if due.sent is None:
        event.add_component(_alarm(str(event["summary"])))
    return event


def _of_action(action: Action, host: str, language: str) -> icalendar.Event:
    # Without its title, in which a figure may stand.
    summary = _ACTION.get(language).format(
        number=action.id, criterion=action.criterion, unit=action.unit.name
    )
    began = datetime.combine(action.set_on, datetime.min.time(), clock.VIETNAM)
    event = _event(f"viec-{action.id}@{host}", summary, action.due_on, began)
    event.add_component(_alarm(summary))
    return event


def _event(uid: str, summary: str, on: date, stamp: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", uid)
    # Not the moment of asking: the same data are to be the same calendar.
    event.add("dtstamp", stamp.astimezone(clock.now().tzinfo))
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", summary)
    return event


def _alarm(words: str) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", ALARM)
    return alarm


def _hashed(token: str) -> str:
    """What is stored; another purpose's hash of the same text differs."""
    return hashlib.sha256(b"survey:calendar-feed\0" + token.encode()).hexdigest()
