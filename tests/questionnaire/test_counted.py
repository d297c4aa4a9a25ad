"""What of facts and general questions is counted: choices, and nothing that names."""

from __future__ import annotations

import pytest

from survey.questionnaire import load, packaged
from survey.questionnaire.counted import ANSWERED, BANDS, band_of, chosen, countable

Q = load(packaged()["dn-2026-1"], source="dn-2026-1")


@pytest.mark.parametrize(
    ("days", "band"),
    [
        ("-6", "early_over_5"),
        ("-5", "early_1_5"),
        (-1, "early_1_5"),
        ("0", "on_time"),
        ("1", "late_1_2"),
        ("2", "late_1_2"),
        ("3", "late_3_5"),
        ("5", "late_3_5"),
        ("6", "late_6_10"),
        ("10", "late_6_10"),
        ("11", "late_over_10"),
        (None, None),
        ("soon", None),
    ],
)
def test_days_late_fall_into_bands(days, band):
    assert band_of(days) == band


def test_every_single_choice_is_counted_and_no_free_text_is():
    known = countable(Q)

    for fact in Q.facts:
        assert known[fact.code] == fact.codes
    assert known["days_late"] == tuple(BANDS)
    assert known["late"] == ("no", "yes")
    assert known["G1"][:5] == ("1", "2", "3", "4", "5")
    assert known["G2"][0] == ANSWERED
    assert not {"G3", "G4", "promised_days", "published_days"} & set(known)


def test_a_date_and_a_procedure_are_none_of_the_choices():
    found = chosen({"F01": "2.000648", "F07": "2026-08-21", "days_late": "4"}, {})

    assert found["F01"] not in countable(Q)["F01"]
    assert found["F07"] not in countable(Q)["F07"]
    assert found["days_late"] == "late_3_5"


def test_a_question_with_several_answers_says_that_it_was_answered():
    assert chosen({}, {"G2": ["forms", "nothing"]})["G2"] == [
        ANSWERED,
        "forms",
        "nothing",
    ]
    assert chosen({}, {"G2": []})["G2"] == []
