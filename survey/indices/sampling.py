"""How many to ask."""

from fractions import Fraction
from typing import Final

from .terms import IndicesError

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
