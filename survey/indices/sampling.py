"""How many answers a period needs, and how many to ask for them."""

from fractions import Fraction
from typing import Final

from .terms import IndicesError

MARGIN: Final = Fraction(1, 20)  # e = 5 %


def sample_size(population: int, margin: Fraction = MARGIN) -> int:
    """How many answers a period needs, rounded up.

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


def invitations(population: int, expected_percent: int) -> int:
    """How many dossiers to invite for a sample's size to come back as answers.

    Args:
        population: finished dossiers of the period.
        expected_percent: how many of a hundred invited are expected to answer, 1–100;
            at 100 as many are invited as answers are needed.
    Returns:
        ceil(n · 100 / expected_percent) with n of `sample_size`, never more than the
        population; 0 for a population of 0.
    Raises:
        IndicesError: a negative population, or a percentage out of its range.
    Source: our rule; domain.md section 4 counts answers (phiếu), not invitations.
    """
    if not 1 <= expected_percent <= 100:
        raise IndicesError(f"{expected_percent} of a hundred")
    return min(population, -(-sample_size(population) * 100 // expected_percent))
