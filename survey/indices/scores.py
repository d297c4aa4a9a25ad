"""Indices made of other figures: over the applicable maximum, weighted by the number
of criteria, and as points of the PAR INDEX."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from .terms import IndicesError

Exact: TypeAlias = Fraction | Decimal | int


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
    points, most = _exact(earned), _exact(maximum)
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
        total += _exact(index) * criteria
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
    value, most = _exact(index), _exact(maximum)
    if not 0 <= value <= 100 or most < 0:
        raise IndicesError(f"an index of {index} for {maximum} points")
    return value * most / 100


def _exact(value: Exact) -> Fraction:
    if not isinstance(value, Fraction | Decimal | int):
        raise IndicesError(f"{value!r} is no exact number")
    try:
        return Fraction(value)
    except (ValueError, OverflowError):
        raise IndicesError(f"{value} is not finite") from None
