"""Facts and priorities in the words and places of their pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Final

from survey.exports import FactChoice, FactQuestion
from survey.exports.facts import CHOICE, COUNT, NOT_SURE, SHARE
from survey.figures import Priorities, Priority
from survey.formats import decimal_text, integer, number, percent
from survey.indices import Interval
from survey.indices.priorities import FIRST
from survey.questionnaire.schema import Text

NOTHING: Final = "–"
_N: Final = Text(vi="n = {n}", en="n = {n}")
_SEVERAL: Final = Text(
    vi="một phiếu có thể chọn nhiều việc", en="a response may name several"
)
_ALSO: Final = Text(vi="{label}: {count}", en="{label}: {count}")
_INTERVAL: Final = Text(vi="khoảng 95%: {low}–{high}", en="95% interval {low}–{high}")
_BETWEEN: Final = Text(vi="Khoảng 95%", en="95% interval")
_SUMMARY: Final = Text(
    vi="{count} phiếu, {share}, {interval}", en="{count} responses, {share}, {interval}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactBar:
    """A choice as a bar: places in percent as texts with a point."""

    id: str
    code: str
    label: str
    note: str
    hidden: str | None
    summary: str
    value: str
    low: str | None
    high: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactBlock:
    """A question on the page."""

    id: str
    title: str
    note: str
    words: str | None
    bars: tuple[FactBar, ...]
    rows: tuple[tuple[str, ...], ...]
    """Under `fact_heads`: the answer, its count, share and interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactPart:
    """A part of the page: its name in the address, its title, its questions."""

    id: str
    title: str
    blocks: tuple[FactBlock, ...]

    @property
    def has_numbers(self) -> bool:
        """Whether any of its questions has numbers to show."""
        return any(one.rows for one in self.blocks)


def parts(questions: Iterable[FactQuestion], language: str) -> Iterator[FactPart]:
    """The questions by their parts, in order."""
    for (code, title), some in groupby(
        questions, key=lambda one: (one.part, one.part_title)
    ):
        yield FactPart(
            id=code,
            title=title,
            blocks=tuple(block(one, language) for one in some),
        )


def block(question: FactQuestion, language: str, prefix: str = "") -> FactBlock:
    """One question as it is drawn.

    Args:
        prefix: of its ids, where a page has it more than once.
    """
    notes = []
    if question.n is not None:
        notes.append(_N.get(language).format(n=integer(question.n, language)))
    if question.not_sure:
        label = NOT_SURE.get(language)
        count = integer(question.not_sure, language)
        notes.append(_ALSO.get(language).format(label=label, count=count))
    if question.is_several:
        notes.append(_SEVERAL.get(language))
    id = f"{prefix}{question.code}"
    return FactBlock(
        id=id,
        title=question.title,
        note="; ".join(notes),
        words=question.words,
        bars=tuple(_bar(one, id, language) for one in question.choices),
        rows=tuple(_row(one, language) for one in question.choices),
    )


def fact_heads(language: str) -> tuple[str, ...]:
    """The heads of the numbers of one question."""
    heads = (CHOICE, COUNT, SHARE)
    return (*(text.get(language) for text in heads), _BETWEEN.get(language))


def _row(choice: FactChoice, language: str) -> tuple[str, ...]:
    if choice.share is None or choice.count is None:
        return (choice.label, choice.words or NOTHING, NOTHING, NOTHING)
    low, high = choice.low, choice.high
    return (
        choice.label,
        integer(choice.count, language),
        number(choice.share, language),
        NOTHING
        if low is None or high is None
        else f"{number(low, language)}–{number(high, language)}",
    )


def _bar(choice: FactChoice, id: str, language: str) -> FactBar:
    share, low, high = choice.share, choice.low, choice.high
    if share is None or choice.count is None or low is None or high is None:
        return FactBar(
            id=f"{id}-{choice.code}",
            code="",
            label=choice.label,
            note="",
            hidden=choice.words or NOTHING,
            summary="",
            value="",
            low=None,
            high=None,
            text="",
        )
    interval = _INTERVAL.get(language).format(
        low=number(low, language), high=number(high, language)
    )
    count, text = integer(choice.count, language), percent(share, language)
    return FactBar(
        id=f"{id}-{choice.code}",
        code="",
        label=choice.label,
        note=f"({count})",
        hidden=None,
        summary=_SUMMARY.get(language).format(
            count=count, share=text, interval=interval
        ),
        value=decimal_text(share),
        low=decimal_text(low),
        high=decimal_text(high),
        text=text,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A criterion in the picture: its place in percent of the drawing, from the left
    and from the top, and whether it is one to mend."""

    code: str
    x: str
    y: str
    label_x: str
    label_y: str
    is_first: bool
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Importance against score, each on an axis that holds all points."""

    points: tuple[Point, ...]
    reference: str
    """Where the overall level stands, in percent from the left."""
    zero: str
    """Where an importance of nothing stands, in percent from the top."""
    left: str
    right: str
    top: str
    bottom: str


_POINT: Final = Text(
    vi="{code} {title}: hài lòng {score}, gắn với hài lòng chung {weight} điểm phần "
    "trăm",
    en="{code} {title}: {score} satisfied, goes with the whole by {weight} points",
)
_EDGE: Final = Fraction(5)
"""Percent of the drawing left free at each side."""
_LINE: Final = Fraction(3)
_WIDE: Final = Fraction(3)
"""Percent of its height and width that two labels need between them."""
_BESIDE: Final = tuple(
    (Fraction(dx), Fraction(dy))
    for dx, dy in ((3, 0), (-3, 0), (0, -4), (0, 4), (3, -4), (-3, 4), (3, 4), (-3, -4))
)
"""Where a label may stand, from its point."""


def picture(made: Priorities, language: str) -> Picture | None:
    """The picture of all criteria with an importance; None for fewer than two."""
    found: list[tuple[Priority, Fraction, Fraction]] = []
    for one in (*made.listed, *made.others):
        weight = one.standing.importance
        if weight is None or weight.value is None or one.standing.score is None:
            continue
        found.append((one, one.standing.score, weight.value))
    if len(found) < 2 or made.reference is None:
        return None
    scores = _Axis([made.reference, *(score for _, score, _ in found)])
    weights = _Axis([Fraction(0), *(weight for _, _, weight in found)])
    return Picture(
        points=tuple(_points(found, scores, weights, language)),
        reference=decimal_text(scores.place(made.reference)),
        zero=decimal_text(100 - weights.place(Fraction(0))),
        left=percent(scores.low, language, 0),
        right=percent(scores.high, language, 0),
        top=number(weights.high, language, 0),
        bottom=number(weights.low, language, 0),
    )


def _points(
    found: list[tuple[Priority, Fraction, Fraction]],
    scores: _Axis,
    weights: _Axis,
    language: str,
) -> Iterator[Point]:
    """Each label stands beside its point, where there is room yet."""
    taken = [
        (scores.place(score), 100 - weights.place(weight)) for _, score, weight in found
    ]
    for one, score, weight in sorted(found, key=lambda point: -point[2]):
        x, y = scores.place(score), 100 - weights.place(weight)
        beside = [(x + dx, y + dy) for dx, dy in _BESIDE]
        label_x, label_y = next(
            (
                place
                for place in beside
                if not any(
                    abs(place[0] - a) < _WIDE and abs(place[1] - b) < _LINE
                    for a, b in taken
                )
            ),
            beside[0],
        )
        taken.append((label_x, label_y))
        yield Point(
            code=one.code,
            x=decimal_text(x),
            y=decimal_text(y),
            label_x=decimal_text(label_x),
            label_y=decimal_text(label_y),
            is_first=one.standing.kind == FIRST,
            summary=_POINT.get(language).format(
                code=one.code,
                title=one.title,
                score=percent(score, language),
                weight=number(weight, language),
            ),
        )


class _Axis:
    """From the least to the greatest value, with room at both ends."""

    def __init__(self, values: list[Fraction]) -> None:
        self.low = Fraction(min(values) // 5 * 5)
        self.high = Fraction(-(-max(values) // 5) * 5)
        if self.low == self.high:
            self.high += 5

    def place(self, value: Fraction) -> Fraction:
        """Where a value stands, in percent of the axis."""
        inside = (value - self.low) / (self.high - self.low)
        return _EDGE + inside * (100 - 2 * _EDGE)


_HEADS: Final = (
    Text(vi="Thứ tự", en="Place"),
    Text(vi="Tiêu chí", en="Criterion"),
    Text(vi="Việc nên làm", en="What to do"),
    Text(vi="n", en="n"),
    Text(vi="Hài lòng (%)", en="Satisfied (%)"),
    Text(vi="Khoảng 95%", en="95% interval"),
    Text(vi="Gắn với hài lòng chung (điểm)", en="Goes with the whole (points)"),
    Text(vi="Khoảng 95%", en="95% interval"),
    Text(vi="Dư địa (điểm)", en="Room (points)"),
    Text(vi="Trách nhiệm", en="Responsible"),
)


def heads(language: str) -> tuple[str, ...]:
    """The heads of the table of all criteria."""
    return tuple(text.get(language) for text in _HEADS)


def cells(one: Priority, language: str) -> tuple[str, ...]:
    """The row of one criterion under `heads`."""
    standing = one.standing
    weight = standing.importance
    value = None if weight is None else weight.value

    def written(value: Fraction | None) -> str:
        return NOTHING if value is None else number(value, language)

    def between(interval: Interval | None) -> str:
        if interval is None:
            return NOTHING
        return f"{number(interval.low, language)} – {number(interval.high, language)}"

    return (
        NOTHING if one.place is None else integer(one.place, language),
        f"{one.code}. {one.title}",
        one.kind,
        integer(standing.n, language),
        written(standing.score),
        between(standing.score_interval),
        written(value),
        between(None if weight is None else weight.interval),
        written(standing.gain),
        ", ".join(entry.name for entry in one.responsible),
    )
