"""Whether two groups of responses are made up alike, for example of the same channels:
where they are not, a difference of their indices may come from that alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .terms import IndicesError

FEWEST: Final = 30
"""Responses of each group below which nothing is said: our rule."""
LEAST_EXPECTED: Final = 5
MOVED_POINTS: Final = 10
"""Percentage points by which one part must have moved. With very many responses the
smallest shift is no chance, and means nothing: our rule."""
# The 99 % quantile of chi-square by degrees of freedom.
_CRITICAL: Final = {
    1: Fraction("6.634897"),
    2: Fraction("9.210340"),
    3: Fraction("11.344867"),
    4: Fraction("13.276704"),
    5: Fraction("15.086272"),
    6: Fraction("16.811894"),
    7: Fraction("18.475307"),
    8: Fraction("20.090235"),
    9: Fraction("21.665994"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The part whose share moved most, and its shares before and after, in percent."""

    key: str
    before: Fraction
    after: Fraction


def mix_moved(first: Mapping[str, int], second: Mapping[str, int]) -> Moved | None:
    """Whether the make-up of two groups differs beyond chance, and by much.

    Args:
        first, second: responses by part; a part may be absent.
    Returns:
        What moved most, when Pearson's chi-square passes its 99 % quantile and some
        share moved by MOVED_POINTS or more; else None, as for groups below FEWEST.
        Parts of which fewer than LEAST_EXPECTED are expected in a group count as one.
    Raises:
        IndicesError: a negative count, or more than ten parts.
    Source: Pearson 1900; expected counts of 5: Cochran, Biometrics 10 (1954) 417-451.
    """
    if any(count < 0 for count in (*first.values(), *second.values())):
        raise IndicesError("a count is negative")
    totals = sum(first.values()), sum(second.values())
    if min(totals) < FEWEST:
        return None
    statistic, freedom = _chi_square(first, second, totals)
    if freedom == 0 or statistic <= _critical(freedom):
        return None
    before, after = totals
    moved = [
        Moved(
            key=key,
            before=Fraction(100 * first.get(key, 0), before),
            after=Fraction(100 * second.get(key, 0), after),
        )
        for key in sorted({*first, *second})
    ]
    most = max(moved, key=lambda one: abs(one.after - one.before))
    return most if abs(most.after - most.before) >= MOVED_POINTS else None


def _critical(freedom: int) -> Fraction:
    if freedom not in _CRITICAL:
        raise IndicesError(f"{freedom + 1} parts are more than ten")
    return _CRITICAL[freedom]


def _chi_square(
    first: Mapping[str, int], second: Mapping[str, int], totals: tuple[int, int]
) -> tuple[Fraction, int]:
    """Pearson's statistic of a table of two rows, rare columns joined into one."""
    whole, least = sum(totals), min(totals)
    columns: list[tuple[int, int]] = []
    rare = (0, 0)
    for key in sorted({*first, *second}):
        pair = first.get(key, 0), second.get(key, 0)
        if sum(pair) * least >= LEAST_EXPECTED * whole:
            columns.append(pair)
        else:
            rare = rare[0] + pair[0], rare[1] + pair[1]
    if sum(rare) * least >= LEAST_EXPECTED * whole:
        columns.append(rare)
    elif sum(rare) and columns:
        # Too rare even together: with the rarest of the others.
        place = min(range(len(columns)), key=lambda i: sum(columns[i]))
        pair = columns[place]
        columns[place] = pair[0] + rare[0], pair[1] + rare[1]
    statistic = Fraction(0)
    for pair in columns:
        for count, total in zip(pair, totals, strict=True):
            expected = Fraction(sum(pair) * total, whole)
            statistic += (count - expected) ** 2 / expected
    return statistic, max(0, len(columns) - 1)
