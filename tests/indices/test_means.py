"""Intervals of means: levels in clusters, against numpy, scipy and the shares."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.weightstats import DescrStatsW

from survey.indices import (
    IndicesError,
    LevelSums,
    Sums,
    design_effect,
    mean_interval,
    mean_percent,
    normalised_mean,
    ratio_interval,
)
from survey.questionnaire.schema import Level, Scale, Text

FIVE = Scale(
    levels=tuple(Level(code=c, label=Text(vi="mức", en="level")) for c in range(1, 6)),
    satisfied_from=4,
)

responses_of_levels = st.lists(
    st.lists(st.integers(min_value=0, max_value=4), min_size=1, max_size=8),
    min_size=6,
    max_size=40,
)


def level_sums(responses, top=4):
    """From the answers of each response, each a level above the lowest."""
    return sum(
        (
            LevelSums(
                r=1,
                m=len(one),
                v=sum(one),
                mm=len(one) ** 2,
                mv=len(one) * sum(one),
                vv=sum(one) ** 2,
                ss=sum(level * level for level in one),
                top=top,
            )
            for one in responses
        ),
        LevelSums(top=top),
    )


@settings(max_examples=40)
@given(responses_of_levels)
def test_the_design_effect_of_levels_is_that_of_its_definition(responses):
    answers = numpy.concatenate([numpy.array(one, float) for one in responses]) / 4
    m = numpy.array([len(one) for one in responses], float)
    y = numpy.array([sum(one) for one in responses], float) / 4
    found = design_effect(level_sums(responses))
    if answers.std() == 0:
        assert found is None
        return
    r = len(responses)
    over_responses = r / (r - 1) * ((y - answers.mean() * m) ** 2).sum() / m.sum() ** 2
    over_answers = answers.var(ddof=1) / len(answers)
    assert math.isclose(found, over_responses / over_answers, rel_tol=1e-9)


@settings(max_examples=40)
@given(responses_of_levels)
def test_an_interval_of_a_mean_holds_it_and_is_in_the_unit_of_its_formula(responses):
    sums = level_sums(responses)
    whole = {k: sum(one.count(k - 1) for one in responses) for k in range(1, 6)}
    c, b = (
        mean_interval(sums, FIVE, name) for name in ("normalised_mean", "mean_percent")
    )
    assert 0 <= c.low < c.high <= 100
    assert c.low <= normalised_mean(whole, FIVE).value <= c.high
    assert b.low <= mean_percent(whole, FIVE).value <= b.high
    # C = (5B − 100)/4, domain.md section 3.
    for one, other in ((b.low, c.low), (b.high, c.high)):
        difference = (5 * Fraction(one) - 100) / 4 - Fraction(other)
        assert abs(difference) < Fraction(1, 10**40)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=5, max_size=40)
)
def test_levels_0_and_1_are_satisfied_or_not_digit_for_digit(pairs):
    pairs = [(m, min(m, x)) for m, x in pairs]
    shares = sum(
        (Sums(r=1, m=m, x=x, mm=m * m, mx=m * x, xx=x * x) for m, x in pairs), Sums()
    )
    levels = level_sums([[1] * x + [0] * (m - x) for m, x in pairs], top=1)
    assert ratio_interval(levels) == ratio_interval(shares)
    assert design_effect(levels) == design_effect(shares)


@pytest.mark.parametrize("shares", [(0.1, 0.1, 0.2, 0.3, 0.3), (0.2,) * 5])
def test_of_many_single_answers_it_is_the_usual_interval(shares):
    counts = {k: round(4000 * share) for k, share in enumerate(shares, start=1)}
    answers = numpy.repeat([0, 25, 50, 75, 100], [*counts.values()])
    low, high = DescrStatsW(answers).zconfint_mean()
    interval = mean_interval(LevelSums.of_counts(counts, FIVE), FIVE, "normalised_mean")
    assert float(interval.low) == pytest.approx(low, abs=0.02)
    assert float(interval.high) == pytest.approx(high, abs=0.02)


def test_of_many_clusters_it_is_that_of_their_means():
    draw = numpy.random.default_rng(5)
    own = draw.integers(0, 5, size=3000)
    rows = [
        [int(level)] * 3 + [int(one) for one in draw.integers(0, 5, size=3)]
        for level in own
    ]
    means = numpy.array([25 * sum(row) / 6 for row in rows])
    half = norm.ppf(0.975) * means.std(ddof=1) / math.sqrt(len(rows))
    interval = ratio_interval(level_sums(rows))
    assert float(interval.low) == pytest.approx(means.mean() - half, abs=0.02)
    assert float(interval.high) == pytest.approx(means.mean() + half, abs=0.02)


def test_a_content_group_without_low_answers_is_not_taken_for_certain():
    interval = mean_interval(
        LevelSums.of_counts({4: 20}, FIVE), FIVE, "normalised_mean"
    )
    assert interval.low < 72 < 75 < 78 < interval.high
    every = mean_interval(LevelSums.of_counts({5: 20}, FIVE), FIVE, "normalised_mean")
    assert every.high == 100
    assert every.low > interval.low


def test_too_few_or_no_answers_have_no_interval():
    for counts in ({}, {None: 7}, {4: 4}):
        sums = LevelSums.of_counts(counts, FIVE)
        assert mean_interval(sums, FIVE, "mean_percent") is None


def test_all_of_the_frame_is_no_sample():
    sums = LevelSums.of_counts({4: 5, 5: 5}, FIVE)
    interval = mean_interval(sums, FIVE, "normalised_mean", population=10)
    assert interval.low == interval.high == Decimal("87.5")


@pytest.mark.parametrize(
    "wrong",
    [
        {"v": 21},  # more than four levels above the lowest in each
        {"ss": 9},  # squares below the levels
        {"vv": 1},
        {"top": 0},
    ],
)
def test_sums_that_contradict_each_other_are_refused(wrong):
    right = {"r": 5, "m": 5, "v": 10, "mm": 5, "mv": 10, "vv": 20, "ss": 20, "top": 4}
    assert ratio_interval(LevelSums(**right)) is not None
    with pytest.raises(IndicesError):
        ratio_interval(LevelSums(**{**right, **wrong}))


def test_no_interval_of_a_share_from_levels_or_of_another_scale():
    sums = LevelSums.of_counts({4: 20}, FIVE)
    with pytest.raises(IndicesError):
        mean_interval(sums, FIVE, "satisfied_share")
    with pytest.raises(IndicesError):
        mean_interval(LevelSums(top=3), FIVE, "mean_percent")
    with pytest.raises(IndicesError):
        sums + LevelSums(top=3)


def test_fractions_stay_exact():
    sums = level_sums([[4, 3], [2], [4, 4, 4], [0], [3]])
    assert sums.share == Fraction(24, 32)
    assert sums.squares(sums.share) == sum(
        (Fraction(sum(one), 4) - Fraction(3, 4) * len(one)) ** 2
        for one in [[4, 3], [2], [4, 4, 4], [0], [3]]
    )
