"""Figures as places on a chart: everything in percent of the width, as texts, so that
templates need no arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from survey.exports import Figure, Level
from survey.formats import decimal_text, integer, number, percent
from survey.questionnaire.schema import Text

CHART_LEVELS: Final = (1, 2, 3, 4, 5)
"""The levels that the chart has shades for; another scale has its table only."""
NOTHING: Final = "–"
_LESS: Final = "\N{MINUS SIGN}"
N: Final = Text(vi="n = {n}", en="n = {n}")
INTERVAL: Final = Text(vi="Khoảng tin cậy 95%", en="95% interval")
_NARROW: Final = Fraction(8)
"""Percent of a bar below which its figure would not fit."""
_GROUPS: Final = Text(
    vi="{words}: mức {high}: {satisfied} câu, mức {low}: {others} câu",
    en="{words}: levels {high}: {satisfied}, levels {low}: {others}",
)

Explain: TypeAlias = Callable[[Figure], str]
"""The address of the page that explains a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A level's share of a bar: places in percent as texts with a point."""

    level: int
    x: str
    width: str
    middle: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row of a chart of distributions."""

    id: str
    code: str
    label: str
    note: str
    hidden: str | None
    summary: str
    parts: tuple[Segment, ...]
    url: str | None = None
    """Where the figure is explained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexBar:
    """One index with its interval as a row of a chart."""

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
    url: str | None = None
    """Where the figure is explained."""


def distribution(
    figure: Figure,
    levels: Sequence[Level],
    language: str,
    *,
    id: str,
    label: str | None = None,
    url: str | None = None,
) -> Bar:
    """The answers of a figure per level as one bar; words where they are hidden."""
    shares = _shares(figure.counts, levels) if figure.indices else {}
    return Bar(
        id=id,
        code=figure.code,
        label=label or figure.title,
        note=n_text(figure, language),
        hidden=None if shares else in_place(figure, levels, language),
        summary=_summary(figure, levels, shares, language),
        parts=tuple(_segments(shares, language)),
        url=url,
    )


def has_shades(levels: Sequence[Level]) -> bool:
    """Whether the chart of distributions can draw this scale."""
    return tuple(level.code for level in levels) == CHART_LEVELS


def index_bar(
    figure: Figure,
    formula: str,
    levels: Sequence[Level],
    language: str,
    *,
    id: str,
    label: str,
    code: str = "",
    url: str | None = None,
) -> IndexBar:
    """The headline index of a figure, with its interval where it is a share."""
    value = figure.indices.get(formula)
    note = n_text(figure, language)
    if value is None:
        return IndexBar(
            id=id,
            code=code,
            label=label,
            note=note,
            hidden=in_place(figure, levels, language),
            summary="",
            value="0",
            low=None,
            high=None,
            text="",
            url=url,
        )
    bounds = interval_of(figure, formula)
    text = percent(value, language)
    parts = [text, note]
    if bounds is not None:
        parts.insert(1, f"{INTERVAL.get(language)}: {bounds_text(bounds, language)}")
    low, high = map(decimal_text, bounds) if bounds else (None, None)
    return IndexBar(
        id=id,
        code=code,
        label=label,
        note=note,
        hidden=None,
        summary="; ".join(part for part in parts if part),
        value=decimal_text(value),
        low=low,
        high=high,
        text=text,
        url=url,
    )


def interval_of(figure: Figure, formula: str) -> tuple[Decimal, Decimal] | None:
    """The interval of the headline index; only a share has one."""
    return share_bounds(figure) if formula == "satisfied_share" else None


def share_bounds(figure: Figure) -> tuple[Decimal, Decimal] | None:
    """The interval of the satisfied share, where it is shown."""
    if figure.low is None or figure.high is None:
        return None
    return figure.low, figure.high


def bounds_text(bounds: tuple[Decimal, Decimal] | None, language: str) -> str:
    """The two bounds of an interval, or a dash."""
    if bounds is None:
        return NOTHING
    low, high = (number(one, language) for one in bounds)
    return f"{low}–{high}"


def signed(value: Fraction | Decimal, language: str) -> str:
    """A difference with its sign; none where it rounds to nothing."""
    size = -value if value < 0 else value
    text = number(size, language)
    if text == number(Fraction(0), language):
        return text
    return f"{'+' if value > 0 else _LESS}{text}"


def n_text(figure: Figure, language: str) -> str:
    """On how many a figure rests, where that may be shown."""
    if figure.n is None:
        return ""
    return N.get(language).format(n=integer(figure.n, language))


def in_place(figure: Figure, levels: Sequence[Level], language: str) -> str:
    """What stands where the index would."""
    if figure.groups is None:
        return figure.words or NOTHING
    low = [level.code for level in levels if not level.is_satisfied]
    high = [level.code for level in levels if level.is_satisfied]
    satisfied, others = figure.groups
    return _GROUPS.get(language).format(
        words=figure.words,
        high=_range(high),
        low=_range(low),
        satisfied=satisfied,
        others=others,
    )


def titled(figure: Figure) -> str:
    """A figure's name, with its code where it has one of its own."""
    if figure.level == "overall":
        return figure.title
    return f"{figure.code}. {figure.title}"


def _range(codes: Sequence[int]) -> str:
    return str(codes[0]) if len(codes) == 1 else f"{codes[0]}–{codes[-1]}"


def _shares(counts: Mapping[str, int], levels: Sequence[Level]) -> dict[int, Fraction]:
    answers = {level.code: counts.get(str(level.code), 0) for level in levels}
    total = sum(answers.values())
    if total == 0:
        return {}
    return {code: Fraction(100 * n, total) for code, n in answers.items()}


def _summary(
    figure: Figure,
    levels: Sequence[Level],
    shares: Mapping[int, Fraction],
    language: str,
) -> str:
    return "; ".join(
        f"{level.label}: {integer(figure.counts[str(level.code)], language)} "
        f"({percent(shares[level.code], language)})"
        for level in levels
        if level.code in shares
    )


def _segments(shares: Mapping[int, Fraction], language: str) -> Iterator[Segment]:
    start = Fraction(0)
    for level, share in shares.items():
        if share == 0:
            continue
        yield Segment(
            level=level,
            x=decimal_text(start),
            width=decimal_text(share),
            middle=decimal_text(start + share / 2),
            text=percent(share, language, 0) if share >= _NARROW else "",
        )
        start += share
