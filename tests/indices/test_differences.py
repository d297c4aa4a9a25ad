"""Differences of two groups: scipy and statsmodels as oracles, and the odd cases."""

import math
from collections import Counter
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm, trim_mean, ttest_ind
from scipy.stats import t as student
from statsmodels.stats.proportion import confint_proportions_2indep

from survey.indices import IndicesError, Interval, Sums, ratio_interval
from survey.indices.differences import (
    WORDS,
    Difference,
    Moments,
    mean_difference,
    moments_of,
    pooled_difference,
    share_difference,
    spread_difference,
)
from survey.questionnaire.schema import Level, Scale, Text

WORD = Text(vi="mức", en="level")
FIVE = Scale(levels=tuple(Level(code=code, label=WORD) for code in range(1, 6)))
LEVELS = st.lists(st.integers(1, 5), min_size=5, max_size=60)


def bounds(difference):
    return float(difference.interval.low), float(difference.interval.high)


def with_interval(low, high):
    return Difference(
        first=Fraction(1),
        second=Fraction(2),
        first_n=9,
        second_n=9,
        interval=Interval(low, high),
    )


@given(st.integers(5, 400), st.integers(5, 400), st.data())
def test_the_interval_of_two_shares_is_newcombes(n1, n2, data):
    k1, k2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb")
    found = share_difference((k1, n1), (k2, n2))
    assert bounds(found) == pytest.approx((100 * low, 100 * high), abs=1e-9)
    assert found.value == Fraction(100 * k1, n1) - Fraction(100 * k2, n2)


def test_newcombes_own_example():
    # Newcombe 1998, table II, (a): 56/70 − 48/80 = 0.2000, 0.0524 to 0.3339.
    low, high = bounds(share_difference((56, 70), (48, 80)))
    assert (round(low, 2), round(high, 2)) == (5.24, 33.39)


@given(LEVELS, LEVELS)
def test_the_interval_of_two_means_is_welchs(first, second):
    found = mean_difference(moments_of(Counter(first)), moments_of(Counter(second)))
    assert found.value == Fraction(sum(first), len(first)) - Fraction(
        sum(second), len(second)
    )
    if len(set(first)) == len(set(second)) == 1:
        assert found.interval is None
        return
    if len(set(first)) == 1 or len(set(second)) == 1:
        return  # scipy warns of a group that does not vary; the next test takes it
    right = ttest_ind(first, second, equal_var=False).confidence_interval()
    # At 4 degrees of freedom the t quantile is 0.04 % off.
    assert bounds(found) == pytest.approx((right.low, right.high), abs=5e-3)


def test_a_group_that_does_not_vary_leaves_the_error_of_the_other():
    found = mean_difference(moments_of({4: 7}), moments_of({1: 4, 3: 5}))
    error = student.ppf(0.975, 8) * numpy.std([1] * 4 + [3] * 5, ddof=1) / 3
    assert bounds(found) == pytest.approx(
        (4 - 19 / 9 - error, 4 - 19 / 9 + error), abs=1e-4
    )


def kurtosis(y, weights, middle):
    mean = numpy.average(y, weights=weights)
    second = numpy.sum(weights * (y - mean) ** 2)
    return numpy.sum(weights) * numpy.sum(weights * (y - middle) ** 4) / second**2


def bonett(levels):
    """Bonett's interval of a standard deviation, written from the paper; its kurtosis
    at least that with half an answer more at 1 and at 5, and Student's quantile."""
    y, n, z = numpy.array(levels, float), len(levels), norm.ppf(0.975)
    own = kurtosis(y, numpy.ones(n), trim_mean(y, 1 / (2 * math.sqrt(n - 4))))
    more, weights = [*levels, 1, 5], [*[1] * n, 0.5, 0.5]
    guarded = kurtosis(
        numpy.array(more, float),
        numpy.array(weights),
        numpy.average(more, weights=weights),
    )
    c = n / (n - z)
    error = c * math.sqrt((max(own, guarded) - (n - 3) / n) / (n - 1))
    centre = math.log(c * y.var(ddof=1))
    error *= student.ppf(0.975, n - 1)
    return math.exp((centre - error) / 2), math.exp((centre + error) / 2)


@given(LEVELS, LEVELS)
def test_the_interval_of_two_spreads_is_made_of_bonetts(first, second):
    found = spread_difference(Counter(first), Counter(second), FIVE)
    a, b = numpy.std(first, ddof=1), numpy.std(second, ddof=1)
    assert float(found.value) == pytest.approx(a - b)
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert found.interval is None
        return
    (low1, high1), (low2, high2) = bonett(first), bonett(second)
    right = (
        a - b - math.hypot(a - low1, high2 - b),
        a - b + math.hypot(high1 - a, b - low2),
    )
    # At 4 degrees of freedom the t quantile is 0.04 % off.
    assert bounds(found) == pytest.approx(right, rel=5e-3, abs=5e-3)


def test_two_pooled_shares_are_as_sure_as_their_responses_not_their_answers():
    # 40 responses of ten answers each: half of them satisfied with all, or with none.
    alike = Sums(r=40, m=400, x=200, mm=4000, mx=2000, xx=2000)
    apart = Sums(r=40, m=400, x=200, mm=4000, mx=2000, xx=1000)
    wide, narrow = pooled_difference(alike, alike), pooled_difference(apart, apart)
    assert wide.value == narrow.value == 0
    assert wide.first_n == 40
    # Each response counts once: nearly what 20 of 40 against 20 of 40 gives.
    assert bounds(wide)[1] == pytest.approx(
        bounds(share_difference((20, 40), (20, 40)))[1], rel=0.05
    )
    assert bounds(narrow)[1] < bounds(wide)[1] / 2
    one = ratio_interval(alike)
    half = math.hypot(float(one.high) - 50, 50 - float(one.low))
    assert bounds(wide)[1] == pytest.approx(half)


def test_four_in_an_arm_are_too_few_and_five_are_enough():
    five, four = {1: 2, 4: 3}, {1: 2, 4: 2}
    for few in (four, {}):
        assert spread_difference(five, few, FIVE).interval is None
        assert mean_difference(moments_of(few), moments_of(five)).interval is None
        n = sum(few.values())
        assert share_difference((n, n), (1, 5)).interval is None
    assert spread_difference(five, five, FIVE).interval is not None
    assert mean_difference(moments_of(five), moments_of(five)).interval is not None
    assert share_difference((5, 5), (1, 5)).interval is not None


def test_of_nothing_there_is_no_figure_and_no_difference():
    for found in (
        share_difference((0, 0), (1, 9)),
        mean_difference(Moments(n=0, s=0, ss=0), moments_of({3: 9})),
        spread_difference({3: 1}, {3: 4, 4: 5}, FIVE),
        pooled_difference(Sums(), Sums(r=9, m=9, x=4, mm=9, mx=4, xx=4)),
    ):
        assert (found.first, found.value, found.interval) == (None, None, None)
        assert found.verdict == "unknown"


@pytest.mark.parametrize(
    ("low", "high", "verdict", "is_clear"),
    [
        (1, 2, "higher", True),
        (-2, -1, "lower", True),
        (-1, 2, "unclear", False),
        (0, 2, "unclear", False),
        (-2, 0, "unclear", False),
    ],
)
def test_a_difference_is_clear_when_its_interval_excludes_0(
    low, high, verdict, is_clear
):
    found = with_interval(low, high)
    assert (found.verdict, found.is_clear) == (verdict, is_clear)
    assert found.word == WORDS[verdict]


@pytest.mark.parametrize(
    "make",
    [
        lambda: share_difference((3, 2), (1, 9)),
        lambda: share_difference((-1, 9), (1, 9)),
        lambda: mean_difference(Moments(n=2, s=9, ss=9), Moments(n=0, s=0, ss=0)),
    ],
)
def test_impossible_counts_are_refused(make):
    with pytest.raises(IndicesError):
        make()


@pytest.mark.parametrize(("n1", "n2"), [(20, 180), (30, 30), (60, 600)])
def test_a_small_content_group_is_not_called_less_spread_than_a_large_one(n1, n2):
    source, alarms = numpy.random.default_rng(7), 0
    shares = numpy.array([1, 1, 3, 35, 60]) / 100
    for _ in range(300):
        groups = [
            dict(enumerate(map(int, source.multinomial(n, shares)), 1))
            for n in (n1, n2)
        ]
        alarms += spread_difference(*groups, FIVE).is_clear
    assert alarms <= binom.ppf(0.9999, 300, 0.05)
