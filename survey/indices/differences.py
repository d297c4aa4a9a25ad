"""How far the difference between two independent groups may lie from the truth: of
two shares, two means, two spreads; and the words that say whether it is clear."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt
from types import MappingProxyType
from typing import Final

from survey.questionnaire.schema import Scale, Text

from .intervals import (
    DIGITS,
    FEWEST_RESPONSES,
    Z_95,
    decimal_of,
    ratio_interval,
    t_quantile,
    wilson,
)
from .terms import Estimate, IndicesError, Interval, LevelSums, Sums

_0, _1 = Decimal(0), Decimal(1)

WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "higher": Text(vi="cao hơn", en="higher"),
        "lower": Text(vi="thấp hơn", en="lower"),
        "unclear": Text(vi="chưa thấy khác nhau", en="no difference seen"),
        "unknown": Text(vi="chưa đủ dữ liệu", en="not enough data"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two figures, what lies between them, and how sure that is.

    `value` is the first minus the second, in the unit of both; None when one of them
    is. `first_n` and `second_n` are the numbers they rest on. `interval` is that of
    the difference; None where there is too little to tell.
    """

    first: Fraction | None
    second: Fraction | None
    first_n: int
    second_n: int
    interval: Interval | None

    @property
    def value(self) -> Fraction | None:
        """The first minus the second."""
        if self.first is None or self.second is None:
            return None
        return self.first - self.second

    @property
    def verdict(self) -> str:
        """What the interval says of the first: a key of WORDS."""
        if self.interval is None:
            return "unknown"
        if self.interval.low > 0:
            return "higher"
        return "lower" if self.interval.high < 0 else "unclear"

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.verdict in ("higher", "lower")

    @property
    def word(self) -> Text:
        """The verdict as a person reads it."""
        return WORDS[self.verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The moments of one group of whole numbers: how many, Σy and Σy²."""

    n: int
    s: int
    ss: int

    @property
    def mean(self) -> Fraction | None:
        """The mean; None of nothing."""
        return Fraction(self.s, self.n) if self.n else None

    @property
    def variance(self) -> Fraction | None:
        """The sample variance, over n − 1; None below two."""
        if self.n < 2:
            return None
        return Fraction(self.n * self.ss - self.s**2, self.n * (self.n - 1))


def share_difference(
    first: tuple[int, int], second: tuple[int, int], z: Decimal = Z_95
) -> Difference:
    """Two shares of independent groups, in percent.

    Args:
        first, second: k of n.
        z: standard normal quantile; the default is for 95 %.
    Returns:
        The interval is Newcombe's hybrid of the two Wilson intervals; None when a
        group has fewer than FEWEST_RESPONSES.
    Raises:
        IndicesError: a k that is not in 0..n.
    Source: Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
    """
    (k1, n1), (k2, n2) = first, second
    bounds = wilson(k1, n1, z=z), wilson(k2, n2, z=z)
    return _between(
        _percent(k1, n1), _percent(k2, n2), n1, n2, bounds if _enough(n1, n2) else None
    )


def pooled_difference(
    first: Sums | LevelSums, second: Sums | LevelSums, z: Decimal = Z_95
) -> Difference:
    """Two shares, or means, pooled over criteria, each response a cluster, in percent.

    Args:
        first, second: of independent groups; of levels for `normalised_mean`.
        z: standard normal quantile; the default is for 95 %.
    Returns:
        `first_n` and `second_n` are responses. The interval is the hybrid of the two
        `ratio_interval`s, as `share_difference` is of Wilson's.
    Raises:
        IndicesError: as `ratio_interval`.
    Source: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702.
    """
    one, two = LevelSums.of(first), LevelSums.of(second)
    return _between(
        _index(one),
        _index(two),
        one.r,
        two.r,
        (ratio_interval(one, z=z), ratio_interval(two, z=z)),
    )


def known_difference(
    first: Estimate,
    second: Estimate,
    bounds: tuple[Interval | None, Interval | None],
) -> Difference:
    """Two figures of independent groups whose own intervals are known, in percent.

    Args:
        first, second: the figures with the numbers they rest on.
        bounds: the 95 % interval of each; None where there is none.
    Returns:
        The interval is the hybrid of the two: of two shares with Wilson's intervals it
        is that of `share_difference`. None where a figure or an interval is missing.
    Source: as `pooled_difference`.
    """
    return _between(first.value, second.value, first.base, second.base, bounds)


def overlapping_difference(
    first: Sums | LevelSums,
    second: Sums | LevelSums,
    common: Sums | LevelSums,
    z: Decimal = Z_95,
) -> Difference:
    """As `pooled_difference`, of two selections that share some responses.

    Two filters may overlap, or one hold the other (a division and its agency). What is
    common moves both figures alike, so the difference is surer than of independent
    groups: the hybrid takes the correlation of the two ratios, that of their linear
    forms, ρ = Σ_common (x−p₁m)(x−p₂m) / √(Σ_first (x−p₁m)² · Σ_second (x−p₂m)²).

    Args:
        first, second: all responses of each selection.
        common: those that are in both; no response for independent selections.
    Returns:
        As `pooled_difference`; equal to it when nothing is common. A selection against
        itself differs by 0 with the interval 0 to 0.
    Raises:
        IndicesError: as `ratio_interval`, or what is common is more than a selection.
    Source: Zou, Psychological Methods 12 (2007) 399-413; linear form of a ratio:
        Cochran, Sampling Techniques, 3rd ed. 1977, section 6.4.
    """
    one, two, both = (LevelSums.of(sums) for sums in (first, second, common))
    if both.r > min(one.r, two.r) or both.m > min(one.m, two.m):
        raise IndicesError(f"{both.r} responses in common of {one.r} and {two.r}")
    plain = pooled_difference(one, two, z)
    if plain.interval is None or one.share is None or two.share is None or not both.r:
        return plain
    if one == two == both:
        return replace(plain, interval=Interval(_0, _0))
    top = both.top
    shared = (
        Fraction(both.vv, top * top)
        - (one.share + two.share) * Fraction(both.mv, top)
        + one.share * two.share * both.mm
    )
    alone = one.squares(one.share) * two.squares(two.share)
    if shared * shared == alone:
        # In digits the root would not be exact; 0 where all answers of a side agree.
        correlation = Decimal((shared > 0) - (shared < 0))
    else:
        with localcontext() as context:
            context.prec = DIGITS
            correlation = decimal_of(shared) / decimal_of(alone).sqrt()
    bounds = ratio_interval(one, z=z), ratio_interval(two, z=z)
    return _between(
        plain.first, plain.second, one.r, two.r, bounds, max(-_1, min(_1, correlation))
    )


def mean_difference(first: Moments, second: Moments, z: Decimal = Z_95) -> Difference:
    """Two means of independent groups, in the unit of the numbers.

    Args:
        z: standard normal quantile; the default is for 95 %.
    Returns:
        The interval is Welch's, which lets the variances differ; None when a group
        has fewer than FEWEST_RESPONSES, or neither varies at all.
    Raises:
        IndicesError: moments that contradict each other.
    Source: Welch, Biometrika 34 (1947) 28-35; degrees of freedom after Satterthwaite.
    """
    for group in (first, second):
        if group.n < 0 or group.n * group.ss < group.s**2:
            raise IndicesError(f"{group} contradict each other")
    return Difference(
        first=first.mean,
        second=second.mean,
        first_n=first.n,
        second_n=second.n,
        interval=_welch(first, second, z) if _enough(first.n, second.n) else None,
    )


def spread_difference(
    first: Mapping[int, int], second: Mapping[int, int], scale: Scale
) -> Difference:
    """Two standard deviations of independent groups, in levels.

    Args:
        first, second: how often each level was given.
        scale: with the lowest and highest level there could have been.
    Returns:
        The interval is the hybrid, as in `pooled_difference`, of Bonett's intervals of
        each standard deviation, which hold for levels that are not normal; None when a
        group has fewer than FEWEST_RESPONSES or does not vary.
    Source: Bonett, Computational Statistics & Data Analysis 50 (2006) 775-782, with
        Student's quantile for the normal one and a kurtosis at least that of the group
        with half an answer more at either end of the scale: a small content group has
        seen none of the rare low answers that decide its spread, and would otherwise
        be called different up to four times as often as it may. Zou and Donner as
        there.
    """
    n1, n2 = sum(first.values()), sum(second.values())
    bounds = None
    if _enough(n1, n2):
        bounds = _bonett(first, scale), _bonett(second, scale)
    return _between(_deviation(first), _deviation(second), n1, n2, bounds)


def moments_of(levels: Mapping[int, int]) -> Moments:
    """The moments of levels by how often each was given."""
    return Moments(
        n=sum(levels.values()),
        s=sum(level * n for level, n in levels.items()),
        ss=sum(level * level * n for level, n in levels.items()),
    )


def _enough(first: int, second: int) -> bool:
    return min(first, second) >= FEWEST_RESPONSES


def _percent(k: int, n: int) -> Fraction | None:
    return Fraction(100 * k, n) if n else None


def _index(sums: LevelSums) -> Fraction | None:
    return None if sums.share is None else 100 * sums.share


def _between(
    first: Fraction | None,
    second: Fraction | None,
    first_n: int,
    second_n: int,
    bounds: tuple[Interval | None, Interval | None] | None,
    correlation: Decimal = _0,
) -> Difference:
    interval = None
    if bounds and first is not None and second is not None:
        one, other = bounds
        if one is not None and other is not None:
            interval = _hybrid(first, second, one, other, correlation)
    return Difference(
        first=first,
        second=second,
        first_n=first_n,
        second_n=second_n,
        interval=interval,
    )


def _hybrid(
    first: Fraction,
    second: Fraction,
    one: Interval,
    other: Interval,
    correlation: Decimal,
) -> Interval:
    """The interval of a difference from those of its two sides."""

    def reach(a: Decimal, b: Decimal) -> Decimal:
        return max(_0, a * a + b * b - 2 * correlation * a * b).sqrt()

    with localcontext() as context:
        context.prec = DIGITS
        a, b = decimal_of(first), decimal_of(second)
        down, up = (
            reach(a - one.low, other.high - b),
            reach(one.high - a, b - other.low),
        )
        return Interval(a - b - down, a - b + up)


def _welch(first: Moments, second: Moments, z: Decimal) -> Interval | None:
    parts = [(group.variance or Fraction(0)) / group.n for group in (first, second)]
    variance = sum(parts, Fraction(0))
    if not variance or first.mean is None or second.mean is None:
        return None
    freedom = variance**2 / sum(
        part**2 / (group.n - 1)
        for part, group in zip(parts, (first, second), strict=True)
    )
    with localcontext() as context:
        context.prec = DIGITS
        centre = decimal_of(first.mean - second.mean)
        half = t_quantile(decimal_of(freedom), z) * decimal_of(variance).sqrt()
        return Interval(centre - half, centre + half)


def _deviation(levels: Mapping[int, int]) -> Fraction | None:
    variance = moments_of(levels).variance
    if variance is None:
        return None
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction(decimal_of(variance).sqrt())


def _bonett(
    levels: Mapping[int, int], scale: Scale, z: Decimal = Z_95
) -> Interval | None:
    """The interval of one standard deviation."""
    moments = moments_of(levels)
    n, variance = moments.n, moments.variance
    if not variance:
        return None
    kurtosis = max(_kurtosis(levels, _trimmed_mean(levels, n)), _guarded(levels, scale))
    with localcontext() as context:
        context.prec = DIGITS
        c = n / (n - z)
        error = c * decimal_of((kurtosis - Fraction(n - 3, n)) / (n - 1)).sqrt()
        centre = c * decimal_of(variance)
        # Bounds of the variance on the log scale, half of which are those of its root.
        factor = (t_quantile(n - 1, z) * error / 2).exp()
        return Interval(centre.sqrt() / factor, centre.sqrt() * factor)


def _kurtosis(levels: Mapping[int, int], middle: Fraction) -> Fraction:
    """n·Σ(y − middle)⁴ / (Σ(y − mean)²)²."""
    group = moments_of(levels)
    fourth = sum(((y - middle) ** 4 * k for y, k in levels.items()), Fraction(0))
    return group.n * fourth / (group.ss - Fraction(group.s**2, group.n)) ** 2


def _guarded(levels: Mapping[int, int], scale: Scale) -> Fraction:
    """The kurtosis with half an answer more at either end of the scale."""
    doubled = {level: 2 * count for level, count in levels.items()}
    for end in (min(scale.codes), max(scale.codes)):
        doubled[end] = doubled.get(end, 0) + 1
    mean = moments_of(doubled).mean or Fraction(0)
    # Twice as many of everything is the same kurtosis.
    return _kurtosis(doubled, mean)


def _trimmed_mean(levels: Mapping[int, int], n: int) -> Fraction:
    """The mean without n/(2√(n−4)) answers at either end, as Bonett takes it."""
    cut = isqrt(n * n // (4 * (n - 4))) if n > 4 else 0
    kept, before, total = n - 2 * cut, 0, 0
    if kept <= 0:
        return Fraction(moments_of(levels).s, n)
    for level in sorted(levels):
        after = before + levels[level]
        total += level * max(0, min(after, n - cut) - max(before, cut))
        before = after
    return Fraction(total, kept)
