"""When periods begin and end, when their reports are due, and what is early or late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.actions.deadlines import Rule, deadline, standing
from survey.actions.periods import MONTHS, Period, period_at, period_of
from survey.models import DAY_OFF_RULES
from survey.workdays import Calendar

NO_HOLIDAYS = Calendar(holidays=frozenset(), swapped_working_days=frozenset())
DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))
KINDS = st.sampled_from(sorted(MONTHS))


def rule(kind: str = "quarterly", **more: object) -> Rule:
    given = {"cut_day": 14, "due_day": 20, "due_months": 0, "day_off_rule": "next"}
    return Rule(kind=kind, **{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "key", "vi", "en", "first", "last"),
    [
        ("monthly", "2026-08", "tháng 08/2026", "Aug 2026", (8, 1), (8, 31)),
        ("monthly", "2028-02", "tháng 02/2028", "Feb 2028", (2, 1), (2, 29)),
        ("quarterly", "2026-09", "quý III/2026", "Q3 2026", (7, 1), (9, 30)),
        (
            "half_year",
            "2026-12",
            "6 tháng cuối năm 2026",
            "second half of 2026",
            (7, 1),
            (12, 31),
        ),
        ("yearly", "2026-12", "năm 2026", "2026", (1, 1), (12, 31)),
    ],
)
def test_a_period_has_a_name_and_days(kind, key, vi, en, first, last):
    period = period_at(kind, key)
    assert period is not None
    assert (period.name("vi"), period.name("en")) == (vi, en)
    assert period.first_on == date(period.year, *first)
    assert period.last_on == date(period.year, *last)


@pytest.mark.parametrize(
    "key", ["2026-08", "2026-13", "26-09", "2026-9", "", "\0", "2026-09-30", "9999-12"]
)
def test_what_is_no_quarter_is_none(key):
    assert period_at("quarterly", key) is None


@given(KINDS, DAYS, st.integers(-30, 30))
def test_periods_follow_each_other_without_gap(kind, day, steps):
    period = period_of(kind, day)
    assert period.first_on <= day <= period.last_on
    assert period.moved(1).first_on == period.last_on + timedelta(days=1)
    assert period.moved(steps).moved(-steps) == period
    assert period_at(kind, period.key) == period
    assert period < period.moved(1)
    assert period.first_month <= period.key


@pytest.mark.parametrize(
    ("kind", "key", "first", "last"),
    [
        # NĐ 09/2019/NĐ-CP as noted in domain.md: cut on the 14th, then from the 15th.
        ("monthly", "2026-08", date(2026, 7, 15), date(2026, 8, 14)),
        ("quarterly", "2026-03", date(2025, 12, 15), date(2026, 3, 14)),
        ("half_year", "2026-06", date(2025, 12, 15), date(2026, 6, 14)),
        ("half_year", "2026-12", date(2026, 6, 15), date(2026, 12, 14)),
        ("yearly", "2026-12", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_data_are_cut_on_the_fourteenth(kind, key, first, last):
    period = period_at(kind, key)
    assert period is not None
    found = deadline(rule(kind), period, NO_HOLIDAYS)
    assert (found.data_from, found.data_to) == (first, last)


def test_a_due_day_off_moves_as_the_rule_says():
    """20 December 2026 is a Sunday; the Monday after is made a holiday."""
    period = Period("quarterly", 2026, 3)
    calendar = Calendar(
        holidays=frozenset({date(2026, 12, 21)}), swapped_working_days=frozenset()
    )
    found = {
        name: deadline(rule(day_off_rule=name), period, calendar)
        for name in DAY_OFF_RULES
    }
    assert {name: one.due_on for name, one in found.items()} == {
        "next": date(2026, 12, 22),
        "before": date(2026, 12, 18),
        "same": date(2026, 12, 20),
    }
    assert {name: one.is_moved for name, one in found.items()} == {
        "next": True,
        "before": True,
        "same": False,
    }
    assert found["next"].nominal_on == date(2026, 12, 20)


def test_a_swapped_working_day_is_worked():
    calendar = Calendar(
        holidays=frozenset(), swapped_working_days=frozenset({date(2026, 12, 20)})
    )
    found = deadline(rule(), Period("quarterly", 2026, 3), calendar)
    assert not found.is_moved


@pytest.mark.parametrize(
    ("due_day", "due_months", "due_on"),
    [
        (31, 0, date(2026, 6, 30)),
        (31, 1, date(2026, 7, 31)),
        (10, 1, date(2026, 7, 10)),
        (15, 3, date(2026, 9, 15)),
    ],
)
def test_a_day_that_a_month_has_not_is_its_last(due_day, due_months, due_on):
    given = rule(due_day=due_day, due_months=due_months, day_off_rule="same")
    assert deadline(given, Period("quarterly", 2026, 1), NO_HOLIDAYS).due_on == due_on


@given(KINDS, DAYS, st.integers(1, 31), st.integers(1, 31), st.integers(0, 3))
def test_data_of_one_period_begin_where_those_of_the_last_end(kind, day, cut, due, n):
    period = period_of(kind, day)
    given = rule(kind, cut_day=cut, due_day=due, due_months=n)
    found = deadline(given, period, NO_HOLIDAYS)
    before = deadline(given, period.moved(-1), NO_HOLIDAYS)
    assert found.data_from == before.data_to + timedelta(days=1)
    assert period.last_on.replace(day=1) <= found.data_to <= period.last_on
    assert NO_HOLIDAYS.is_working(found.due_on)
    assert timedelta(0) <= found.due_on - found.nominal_on <= timedelta(days=2)


@pytest.mark.parametrize(
    ("sent", "today", "state"),
    [
        (date(2026, 8, 19), date(2026, 9, 9), "early"),
        (date(2026, 8, 20), date(2026, 9, 9), "on_time"),
        (date(2026, 8, 21), date(2026, 9, 9), "late"),
        (None, date(2026, 8, 12), "waiting"),
        (None, date(2026, 8, 13), "soon"),
        (None, date(2026, 8, 20), "soon"),
        (None, date(2026, 8, 21), "overdue"),
    ],
)
def test_a_report_is_early_on_time_or_late(sent, today, state):
    assert standing(date(2026, 8, 20), sent, today) == state
