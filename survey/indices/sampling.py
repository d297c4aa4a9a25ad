"""How many to ask, and how many of those asked have answered."""

from dataclasses import astuple, dataclass
from fractions import Fraction
from typing import Final

from .terms import Estimate, IndicesError

MARGIN: Final = Fraction(1, 20)  # e = 5 %


def sample_size(population: int, margin: Fraction = MARGIN) -> int:
    """How many dossiers to invite out of a period's, rounded up.

    Args:
        population: finished dossiers of the period.
        margin: the margin of error e, above 0.
    Returns:
        ceil(N / (1 + N·e²)), in integers, because a float just above a whole result
        would add a dossier; 0 for a population of 0.
    Raises:
        IndicesError: a negative population, or a margin of 0 or less.
    Source: domain.md section 4, formula of the 1383 method.
    """
    if population < 0:
        raise IndicesError(f"a population of {population}")
    if margin <= 0:
        raise IndicesError(f"a margin of {margin}")
    squared = margin**2
    above = population * squared.denominator
    below = squared.denominator + population * squared.numerator
    return -(-above // below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispositions:
    """What became of every invited dossier; a break-off counts as a refusal."""

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown: int = 0

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0:
            raise IndicesError(f"{self} counts below zero")

    @property
    def invited(self) -> int:
        """All of them together, the denominator of both rates."""
        return sum(astuple(self))


def response_rate_1(dispositions: Dispositions) -> Estimate:
    """Percent of the invited who answered completely: I / (I+P+R+NC+O+U).

    Returns:
        The rate in 0..100 and the number invited; nobody invited: value None.
    Source: domain.md M11, AAPOR RR1.
    """
    return _rate(dispositions.complete, dispositions)


def response_rate_2(dispositions: Dispositions) -> Estimate:
    """Percent of the invited who answered at least partly: (I+P) / (I+P+R+NC+O+U).

    Returns:
        The rate in 0..100 and the number invited; nobody invited: value None.
    Source: domain.md M11, AAPOR RR2.
    """
    return _rate(dispositions.complete + dispositions.partial, dispositions)


def _rate(answered: int, dispositions: Dispositions) -> Estimate:
    invited = dispositions.invited
    if invited == 0:
        return Estimate(None, 0)
    return Estimate(Fraction(100 * answered, invited), invited)
