"""Working days between dates; public holidays and swapped days are data."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


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
        off = sorted(day for day in self.holidays if not _is_weekend(day))
        on = sorted(day for day in self.swapped_working_days if _is_weekend(day))
        put(self, "_days_off", tuple(off))
        put(self, "_days_on", tuple(on))

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        if _is_weekend(day):
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


def load(text: str, source: str) -> Calendar:
    """Read a calendar from TOML: per year, lists of holidays and swapped days.

    Raises:
        CalendarError: unreadable, an unknown key, a day that is no date or stands
            twice, in another year's table, or is both a holiday and a swapped day; a
            swapped working day that is not at a weekend.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarError(f"{source}: {error}") from error
    holidays: list[date] = []
    swapped: list[date] = []
    for year, table in data.items():
        if not isinstance(table, dict) or not year.isdecimal():
            raise CalendarError(f"{source}: {year}: expected a table of a year")
        unknown = sorted(table.keys() - {"holidays", "swapped_working_days"})
        if unknown:
            raise CalendarError(f"{source}: {year}: unknown field {unknown[0]}")
        holidays += _days(source, year, table, "holidays")
        swapped += _days(source, year, table, "swapped_working_days")
    _check_swapped(source, holidays, swapped)
    return Calendar(
        holidays=frozenset(holidays), swapped_working_days=frozenset(swapped)
    )


@cache
def packaged() -> Calendar:
    """The calendar that comes with the product."""
    name = "holidays.toml"
    text = (resources.files("survey") / name).read_text(encoding="utf-8")
    return load(text, name)


def _days(source: str, year: str, table: dict[str, Any], key: str) -> list[date]:
    place = f"{source}: {year}: {key}"
    days = table.get(key, [])
    if not isinstance(days, list):
        raise CalendarError(f"{place}: expected a list of dates")
    for day in days:
        # A TOML date-time is a date to isinstance, and would never equal a day.
        if type(day) is not date:
            raise CalendarError(f"{place}: not a date: {day}")
        if str(day.year) != year:
            raise CalendarError(f"{place}: {day} is in another year")
        if days.count(day) > 1:
            raise CalendarError(f"{place}: {day} stands twice")
    return days


def _check_swapped(
    source: str, holidays: Iterable[date], swapped: Iterable[date]
) -> None:
    off = set(holidays)
    for day in swapped:
        if day in off:
            raise CalendarError(f"{source}: {day} is both a holiday and a working day")
        if not _is_weekend(day):
            raise CalendarError(f"{source}: {day} is not at a weekend")


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY
