"""What a response keeps of its comparisons: what was shown, kept and changed."""

from __future__ import annotations

import pytest

from survey.questionnaire import Questionnaire
from survey.questionnaire.prompts import OUTCOMES, records

LATE = {"late": "yes", "early": "no", "days_late": "2", "days_early": "-2"}
ON_TIME = {"late": "no", "early": "no", "days_late": "0", "days_early": "0"}
HIGH = {"direction": "high", "from": "5"}
LOW = {"direction": "low", "from": "1"}

TABLE = [
    # facts, rating of D1, what the draft logged, what is kept
    (LATE, "1", {}, {"outcome": "agrees"}),
    (LATE, "3", {}, {"outcome": "agrees"}),
    (ON_TIME, "5", {}, {"outcome": "agrees"}),
    (LATE, "cannot_judge", {}, None),
    (LATE, "blank", {}, None),
    (LATE, "not_asked", {}, None),
    ({}, "5", {}, None),
    (
        LATE,
        "5",
        {**HIGH, "outcome": "kept"},
        {**HIGH, "outcome": "kept", "to": "5", "still": True},
    ),
    (
        LATE,
        "4",
        {**HIGH, "outcome": "changed"},
        {**HIGH, "outcome": "changed", "to": "4", "still": True},
    ),
    (
        LATE,
        "3",
        {**HIGH, "outcome": "changed"},
        {**HIGH, "outcome": "changed", "to": "3", "still": False},
    ),
    # "Giữ nguyên" was pressed, and the level was changed on the check page.
    (
        LATE,
        "2",
        {**HIGH, "outcome": "kept"},
        {**HIGH, "outcome": "changed", "to": "2", "still": False},
    ),
    # "Xem lại" was pressed, and the fact was corrected instead.
    (
        ON_TIME,
        "5",
        {**HIGH, "outcome": "shown"},
        {**HIGH, "outcome": "kept", "to": "5", "still": False},
    ),
    (
        LATE,
        "cannot_judge",
        {**HIGH, "outcome": "changed"},
        {**HIGH, "outcome": "changed", "to": "cannot_judge", "still": False},
    ),
    # The correction took the question away.
    (
        {},
        "not_asked",
        {**HIGH, "outcome": "kept"},
        {**HIGH, "outcome": "changed", "to": "not_asked", "still": False},
    ),
    (
        LATE,
        "5",
        {**HIGH, "outcome": "not_shown_page_limit"},
        {**HIGH, "outcome": "not_shown_page_limit", "to": "5", "still": True},
    ),
    (
        LATE,
        "2",
        {**HIGH, "outcome": "not_shown_page_limit"},
        {**HIGH, "outcome": "not_shown_page_limit", "to": "2", "still": False},
    ),
    # Nothing was logged, yet rating and fact disagree at the end.
    (LATE, "4", {}, {"direction": "high", "from": "4", "to": "4", "still": True}),
    (ON_TIME, "1", {}, {**LOW, "to": "1", "still": True}),
    # First against one fact, in the end against its opposite.
    (
        LATE,
        "4",
        {**LOW, "outcome": "changed"},
        {**LOW, "outcome": "changed", "to": "4", "still": True},
    ),
]


@pytest.mark.parametrize(("facts", "rating", "note", "kept"), TABLE)
def test_a_comparison_is_kept_with_how_it_ended(
    full: Questionnaire,
    facts: dict[str, str],
    rating: str,
    note: dict[str, str],
    kept: dict[str, object] | None,
) -> None:
    logged = {"P1": note} if note else {}
    expected = {} if kept is None else {"P1": {"outcome": "not_shown", **kept}}
    assert records(full, facts, {"D1": rating}, logged) == expected


def test_every_comparable_prompt_has_its_record_in_order(full: Questionnaire) -> None:
    values = {**LATE, "F13b": "equal", "F17b": "answered_in_time", "F16": "after_date"}
    ratings = {"D1": "2", "B4": "2", "E3": "5", "E4": "5", "G1": "5"}
    logged = {"P3": {"direction": "low", "from": "1", "outcome": "changed"}}
    assert records(full, values, ratings, logged) == {
        "P1": {"outcome": "agrees"},
        "P3": {
            "outcome": "changed",
            "direction": "low",
            "from": "1",
            "to": "2",
            "still": True,
        },
        "P6": {"outcome": "agrees"},
    }


def test_the_overall_rating_is_compared_with_all_ratings_together(
    full: Questionnaire,
) -> None:
    ratings = {"A1": "5", "B2": "4", "C4": "5", "D2": "5", "E1": "4", "G1": "1"}
    assert records(full, {}, ratings, {}) == {
        "P8": {
            "outcome": "not_shown",
            "direction": "low",
            "from": "1",
            "to": "1",
            "still": True,
        }
    }
    assert records(full, {}, {**ratings, "G1": "4"}, {}) == {
        "P8": {"outcome": "agrees"}
    }
    # A single rating in the middle, and nothing rules out any overall rating.
    assert records(full, {}, {**ratings, "E1": "3"}, {}) == {}


def test_a_note_of_no_prompt_of_this_version_is_passed_over(
    short: Questionnaire,
) -> None:
    logged = {"P2": {"direction": "high", "from": "5", "outcome": "kept"}}
    assert records(short, {}, {}, logged) == {}


def test_the_outcomes_are_the_ones_that_are_stored() -> None:
    assert OUTCOMES == (
        "agrees",
        "kept",
        "changed",
        "not_shown",
        "not_shown_page_limit",
    )
