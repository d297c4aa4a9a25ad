"""From figures to points: indices made of other figures, the points of a rule for an
index, the points after a second appraisal, and the satisfaction group of QĐ 766."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final, TypeAlias

from survey.questionnaire.schema import Text

from .terms import IndicesError

Exact: TypeAlias = Fraction | Decimal | int

SECOND_FACTOR: Final = Fraction(7, 10)
"""What points of the second appraisal count; a notice of May 2022 [u], so a setting."""
GROUP_POINTS: Final = 6
"""The points of each of the three metrics of the satisfaction group of QĐ 766 [s]."""
FULL_RATE: Final = Fraction(9, 10)
"""The rate from which metric 5.4 of QĐ 766 gives all its points [s]."""


def index_over_applicable(earned: Exact, maximum: Exact) -> Fraction | None:
    """Percent of the points that could be earned at all.

    Args:
        earned: points earned on the criteria that apply.
        maximum: points to be had on those criteria.
    Returns:
        0..100; None when nothing applies, so the maximum is 0.
    Raises:
        IndicesError: fewer points than 0 or more than the maximum, or a float.
    Source: domain.md section 6, "index with criteria that do not apply".
    """
    points, most = exact(earned), exact(maximum)
    if not 0 <= points <= most:
        raise IndicesError(f"{earned} points of {maximum}")
    return 100 * points / most if most else None


def weighted_by_criteria(parts: Iterable[tuple[Exact, int]]) -> Fraction | None:
    """The mean of indices, each with the number of criteria behind it as weight.

    Args:
        parts: pairs of an index and its number of criteria.
    Returns:
        The weighted mean; None when there is no criterion at all.
    Raises:
        IndicesError: a negative number of criteria, or a float.
    Source: domain.md section 3: it gives SIPAS 2024, but not 2023, so it is no law.
    """
    total, weight = Fraction(0), 0
    for index, criteria in parts:
        if criteria < 0:
            raise IndicesError(f"{criteria} criteria")
        total += exact(index) * criteria
        weight += criteria
    return total / weight if weight else None


def sipas_points(index: Exact, maximum: Exact = 10) -> Fraction:
    """The points of the PAR INDEX for a SIPAS index, linear and unrounded.

    Args:
        index: SIPAS in 0..100.
        maximum: the points for 100; the provincial PAR INDEX gives 10.
    Raises:
        IndicesError: an index outside 0..100, a negative maximum, or a float.
    Source: domain.md section 6.
    """
    most = exact(maximum)
    if most < 0:
        raise IndicesError(f"{maximum} points at most")
    return _index(index) * most / 100


def index_for_points(points: Exact, maximum: Exact = 10) -> Fraction | None:
    """The index that is needed for so many points of the linear rule.

    Returns:
        0..100; None when the maximum does not give so many.
    Raises:
        IndicesError: negative points, a negative maximum, or a float.
    Source: `sipas_points`, turned round.
    """
    wanted, most = exact(points), exact(maximum)
    if wanted < 0 or most < 0:
        raise IndicesError(f"{points} of {maximum} points")
    if wanted > most:
        return None
    return 100 * wanted / most if most else Fraction(0)


@dataclass(frozen=True, slots=True)
class Band:
    """From which index on there are how many points."""

    least: Fraction
    points: Fraction


@dataclass(frozen=True, slots=True)
class Bands:
    """A rule in steps: the highest band whose `least` an index reaches; below all, 0.

    A single threshold is one band.

    Raises:
        IndicesError: no band, bands not from the highest to the lowest, a `least`
            outside 0..100, negative points, or a higher band that gives fewer.
    Source: the agency's own rule; domain.md section 6 knows no thresholds as law.
    """

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        if not self.bands:
            raise IndicesError("no band")
        for one in self.bands:
            if not 0 <= one.least <= 100 or one.points < 0:
                raise IndicesError(f"{one.points} points from {one.least}")
        for upper, lower in zip(self.bands, self.bands[1:], strict=False):
            if upper.least <= lower.least or upper.points < lower.points:
                raise IndicesError(f"the band from {upper.least} stands above {lower}")

    @classmethod
    def of(cls, bands: Iterable[tuple[Exact, Exact]]) -> "Bands":
        """Bands in any order, from pairs of the least index and its points."""
        pairs = sorted(((exact(a), exact(b)) for a, b in bands), reverse=True)
        return cls(tuple(Band(least, points) for least, points in pairs))

    @property
    def maximum(self) -> Fraction:
        """The points of the highest band."""
        return self.bands[0].points


def banded_points(index: Exact, bands: Bands) -> Fraction:
    """The points of a rule in steps for an index; exactly a threshold reaches it.

    Args:
        index: in 0..100, unrounded.
    Raises:
        IndicesError: an index outside 0..100, or a float.
    Source: `Bands`.
    """
    value = _index(index)
    return next((one.points for one in bands.bands if value >= one.least), Fraction(0))


def next_band(index: Exact, bands: Bands) -> Band | None:
    """The lowest band above an index that gives more points; None at the maximum.

    Raises:
        IndicesError: as `banded_points`.
    """
    value, now = _index(index), banded_points(index, bands)
    above = (one for one in reversed(bands.bands) if one.least > value)
    return next((one for one in above if one.points > now), None)


RECOVERED_POINTS: Final = "recovered_points"
WHOLE_CRITERION: Final = "whole_criterion"
APPRAISALS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        RECOVERED_POINTS: Text(
            vi="chỉ phần điểm được thêm ở lần 2 bị nhân hệ số: "
            "lần 1 + hệ số × (lần 2 − lần 1)",
            en="only the points gained in the second appraisal are multiplied: "
            "first + factor × (second − first)",
        ),
        WHOLE_CRITERION: Text(
            vi="cả điểm lần 2 của tiêu chí bị nhân hệ số: hệ số × lần 2",
            en="all points of the criterion in the second appraisal are multiplied: "
            "factor × second",
        ),
    }
)
"""The two readings of the factor of the second appraisal, in words."""


def second_appraisal(
    first: Exact,
    second: Exact,
    mode: str = RECOVERED_POINTS,
    factor: Exact = SECOND_FACTOR,
) -> Fraction:
    """What a criterion is worth after it was appraised again.

    The factor touches only what was gained: a second appraisal that gives no more than
    the first stands as it is, in both modes. With `whole_criterion` a small gain can
    be worth less than the points of the first appraisal: 6, then 8, gives 5.60.

    Args:
        first, second: points of the first and of the second appraisal.
        mode: a key of APPRAISALS.
        factor: in 0..1.
    Returns:
        The points, unrounded.
    Raises:
        IndicesError: negative points, an unknown mode, a factor outside 0..1, a float.
    Source: domain.md section 6, "factor 0.70" [u], in both readings.
    """
    before, after, part = exact(first), exact(second), exact(factor)
    if mode not in APPRAISALS:
        raise IndicesError(f"no appraisal {mode!r}")
    if before < 0 or after < 0 or not 0 <= part <= 1:
        raise IndicesError(f"{first}, then {second} points with the factor {factor}")
    if after <= before:
        return after
    if mode == WHOLE_CRITERION:
        return part * after
    return before + part * (after - before)


def reaction_points(good: int, total: int, maximum: Exact = GROUP_POINTS) -> Fraction:
    """Metrics 5.2 and 5.3 of QĐ 766: reactions (PAKN) handled on time, or to content.

    Args:
        good: reactions handled on time (5.2), or whose sender is content (5.3).
        total: all reactions.
        maximum: the points of the metric.
    Returns:
        maximum × good / total, unrounded; the maximum when there was no reaction.
    Raises:
        IndicesError: `good` is not in 0..total, a negative maximum, or a float.
    Source: domain.md section 8: gives the published values within 0.015 point, and is
        not the legal text [s].
    """
    most = exact(maximum)
    if not 0 <= good <= total or most < 0:
        raise IndicesError(f"{good} of {total} reactions for {maximum} points")
    return most * Fraction(good, total) if total else most


def handling_points(
    late: int,
    disliked: int,
    total: int,
    maximum: Exact = GROUP_POINTS,
    full_rate: Exact = FULL_RATE,
) -> Fraction:
    """Metric 5.4 of QĐ 766: content with how dossiers were taken and settled.

    The rate is 1 − (late + disliked) / total, and the points are
    min(maximum, maximum × rate / full rate). A dossier that is both late and disliked
    is taken away twice, so the rate can fall below 0; there are no points then.

    Args:
        late: overdue dossiers.
        disliked: dossiers with a reaction (PAKN) or a "dislike".
        total: all dossiers; neither of the above is more.
    Returns:
        0..maximum, unrounded; 0 when there was no dossier, unlike `reaction_points`.
    Raises:
        IndicesError: counts that cannot be, a negative maximum, a full rate outside
            0 < rate ≤ 1, or a float.
    Source: as `reaction_points`.
    """
    most, full = exact(maximum), exact(full_rate)
    if not (0 <= late <= total and 0 <= disliked <= total):
        raise IndicesError(f"{late} late and {disliked} disliked of {total} dossiers")
    if most < 0 or not 0 < full <= 1:
        raise IndicesError(f"{maximum} points from a rate of {full_rate}")
    if not total:
        return Fraction(0)
    rate = max(Fraction(0), 1 - Fraction(late + disliked, total))
    return min(most, most * rate / full)


def satisfaction_group(points: Sequence[Exact]) -> Fraction:
    """The satisfaction group of QĐ 766: the sum of its three metrics.

    A national figure from dossiers and reactions, never mixed with a survey's index.

    Args:
        points: of 5.2, 5.3 and 5.4, each in 0..6.
    Raises:
        IndicesError: not three metrics, points outside 0..6, or a float.
    Source: domain.md section 8, 18 = 6 + 6 + 6 [s].
    """
    values = [exact(one) for one in points]
    if len(values) != 3 or not all(0 <= one <= GROUP_POINTS for one in values):
        raise IndicesError(f"{points} are not three metrics of {GROUP_POINTS} points")
    return sum(values, Fraction(0))


def exact(value: Exact) -> Fraction:
    """The value as a fraction.

    Raises:
        IndicesError: a float, whose digits are not those that were written; or no
            finite number.
    """
    if not isinstance(value, Fraction | Decimal | int):
        raise IndicesError(f"{value!r} is no exact number")
    try:
        return Fraction(value)
    except (ValueError, OverflowError):
        raise IndicesError(f"{value} is not finite") from None


def _index(index: Exact) -> Fraction:
    value = exact(index)
    if not 0 <= value <= 100:
        raise IndicesError(f"an index of {index}")
    return value
