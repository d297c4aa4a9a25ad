"""The study of guidance in the words and places of a page: every number finished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from survey.exports.guidance import Compared, Guidance, Measured, Ranked, Reason
from survey.formats import number
from survey.results import guidance_words as say
from survey.results.guidance import n_text, signed, value_text

MOST_RANKED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a table of comparisons; `words` stand in place of the figures."""

    label: str
    words: str | None
    first: str
    second: str
    value: str
    interval: str
    finding: str
    is_clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A measure on the page."""

    id: str
    title: str
    unit: str
    method: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a list of what needs work."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A reason on the page and its worst places."""

    title: str
    places: tuple[Place, ...]


class GuidanceScreen:
    """The page of one study."""

    def __init__(self, study: Guidance) -> None:
        self.study = study
        self.language = study.language

    @property
    def sections(self) -> tuple[Section, ...]:
        """The measures in order."""
        return tuple(
            Section(
                id=f"so-sanh-{measure.name.replace('_', '-')}",
                title=measure.title,
                unit=measure.unit,
                method=measure.method,
                lines=tuple(self._line(measure, row) for row in measure.rows),
            )
            for measure in self.study.measures
        )

    @property
    def clear(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """The clear differences by measure: of what, and the sentence."""
        found = (
            (
                measure.title,
                tuple(
                    (self._label(measure, row), row.words)
                    for row in measure.rows
                    if row.is_clear
                ),
            )
            for measure in self.study.measures
        )
        return tuple((title, rows) for title, rows in found if rows)

    @property
    def needs(self) -> tuple[Need, ...]:
        """Why and where guidance needs work."""
        return tuple(
            Need(
                title=reason.title,
                places=tuple(self._places(reason)),
            )
            for reason in self.study.reasons
        )

    @staticmethod
    def _label(measure: Measured, row: Compared) -> str:
        # A prompt is named by its criterion, a page of the frame by itself.
        if measure.name == "contrary" or len(row.code) > 2:
            return row.title
        return f"{row.code}. {row.title}"

    def _line(self, measure: Measured, row: Compared) -> Line:
        is_hidden = row.verdict == "hidden"
        interval = ""
        if row.low is not None and row.high is not None:
            low, high = (
                signed(one, row.unit, self.language) for one in (row.low, row.high)
            )
            interval = say.INTERVAL.get(self.language).format(low=low, high=high)
        return Line(
            label=self._label(measure, row),
            words=row.words if is_hidden else None,
            first=self._with_n(row.first, row.first_n, row.unit),
            second=self._with_n(row.second, row.second_n, row.unit),
            value="–"
            if row.value is None
            else signed(row.value, row.unit, self.language),
            interval=interval,
            finding="" if is_hidden else say.SHORT[row.verdict].get(self.language),
            is_clear=row.is_clear,
        )

    def _with_n(self, value: Fraction | None, n: int | None, unit: str) -> str:
        if value is None and n is None:
            return "–"
        text = value_text(value, unit, self.language)
        return f"{text} ({n_text(n, self.language)})"

    def _places(self, reason: Reason) -> Iterator[Place]:
        for one in reason.ranked[:MOST_RANKED]:
            yield Place(
                label=f"{one.code}. {one.title}",
                value=self._value(reason, one),
                note=n_text(one.n, self.language),
            )

    def _value(self, reason: Reason, one: Ranked) -> str:
        if reason.name == "time":
            return f"{number(one.value, self.language)} {reason.unit}"
        return value_text(one.value, "percent", self.language)
