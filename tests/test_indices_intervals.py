"""Intervals: the vectors of domain.md 9.1, statsmodels as an oracle, and clusters."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from survey import formats
from survey.indices import (
    INTERVALS,
    Z_95,
    IndicesError,
    Interval,
    Sums,
    design_effect,
    intervals,
    ratio_interval,
    steadied_effect,
    wilson,
)

# The fiftieth digit may be rounded either way.
SLACK = Fraction(1, 10**40)


def exact(interval):
    return Fraction(interval.low), Fraction(interval.high)


def printed(interval, places):
    return tuple(
        formats.decimal_text(bound, places) for bound in (interval.low, interval.high)
    )


def sums_of(responses):
    return sum(
        (Sums(r=1, m=m, x=x, mm=m * m, mx=m * x, xx=x * x) for m, x in responses),
        Sums(),
    )


@pytest.mark.parametrize(
    ("k", "n", "population", "low", "high"),
    [
        (90, 100, None, "82.5634", "94.4771"),
        (90, 100, 500, "83.4840", "94.1261"),
        (9, 10, None, "59.5850", "98.2124"),
        (9, 10, 40, "63.8900", "97.8624"),
        (30, 30, None, "88.6487", "100.0000"),
        (30, 30, 60, "93.8871", "100.0000"),
        (0, 12, None, "0.0000", "24.2494"),
        (27, 30, None, "74.3789", "96.5400"),
        (83, 100, None, "74.4520", "89.1064"),
        (3, 5, None, "23.0724", "88.2379"),
        (45, 50, 200, "80.4577", "95.1630"),
        (39, 40, 40, "97.5000", "97.5000"),  # everybody answered: no sampling error
    ],
)
def test_wilson_vectors(k, n, population, low, high):
    assert printed(wilson(k, n, population), 4) == (low, high)


def test_the_lower_bound_of_nine_in_ten_is_rounded_once():
    interval = wilson(9, 10)
    assert str(interval.low).startswith("59.584997")
    assert printed(interval, 2) == ("59.58", "98.21")


def test_no_answers_have_no_interval():
    assert wilson(0, 0) is None
    assert wilson(0, 0, population=0) is None
    assert wilson(0, 0, population=7) is None


def test_a_bound_at_0_or_100_is_exactly_that():
    assert wilson(0, 12).low == 0
    assert wilson(12, 12).high == 100
    assert wilson(12, 12, population=12) == Interval(Decimal(100), Decimal(100))


@pytest.mark.parametrize(
    ("k", "n", "population"),
    [(3, 2, None), (-1, 2, None), (0, -1, None), (1, 3, 2)],
)
def test_data_that_cannot_be_is_refused(k, n, population):
    with pytest.raises(IndicesError):
        wilson(k, n, population)


answers = st.integers(min_value=1, max_value=10**6).flatmap(
    lambda n: st.tuples(st.integers(min_value=0, max_value=n), st.just(n))
)


@given(answers)
def test_wilson_agrees_with_statsmodels(k_n):
    k, n = k_n
    low, high = proportion_confint(k, n, alpha=0.05, method="wilson")
    interval = wilson(k, n)
    assert math.isclose(interval.low, 100 * low, rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(interval.high, 100 * high, rel_tol=1e-9, abs_tol=1e-9)


@given(answers, st.integers(min_value=0, max_value=10**6))
def test_wilson_holds_its_share_and_only_narrows_with_a_known_population(k_n, more):
    k, n = k_n
    low, high = exact(wilson(k, n))
    inner_low, inner_high = exact(wilson(k, n, n + more))
    assert 0 <= low <= inner_low + SLACK
    assert inner_high - SLACK <= high <= 100
    assert inner_low - SLACK <= Fraction(100 * k, n) <= inner_high + SLACK


def test_intervals_overlap_when_they_share_a_point():
    one = Interval(Decimal(10), Decimal(20))
    assert one.overlaps(Interval(Decimal(20), Decimal(30)))
    assert not one.overlaps(Interval(Decimal("20.01"), Decimal(30)))
    assert Interval(Decimal(0), Decimal(100)).overlaps(one)


# Ten responses of two answers each, six wholly satisfied and four not at all: p = 0.6,
# squares 6·0.8² + 4·1.2² = 9.6, v = 10/9 · 9.6/400 = 2/75; independent answers would
# have 0.24/19, so the design effect is 19/9.
TOGETHER = sums_of([(2, 2)] * 6 + [(2, 0)] * 4)
# The same twelve of twenty, spread evenly: squares 8·0.2² + 2·0.8² = 1.6.
EVENLY = sums_of([(2, 1)] * 8 + [(2, 2)] * 2)


def test_answers_that_go_together_have_the_design_effect_worked_by_hand():
    assert Sums(r=10, m=20, x=12, mm=40, mx=24, xx=24) == TOGETHER
    assert design_effect(TOGETHER) == Fraction(19, 9)


def test_the_ratio_interval_is_wilson_on_the_effective_number_of_answers():
    # 20 / (19/9) = 9.4737. Estimating 19/9 costs 1 − t19/t9 = 1 − 2.0930/2.2622, as
    # far as it is not 1: times 1 − 9/19. The twelve satisfied are held by six
    # responses, the others by four, so it is drawn by 3/67 towards 2, which is less.
    paid = 1 - (1 - student.ppf(0.975, 19) / student.ppf(0.975, 9)) * 10 / 19
    effective = 180 / 19 * paid**2
    low, high = proportion_confint(0.6 * effective, effective, method="wilson")
    interval = ratio_interval(TOGETHER)
    assert float(interval.low) == pytest.approx(100 * low, abs=2e-4)
    assert float(interval.high) == pytest.approx(100 * high, abs=2e-4)
    assert printed(interval, 1) == ("29.7", "84.2")


def test_what_few_responses_hold_is_taken_for_less_than_it_seems():
    # Ten answers each, three not satisfied in three responses: the effect is below 1,
    # and drawn by 3/(3 + 27) towards 10, where each response counts once.
    seldom = sums_of([(10, 10)] * 27 + [(10, 9)] * 3)
    assert design_effect(seldom) < 1
    assert steadied_effect(seldom) == Fraction(27, 30) + Fraction(3, 30) * 10
    often = sums_of([(10, 10)] * 10 + [(10, 9)] * 20)
    assert 1 < steadied_effect(often) < Fraction(102, 100)
    assert steadied_effect(sums_of([(10, 10)] * 30)) is None


def test_a_design_effect_below_1_does_not_claim_more_answers_than_there_are():
    assert design_effect(EVENLY) == Fraction(19, 54)
    interval, plain = ratio_interval(EVENLY), wilson(EVENLY.x, EVENLY.m)
    assert interval.low <= plain.low
    assert plain.high <= interval.high


@given(
    st.integers(min_value=5, max_value=10**5).flatmap(
        lambda n: st.tuples(st.integers(min_value=0, max_value=n), st.just(n))
    ),
    st.integers(min_value=0, max_value=1000),
)
def test_with_one_answer_in_each_response_it_is_wilson_digit_for_digit(k_n, more):
    k, n = k_n
    sums = Sums(r=n, m=n, x=k, mm=n, mx=k, xx=k)
    assert ratio_interval(sums) == wilson(k, n)
    assert ratio_interval(sums, n + more) == wilson(k, n, n + more)
    assert design_effect(sums) == (None if k in (0, n) else 1)


clusters = st.lists(
    st.integers(min_value=1, max_value=24).flatmap(
        lambda m: st.tuples(st.just(m), st.integers(min_value=0, max_value=m))
    ),
    min_size=5,
    max_size=60,
)


@given(clusters)
def test_responses_as_clusters_never_narrow_the_interval(responses):
    sums = sums_of(responses)
    low, high = exact(ratio_interval(sums))
    plain_low, plain_high = exact(wilson(sums.x, sums.m))
    assert 0 <= low <= plain_low + SLACK
    assert plain_high - SLACK <= high <= 100
    assert low < high


@given(clusters)
def test_the_design_effect_is_the_variance_over_responses_from_its_definition(
    responses,
):
    sums = sums_of(responses)
    r, p = len(responses), Fraction(sums.x, sums.m)
    if p in (0, 1):
        assert design_effect(sums) is None
        return
    mean = Fraction(sums.m, r)
    squares = sum((x - p * m) ** 2 for m, x in responses)
    variance = squares / (r * (r - 1) * mean**2)
    assert design_effect(sums) == variance / (p * (1 - p) / (sums.m - 1))


def test_when_all_answers_agree_each_response_counts_once():
    # 30 responses of 24 answers, all satisfied: not 720 of 720, but 30 of 30.
    assert ratio_interval(sums_of([(24, 24)] * 30)) == wilson(30, 30)
    assert ratio_interval(sums_of([(24, 0)] * 30), 60) == wilson(0, 30, 60)


def test_a_census_has_no_sampling_error():
    interval = ratio_interval(TOGETHER, population=10)
    assert interval == Interval(Decimal(60), Decimal(60))


def test_below_five_responses_there_is_no_ratio_interval():
    assert ratio_interval(Sums()) is None
    assert ratio_interval(sums_of([(24, 20), (24, 3), (20, 20), (24, 24)])) is None
    assert ratio_interval(sums_of([(24, 20), (24, 3), (20, 20), (24, 24)] * 2))
    assert design_effect(sums_of([(24, 20)])) is None


@pytest.mark.parametrize(
    "sums",
    [
        Sums(r=1, m=2, x=3, mm=4, mx=6, xx=9),  # more satisfied than valid
        Sums(r=3, m=2, x=1, mm=2, mx=1, xx=1),  # responses without an answer
        Sums(r=5, m=20, x=12, mm=40, mx=24, xx=24),  # 20² > 5·40
        Sums(r=-1),
        Sums(r=1, m=1, x=1, mm=1, mx=0, xx=1),
    ],
)
def test_sums_that_contradict_each_other_are_refused(sums):
    with pytest.raises(IndicesError):
        ratio_interval(sums)
    with pytest.raises(IndicesError):
        design_effect(sums)


def test_more_responses_than_the_population_are_refused():
    with pytest.raises(IndicesError):
        ratio_interval(TOGETHER, population=9)


@pytest.mark.parametrize(
    ("freedom", "error"), [(4, 4e-4), (5, 2e-4), (9, 6.1e-6), (29, 2e-8), (719, 1e-12)]
)
def test_the_t_quantile_is_as_close_as_it_says(freedom, error):
    quantile = float(intervals.t_quantile(freedom, Z_95))
    assert quantile == pytest.approx(student.ppf(0.975, freedom), rel=error)


def test_every_interval_is_named_in_both_languages():
    assert list(INTERVALS) == ["wilson", "ratio", "mean"]
    for words in INTERVALS.values():
        assert words.get("vi") != words.get("en")
