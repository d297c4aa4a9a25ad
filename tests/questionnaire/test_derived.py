"""The derived facts, row by row of questionnaire.md, section 3."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.questionnaire.derived import (
    CODES,
    DATES,
    INPUTS,
    VALUES,
    ProcedureFacts,
    day,
    derive,
)
from survey.questionnaire.schema import Level, Scale, Text
from survey.workdays import Calendar

HOLIDAYS = frozenset({date(2026, 9, 1), date(2026, 9, 2)})
PLAIN = Calendar(holidays=HOLIDAYS, swapped_working_days=frozenset())
SWAPPED = Calendar(
    holidays=HOLIDAYS, swapped_working_days=frozenset({date(2026, 8, 22)})
)
PROCEDURE = ProcedureFacts(published_days=14, is_immediate=False)


def derived(
    facts: dict[str, str],
    *,
    calendar: Calendar = PLAIN,
    procedure: ProcedureFacts | None = None,
    answer_date: str = "2026-09-30",
    ratings: dict[str, int] | None = None,
    scale: Scale | None = None,
) -> dict[str, str]:
    return derive(
        facts,
        procedure=procedure,
        calendar=calendar,
        answer_date=date.fromisoformat(answer_date),
        ratings=ratings,
        scale=scale,
    )


def known(found: dict[str, str], name: str) -> str | None:
    return found.get(name)


@pytest.mark.parametrize(
    ("first", "ready", "calendar", "days_late", "late"),
    [
        ("2026-08-21", "2026-08-25", PLAIN, "2", "yes"),
        ("2026-08-21", "2026-08-21", PLAIN, "0", "no"),
        ("2026-08-21", "2026-08-22", PLAIN, "1", "yes"),  # Saturday → Monday
        ("2026-08-21", "2026-08-22", SWAPPED, "1", "yes"),
        ("2026-08-21", "2026-08-24", SWAPPED, "2", "yes"),
        ("2026-08-22", "2026-08-24", PLAIN, "0", "no"),  # due on Monday
        ("2026-08-24", "2026-08-21", PLAIN, "-1", "no"),
        ("2026-08-25", "2026-08-20", PLAIN, "-3", "no"),
        ("2026-08-31", "2026-09-03", PLAIN, "1", "yes"),  # two holidays between
        ("2026-09-02", "2026-09-03", PLAIN, "0", "no"),  # due on the 3rd
        ("no_date_given", "2026-08-25", PLAIN, None, None),
    ],
)
def test_days_late_counts_working_days_after_the_due_date(
    first: str,
    ready: str,
    calendar: Calendar,
    days_late: str | None,
    late: str | None,
) -> None:
    facts = {"F07": first, "F08": ready, "F09": "granted", "F10": "none"}
    found = derived(facts, calendar=calendar)
    assert (known(found, "days_late"), known(found, "late")) == (days_late, late)
    early = None if days_late is None else str(-int(days_late))
    assert known(found, "days_early") == early


@pytest.mark.parametrize(
    ("after", "days_late", "late"),
    [
        ("2026-09-07", "1", "yes"),
        ("not_sure", None, None),
        ("", None, None),
        ("unchanged", "4", "yes"),  # Monday 31/8 to Tuesday 8/9, two holidays
    ],
)
def test_a_supplement_moves_the_due_date(
    after: str, days_late: str | None, late: str | None
) -> None:
    facts = {
        "F07": "2026-08-31",
        "F08": "2026-09-08",
        "F09": "granted",
        "F10": "one",
        "F10b": after,
    }
    found = derived(facts)
    assert (known(found, "days_late"), known(found, "late")) == (days_late, late)


@pytest.mark.parametrize(
    ("answered", "days_late", "answer"),
    [("2026-08-22", "0", "no"), ("2026-08-24", "1", "yes"), ("2026-08-20", "-1", "no")],
)
def test_a_dossier_in_progress_is_measured_on_the_day_of_the_answer(
    answered: str, days_late: str, answer: str
) -> None:
    facts = {"F07": "2026-08-21", "F08": "not_yet", "F09": "in_progress", "F10": "none"}
    found = derived(facts, answer_date=answered)
    assert found["days_late"] == days_late
    assert found["late"] == found["overdue"] == found["result_due"] == answer


def test_without_a_date_nothing_is_said_about_lateness() -> None:
    facts = {"F07": "2026-08-21", "F08": "not_sure", "F09": "granted", "F10": "none"}
    found = derived(facts)
    assert not found.keys() & {"days_late", "days_early", "late", "early"}
    assert found["overdue"] == "no"
    assert found["result_due"] == "yes"


def test_a_withdrawn_dossier_is_never_late() -> None:
    facts = {"F07": "2026-08-21", "F08": "2026-08-28", "F09": "withdrawn"}
    found = derived(facts)
    assert found["late"] == "no"
    assert not found.keys() & {"days_late", "days_early", "early"}
    assert found["overdue"] == found["result_due"] == "no"


@pytest.mark.parametrize(
    ("ready", "early"),
    [
        ("2026-08-20", "yes"),
        ("2026-08-21", "no"),
        ("2026-08-24", "no"),
        ("not_sure", None),
    ],
)
def test_early_is_before_the_due_date(ready: str, early: str | None) -> None:
    found = derived({"F07": "2026-08-21", "F08": ready, "F10": "none"})
    assert known(found, "early") == early


@pytest.mark.parametrize(
    ("state", "first", "overdue", "result_due"),
    [
        ("granted", "", "no", "yes"),
        ("refused", "", "no", "yes"),
        ("returned", "", "no", "yes"),
        ("withdrawn", "", "no", "no"),
        ("in_progress", "2026-09-29", "yes", "yes"),
        ("in_progress", "2026-09-30", "no", "no"),
        ("in_progress", "not_sure", None, None),
        ("not_sure", "2026-09-29", None, None),
        ("", "2026-09-29", None, None),
    ],
)
def test_a_result_is_due_once_given_or_overdue(
    state: str, first: str, overdue: str | None, result_due: str | None
) -> None:
    found = derived({"F07": first, "F09": state, "F10": "none"})
    assert known(found, "overdue") == overdue
    assert known(found, "result_due") == result_due


@pytest.mark.parametrize(
    ("received", "first", "days"),
    [
        ("2026-08-03", "2026-08-21", "14"),
        ("2026-08-27", "2026-09-02", "3"),
        ("2026-08-27", "no_date_given", None),
        ("not_sure", "2026-09-02", None),
    ],
)
def test_promised_days_run_from_receipt_to_the_first_date(
    received: str, first: str, days: str | None
) -> None:
    facts = {"F06": received, "F07": first, "F10": "one", "F10b": "2026-12-01"}
    assert known(derived(facts), "promised_days") == days


@pytest.mark.parametrize(
    ("first", "published", "compared"),
    [
        ("2026-08-21", 14, "equal"),
        ("2026-08-24", 14, "equal"),  # one day over is within the tolerance
        ("2026-08-25", 14, "longer"),
        ("2026-08-20", 14, "shorter"),
        ("2026-08-21", None, None),
        ("not_sure", 14, None),
        ("no_date_given", None, "no_date"),
    ],
)
def test_the_promise_is_compared_with_the_published_time(
    first: str, published: int | None, compared: str | None
) -> None:
    facts = {"F01": "1.000001", "F06": "2026-08-03", "F07": first}
    procedure = ProcedureFacts(published_days=published, is_immediate=False)
    found = derived(facts, procedure=procedure)
    assert known(found, "promised_vs_published") == compared
    expected = None if published is None else str(published)
    assert known(found, "published_days") == expected


@pytest.mark.parametrize("is_immediate", [True, False])
def test_immediate_is_an_attribute_of_the_procedure(is_immediate: bool) -> None:
    procedure = ProcedureFacts(published_days=None, is_immediate=is_immediate)
    found = derived({"F01": "1.000001"}, procedure=procedure)
    assert found["immediate"] == ("yes" if is_immediate else "no")


@pytest.mark.parametrize("code", ["", "not_listed", "not_sure", "blank"])
def test_an_unnamed_procedure_has_no_attributes(code: str) -> None:
    found = derived({"F01": code}, procedure=PROCEDURE)
    assert not found.keys() & {"immediate", "published_days"}


@pytest.mark.parametrize(
    ("facts", "visited"),
    [
        ({"F04": "in_person"}, "yes"),
        ({"F04": "online_then_in_person"}, "yes"),
        ({"F05": "in_person"}, "yes"),
        ({"F05": "electronic_and_in_person"}, "yes"),
        ({"F12": "one"}, "yes"),
        ({"F12": "two"}, "yes"),
        ({"F12": "three_plus", "F04": "online"}, "yes"),
        ({"F04": "online", "F05": "electronic", "F12": "none"}, "no"),
        ({"F04": "mixed_other", "F05": "not_received", "F12": "none"}, "no"),
        ({"F04": "online", "F05": "electronic", "F12": "not_sure"}, None),
        ({"F04": "online", "F05": "not_sure", "F12": "none"}, None),
        ({"F05": "electronic", "F12": "none"}, None),
        ({}, None),
    ],
)
def test_visited(facts: dict[str, str], visited: str | None) -> None:
    assert known(derived(facts), "visited") == visited


@pytest.mark.parametrize(
    ("filing", "reason", "tried"),
    [
        ("online", "", "yes"),
        ("online_then_in_person", "", "yes"),
        ("online_then_postal", "", "yes"),
        ("in_person", "tried_failed", "yes"),
        ("in_person", "", "no"),
        ("postal", "hard_to_use", "no"),
        ("mixed_other", "", None),
        ("not_sure", "", None),
        ("", "", None),
    ],
)
def test_tried_online(filing: str, reason: str, tried: str | None) -> None:
    assert known(derived({"F04": filing, "F04b": reason}), "tried_online") == tried


@pytest.mark.parametrize(
    ("filing", "receiving", "used"),
    [
        ("postal", "", "yes"),
        ("online_then_postal", "not_sure", "yes"),
        ("in_person", "postal", "yes"),
        ("mixed_other", "electronic_and_postal", "yes"),
        ("in_person", "in_person", "no"),
        ("online", "electronic", "no"),
        ("online_then_in_person", "electronic_and_in_person", "no"),
        ("online", "not_received", "no"),
        ("online", "not_sure", None),
        ("mixed_other", "in_person", None),
        ("", "in_person", None),
    ],
)
def test_used_postal(filing: str, receiving: str, used: str | None) -> None:
    assert known(derived({"F04": filing, "F05": receiving}), "used_postal") == used


@pytest.mark.parametrize(
    ("facts", "tried"),
    [
        ({"F13": "yes", "F14": "portal_online"}, "yes"),
        ({"F13": "yes", "F14": "cash", "F14c": "tried_failed"}, "yes"),
        ({"F13": "no"}, "no"),
        ({"F13": "not_paid_yet"}, "no"),
        ({"F13": "yes", "F14": "bank_transfer"}, "no"),
        ({"F13": "yes", "F14": "cash", "F14c": "not_aware"}, "no"),
        ({"F13": "yes", "F14": "postal"}, "no"),
        ({"F13": "yes", "F14": "other"}, "no"),
        ({"F13": "yes", "F14": "not_sure"}, None),
        ({"F13": "yes"}, None),
        ({"F13": "not_sure"}, None),
        ({}, None),
    ],
)
def test_tried_online_payment(facts: dict[str, str], tried: str | None) -> None:
    assert known(derived(facts), "tried_online_payment") == tried


@pytest.mark.parametrize(
    ("facts", "trouble"),
    [
        ({"F14b": "after_retry"}, "yes"),
        ({"F14c": "tried_failed"}, "yes"),
        ({"F14b": "first_try"}, "no"),
        ({"F14b": "not_sure"}, None),
        ({"F14c": "not_aware"}, None),
        ({}, None),
    ],
)
def test_online_payment_trouble(facts: dict[str, str], trouble: str | None) -> None:
    assert known(derived(facts), "online_payment_trouble") == trouble


@pytest.mark.parametrize(
    ("times", "new_points", "found"),
    [
        ("two", "yes", "yes"),
        ("one", "", "no"),
        ("three_plus", "no", "no"),
        ("two", "not_sure", None),
        ("none", "", None),
        ("", "", None),
    ],
)
def test_supplement_new_points(times: str, new_points: str, found: str | None) -> None:
    facts = {"F10": times, "F11b": new_points}
    assert known(derived(facts), "supplement_new_points") == found


@pytest.mark.parametrize(
    ("levels", "low", "high"),
    [
        ([1, 2, 1, 2, 1], "yes", "no"),
        ([4, 5, 4, 5, 4], "no", "yes"),
        ([1, 2, 1, 2], "no", "no"),  # four are too few
        ([1, 2, 1, 2, 3], "no", "no"),
        ([], "no", "no"),
    ],
)
def test_all_rated_alike_needs_five_ratings(
    levels: list[int], low: str, high: str
) -> None:
    ratings = {f"A{number}": level for number, level in enumerate(levels)}
    found = derived({}, ratings=ratings)
    assert (found["all_rated_low"], found["all_rated_high"]) == (low, high)


def test_before_the_ratings_nothing_is_said_about_them() -> None:
    assert not derived({}).keys() & {"all_rated_low", "all_rated_high"}


def test_low_and_high_follow_the_scale_and_zero_counts() -> None:
    words = Text(vi="mức", en="level")
    scale = Scale(
        levels=tuple(Level(code=code, label=words) for code in range(11)),
        satisfied_from=8,
    )
    ratings = dict(zip("ABCDE", [0, 0, 1, 2, 0], strict=True))
    assert derived({}, ratings=ratings, scale=scale)["all_rated_low"] == "yes"
    assert derived({}, ratings={**ratings, "A": 3}, scale=scale)["all_rated_low"] == (
        "no"
    )


@pytest.mark.parametrize(
    "value",
    [None, "", "not_sure", "2026-02-30", "20260803", "2026-W32-1", "03/08/2026", "x"],
)
def test_what_is_no_iso_date_is_no_day(value: str | None) -> None:
    assert day(value) is None


def test_no_date_is_ever_among_the_derived_values() -> None:
    facts = {
        "F01": "1.000001",
        "F06": "2026-08-03",
        "F07": "2026-08-21",
        "F08": "2026-08-25",
        "F09": "granted",
        "F10": "none",
    }
    found = derived(facts, procedure=PROCEDURE, ratings={})
    assert not [name for name, value in found.items() if day(value) is not None]


def answers(code: str) -> st.SearchStrategy[str]:
    special = [*sorted(CODES[code]), ""]
    if code == "F01":
        special.append("1.000001")
    if code in DATES:
        days = st.dates(date(2026, 8, 1), date(2026, 9, 30)).map(date.isoformat)
        return days | st.sampled_from(special)
    return st.sampled_from(special)


FACTS = st.fixed_dictionaries({code: answers(code) for code in CODES})


@given(FACTS, FACTS, st.sampled_from(sorted(INPUTS)))
def test_a_derived_fact_looks_at_its_inputs_alone(
    facts: dict[str, str], others: dict[str, str], name: str
) -> None:
    mixed = {
        code: facts[code] if code in INPUTS[name] else others[code] for code in CODES
    }
    first = derived(facts, procedure=PROCEDURE, ratings={})
    second = derived(mixed, procedure=PROCEDURE, ratings={})
    assert known(first, name) == known(second, name)


@given(FACTS)
def test_derived_values_are_the_ones_conditions_may_name(facts: dict[str, str]) -> None:
    for name, value in derived(facts, procedure=PROCEDURE, ratings={}).items():
        allowed = VALUES[name]
        if allowed is None:
            assert str(int(value)) == value
        else:
            assert value in allowed


@given(FACTS)
def test_late_early_and_on_time_exclude_each_other(facts: dict[str, str]) -> None:
    found = derived(facts)
    assert not (known(found, "late") == known(found, "early") == "yes")
    if known(found, "overdue") == "yes":
        assert found["late"] == "yes"
