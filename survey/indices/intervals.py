"""How far a share may lie from the truth: Wilson's interval for the answers to one
criterion, and the same over responses where one response gives several answers."""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from survey.questionnaire.schema import Text

from .terms import IndicesError, Interval, Sums

Z_95: Final = Decimal("1.959963984540054")  # not 1.96; domain.md section 9.1
# Below five responses a design effect cannot be estimated, nor the t quantile by the
# expansion below. Nothing is printed there anyway (domain.md section 10).
FEWEST_RESPONSES: Final = 5
DIGITS: Final = 50

INTERVALS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "wilson": Text(vi="khoảng tin cậy Wilson 95%", en="95% Wilson interval"),
        "ratio": Text(
            vi="khoảng tin cậy Wilson 95% trên cỡ mẫu hiệu dụng "
            "(mỗi phiếu là một cụm câu trả lời)",
            en="95% Wilson interval on the effective sample size "
            "(each response is a cluster of answers)",
        ),
    }
)


def wilson(
    k: int, n: int, population: int | None = None, z: Decimal = Z_95
) -> Interval | None:
    """Wilson's interval of a share k/n, with finite population correction.

    Args:
        k: answers that are satisfied.
        n: valid answers.
        population: dossiers to which the criterion applies in the period; None where
            that is not known, and then nothing is corrected.
        z: standard normal quantile; the default is for 95 %.
    Returns:
        The bounds in 0..100, to 50 digits and unrounded. n = 0: None. n = population:
        no sampling error, both bounds are the share itself.
    Raises:
        IndicesError: k is not in 0..n, or n is more than the population.
    Source: domain.md section 9.1; Wilson 1927; the effective size n·(N−1)/(N−n) after
        O'Neill 2021.
    """
    if not 0 <= k <= n:
        raise IndicesError(f"{k} of {n} answers")
    _refuse_population(n, population)
    if n == 0:
        return None
    share = Fraction(k, n)
    if n == population:
        return _exactly(share)
    return _wilson(share, decimal_of(n * _correction(n, population)), z)


def design_effect(sums: Sums) -> Fraction | None:
    """How much wider the variance is because answers come in responses.

    Args:
        sums: over the responses of one element or set.
    Returns:
        The ratio of the variance of the share over responses to that of as many
        independent answers; may be below 1. None for fewer than two responses, or
        when all answers or none are satisfied.
    Raises:
        IndicesError: the sums contradict each other.
    Source: Kish 1965; the variance as in `ratio_interval`.
    """
    _refuse_sums(sums)
    r, m, x = sums.r, sums.m, sums.x
    if r < 2 or x in (0, m):
        return None
    p = Fraction(x, m)
    squares = sums.xx - 2 * p * sums.mx + p * p * sums.mm
    over_responses = Fraction(r, r - 1) * squares / (m * m)
    over_answers = p * (1 - p) / (m - 1)
    return over_responses / over_answers


def ratio_interval(
    sums: Sums, population: int | None = None, z: Decimal = Z_95
) -> Interval | None:
    """The interval of a share of answers pooled over criteria, responses as clusters.

    The share p = Σx/Σm is a ratio estimator over r responses. Its variance is
    v = r/(r−1) · (Σx² − 2p·Σmx + p²·Σm²) / (Σm)², the design effect
    d = v / (p(1−p)/(Σm−1)), the effective number of answers
    n* = Σm / max(1, d) · (t(Σm−1) / t(r−1))², and the interval is Wilson's for p with
    n*. The squared ratio of t quantiles pays for estimating d from r responses. With
    one answer in each response n* = r and the interval is `wilson`, digit for digit.

    Not p ± t·√v, because that leaves 0..100 and shrinks to a point when all answers
    agree. There d cannot be estimated, and n* = r: each response counts once.

    Args:
        sums: over the responses of one element or set.
        population: dossiers in the frame, of which r answered; None if not known.
        z: standard normal quantile; the default is for 95 %.
    Returns:
        The bounds in 0..100, unrounded; None below FEWEST_RESPONSES responses.
        r = population: both bounds are the share itself.
    Raises:
        IndicesError: the sums contradict each other, or r exceeds the population.
    Source: variance: Cochran, Sampling Techniques, 3rd ed. 1977, section 3.12
        (proportions in cluster sampling); n*: Korn and Graubard, Survey Methodology 24
        (1998) 193-201; Wilson with n*: domain.md section 3 rule 7.
    """
    _refuse_sums(sums)
    _refuse_population(sums.r, population)
    if sums.r < FEWEST_RESPONSES:
        return None
    share = Fraction(sums.x, sums.m)
    if sums.r == population:
        return _exactly(share)

    return _wilson(share, effective_answers(sums, population, z), z)


def effective_answers(
    sums: Sums, population: int | None = None, z: Decimal = Z_95
) -> Decimal:
    """As how many independent answers the answers of these responses count: the n* of
    `ratio_interval`.

    Args:
        sums, population, z: as there; FEWEST_RESPONSES responses or more.
    Returns:
        n*, to 50 digits.
    Raises:
        IndicesError: the sums contradict each other, there are too few responses, or
            no fewer than the population.
    """
    _refuse_sums(sums)
    if sums.r < FEWEST_RESPONSES or sums.r == population:
        raise IndicesError(f"no design effect of {sums.r} responses of {population}")
    _refuse_population(sums.r, population)
    effect = design_effect(sums)
    correction = _correction(sums.r, population)
    if effect is None:
        return decimal_of(sums.r * correction)
    with localcontext() as context:
        context.prec = DIGITS
        # A design effect below 1 is chance here, and would claim more answers than
        # there are.
        effective = decimal_of(sums.m / max(Fraction(1), effect) * correction)
        ratio = t_quantile(sums.m - 1, z) / t_quantile(sums.r - 1, z)
        return effective * (ratio * ratio)


def _wilson(share: Fraction, m: Decimal, z: Decimal) -> Interval:
    with localcontext() as context:
        context.prec = DIGITS
        p = decimal_of(share)
        z2 = z * z
        scale = 1 + z2 / m
        centre = (p + z2 / (2 * m)) / scale
        half = z / scale * (p * (1 - p) / m + z2 / (4 * m * m)).sqrt()
        # At a share of 0 or 1 the bound is exact; the root is not, in its last digit.
        low = Decimal(0) if share == 0 else max(Decimal(0), 100 * (centre - half))
        high = Decimal(100) if share == 1 else min(Decimal(100), 100 * (centre + half))
    return Interval(low, high)


def t_quantile(freedom: Decimal | int, z: Decimal = Z_95) -> Decimal:
    """Student's quantile from the normal one, by the Cornish-Fisher expansion.

    Without scipy there is no exact quantile at run time. Four terms are wrong by less
    than 0.04 % from 4 degrees of freedom, and by 0.0006 % from 9, the fewest at which
    an interval is printed; the normal quantile alone would be wrong by 13 % there.

    Source: Abramowitz and Stegun 1964, 26.7.5.
    """
    z2 = z * z
    terms = (
        z * (z2 + 1) / 4,
        z * ((5 * z2 + 16) * z2 + 3) / 96,
        z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
        z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160,
    )
    powers = (term / Decimal(freedom) ** i for i, term in enumerate(terms, start=1))
    return z + sum(powers)


def _correction(n: int, population: int | None) -> Fraction:
    """What a sample of n without replacement is worth more than one with."""
    if population is None:
        return Fraction(1)
    return Fraction(population - 1, population - n)


def _exactly(share: Fraction) -> Interval:
    percent = decimal_of(100 * share)
    return Interval(percent, percent)


def decimal_of(value: Fraction) -> Decimal:
    """A fraction to 50 digits."""
    with localcontext() as context:
        context.prec = DIGITS
        return Decimal(value.numerator) / Decimal(value.denominator)


def _refuse_population(n: int, population: int | None) -> None:
    if population is not None and n > population:
        raise IndicesError(f"{n} answers from a population of {population}")


def _refuse_sums(sums: Sums) -> None:
    ordered = 0 <= sums.x <= sums.m <= sums.mm and 0 <= sums.r <= sums.m
    squares = sums.x <= sums.xx <= sums.mx <= sums.mm
    # Cauchy and Schwarz: r responses cannot have fewer squares than equal ones.
    spread = sums.m**2 <= sums.r * sums.mm and sums.x**2 <= sums.r * sums.xx
    if not (ordered and squares and spread):
        raise IndicesError(f"{sums} contradict each other")
