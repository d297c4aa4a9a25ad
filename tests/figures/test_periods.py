"""Periods lie within one another and never across."""

from __future__ import annotations

import pytest

from survey.figures import periods
from survey.figures.filters import Filters
from survey.figures.periods import Period

MONTHS = [f"2026-{number:02}" for number in range(1, 13)]
ALL = sorted(
    {periods.around(one, length) for one in MONTHS for length in (1, 3, 6, 12)}
)


def test_any_two_periods_lie_apart_or_one_within_the_other():
    assert len(ALL) == 12 + 4 + 2 + 1
    for one in ALL:
        for other in ALL:
            first, last = max(one.first, other.first), min(one.last, other.last)
            assert first > last or Period(first, last) in (one, other)


def test_a_key_names_its_period_and_no_other():
    for one in ALL:
        assert periods.read(one.key) == one
        assert periods.between(one.first, one.last) == one
        assert one.title("vi")
        assert one.title("en")
    assert [one.key for one in ALL][:4] == ["2026-01", "2026-Q1", "2026-H1", "2026"]


@pytest.mark.parametrize(
    "key", ["", "2026-00", "2026-Q5", "26-01", "2026-H3", "2026-1"]
)
def test_other_texts_name_none(key):
    assert periods.read(key) is None


def test_months_across_two_quarters_make_no_period():
    assert periods.between("2026-03", "2026-04") is None
    assert periods.between("2026-08", "2026-07") is None
    with pytest.raises(ValueError, match="no period"):
        Filters(first_month="2026-03", last_month="2026-04")


def test_choices_name_no_period_twice():
    some = ["2026-07", "2026-08", "2026-09", "2026-10"]
    assert [(one.key, depth) for one, depth in periods.choices(some)] == [
        *(("2026-Q3", 0), ("2026-07", 1), ("2026-08", 1), ("2026-09", 1)),
        ("2026-10", 0),
    ]
    assert [one.key for one, _ in periods.choices(["2025-12", *MONTHS[:2]])] == [
        *("2025-12", "2026", "2026-01", "2026-02"),
    ]
    assert list(periods.choices([])) == []
