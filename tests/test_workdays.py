"""Working days: counted without the first day, with the last, in both directions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import workdays
from survey.workdays import Calendar, CalendarError

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CALENDARS = st.builds(
    lambda off, on: Calendar(holidays=off, swapped_working_days=on),
    st.frozensets(DAYS, max_size=30),
    st.frozensets(DAYS, max_size=10),
)


def counted(calendar: Calendar, start: date, end: date) -> int:
    """The definition itself, a day at a time."""
    if start > end:
        return -counted(calendar, end, start)
    span = (end - start).days
    days = (start + timedelta(days=step) for step in range(1, span + 1))
    return sum(calendar.is_working(day) for day in days)


@given(CALENDARS, DAYS, DAYS)
def test_between_counts_what_the_definition_counts(
    calendar: Calendar, start: date, end: date
) -> None:
    assert calendar.between(start, end) == counted(calendar, start, end)


@given(CALENDARS, DAYS, DAYS, DAYS)
def test_between_turns_its_sign_and_adds_up(
    calendar: Calendar, a: date, b: date, c: date
) -> None:
    assert calendar.between(a, a) == 0
    assert calendar.between(a, b) == -calendar.between(b, a)
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@given(CALENDARS, DAYS)
def test_norm_is_the_first_working_day_from_a_day_on(
    calendar: Calendar, day: date
) -> None:
    found = calendar.norm(day)
    assert calendar.is_working(found)
    assert found >= day
    assert calendar.norm(found) == found
    skipped = (found - day).days
    assert not any(
        calendar.is_working(day + timedelta(days=step)) for step in range(skipped)
    )


def test_the_ends_of_the_calendar_do_not_break_it() -> None:
    calendar = Calendar(holidays=frozenset(), swapped_working_days=frozenset())
    assert calendar.norm(date.max) == date.max
    assert calendar.between(date.min, date.max) == counted_weeks()
    assert calendar.between(date.min, date.min + timedelta(days=1)) == 1


def counted_weeks() -> int:
    """Weekdays of the whole calendar but its first day, a Monday."""
    days = date.max.toordinal()
    weeks, rest = divmod(days, 7)
    return weeks * 5 + min(rest, 5) - 1


def test_a_swapped_saturday_is_worked_and_a_marked_weekday_is_not() -> None:
    saturday, sunday, monday = date(2026, 8, 22), date(2026, 8, 23), date(2026, 8, 24)
    calendar = Calendar(
        holidays=frozenset({monday, sunday}), swapped_working_days=frozenset({saturday})
    )
    assert calendar.is_working(saturday)
    assert not calendar.is_working(sunday)
    assert not calendar.is_working(monday)
    assert calendar.norm(sunday) == date(2026, 8, 25)
    assert calendar.between(date(2026, 8, 21), date(2026, 8, 25)) == 2


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2025, 1, 27), False),
        (date(2025, 4, 26), True),  # worked for Friday 2/5
        (date(2025, 5, 2), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),  # worked for Friday 2/1
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), True),
        (date(2026, 4, 27), False),  # the holiday fell on a Sunday
        (date(2026, 8, 22), True),  # worked for Monday 31/8
        (date(2026, 8, 31), False),
        (date(2026, 9, 3), True),
        (date(2027, 5, 3), False),  # the holiday fell on a Saturday
        (date(2027, 4, 16), False),
    ],
)
def test_the_packaged_calendar_knows_the_public_holidays(
    day: date, is_working: bool
) -> None:
    assert workdays.packaged().is_working(day) is is_working


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_every_swap_in_the_packaged_calendar_is_worked_off(year: int) -> None:
    calendar = workdays.packaged()
    off = {d for d in calendar.holidays if d.year == year and d.weekday() < 5}
    on = {d for d in calendar.swapped_working_days if d.year == year}
    # Eleven days of holiday by law, Điều 112 Bộ luật Lao động, moved off weekends.
    assert len(off) - len(on) == 11


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[2026]\nholidays = [2026-01-01", "tet.toml"),
        ("[2026]\nholiday = []", "unknown field holiday"),
        ("[2026]\nholidays = 2026-01-01", "expected a list"),
        ('[2026]\nholidays = ["2026-01-01"]', "not a date"),
        ("[2026]\nholidays = [2026-01-01T00:00:00]", "not a date"),
        ("[2026]\nholidays = [2027-01-01]", "another year"),
        ("[2026]\nholidays = [2026-01-01, 2026-01-01]", "twice"),
        ("[2026]\nswapped_working_days = [2026-01-02]", "not at a weekend"),
        (
            "[2026]\nholidays = [2026-01-03]\nswapped_working_days = [2026-01-03]",
            "both",
        ),
        ("[tet]\nholidays = []", "expected a table of a year"),
        ("2026 = 1", "expected a table of a year"),
    ],
)
def test_a_faulty_calendar_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(CalendarError, match=words):
        workdays.load(text, "tet.toml")
