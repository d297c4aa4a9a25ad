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

    def __sub__(self, other: "Sums") -> "Sums":
        """The sums of the other responses, where `other` is a part of these."""
        return Sums(
            r=self.r - other.r,
            m=self.m - other.m,
            x=self.x - other.x,
            mm=self.mm - other.mm,
            mx=self.mx - other.mx,
            xx=self.xx - other.xx,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSums:
    """As `Sums`, of levels instead of a yes or no, so that a mean has an interval too.

    Of each response m are the valid answers and v their levels above the lowest, added
    up; `ss` is the sum over single answers of the square of the level above the lowest,
    and `top` the highest level above the lowest. `Sums` are those of a scale with the
    two levels 0 and 1.
    """

    r: int = 0
    m: int = 0
    v: int = 0
    mm: int = 0
    mv: int = 0
    vv: int = 0
    ss: int = 0
    top: int = 1

    @classmethod
    def of(cls, sums: "Sums | LevelSums") -> "LevelSums":
        """The sums as they are, or those of satisfied or not."""
        if isinstance(sums, LevelSums):
            return sums
        return cls(
            r=sums.r,
            m=sums.m,
            v=sums.x,
            mm=sums.mm,
            mv=sums.mx,
            vv=sums.xx,
            ss=sums.x,
        )

    @classmethod
    def of_counts(cls, counts: Counts, scale: Scale) -> "LevelSums":
        """The sums of one criterion, to which a response gives one answer at most.

        Raises:
            IndicesError: as `valid_counts`.
        """
        lowest, highest = min(scale.codes), max(scale.codes)
        above = {k - lowest: n for k, n in valid_counts(counts, scale).items()}
        n, v = sum(above.values()), sum(k * n for k, n in above.items())
        squares = sum(k * k * n for k, n in above.items())
        return cls(
            r=n, m=n, v=v, mm=n, mv=v, vv=squares, ss=squares, top=highest - lowest
        )

    @property
    def share(self) -> Fraction | None:
        """The mean on the way from the lowest level to the highest, in 0..1; None
        without an answer."""
        return Fraction(self.v, self.m * self.top) if self.m else None

    def __add__(self, other: "LevelSums") -> "LevelSums":
        if self.top != other.top:
            raise IndicesError("sums of two scales")
        return LevelSums(
            r=self.r + other.r,
            m=self.m + other.m,
            v=self.v + other.v,
            mm=self.mm + other.mm,
            mv=self.mv + other.mv,
            vv=self.vv + other.vv,
            ss=self.ss + other.ss,
            top=self.top,
        )

    def squares(self, share: Fraction) -> Fraction:
        """Σ(v/top − share·m)² over responses."""
        top = self.top
        own = Fraction(self.vv, top * top) - 2 * share * Fraction(self.mv, top)
        return own + share * share * self.mm
