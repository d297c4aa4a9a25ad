"""Whether two groups are made up alike, against scipy, and by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency

from survey.indices import IndicesError
from survey.indices.mixes import _CRITICAL, Moved, _chi_square, mix_moved

COUNTS = st.lists(
    st.tuples(st.integers(8, 400), st.integers(8, 400)), min_size=2, max_size=5
)


@given(COUNTS)
@settings(max_examples=60, deadline=None)
def test_the_statistic_of_common_parts_is_that_of_scipy(columns):
    first = {str(i): a for i, (a, _) in enumerate(columns)}
    second = {str(i): b for i, (_, b) in enumerate(columns)}
    totals = sum(first.values()), sum(second.values())
    least, whole = min(totals), sum(totals)
    if any(5 * whole > (a + b) * least for a, b in columns):
        return  # rare parts are joined here
    statistic, freedom = _chi_square(first, second, totals)
    expected = chi2_contingency([*zip(*columns, strict=True)], correction=False)
    assert freedom == expected.dof
    assert float(statistic) == pytest.approx(expected.statistic)


def test_the_critical_values_are_those_of_scipy():
    for freedom, value in _CRITICAL.items():
        assert float(value) == pytest.approx(chi2.ppf(0.99, freedom), abs=1e-6)


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [
        # 20 % against 60 % online.
        (
            {"online": 20, "in_person": 80},
            {"online": 60, "in_person": 40},
            Moved(key="in_person", before=Fraction(80), after=Fraction(40)),
        ),
        ({"online": 50, "in_person": 50}, {"online": 52, "in_person": 48}, None),
        # Beyond chance, but only by one point.
        (
            {"online": 500_000, "in_person": 500_000},
            {"online": 510_000, "in_person": 490_000},
            None,
        ),
        # Twenty points of too few.
        ({"online": 10, "in_person": 10}, {"online": 16, "in_person": 4}, None),
        # Everybody in one part, then in another.
        ({"a": 40}, {"b": 40}, Moved(key="a", before=Fraction(100), after=Fraction(0))),
        ({"a": 40}, {"a": 90}, None),
        ({}, {}, None),
    ],
)
def test_a_mix_moved_by_much_and_beyond_chance_or_it_did_not(first, second, moved):
    assert mix_moved(first, second) == moved


def test_parts_too_rare_to_test_alone_count_together():
    first = {"a": 60, "b": 2, "c": 1, "d": 0}
    second = {"a": 60, "b": 1, "c": 0, "d": 2}
    assert mix_moved(first, second) is None


def test_impossible_counts_are_refused():
    with pytest.raises(IndicesError):
        mix_moved({"a": -1}, {"a": 40})
    with pytest.raises(IndicesError):
        mix_moved({str(i): 50 for i in range(11)}, {str(i): 60 for i in range(11)})
