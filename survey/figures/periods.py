"""Which periods have results: months, quarters, halves of a year, years, and no others.

They lie within one another and never across, so that no few months follow from two
periods that overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from survey.formats import month_text
from survey.questionnaire.schema import Text

_KEY: Final = re.compile(
    r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?", re.ASCII
)
_LENGTHS: Final = (1, 3, 6, 12)
_QUARTER: Final = Text(vi="Quý {roman}/{year}", en="Q{number} {year}")
_HALF: Final = Text(vi="{place} năm {year}", en="{place} half of {year}")
_PLACES: Final = (
    Text(vi="6 tháng đầu", en="First"),
    Text(vi="6 tháng cuối", en="Second"),
)
_YEAR: Final = Text(vi="Năm {year}", en="{year}")
_ROMAN: Final = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From one month to another, both like 2026-08, as `between` gives it."""

    first: str
    last: str

    @property
    def length(self) -> int:
        """How many months: 1, 3, 6 or 12."""
        return int(self.last[5:]) - int(self.first[5:]) + 1

    @property
    def key(self) -> str:
        """As the address writes it: 2026-08, 2026-Q3, 2026-H2 or 2026."""
        year, place = self.first[:4], (int(self.first[5:]) - 1) // self.length + 1
        named = {
            1: self.first,
            3: f"{year}-Q{place}",
            6: f"{year}-H{place}",
            12: year,
        }
        return named[self.length]

    @property
    def wider(self) -> Period | None:
        """The next longer one around it; None of a year."""
        if self.length == _LENGTHS[-1]:
            return None
        return around(self.first, _LENGTHS[_LENGTHS.index(self.length) + 1])

    def title(self, language: str) -> str:
        """As people read it."""
        year, place = self.first[:4], (int(self.first[5:]) - 1) // self.length
        if self.length == 1:
            return month_text(self.first, language)
        if self.length == 3:
            return _QUARTER.get(language).format(
                roman=_ROMAN[place], number=place + 1, year=year
            )
        if self.length == 6:
            name = _PLACES[place].get(language)
            return _HALF.get(language).format(place=name, year=year)
        return _YEAR.get(language).format(year=year)


def around(month: str, length: int) -> Period:
    """The period of so many months (1, 3, 6 or 12) in which a month lies."""
    year, number = month[:4], int(month[5:])
    first = (number - 1) // length * length + 1
    return Period(f"{year}-{first:02}", f"{year}-{first + length - 1:02}")


def between(first: str, last: str) -> Period | None:
    """The period from one month to another; None where they do not make one."""
    for length in _LENGTHS:
        if around(first, length) == Period(first, last):
            return Period(first, last)
    return None


def read(key: str) -> Period | None:
    """The period that a key names; None where it names none."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    year, month, quarter, half = found.groups()
    if month is not None:
        return around(key, 1)
    if quarter is not None:
        return around(f"{year}-{int(quarter) * 3:02}", 3)
    return around(f"{year}-{int(half or 1) * 6:02}", 6 if half else 12)


def choices(months: Iterable[str]) -> Iterator[tuple[Period, int]]:
    """Every period that holds one of these months and is not all of them, the longer
    ones before their parts, with how deep it lies."""
    known = sorted(set(months))

    def parts(
        inside: list[str], lengths: tuple[int, ...], depth: int
    ) -> Iterator[tuple[Period, int]]:
        if not lengths:
            return
        length, *rest = lengths
        found: dict[Period, list[str]] = {}
        for month in inside:
            found.setdefault(around(month, length), []).append(month)
        if len(found) == 1 and length > 1:
            # It would say no more than what is around it.
            yield from parts(inside, tuple(rest), depth)
            return
        for period, some in found.items():
            if length > 1 and len(some) == 1:
                yield around(some[0], 1), depth
                continue
            yield period, depth
            yield from parts(some, tuple(rest), depth + 1)

    yield from parts(known, _LENGTHS[::-1], 0)
