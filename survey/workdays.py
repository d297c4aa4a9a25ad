"""Working days between dates; public holidays and swapped days are data."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
MOST_SYMBOLS = 120
"""Of the name of a day."""


class CalendarError(ValueError):
    """A calendar of holidays that contradicts itself or cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The working days of public offices, Monday to Friday but for what is marked.

    A day is a working day when it is Monday–Friday and no holiday, or a day at the
    weekend marked as a swapped working day.
    """

    holidays: frozenset[date]
    swapped_working_days: frozenset[date]
    _days_off: tuple[date, ...] = field(init=False, compare=False, repr=False)
    _days_on: tuple[date, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Keep the marks that change something, in order, to count by bisection."""
        put = object.__setattr__
        off = sorted(day for day in self.holidays if not is_weekend(day))
        on = sorted(day for day in self.swapped_working_days if is_weekend(day))
        put(self, "_days_off", tuple(off))
        put(self, "_days_on", tuple(on))

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        if is_weekend(day):
            return day in self.swapped_working_days
        return day not in self.holidays

    def norm(self, day: date) -> date:
        """The day itself if it is a working day, else the next working day.

        Source: questionnaire.md, section 3; Bộ luật Dân sự 2015 Điều 148 khoản 5.
        """
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def between(self, start: date, end: date) -> int:
        """Count working days after `start` up to and with `end`.

        Returns:
            Working days d with start < d ≤ end; 0 for equal dates; the negative count
            of the reverse when `start` is the later one.
        Source: questionnaire.md, section 3, wd(a, b).
        """
        return self._up_to(end) - self._up_to(start)

    def _up_to(self, day: date) -> int:
        """Working days from the first Monday of the calendar up to and with a day."""
        # Day 1 of the proleptic calendar was a Monday.
        weeks, rest = divmod(day.toordinal(), 7)
        weekdays = weeks * 5 + min(rest, 5)
        off = bisect_right(self._days_off, day)
        return weekdays - off + bisect_right(self._days_on, day)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A day on which offices do otherwise than on other days of its kind."""

    day: date
    is_working: bool
    name: str

    @property
    def changes_nothing(self) -> bool:
        """Whether it is a holiday at the weekend, when nobody works anyway."""
        return is_weekend(self.day) and not self.is_working


def calendar_of(marks: Iterable[Mark]) -> Calendar:
    """The calendar that these marks make."""
    kept = list(marks)
    return Calendar(
        holidays=frozenset(mark.day for mark in kept if not mark.is_working),
        swapped_working_days=frozenset(mark.day for mark in kept if mark.is_working),
    )


def check(mark: Mark) -> None:
    """Refuse a swapped working day that is worked anyway.

    Raises:
        CalendarError: it is not at a weekend.
    """
    if mark.is_working and not is_weekend(mark.day):
        raise CalendarError(
            f"{mark.day} không phải thứ Bảy, Chủ nhật / is not at a weekend"
        )


def read(text: str, source: str) -> tuple[Mark, ...]:
    """Read a calendar from TOML: per year, holidays and swapped working days.

    Either is a table of dates with their names or a list of dates alone.

    Returns:
        The marks in the order of their days.
    Raises:
        CalendarError: unreadable, an unknown key, a day that is no date or stands
            twice, in another year's table, or is both a holiday and a swapped day; a
            swapped working day that is not at a weekend.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarError(
            f"{source}: không đọc được / cannot be read: {error}"
        ) from error
    marks: dict[date, Mark] = {}
    for year, table in data.items():
        place = f"{source}: {year}"
        if not isinstance(table, dict) or not year.isdecimal():
            raise CalendarError(f"{place}: cần bảng của một năm / {_A_TABLE}")
        unknown = sorted(table.keys() - _KINDS.keys())
        if unknown:
            raise CalendarError(
                f"{place}: không có mục {unknown[0]} / unknown field {unknown[0]}"
            )
        for kind, is_working in _KINDS.items():
            for day, name in _days(f"{place}: {kind}", year, table.get(kind, [])):
                if day in marks:
                    raise CalendarError(
                        f"{source}: {day} vừa là ngày nghỉ vừa là ngày làm bù / is "
                        "both a holiday and a working day"
                    )
                marks[day] = Mark(day, is_working, name or _NAMELESS[is_working])
    for mark in marks.values():
        try:
            check(mark)
        except CalendarError as error:
            raise CalendarError(f"{source}: {error}") from error
    return tuple(sorted(marks.values()))


_A_TABLE = "expected a table of a year"
_KINDS = {"holidays": False, "swapped_working_days": True}
_NAMELESS = {False: "Ngày nghỉ", True: "Ngày làm bù"}


def load(text: str, source: str) -> Calendar:
    """Read a calendar from TOML as `read` does; who only counts needs no names.

    Raises:
        CalendarError: as `read`.
    """
    return calendar_of(read(text, source))


@cache
def packaged_marks() -> tuple[Mark, ...]:
    """The days, with their names, of the calendar that comes with the product."""
    name = "holidays.toml"
    text = (resources.files("survey") / name).read_text(encoding="utf-8")
    return read(text, name)


@cache
def packaged() -> Calendar:
    """The calendar that comes with the product."""
    return calendar_of(packaged_marks())


def _days(place: str, year: str, days: Any) -> Iterator[tuple[date, str]]:
    """Days and names of one list, or of one table of names by day."""
    if not isinstance(days, (list, dict)):
        raise CalendarError(f"{place}: cần danh sách ngày / expected a list of dates")
    seen: set[date] = set()
    for one in days:
        day, name = one, days[one] if isinstance(days, dict) else ""
        if isinstance(one, str) and isinstance(days, dict):
            day = _date_of(one)
        # A TOML date-time is a date to isinstance, and would never equal a day.
        if type(day) is not date:
            raise CalendarError(f"{place}: không phải ngày / not a date: {one}")
        if str(day.year) != year:
            raise CalendarError(f"{place}: {day} thuộc năm khác / is in another year")
        if day in seen:
            raise CalendarError(f"{place}: {day} có hai lần / stands twice")
        if not isinstance(name, str) or len(name) > MOST_SYMBOLS:
            raise CalendarError(
                f"{place}: {day}: tên dài quá {MOST_SYMBOLS} ký tự hoặc không phải "
                "chữ / the name is too long or no text"
            )
        seen.add(day)
        yield day, name.strip()


def _date_of(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None  # not 20260101 or 2026-W01-1


def is_weekend(day: date) -> bool:
    """Whether it is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY
