"""Months, quarters, half years and years: their names, their months, their neighbours.

Pure arithmetic of calendar years; written as the last month of the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from survey.formats import month_text
from survey.questionnaire.schema import Text

MONTHS: Final = {"monthly": 1, "quarterly": 3, "half_year": 6, "yearly": 12}
"""How many months a period of each kind has."""
_ROMAN: Final = ("I", "II", "III", "IV")
_MONTH: Final = Text(vi="tháng {month}", en="{month}")
_QUARTER: Final = Text(vi="quý {roman}/{year}", en="Q{number} {year}")
_HALVES: Final = (
    Text(vi="6 tháng đầu năm {year}", en="first half of {year}"),
    Text(vi="6 tháng cuối năm {year}", en="second half of {year}"),
)
_YEAR: Final = Text(vi="năm {year}", en="{year}")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period of a kind; `number` counts from 0 within the year."""

    kind: str
    year: int
    number: int

    @property
    def key(self) -> str:
        """Its last month, like "2026-09"."""
        return f"{self.year:04}-{(self.number + 1) * MONTHS[self.kind]:02}"

    @property
    def first_month(self) -> str:
        """Its first month, like "2026-07"."""
        return f"{self.year:04}-{self.number * MONTHS[self.kind] + 1:02}"

    @property
    def first_on(self) -> date:
        """Its first day."""
        return date.fromisoformat(f"{self.first_month}-01")

    @property
    def last_on(self) -> date:
        """Its last day."""
        return date.fromordinal(self.moved(1).first_on.toordinal() - 1)

    def moved(self, steps: int) -> Period:
        """The period so many steps later; earlier for a negative number."""
        in_year = 12 // MONTHS[self.kind]
        index = self.year * in_year + self.number + steps
        return Period(self.kind, index // in_year, index % in_year)

    def name(self, language: str) -> str:
        """What people call it: "quý III/2026", "Q3 2026"."""
        if self.kind == "monthly":
            return _MONTH.get(language).format(month=month_text(self.key, language))
        if self.kind == "quarterly":
            return _QUARTER.get(language).format(
                roman=_ROMAN[self.number], number=self.number + 1, year=self.year
            )
        text = _HALVES[self.number] if self.kind == "half_year" else _YEAR
        return text.get(language).format(year=self.year)


def period_of(kind: str, day: date) -> Period:
    """The period of a kind in which a day lies."""
    return Period(kind, day.year, (day.month - 1) // MONTHS[kind])


def period_named(key: str) -> Period | None:
    """The month or quarter that figures call by this key, like 2026-08 or 2026-Q3."""
    year, mark, number = key.partition("-Q")
    if mark:
        return period_at("quarterly", f"{year}-{int(number) * 3:02}")
    return period_at("monthly", key)


def period_at(kind: str, key: str) -> Period | None:
    """The period that is written so, or None if none is.

    Args:
        key: its last month, like "2026-09", as `Period.key` writes it.
    """
    try:
        day = date.fromisoformat(f"{key}-01")
    except ValueError:
        return None
    found = period_of(kind, day)
    return found if found.key == key and 2000 <= day.year <= 2100 else None
