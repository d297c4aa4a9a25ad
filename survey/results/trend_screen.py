"""A series in the words and places of a page: points, lines, limits, breaks, a table,
and one sentence on whether the last change is real."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from survey.exports import Level, words
from survey.figures.trends import Point, Trend
from survey.formats import decimal_text, integer, number, percent
from survey.indices.trends import SIGNALS
from survey.questionnaire.schema import Text
from survey.results import charts
from survey.results.charts import INTERVAL, NOTHING, signed
from survey.results.screen import Grid, Row

HEIGHT: Final = 240
_TOP: Final = 14
_FOOT: Final = 216
"""Where the highest and the lowest value stand, in pixels from above."""
_LEFT: Final = Fraction(9)
_RIGHT: Final = Fraction(98)
"""Where points may stand, in percent of the width."""
_STEP: Final = 10
_LEAST_SPAN: Final = 20
_MOST_LABELS: Final = 6

_PERIOD: Final = Text(vi="Kỳ", en="Period")
_LIMITS: Final = Text(vi="Giới hạn kiểm soát", en="Control limits")
_CHANGE: Final = Text(
    vi="Chênh lệch với kỳ trước (điểm)", en="Difference from the period before (points)"
)
_VERDICT: Final = Text(vi="Đổi thật hay dao động?", en="Change or chance?")
_BROKEN: Final = Text(
    vi="Không so với kỳ trước: {why}.", en="Not compared with the one before: {why}."
)
_FIRST: Final = Text(vi="kỳ đầu", en="the first")
_SUMMARY: Final = Text(
    vi="{name}: {value}, khoảng tin cậy {bounds}, {n}",
    en="{name}: {value}, interval {bounds}, {n}",
)
_ONE: Final = Text(
    vi="Mới có một kỳ ({name}), chưa có gì để so sánh.",
    en="There is one period only ({name}), nothing to compare.",
)
_SENTENCE: Final = Text(
    vi="{after} so với {before}: tỷ lệ hài lòng {second} so với {first}, chênh lệch "
    "{value} điểm (khoảng tin cậy 95%: {low} đến {high}). {verdict}",
    en="{after} against {before}: satisfied share {second} against {first}, a "
    "difference of {value} points (95% interval: {low} to {high}). {verdict}",
)
_UNKNOWN: Final = Text(
    vi="{after} so với {before}: {verdict}", en="{after} against {before}: {verdict}"
)
_SIGNAL: Final = Text(vi="{name}: {signal}.", en="{name}: {signal}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point of the chart: places as texts, x in percent, y in pixels."""

    x: str
    y: str
    low: str | None
    high: str | None
    label: str
    """Below the axis; empty where labels would run into each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """From one place of the chart to another."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where the series breaks: its place, its number, and the words beside it."""

    x: str
    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything that is drawn."""

    title: str
    summary: str
    ticks: tuple[tuple[str, str], ...]
    """Heights in pixels and what is written there."""
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    limits: tuple[Line, ...]
    cuts: tuple[Cut, ...]


class TrendScreen:
    """The page of one series."""

    def __init__(
        self,
        found: Trend,
        *,
        title: str,
        formula: str,
        levels: Sequence[Level],
        language: str,
        explain: Callable[[Point], str | None],
    ) -> None:
        self.points = found.points
        self.title = title
        self.formula = formula
        self.levels = levels
        self.language = language
        self.explain = explain

    # -- in words ---------------------------------------------------------------

    @property
    def sentences(self) -> tuple[str, ...]:
        """Whether the last change is real, and what the control chart signals there."""
        if not self.points:
            return ()
        last = self.points[-1]
        if len(self.points) == 1:
            return (self._say(_ONE, name=last.name),)
        found = [self._about(self.points[-2], last)]
        if last.limit is not None:
            found += [
                self._say(
                    _SIGNAL, name=last.name, signal=SIGNALS[one].get(self.language)
                )
                for one in last.limit.signals
            ]
        return tuple(found)

    def _about(self, before: Point, after: Point) -> str:
        if after.change is None:
            return f"{after.name}: " + self._say(_BROKEN, why="; ".join(after.breaks))
        verdict = after.change.words.get(self.language)
        difference = after.change.difference
        if (
            difference.interval is None
            or difference.value is None
            or difference.first is None
            or difference.second is None
        ):
            return self._say(
                _UNKNOWN, after=after.name, before=before.name, verdict=verdict
            )
        return self._say(
            _SENTENCE,
            after=after.name,
            before=before.name,
            second=percent(difference.first, self.language),
            first=percent(difference.second, self.language),
            value=signed(difference.value, self.language),
            low=signed(difference.interval.low, self.language),
            high=signed(difference.interval.high, self.language),
            verdict=verdict,
        )

    def _say(self, text: Text, **values: str) -> str:
        return text.get(self.language).format(**values)

    # -- as a table -------------------------------------------------------------

    @property
    def has_limits(self) -> bool:
        """Whether any stretch is long enough for control limits."""
        return any(one.limit is not None for one in self.points)

    @property
    def grid(self) -> Grid:
        """The same figures as the chart."""
        lang = self.language
        names = [words.FORMULAS[name].get(lang) for name in words.FORMULAS]
        return Grid(
            head=(
                _PERIOD.get(lang),
                words.N.get(lang),
                f"{names[0]} (%)",
                INTERVAL.get(lang),
                *(f"{name} (%)" for name in names[1:]),
                _LIMITS.get(lang),
                _CHANGE.get(lang),
                _VERDICT.get(lang),
            ),
            places=4,
            rows=tuple(map(self._row, self.points)),
            notes=1,
        )

    def _row(self, point: Point) -> Row:
        figure, lang = point.figure, self.language
        values = [figure.indices.get(name) for name in words.FORMULAS]
        share, *others = (
            NOTHING if value is None else number(value, lang) for value in values
        )
        bounds = charts.bounds_text(charts.share_bounds(figure), lang)
        return Row(
            label=point.name,
            n=NOTHING if figure.n is None else integer(figure.n, lang),
            figures=(share, bounds, *others) if figure.indices else (),
            words=(
                None if figure.indices else charts.in_place(figure, self.levels, lang)
            ),
            rest=(self._limits(point), self._difference(point)),
            notes=(self._verdict(point),),
            url=self.explain(point),
        )

    def _limits(self, point: Point) -> str:
        if point.limit is None or point.limit.limits is None:
            return NOTHING
        limits = point.limit.limits
        return charts.bounds_text((limits.low, limits.high), self.language)

    def _difference(self, point: Point) -> str:
        found = point.change
        if found is None or found.difference.value is None:
            return NOTHING
        return signed(found.difference.value, self.language)

    def _verdict(self, point: Point) -> str:
        if point.breaks:
            return self._say(_BROKEN, why="; ".join(point.breaks))
        if point.change is None:
            return _FIRST.get(self.language)
        said = [point.change.words.get(self.language)]
        if point.limit is not None:
            said += [SIGNALS[one].get(self.language) for one in point.limit.signals]
        return " ".join(said)

    # -- as a chart -------------------------------------------------------------

    @property
    def chart(self) -> Chart | None:
        """The points that have an index; nothing where none has."""
        if not any(self._value(one) is not None for one in self.points):
            return None
        scale = _Scale(self._heights())
        xs = [
            _LEFT + (_RIGHT - _LEFT) * Fraction(2 * i + 1, 2 * len(self.points))
            for i in range(len(self.points))
        ]
        gap = (_RIGHT - _LEFT) / (2 * len(self.points))
        return Chart(
            title=self.title,
            summary=self._summary(),
            ticks=tuple(scale.ticks(self.language)),
            marks=tuple(self._marks(xs, scale)),
            lines=tuple(self._lines(xs, scale)),
            limits=tuple(self._limit_lines(xs, gap, scale)),
            cuts=tuple(self._cuts(xs, gap)),
        )

    def _value(self, point: Point) -> Fraction | None:
        return point.figure.indices.get(self.formula)

    def _bounds(self, point: Point) -> tuple[Decimal, Decimal] | None:
        return charts.interval_of(point.figure, self.formula)

    def _limits_of(self, point: Point) -> tuple[Decimal, Decimal] | None:
        if self.formula != "satisfied_share" or point.limit is None:
            return None
        limits = point.limit.limits
        return None if limits is None else (limits.low, limits.high)

    def _heights(self) -> Iterator[Fraction]:
        for one in self.points:
            value = self._value(one)
            if value is not None:
                yield value
            for bounds in (self._bounds(one), self._limits_of(one)):
                yield from map(Fraction, bounds or ())

    def _summary(self) -> str:
        return "; ".join(
            self._say(
                _SUMMARY,
                name=one.name,
                value=percent(value, self.language),
                bounds=charts.bounds_text(self._bounds(one), self.language),
                n=charts.n_text(one.figure, self.language),
            )
            for one in self.points
            if (value := self._value(one)) is not None
        )

    def _marks(self, xs: Sequence[Fraction], scale: _Scale) -> Iterator[Mark]:
        every = -(-len(xs) // _MOST_LABELS)
        for place, (one, x) in enumerate(zip(self.points, xs, strict=True)):
            value, bounds = self._value(one), self._bounds(one)
            low, high = map(scale.y, map(Fraction, bounds)) if bounds else (None, None)
            yield Mark(
                x=decimal_text(x),
                y="" if value is None else scale.y(value),
                low=low,
                high=high,
                label=one.short if place % every == 0 else "",
            )

    def _lines(self, xs: Sequence[Fraction], scale: _Scale) -> Iterator[Line]:
        placed = zip(self.points, xs, strict=True)
        for (before, x1), (after, x2) in pairwise(placed):
            y1, y2 = self._value(before), self._value(after)
            if y1 is None or y2 is None or after.breaks:
                continue
            yield Line(
                x1=decimal_text(x1), y1=scale.y(y1), x2=decimal_text(x2), y2=scale.y(y2)
            )

    def _limit_lines(
        self, xs: Sequence[Fraction], gap: Fraction, scale: _Scale
    ) -> Iterator[Line]:
        for one, x in zip(self.points, xs, strict=True):
            for bound in self._limits_of(one) or ():
                y = scale.y(Fraction(bound))
                yield Line(
                    x1=decimal_text(x - gap), y1=y, x2=decimal_text(x + gap), y2=y
                )

    def _cuts(self, xs: Sequence[Fraction], gap: Fraction) -> Iterator[Cut]:
        found = 0
        for one, x in zip(self.points, xs, strict=True):
            if one.breaks:
                found += 1
                yield Cut(
                    x=decimal_text(x - gap),
                    number=found,
                    text=f"{one.name}: {'; '.join(one.breaks)}",
                )


class _Scale:
    """Where values stand: the axis spans what is drawn, in whole tens of percent."""

    def __init__(self, heights: Iterator[Fraction]) -> None:
        every = list(heights)
        low = max(0, int(min(every)) // _STEP * _STEP)
        high = min(100, -(-max(every) // _STEP) * _STEP)
        if high - low < _LEAST_SPAN:
            low, high = (
                (max(0, high - _LEAST_SPAN), high)
                if high == 100
                else (low, min(100, low + _LEAST_SPAN))
            )
        self.low, self.high = Fraction(low), Fraction(high)

    def y(self, value: Fraction) -> str:
        """The height of a value, in pixels from above."""
        part = (value - self.low) / (self.high - self.low)
        return decimal_text(_FOOT - part * (_FOOT - _TOP), 1)

    def ticks(self, language: str) -> Iterator[tuple[str, str]]:
        """The lines of the grid with what is written there."""
        step = _STEP if self.high - self.low <= 5 * _STEP else 2 * _STEP
        value = self.high
        while value >= self.low:
            yield self.y(value), percent(value, language, 0)
            value -= step
