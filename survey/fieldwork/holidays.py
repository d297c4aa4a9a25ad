"""The office's calendar: holidays and swapped working days, day by day.

Until the office keeps a calendar of its own the packaged one applies. The first change
begins with a copy of it, in the same transaction: an office that adds one day must not
lose the others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey import web, workdays
from survey.fieldwork.terms import FieldworkError
from survey.formats import date_text, nfc
from survey.models import Holiday
from survey.workdays import Mark

MOST_DAYS: Final = 31
YEARS: Final = (2000, 2100)
_INSERTS: Final[dict[str, Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a change of the calendar did."""

    marks: tuple[Mark, ...]
    copied: int
    """Days of the packaged calendar that became the office's own with it."""


def is_own(session: Session) -> bool:
    """Whether the office keeps a calendar of its own."""
    return session.scalar(sa.select(sa.exists(sa.select(Holiday.day)))) or False


def marks(session: Session) -> tuple[Mark, ...]:
    """The days of the calendar that applies, in order."""
    rows = session.execute(
        sa.select(Holiday.day, Holiday.is_working, Holiday.name).order_by(Holiday.day)
    )
    return tuple(Mark(*row) for row in rows) or workdays.packaged_marks()


def missing(session: Session, year: int) -> tuple[Mark, ...]:
    """The packaged days of a year that the calendar does not have."""
    known = {mark.day for mark in marks(session)}
    return tuple(
        mark
        for mark in workdays.packaged_marks()
        if mark.day.year == year and mark.day not in known
    )


def add(
    session: Session, first: date, last: date, *, is_working: bool, name: str
) -> Change:
    """Add a day, or all days of a range; of a range off, those not at the weekend.

    Raises:
        FieldworkError: a day is there already, or cannot be what it is said to be.
    """
    name = nfc(name).strip()
    if not 1 <= len(name) <= workdays.MOST_SYMBOLS:
        raise FieldworkError(_("Xin nhập tên, tối đa 120 ký tự."), "name")
    if not YEARS[0] <= first.year <= last.year <= YEARS[1]:
        raise FieldworkError(_("Xin nhập ngày từ năm 2000 đến năm 2100."), "first")
    if last < first:
        raise FieldworkError(
            _("Ngày cuối không được trước ngày đầu. Xin chọn lại."), "last"
        )
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    if len(days) > MOST_DAYS:
        raise FieldworkError(
            _("Mỗi lần thêm nhiều nhất %(most)s ngày.", most=MOST_DAYS), "last"
        )
    worked = [day for day in days if not workdays.is_weekend(day)]
    if is_working and worked:
        raise FieldworkError(
            _(
                "Ngày %(day)s không phải thứ Bảy, Chủ nhật nên vốn đã là ngày làm "
                "việc; chỉ thứ Bảy, Chủ nhật mới cần ghi là ngày làm bù.",
                day=_words(worked[0]),
            ),
            "first",
        )
    if not is_working and len(days) > 1:
        if not worked:
            raise FieldworkError(
                _("Khoảng này chỉ có thứ Bảy, Chủ nhật, vốn đã là ngày nghỉ."), "first"
            )
        days = worked
    return _put(session, [Mark(day, is_working, name) for day in days])


def add_packaged(session: Session, year: int) -> Change:
    """Add the packaged days of a year that the calendar does not have."""
    return _put(session, missing(session, year))


def put_back(session: Session, removed: Sequence[Mark]) -> Change:
    """Add days again that were removed.

    Raises:
        FieldworkError: one of them is there.
    """
    return _put(session, removed)


def remove(session: Session, days: Collection[date]) -> Change:
    """Remove days; one that is not there changes nothing.

    Raises:
        FieldworkError: nothing would be left, and the packaged days would come back.
    """
    copied = _begin(session)
    gone = session.execute(
        sa.delete(Holiday)
        .where(Holiday.day.in_(days))
        .returning(Holiday.day, Holiday.is_working, Holiday.name),
        execution_options={"synchronize_session": False},
    ).all()
    if not is_own(session):
        raise FieldworkError(
            _(
                "Lịch phải còn ít nhất một ngày: không còn ngày nào thì lịch có sẵn "
                "được dùng lại. Xin thêm ngày khác trước khi xóa ngày này."
            )
        )
    return Change(marks=tuple(sorted(Mark(*row) for row in gone)), copied=copied)


def replace(session: Session, given: Sequence[Mark]) -> Change:
    """Put these days in the place of all those of their years."""
    copied = _begin(session)
    for year in sorted({mark.day.year for mark in given}):
        session.execute(
            sa.delete(Holiday).where(
                Holiday.day.between(date(year, 1, 1), date(year, 12, 31))
            ),
            execution_options={"synchronize_session": False},
        )
    _insert(session, given)
    return Change(marks=tuple(given), copied=copied)


def _begin(session: Session) -> int:
    """Make the packaged calendar the office's own if it keeps none; how many days."""
    if is_own(session):
        return 0
    return len(_insert(session, workdays.packaged_marks()))


def _put(session: Session, wanted: Sequence[Mark]) -> Change:
    copied = _begin(session)
    added = _insert(session, wanted)
    there = sorted({mark.day for mark in wanted} - added)
    if there:
        kept = session.get_one(Holiday, there[0])
        raise FieldworkError(
            _(
                "Ngày %(day)s đã có trong lịch: %(name)s. Xin xóa ngày đó trước khi "
                "thêm; chưa thêm ngày nào.",
                day=_words(kept.day),
                name=kept.name,
            ),
            "first",
        )
    return Change(marks=tuple(wanted), copied=copied)


def _insert(session: Session, wanted: Sequence[Mark]) -> set[date]:
    """The days that were added: not those that were there, even if since a moment."""
    if not wanted:
        return set()
    insert = _INSERTS[session.connection().dialect.name](Holiday.__table__)
    rows = [
        {"day": mark.day, "is_working": mark.is_working, "name": mark.name}
        for mark in wanted
    ]
    added = session.execute(
        insert.values(rows).on_conflict_do_nothing().returning(Holiday.__table__.c.day)
    )
    return set(added.scalars())


def _words(day: date) -> str:
    return date_text(day, web.language())
