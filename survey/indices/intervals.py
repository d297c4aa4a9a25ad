"""How far a share or mean may lie from the truth: Wilson's interval for the answers to
one criterion, and the same over responses where one response gives several answers."""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from survey.questionnaire.schema import Scale, Text

from .terms import IndicesError, Interval, LevelSums, Sums

Z_95: Final = Decimal("1.959963984540054")  # not 1.96; domain.md section 9.1
# Below five responses a design effect cannot be estimated, nor the t quantile by the
# expansion below. Nothing is printed there anyway (domain.md section 10).
FEWEST_RESPONSES: Final = 5
DIGITS: Final = 50
NORMALISED: Final = "normalised_mean"

INTERVALS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "wilson": Text(vi="khoảng tin cậy Wilson 95%", en="95% Wilson interval"),
        "ratio": Text(
            vi="khoảng tin cậy Wilson 95% trên cỡ mẫu hiệu dụng "
            "(mỗi phiếu là một cụm câu trả lời)",
            en="95% Wilson interval on the effective sample size "
            "(each response is a cluster of answers)",
        ),
        "mean": Text(
            vi="khoảng tin cậy 95% của điểm trung bình trên cỡ mẫu hiệu dụng "
            "(mỗi phiếu là một cụm câu trả lời)",
            en="95% interval of the mean on the effective sample size "
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


def design_effect(sums: Sums | LevelSums) -> Fraction | None:
    """How much wider the variance is because answers come in responses.

    Args:
        sums: over the responses of one element or set.
    Returns:
        The ratio of the variance of the share, or mean, over responses to that of as
        many independent answers; may be below 1. None for fewer than two responses, or
        when all answers are the same.
    Raises:
        IndicesError: the sums contradict each other.
    Source: Kish 1965; the variance as in `ratio_interval`.
    """
    every = LevelSums.of(sums)
    _refuse_sums(every)
    r, m, share = every.r, every.m, every.share
    if r < 2 or share is None:
        return None
    spread = _spread(every, share)
    if not spread:
        return None
    over_responses = Fraction(r, r - 1) * every.squares(share) / (m * m)
    return over_responses / (spread / (m - 1))


def steadied_effect(sums: Sums | LevelSums) -> Fraction | None:
    """The design effect as far as so few responses can tell it.

    It is at least 1, because fewer is chance and would claim more answers than there
    are. And where few responses hold all that is not satisfied (or all that is), the
    answers of one response may go together more than those few show: a sample that by
    chance has none of the rare wholly dissatisfied finds a high share and a small
    effect at once. So it is drawn towards Σm²/Σm, where each response counts once, by
    the weight 3/(3 + s³), with s the number of equal responses that would hold the
    rarer kind of answers: the smaller of (Σx)²/Σx² and (Σm−Σx)²/Σ(m−x)². It falls
    fast: 0.75 at s = 1, 0.02 at 5, 0.0004 at 20.

    Returns:
        None as `design_effect`.
    Raises:
        IndicesError: as `design_effect`.
    Source: ours, set so that `python -m bench coverage` lies in its band; without it
        coverage is 83 % for 20 responses of 12 to 24 answers at a share of 95 %.
    """
    effect = design_effect(sums)
    if effect is None:
        return None
    every = LevelSums.of(sums)
    effect, together = max(Fraction(1), effect), Fraction(every.mm, every.m)
    if effect >= together:
        return effect
    top = every.top
    short = top * every.m - every.v
    short_squares = top * top * every.mm - 2 * top * every.mv + every.vv
    rarer = min(Fraction(every.v**2, every.vv), Fraction(short**2, short_squares))
    weight = 3 / (3 + rarer**3)
    return (1 - weight) * effect + weight * together


def ratio_interval(
    sums: Sums | LevelSums, population: int | None = None, z: Decimal = Z_95
) -> Interval | None:
    """The interval of a share of answers pooled over criteria, responses as clusters.

    The share p = Σx/Σm is a ratio estimator over r responses. Its variance is
    v = r/(r−1) · (Σx² − 2p·Σmx + p²·Σm²) / (Σm)², the design effect
    d = v / (p(1−p)/(Σm−1)), steadied as `steadied_effect` says, and the effective
    number of answers n* = Σm/d · (1 − (1 − t(Σm−1)/t(r−1)) · (1 − 1/d))². The interval
    is Wilson's for p with n*. The quotient of t quantiles pays for estimating d from r
    responses, as far as d is estimated and not 1. With one answer in each response
    n* = r and the interval is `wilson`, digit for digit.

    Of a mean (`LevelSums`) the same with x the levels above the lowest as a part of
    the highest. Answers vary less than shares then: n* is multiplied by p(1−p)/σ², with
    σ² the variance of single answers, at least that with half an answer more at either
    end of the scale, because a small content group has seen none of the rare low ones.

    Not p ± t·√v, because that leaves 0..100 and shrinks to a point when all answers
    agree. There d cannot be estimated, and n* = r: each response counts once.

    Args:
        sums: over the responses of one criterion, element or set.
        population: dossiers in the frame, of which r answered; None if not known.
        z: standard normal quantile; the default is for 95 %.
    Returns:
        The bounds in 0..100, of `satisfied_share` or `normalised_mean`, unrounded; None
        below FEWEST_RESPONSES responses. r = population: both bounds are the value
        itself.
    Raises:
        IndicesError: the sums contradict each other, or r exceeds the population.
    Source: variance: Cochran, Sampling Techniques, 3rd ed. 1977, section 3.12
        (proportions in cluster sampling); n*: Korn and Graubard, Survey Methodology 24
        (1998) 193-201, their t quantiles as above; Wilson with n*: domain.md section 3
        rule 7; coverage: `python -m bench coverage`.
    """
    return effective_interval(sums, population, z=z)


def effective_interval(
    sums: Sums | LevelSums,
    population: int | None = None,
    *,
    z: Decimal = Z_95,
    share: Fraction | None = None,
    weighting: Fraction = Fraction(1),
) -> Interval | None:
    """As `ratio_interval`, around another share: that of weighted responses.

    Args:
        share: in 0..1; None for that of the sums.
        weighting: the design effect of the weights, by which n* is divided.
    """
    every = LevelSums.of(sums)
    _refuse_sums(every)
    _refuse_population(every.r, population)
    centre = every.share if share is None else share
    if every.r < FEWEST_RESPONSES or centre is None:
        return None
    if every.r == population:
        return _exactly(centre)
    effective = effective_answers(every, population, z)
    with localcontext() as context:
        context.prec = DIGITS
        effective /= decimal_of(weighting)
    return _wilson(centre, effective, z)


def effective_answers(
    sums: Sums | LevelSums, population: int | None = None, z: Decimal = Z_95
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
    every = LevelSums.of(sums)
    _refuse_sums(every)
    if every.r < FEWEST_RESPONSES or every.r == population:
        raise IndicesError(f"no design effect of {every.r} responses of {population}")
    _refuse_population(every.r, population)
    effect = steadied_effect(every)
    correction = _correction(every.r, population)
    if effect is None:
        return decimal_of(every.r * correction)
    with localcontext() as context:
        context.prec = DIGITS
        effective = decimal_of(every.m / effect * correction * _narrower(every))
        quotient = t_quantile(every.m - 1, z) / t_quantile(every.r - 1, z)
        paid = 1 - (1 - quotient) * decimal_of(1 - 1 / effect)
        return effective * paid * paid


def mean_interval(
    sums: LevelSums, scale: Scale, formula: str, population: int | None = None
) -> Interval | None:
    """The interval of an index that is a mean, in its own unit.

    Args:
        sums: of one criterion (`LevelSums.of_counts`), an element or a set.
        formula: "mean_percent" or "normalised_mean".
    Returns:
        The bounds in percent of the formula, unrounded; None as `ratio_interval`.
    Raises:
        IndicesError: another formula, a scale that it does not have, sums of another
            scale, or as `ratio_interval`.
    Source: `ratio_interval`; domain.md section 3: B = 100·(lowest + top·C/100)/highest.
    """
    lowest, highest = min(scale.codes), max(scale.codes)
    if sums.top != highest - lowest or formula not in ("mean_percent", NORMALISED):
        raise IndicesError(f"no interval of {formula} on levels {scale.codes}")
    found = ratio_interval(sums, population)
    if found is None or formula == NORMALISED:
        return found
    if highest <= 0:
        raise IndicesError("mean_percent needs a highest level above 0")
    with localcontext() as context:
        context.prec = DIGITS
        low, high = (
            (100 * lowest + sums.top * bound) / highest
            for bound in (found.low, found.high)
        )
    return Interval(low, high)


def _spread(sums: LevelSums, share: Fraction) -> Fraction:
    """The variance of single answers, as a part of the scale squared, over Σm."""
    return Fraction(sums.ss, sums.m * sums.top**2) - share * share


def _narrower(sums: LevelSums) -> Fraction:
    """How much less single answers vary than were they all at the ends: p(1−p)/σ²."""
    share = sums.share
    if share is None or sums.top == 1:
        return Fraction(1)
    more = sums.m + 1
    guarded = (sums.m * share + Fraction(1, 2)) / more
    squares = (Fraction(sums.ss, sums.top**2) + Fraction(1, 2)) / more
    spread = max(_spread(sums, share), squares - guarded * guarded)
    return share * (1 - share) / spread


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


def _refuse_sums(sums: LevelSums) -> None:
    most = sums.top
    ordered = (
        most > 0
        and 0 <= sums.v <= most * sums.m
        and 0 <= sums.r <= sums.m <= sums.mm
        and sums.v <= sums.ss <= most * sums.v
    )
    squares = sums.ss <= sums.vv <= most * sums.mv <= most * most * sums.mm
    # Cauchy and Schwarz: r responses cannot have fewer squares than equal ones, nor m
    # answers.
    spread = (
        sums.m**2 <= sums.r * sums.mm
        and sums.v**2 <= sums.r * sums.vv
        and sums.v**2 <= sums.m * sums.ss
    )
    if not (ordered and squares and spread):
        raise IndicesError(f"{sums} contradict each other")
