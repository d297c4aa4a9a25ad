"""A series of periods: between which limits it moves by chance, and whether a period
changed from the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from survey.questionnaire.schema import Text

from .differences import Difference, pooled_difference
from .intervals import DIGITS, FEWEST_RESPONSES, decimal_of
from .many import holm
from .terms import IndicesError, Interval, LevelSums, Sums

SIGMAS: Final = 3
"""Shewhart's limits: about 3 points in 1,000 lie outside by chance."""
FEWEST_POINTS: Final = 8
"""A series shorter than one run has no limits: our rule."""
RUN: Final = 8
"""So many points in a row on one side of the centre are no chance (1 in 128)."""

CONTROL: Final = Text(
    vi="giới hạn kiểm soát 3 sigma quanh mức chung của cả chuỗi, rộng hơn ở kỳ ít "
    "phiếu (mỗi phiếu là một cụm câu trả lời)",
    en="3 sigma control limits around the level of the whole series, wider where a "
    "period has fewer responses (each response is a cluster of answers)",
)

CHANGES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "higher": Text(
            vi="Đổi thật: tăng, vượt mức dao động ngẫu nhiên.",
            en="A real change: it rose by more than chance.",
        ),
        "lower": Text(
            vi="Đổi thật: giảm, vượt mức dao động ngẫu nhiên.",
            en="A real change: it fell by more than chance.",
        ),
        "unclear": Text(
            vi="Có thể chỉ là dao động: chênh lệch nằm trong mức ngẫu nhiên.",
            en="Perhaps only fluctuation: the difference is within chance.",
        ),
        "unknown": Text(
            vi="Chưa đủ phiếu để biết đổi thật hay dao động.",
            en="Too few responses to tell a real change from fluctuation.",
        ),
    }
)
"""The answer to "đổi thật hay dao động?" by verdict."""

SIGNALS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "above": Text(
            vi="cao hơn giới hạn kiểm soát trên", en="above the upper control limit"
        ),
        "below": Text(
            vi="thấp hơn giới hạn kiểm soát dưới", en="below the lower control limit"
        ),
        "run_above": Text(
            vi=f"ít nhất {RUN} kỳ liền nhau cao hơn mức chung",
            en=f"{RUN} periods or more in a row above the level of the series",
        ),
        "run_below": Text(
            vi=f"ít nhất {RUN} kỳ liền nhau thấp hơn mức chung",
            en=f"{RUN} periods or more in a row below the level of the series",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A point of a control chart: its value, its limits, and its signals.

    All in percent of the share, or of `normalised_mean`. A period with too few
    responses has no limits and gives no signal; a run goes on over it.
    """

    value: Fraction | None
    limits: Interval | None
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The level of a series, the design effect of its answers, and its points."""

    centre: Fraction
    effect: Fraction
    points: tuple[Limit, ...]


def control_limits(points: Sequence[Sums | LevelSums]) -> Chart | None:
    """Between which limits each period of a series moves by chance alone.

    The centre is p = Σx/Σm over all periods with enough responses. The limits of a
    period with m answers are p ± 3·√(p(1−p)·d/m), cut at 0 and 100, with d the design
    effect within periods: Σ r/(r−1)·(Σx² − 2pᵢΣmx + pᵢ²Σm²) over Σ pᵢ(1−pᵢ)m, at least
    1. Of means p(1−p) is the variance of single answers.

    Args:
        points: of each period of one unbroken series, in order: same questionnaire and
            method; a break starts another series.
    Returns:
        None when fewer than FEWEST_POINTS periods have FEWEST_RESPONSES responses, or
        when all their answers are the same.
    Raises:
        IndicesError: sums of two scales.
    Source: Shewhart's p-chart, Montgomery, Introduction to Statistical Quality Control,
        6th ed. 2009, section 7.2 (variable sample size); runs: Western Electric 1956;
        the design effect for clusters: Kish 1965.
    """
    every = [LevelSums.of(one) for one in points]
    if len({one.top for one in every}) > 1:
        raise IndicesError("sums of two scales")
    usable = [one for one in every if one.r >= FEWEST_RESPONSES]
    if len(usable) < FEWEST_POINTS:
        return None
    whole = sum(usable[1:], usable[0])
    centre = Fraction(whole.v, whole.m * whole.top)
    spread = Fraction(whole.ss, whole.m * whole.top**2) - centre * centre
    if not spread:
        return None
    effect = _within(usable)
    limits = [_limit(one, centre, spread * effect) for one in every]
    return Chart(
        centre=100 * centre, effect=effect, points=_with_runs(limits, 100 * centre)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A period against the one before."""

    difference: Difference
    """The later minus the earlier, with its own 95 % interval."""
    verdict: str
    """A key of CHANGES; adjusted for the number of pairs that were compared."""

    @property
    def words(self) -> Text:
        """The answer to "đổi thật hay dao động?"."""
        return CHANGES[self.verdict]


def changes(points: Sequence[Sums | LevelSums]) -> tuple[Change, ...]:
    """Of each period of a series whether it really changed from the one before.

    Args:
        points: as `control_limits`.
    Returns:
        One fewer than there are points, in order; empty below two.
    Raises:
        IndicesError: as `ratio_interval`.
    Source: `pooled_difference`, over all pairs together by `holm`.
    """
    pairs = [*pairwise(points)]
    found = holm([partial(pooled_difference, b, a) for a, b in pairs])
    return tuple(Change(difference=one.alone, verdict=one.verdict) for one in found)


def change(before: Sums | LevelSums, after: Sums | LevelSums) -> Change:
    """Whether one period really changed from another."""
    return changes([before, after])[0]


def _within(points: Sequence[LevelSums]) -> Fraction:
    """The design effect of answers in responses, within periods only."""
    over_responses, over_answers = Fraction(0), Fraction(0)
    for one in points:
        share = one.share or Fraction(0)
        over_responses += Fraction(one.r, one.r - 1) * one.squares(share)
        over_answers += Fraction(one.ss, one.top**2) - share * share * one.m
    if not over_answers:
        return Fraction(1)
    return max(Fraction(1), over_responses / over_answers)


def _limit(sums: LevelSums, centre: Fraction, spread: Fraction) -> Limit:
    if sums.r < FEWEST_RESPONSES or sums.share is None:
        return Limit(
            value=None if sums.share is None else 100 * sums.share, limits=None
        )
    value = 100 * sums.share
    with localcontext() as context:
        context.prec = DIGITS
        middle = decimal_of(100 * centre)
        half = 100 * SIGMAS * decimal_of(spread / sums.m).sqrt()
        limits = Interval(
            max(Decimal(0), middle - half), min(Decimal(100), middle + half)
        )
    if value > Fraction(limits.high):
        return Limit(value=value, limits=limits, signals=("above",))
    if value < Fraction(limits.low):
        return Limit(value=value, limits=limits, signals=("below",))
    return Limit(value=value, limits=limits)


def _with_runs(points: Sequence[Limit], centre: Fraction) -> tuple[Limit, ...]:
    """Mark every point of a run; a point on the centre ends it."""
    runs: list[tuple[int, list[int]]] = []
    for i, point in enumerate(points):
        if point.limits is None or point.value is None:
            continue
        side = (point.value > centre) - (point.value < centre)
        if runs and side and runs[-1][0] == side:
            runs[-1][1].append(i)
        else:
            runs.append((side, [i]))
    marked = {
        i: "run_above" if side > 0 else "run_below"
        for side, places in runs
        if side and len(places) >= RUN
        for i in places
    }
    return tuple(
        Limit(
            value=point.value,
            limits=point.limits,
            signals=(*point.signals, *((marked[i],) if i in marked else ())),
        )
        for i, point in enumerate(points)
    )
