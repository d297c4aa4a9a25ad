"""Control limits, real changes, and differences of overlapping selections."""

import math
from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.indices import (
    CHANGES,
    SIGNALS,
    IndicesError,
    LevelSums,
    Sums,
    change,
    changes,
    control_limits,
    overlapping_difference,
    pooled_difference,
    ratio_interval,
)


def sums_of(responses):
    return sum(
        (Sums(r=1, m=m, x=x, mm=m * m, mx=m * x, xx=x * x) for m, x in responses),
        Sums(),
    )


def single(n, k):
    return Sums(r=n, m=n, x=k, mm=n, mx=k, xx=k)


@given(
    st.lists(
        st.tuples(st.integers(min_value=5, max_value=500), st.integers(0, 500)),
        min_size=8,
        max_size=14,
    )
)
def test_of_single_answers_it_is_the_p_chart_of_the_textbook(series):
    series = [(n, min(n, k)) for n, k in series]
    chart = control_limits([single(n, k) for n, k in series])
    total, good = sum(n for n, _ in series), sum(k for _, k in series)
    if good in (0, total):
        assert chart is None
        return
    p = good / total
    assert chart.centre == Fraction(100 * good, total)
    # With one answer in each response d would be r/(r−1) of a sample; never below 1.
    assert 1 <= chart.effect <= Fraction(5, 4)
    for point, (n, k) in zip(chart.points, series, strict=True):
        half = 300 * math.sqrt(p * (1 - p) * float(chart.effect) / n)
        assert float(point.limits.low) == pytest.approx(max(0, 100 * p - half))
        assert float(point.limits.high) == pytest.approx(min(100, 100 * p + half))
        value = 100 * k / n
        outside = {s for s in point.signals if not s.startswith("run")}
        if value > float(point.limits.high) + 1e-9:
            assert outside == {"above"}
        elif value < float(point.limits.low) - 1e-9:
            assert outside == {"below"}


def test_answers_that_go_together_widen_the_limits():
    apart = [sums_of([(4, 2)] * 20)] * 8
    together = [sums_of([(4, 4)] * 10 + [(4, 0)] * 10)] * 8
    narrow, wide = control_limits(apart), control_limits(together)
    assert narrow.effect == 1
    # Each response is one answer, four times: 4 · 20/19.
    assert wide.effect == Fraction(80, 19)
    assert wide.points[0].limits.low < narrow.points[0].limits.low


def test_a_period_out_of_line_and_a_run_are_signals():
    series = [single(100, 80)] * 9 + [single(100, 40)]
    chart = control_limits(series)
    assert chart.points[-1].signals == ("below",)
    assert all(point.signals == ("run_above",) for point in chart.points[:9])
    assert {one for point in chart.points for one in point.signals} <= set(SIGNALS)
    short = control_limits([single(100, 81)] * 7 + [single(100, 73)])
    assert all(point.signals == () for point in short.points)


def test_a_period_with_few_responses_has_no_limits_and_breaks_no_run():
    series = [single(100, 80)] * 4 + [single(4, 0)] + [single(100, 80)] * 4
    series += [single(400, 300)]
    points = control_limits(series).points
    assert points[4].limits is None
    assert points[4].value == 0
    assert points[4].signals == ()
    assert points[3].signals == points[5].signals == ("run_above",)


def test_a_short_or_a_constant_series_has_no_limits():
    assert control_limits([single(100, 80)] * 7) is None
    assert control_limits([single(4, 2)] * 20) is None
    assert control_limits([single(100, 100)] * 9) is None
    with pytest.raises(IndicesError):
        control_limits([LevelSums(top=4), single(5, 5)])


def test_limits_of_a_mean_use_the_spread_of_levels():
    # Half at level 3 and half at level 4 of 0 to 4: mean 87.5, spread (1/8)².
    one = LevelSums(r=40, m=40, v=140, mm=40, mv=140, vv=500, ss=500, top=4)
    chart = control_limits([one] * 8)
    assert chart.centre == Fraction(175, 2)
    half = 300 * math.sqrt(float(chart.effect)) / 8 / math.sqrt(40)
    assert float(chart.points[0].limits.low) == pytest.approx(87.5 - half)


def test_a_change_is_real_or_may_be_fluctuation():
    assert change(single(200, 100), single(200, 150)).verdict == "higher"
    assert change(single(200, 150), single(200, 100)).words.vi.startswith("Đổi thật")
    small = change(single(30, 20), single(30, 23))
    assert small.verdict == "unclear"
    assert "dao động" in small.words.vi
    assert change(single(4, 1), single(200, 150)).verdict == "unknown"
    assert set(CHANGES) == {"higher", "lower", "unclear", "unknown"}


def test_many_periods_make_a_change_harder_to_believe():
    before, after = single(100, 70), single(100, 83)
    assert change(before, after).verdict == "higher"
    among = changes([before, after] + [single(100, 83)] * 10)
    assert len(among) == 11
    assert among[0].difference == change(before, after).difference
    assert among[0].verdict == "unclear"
    assert changes([before]) == changes([]) == ()


clusters = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=6, max_size=12
).map(lambda pairs: [(m, min(m, x)) for m, x in pairs])


@settings(max_examples=30)
@given(clusters, clusters, clusters)
def test_selections_that_overlap_are_correlated_as_their_linear_forms(a, b, c):
    first, second = [*a, *c], [*b, *c]
    found = overlapping_difference(sums_of(first), sums_of(second), sums_of(c))
    p1, p2 = (sum(x for _, x in s) / sum(m for m, _ in s) for s in (first, second))
    residuals = [
        numpy.array([x - p * m for m, x in several])
        for p, several in ((p1, first), (p2, second), (p1, c), (p2, c))
    ]
    alone = math.sqrt((residuals[0] ** 2).sum() * (residuals[1] ** 2).sum())
    rho = (residuals[2] * residuals[3]).sum() / alone if alone > 1e-12 else 0
    one, two = (ratio_interval(sums_of(s)) for s in (first, second))
    low1, high1, low2, high2 = (
        float(bound) / 100 for bound in (one.low, one.high, two.low, two.high)
    )

    def reach(x, y):
        return math.sqrt(max(0, x * x + y * y - 2 * rho * x * y))

    low = p1 - p2 - reach(p1 - low1, high2 - p2)
    high = p1 - p2 + reach(high1 - p1, p2 - low2)
    assert float(found.interval.low) / 100 == pytest.approx(low, abs=1e-6)
    assert float(found.interval.high) / 100 == pytest.approx(high, abs=1e-6)


def test_nothing_in_common_is_the_difference_of_independent_groups():
    one, two = single(50, 30), single(60, 50)
    assert overlapping_difference(one, two, Sums()) == pooled_difference(one, two)


def test_a_selection_against_itself_differs_by_nothing():
    for one in (single(50, 30), single(50, 50)):
        interval = overlapping_difference(one, one, one).interval
        assert (interval.low, interval.high) == (0, 0)


def test_a_part_against_its_whole_is_surer_than_two_strangers():
    part, whole = single(50, 20), single(200, 130)
    within = overlapping_difference(part, whole, part).interval
    strangers = pooled_difference(part, whole).interval
    assert within.high - within.low < strangers.high - strangers.low


def test_more_in_common_than_there_is_is_refused():
    with pytest.raises(IndicesError):
        overlapping_difference(single(5, 3), single(9, 3), single(6, 3))


def test_the_rest_of_a_whole_is_what_a_part_leaves():
    assert sums_of([(4, 2), (3, 3)]) - sums_of([(4, 2)]) == sums_of([(3, 3)])
