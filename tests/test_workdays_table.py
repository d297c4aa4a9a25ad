"""Working days counted by hand on a wall calendar, over Tết, 30/4–1/5, 2/9, swapped
days and the ends of years, and what they make of a promise."""

from __future__ import annotations

from datetime import date

import pytest

from survey import workdays
from survey.questionnaire import derived

# From (not counted), to (counted), working days, what was counted.
BY_HAND = [
    ("2026-08-03", "2026-08-03", 0, "a day to itself"),
    ("2026-08-03", "2026-08-04", 1, "Monday to Tuesday"),
    ("2026-08-07", "2026-08-10", 1, "over a weekend"),
    ("2026-08-07", "2026-08-09", 0, "Friday to Sunday"),
    ("2026-08-10", "2026-08-07", -1, "the same, backwards"),
    # Tết: 27–31/01/2025, 16–20/02/2026, 05–11/02/2027.
    ("2025-01-24", "2025-02-03", 1, "Monday 3"),
    ("2026-02-13", "2026-02-23", 1, "Monday 23"),
    ("2026-02-12", "2026-02-24", 3, "Fri 13, Mon 23, Tue 24"),
    ("2026-02-16", "2026-02-20", 0, "within Tết"),
    ("2026-02-24", "2026-02-12", -3, "backwards over Tết"),
    ("2027-02-04", "2027-02-12", 1, "Friday 12"),
    # 30/4–1/5, with Giỗ Tổ and the days off for it.
    ("2025-04-25", "2025-05-05", 4, "Sat 26 worked, Mon 28, Tue 29, Mon 5"),
    ("2026-04-24", "2026-05-04", 3, "Tue 28, Wed 29, Mon 4; Mon 27 for a Sunday"),
    ("2026-04-29", "2026-05-04", 1, "Monday 4"),
    ("2026-04-30", "2026-05-01", 0, "both off"),
    ("2027-04-15", "2027-04-19", 1, "Giỗ Tổ on a Friday"),
    ("2027-04-29", "2027-05-04", 1, "Monday 3 off for Saturday 1"),
    # 2/9.
    ("2025-08-29", "2025-09-03", 1, "Wednesday 3"),
    ("2026-08-28", "2026-09-03", 1, "Thursday 3; Monday 31 swapped"),
    ("2027-09-01", "2027-09-06", 1, "Monday 6"),
    # Swapped days.
    ("2026-08-21", "2026-08-22", 1, "Saturday 22 worked for Monday 31"),
    ("2026-08-21", "2026-08-24", 2, "Saturday 22 and Monday 24"),
    ("2026-08-21", "2026-09-03", 7, "Sat 22, Mon 24 – Fri 28, Thu 3"),
    ("2026-01-09", "2026-01-11", 1, "Saturday 10 worked for Friday 2"),
    # Ends of years.
    ("2025-12-31", "2026-01-05", 1, "Monday 5; Thu 1 and Fri 2 off"),
    ("2025-12-31", "2026-01-12", 7, "Mon 5 – Fri 9, Sat 10, Mon 12"),
    ("2026-12-30", "2026-12-31", 1, "the last day of a year"),
    ("2026-12-31", "2027-01-04", 1, "Monday 4; Friday 1 off"),
    ("2025-12-31", "2026-12-31", 250, "261 weekdays, 13 off, 2 Saturdays worked"),
]

# Promised, ready, working days late: both moved to a working day first.
PROMISES = [
    ("2026-08-27", "2026-08-27", 0, "on the promised day itself"),
    ("2026-08-27", "2026-08-26", -1, "a day early"),
    ("2026-08-28", "2026-09-03", 1, "the next working day after 2/9"),
    ("2026-08-28", "2026-09-02", 1, "ready on 2/9: handed out on Thursday 3"),
    ("2026-09-02", "2026-09-03", 0, "promised on 2/9: due on Thursday 3"),
    ("2026-09-02", "2026-08-28", -1, "promised on 2/9, ready the Friday before"),
    ("2026-02-17", "2026-02-23", 0, "promised on the first day of Tết"),
    ("2026-02-13", "2026-02-23", 1, "a day late, though ten days by the calendar"),
    ("2026-04-26", "2026-04-28", 0, "a Sunday, and its Monday off"),
    ("2026-04-30", "2026-05-04", 0, "30/4 to the Monday after 1/5"),
    ("2026-08-22", "2026-08-22", 0, "a Saturday that was worked"),
    ("2026-08-22", "2026-08-24", 1, "one working day after it"),
    ("2026-08-23", "2026-08-24", 0, "the Sunday after it"),
    ("2026-12-31", "2027-01-04", 1, "over the end of the year"),
    ("2027-01-01", "2027-01-04", 0, "promised on New Year's Day"),
]


@pytest.mark.parametrize(("start", "end", "days", "why"), BY_HAND)
def test_working_days_are_those_counted_by_hand(
    start: str, end: str, days: int, why: str
) -> None:
    calendar = workdays.packaged()
    found = calendar.between(date.fromisoformat(start), date.fromisoformat(end))
    assert found == days, why


@pytest.mark.parametrize(("promised", "ready", "late", "why"), PROMISES)
def test_a_promise_is_kept_or_missed_by_working_days(
    promised: str, ready: str, late: int, why: str
) -> None:
    facts = {"F06": "2025-12-01", "F07": promised, "F08": ready, "F09": "granted"}
    found = derived.days_late(facts, workdays.packaged(), date(2027, 3, 1))
    assert found == late, why


def test_a_dossier_still_in_progress_is_late_by_the_days_until_the_answer() -> None:
    facts = {"F06": "2026-08-03", "F07": "2026-08-28", "F08": "not_yet"}
    facts["F09"] = "in_progress"
    found = derived.days_late(facts, workdays.packaged(), date(2026, 9, 4))
    assert found == 2  # Thursday 3 and Friday 4


def test_names_of_days_may_stand_beside_them_or_be_left_out() -> None:
    text = '[2030.holidays]\n2030-01-01 = "Tết"\n[2031]\nholidays = [2031-01-01]\n'
    assert workdays.read(text, "x") == (
        workdays.Mark(date(2030, 1, 1), False, "Tết"),
        workdays.Mark(date(2031, 1, 1), False, "Ngày nghỉ"),
    )


@pytest.mark.parametrize("key", ["20300101", "2030-W01-1", "2030-02-30", "Tet"])
def test_a_key_that_is_no_date_is_refused(key: str) -> None:
    with pytest.raises(workdays.CalendarError, match="not a date"):
        workdays.read(f'[2030.holidays]\n{key} = "Tết"\n', "x")


@pytest.mark.parametrize("name", ["7", f'"{"x" * 121}"'])
def test_a_name_that_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(workdays.CalendarError, match="the name is too long"):
        workdays.read(f"[2030.holidays]\n2030-01-01 = {name}\n", "x")
