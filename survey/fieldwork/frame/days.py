"""Dates as lists have them: written the Vietnamese way or the ISO way, with a time or
without, or as the number by which a spreadsheet counts days."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

EPOCH_1900: Final = date(1899, 12, 30)
EPOCH_1904: Final = date(1904, 1, 1)
FIRST: Final = date(2000, 1, 1)
"""No dossier of an office that keeps lists is older."""
YEARS_AHEAD: Final = 2
"""So many years from now a date may lie: one that a result was promised for."""
MOST_REMEMBERED: Final = 20_000

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_LOCAL: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", re.ASCII)
_TIME: Final = (
    r"\d{1,2}(?::|h)\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*(?:SA|CH|AM|PM))?"
    r"(?:Z|[+-]\d{2}:?\d{2})?"
)
_WITHOUT_TIME: Final = re.compile(
    rf"(?:{_TIME}[\s,]+)?(?P<day>[\d/.-]+)(?:(?:[\s,]+|T){_TIME})?",
    re.ASCII | re.IGNORECASE,
)
_SERIAL: Final = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)


class NoDate(ValueError):
    """A text is no date that can be; `reason` says which of its parts cannot."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def date_of(text: str) -> date | None:
    """A date as 2026-08-31 or 31/08/2026, also with dots or dashes, and with a time
    before or behind it; None if it is none, or its year has not four digits."""
    try:
        day, is_short = _parsed(text)
    except NoDate:
        return None
    return None if is_short else day


def _parsed(text: str) -> tuple[date, bool]:
    """The date, and whether its year was written with two digits."""
    found = _WITHOUT_TIME.fullmatch(text.strip())
    if found is None:
        raise NoDate("form")
    if iso := _ISO.fullmatch(found["day"]):
        return _day(int(iso[1]), int(iso[2]), int(iso[3])), False
    if local := _LOCAL.fullmatch(found["day"]):
        is_short = len(local[3]) == 2
        year = int(local[3]) + (2000 if is_short else 0)
        return _day(year, int(local[2]), int(local[1])), is_short
    raise NoDate("form")


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise NoDate("month")
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDate("day") from None


@dataclass(kw_only=True)
class Days:
    """Reads the dates of one list, and remembers what it had to assume."""

    today: date
    epoch: date = EPOCH_1900
    """The day with the number 0, as the workbook says."""
    short: tuple[str, date] | None = None
    """The first date whose year had two digits, and how it was read."""
    serial: tuple[str, date] | None = None
    """The first date that was a number, and how it was read."""
    _known: dict[str, date | NoDate] = field(default_factory=dict)

    def read(self, text: str) -> date:
        """The date of a text.

        Raises:
            NoDate: it is none, or one that cannot be: `form`, `month`, `day`, `year`
                (far from today), `short` (two digits that would be far from today).
        """
        found = self._known.get(text)
        if found is None:
            try:
                found = self._read(text)
            except NoDate as error:
                found = error
            if len(self._known) < MOST_REMEMBERED:
                self._known[text] = found
        if isinstance(found, NoDate):
            raise found
        return found

    def _read(self, text: str) -> date:
        if serial := _SERIAL.fullmatch(text):
            day = self.epoch + timedelta(days=int(serial[1]))
            if not self._is_near(day):
                raise NoDate("form")
            self.serial = self.serial or (text, day)
            return day
        day, is_short = _parsed(text)
        if not self._is_near(day):
            raise NoDate("short" if is_short else "year")
        if is_short:
            self.short = self.short or (text, day)
        return day

    def _is_near(self, day: date) -> bool:
        return day >= FIRST and day.year <= self.today.year + YEARS_AHEAD
