"""The values that counting speaks in: counts, an estimate, an interval, and the sums
over responses that a ratio estimator needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from survey.questionnaire.schema import Scale


class IndicesError(ValueError):
    """Data that cannot be counted: impossible counts, levels or totals."""


# Answers per level code; answers without a level stand together under None.
Counts: TypeAlias = Mapping[int | None, int]


def valid_counts(counts: Counts, scale: Scale) -> dict[int, int]:
    """The counts that have a level, which is the denominator of every index.

    Raises:
        IndicesError: a code is not on the scale, a count is negative, or the scale
            is satisfied from a level that it does not have.
    """
    codes = set(scale.codes)
    if scale.satisfied_from not in codes:
        raise IndicesError(f"satisfied_from {scale.satisfied_from} is not on the scale")
    valid = {}
    for code, count in counts.items():
        if count < 0:
            raise IndicesError(f"level {code}: {count} answers")
        if code is None:
            continue
        if code not in codes:
            raise IndicesError(f"level {code} is not on the scale {sorted(codes)}")
        valid[code] = count
    return valid


@dataclass(frozen=True, slots=True)
class Estimate:
    """An index in 0..100 and its number of valid answers; no answer, no value."""

    value: Fraction | None
    base: int


@dataclass(frozen=True, slots=True)
class Interval:
    """The two bounds of a share, in percent, unrounded."""

    low: Decimal
    high: Decimal

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share a point, so that a rank between them says nothing."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Integer sums over responses, m valid and x satisfied answers in each.

    `r` counts the responses with at least one valid answer: that is the n of an
    element (domain.md section 3 rule 6), and a response without any adds nothing to
    the other sums. `mm`, `mx` and `xx` are the sums of m², m·x and x².
    """

    r: int = 0
    m: int = 0
    x: int = 0
    mm: int = 0
    mx: int = 0
    xx: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            r=self.r + other.r,
            m=self.m + other.m,
            x=self.x + other.x,
            mm=self.mm + other.mm,
            mx=self.mx + other.mx,
            xx=self.xx + other.xx,
        )
