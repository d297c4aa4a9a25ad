"""Many comparisons at once: which differences remain clear when so many are looked at,
which groups may be ranked, and between which ranks each may lie."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import Final

from survey.questionnaire.schema import Text

from .differences import Difference
from .terms import IndicesError, Interval

DOUBT: Final = Fraction(1, 20)
"""The chance to call any difference clear where there is none: 5 %."""

HOLM: Final = Text(
    vi="đã hiệu chỉnh theo Holm vì so sánh {n} cặp cùng lúc",
    en="adjusted after Holm because {n} pairs are compared at once",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """A difference among several.

    `alone` is the difference with its own 95 % interval; `among` with the interval by
    which it was judged here, which is wider. What is clear among the others is so by
    `among.verdict`.
    """

    alone: Difference
    among: Difference

    @property
    def verdict(self) -> str:
        """A key of `differences.WORDS`."""
        return self.among.verdict

    @property
    def is_clear(self) -> bool:
        """Whether it is clear although so many were looked at."""
        return self.among.is_clear


def quantile(doubt: Fraction) -> Decimal:
    """The two-sided standard normal quantile for a chance of error.

    Args:
        doubt: in 0 < doubt < 1, for example 1/20 for 95 %.
    Returns:
        To the 15 digits of a float.
    Raises:
        IndicesError: a doubt that is no chance.
    """
    if not 0 < doubt < 1:
        raise IndicesError(f"a chance of {doubt}")
    return Decimal(repr(NormalDist().inv_cdf(float(1 - doubt / 2))))


def holm(
    comparisons: Sequence[Callable[[Decimal], Difference]],
    doubt: Fraction = DOUBT,
) -> tuple[Adjusted, ...]:
    """Which of many differences are clear, with at most `doubt` for any false one.

    Step by step: with j differences not yet clear, each is judged by its interval at
    1 − doubt/j; those that exclude 0 are clear, and the rest is judged again among
    fewer, until none becomes clear. This is Holm's procedure with the p-values that
    the intervals themselves imply, so verdict and interval never contradict each other.

    Args:
        comparisons: of each pair the difference as a function of the normal quantile,
            for example `lambda z: pooled_difference(a, b, z)`.
        doubt: the chance to be wrong anywhere.
    Returns:
        In the order given; empty for none. Differences without an interval are
        "unknown" and do not count among those compared.
    Raises:
        IndicesError: as the comparisons, or a doubt outside 0..1.
    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
    """
    alone = [compare(quantile(doubt)) for compare in comparisons]
    among = dict(enumerate(alone))
    open_ = [i for i, one in enumerate(alone) if one.interval is not None]
    while open_:
        z = quantile(doubt / len(open_))
        among |= {i: comparisons[i](z) for i in open_}
        left = [i for i in open_ if not among[i].is_clear]
        if len(left) == len(open_):
            break
        open_ = left
    return tuple(Adjusted(alone=one, among=among[i]) for i, one in enumerate(alone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is ranked: an index, whatever its formula, with its interval.

    `n` counts responses. Value and interval are in the same unit.
    """

    key: str
    value: Fraction | None
    n: int
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a group stands, and between which ranks it may stand.

    `rank` counts from 1, equal values share one; `first` and `last` are the best and
    the worst rank that the intervals allow; `alike` names the groups whose interval
    overlaps. All are None, or empty, for a group that is not ranked.
    """

    key: str
    rank: int | None = None
    first: int | None = None
    last: int | None = None
    alike: tuple[str, ...] = ()

    @property
    def words(self) -> Text | None:
        """What a person reads beside the rank; None where the rank is sure, or where
        there is none."""
        if not self.alike:
            return None
        return Text(
            vi=f"không khác biệt với {len(self.alike)} nhóm (hạng {self.first} đến "
            f"{self.last})",
            en=f"no different from {len(self.alike)} groups (rank {self.first} to "
            f"{self.last})",
        )


def ranking(groups: Sequence[Group], *, rank_from: int = 30) -> tuple[Place, ...]:
    """Rank groups, and say which of them are not different.

    Two groups whose intervals overlap are "không khác biệt". That two 95 % intervals do
    not overlap happens by chance to far fewer than one pair in twenty (about 1 in 180
    for intervals of equal width), so the rule already is careful where many are ranked.

    Args:
        groups: with the interval of the same formula each.
        rank_from: the least n that may be ranked; `Thresholds.rank_from`.
    Returns:
        Those that are ranked from the highest index down, equal ones by their key; then
        the others in the order given.
    Raises:
        IndicesError: a key twice.
    Source: domain.md section 10 (n ≥ 30, overlapping intervals); chance of no overlap:
        Schenker and Gentleman, The American Statistician 55 (2001) 182-186.
    """
    if len({group.key for group in groups}) != len(groups):
        raise IndicesError("two groups have the same key")
    ranked = [
        (group.value, group.interval, group.key)
        for group in groups
        if group.n >= rank_from
        and group.value is not None
        and group.interval is not None
    ]
    ranked.sort(key=lambda one: (-one[0], one[2]))
    places = [
        Place(
            key=key,
            rank=1 + sum(other > value for other, _, _ in ranked),
            first=1 + sum(other.low > interval.high for _, other, _ in ranked),
            last=sum(other.high >= interval.low for _, other, _ in ranked),
            alike=tuple(
                name
                for _, other, name in ranked
                if name != key and interval.overlaps(other)
            ),
        )
        for value, interval, key in ranked
    ]
    known = {place.key for place in places}
    places += [Place(key=group.key) for group in groups if group.key not in known]
    return tuple(places)
