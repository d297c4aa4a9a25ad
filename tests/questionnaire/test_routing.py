"""What is shown, what is stored, and whether a form is complete enough to count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.questionnaire import (
    AnswerError,
    Questionnaire,
    Routed,
    asked_facts,
    brackets,
    completeness,
    current,
    needed_facts,
    reasons,
    references,
    settle,
    shown,
    without_hidden,
)
from survey.questionnaire.routing import Current
from survey.workdays import Calendar

CALENDAR = Calendar(holidays=frozenset(), swapped_working_days=frozenset())


def now(q: Questionnaire, **facts: str) -> Current:
    return current(
        q,
        facts,
        procedure=None,
        calendar=CALENDAR,
        answer_date=date(2026, 9, 30),
    )


def routed(q: Questionnaire, **facts: str) -> dict[str, Routed]:
    return shown(q, now(q, **facts).values)


HIDDEN_UNKNOWN_SHOWN = [
    # code, facts that hide it, reason, facts that show it for certain
    ("A2", {"F04": "online", "F05": "electronic", "F12": "none"}, "na_channel"),
    ("A3", {"F04": "online", "F05": "electronic", "F12": "none"}, "na_channel"),
    ("A4", {"F04": "in_person"}, "na_channel"),
    ("A5", {"F04": "in_person", "F05": "in_person"}, "na_channel"),
    ("B3", {"F10": "none"}, "na_not_arisen"),
    ("B4", {"F13": "no"}, "na_not_arisen"),
    ("B5", {"F13": "not_paid_yet"}, "na_channel"),
    ("C1", {"F12b": "no"}, "na_not_arisen"),
    ("C2", {"F12b": "yes", "F12c": "no"}, "na_not_arisen"),
    ("C3", {"F12b": "yes", "F12d": "none"}, "na_not_arisen"),
    ("C5", {"F15": "no"}, "na_not_arisen"),
    ("D1", {"F09": "withdrawn"}, "na_not_arisen"),
    (
        "D1",
        {"F09": "in_progress", "F10": "none", "F07": "2026-12-01"},
        "na_not_due",
    ),
    ("D2", {"F05": "not_received"}, "na_not_arisen"),
    ("D3", {"F05": "not_received"}, "na_not_arisen"),
    ("D4", {"F09": "withdrawn"}, "na_not_arisen"),
    ("D4", {"F09": "in_progress"}, "na_not_due"),
    ("E2", {"F17": "no"}, "na_not_arisen"),
    ("E3", {"F17": "no"}, "na_not_arisen"),
    ("E3", {"F17": "yes", "F17b": "not_answered_not_due"}, "na_not_due"),
    ("E4", {"F09": "withdrawn"}, "na_not_arisen"),
]


@pytest.mark.parametrize(("code", "facts", "reason"), HIDDEN_UNKNOWN_SHOWN)
def test_a_criterion_that_does_not_apply_is_hidden_with_its_reason(
    full: Questionnaire, code: str, facts: dict[str, str], reason: str
) -> None:
    assert routed(full, **facts)[code] == Routed(
        is_shown=False, reason=reason, offers_not_applicable=False
    )


ALWAYS = {"A1", "B1", "B2", "C4", "E1"}


def test_when_nothing_is_known_all_is_shown_and_may_be_declined(
    full: Questionnaire,
) -> None:
    for code, one in routed(full).items():
        assert one.is_shown
        assert one.offers_not_applicable is (code not in {"B2", "C4"})
        assert (one.reason is None) is (code in {"B2", "C4"})


@pytest.mark.parametrize(
    ("code", "facts", "offers"),
    [
        ("A1", {}, True),
        ("B1", {}, True),
        ("B2", {}, False),
        ("A4", {"F04": "online"}, False),
        ("A4", {"F04": "mixed_other"}, True),  # unknown
        ("C2", {"F12b": "yes", "F12c": "yes"}, False),
        ("C2", {"F12b": "yes"}, True),
        ("E1", {"F17": "yes"}, False),
        ("E1", {"F17": "no"}, True),
        ("E1", {"F17": "not_sure"}, True),
        ("E1", {}, True),
        ("E2", {"F17": "yes", "F17b": "not_answered_not_due"}, True),
        ("E2", {"F17": "yes", "F17b": "answered_late"}, False),
        ("E2", {"F17": "yes"}, True),
    ],
)
def test_not_applicable_is_offered_where_the_logic_allows(
    full: Questionnaire, code: str, facts: dict[str, str], offers: bool
) -> None:
    one = routed(full, **facts)[code]
    assert one.is_shown
    assert one.offers_not_applicable is offers


def test_a_chosen_not_applicable_carries_the_first_true_reason(
    full: Questionnaire,
) -> None:
    one = routed(full, F17="yes", F17b="not_answered_not_due")["E2"]
    assert one.reason == "na_not_due"
    # None is true: the first in the list.
    assert routed(full)["E2"].reason == "na_not_arisen"


def test_a_follow_up_is_asked_only_for_certain(full: Questionnaire) -> None:
    always = [fact.code for fact in full.facts if fact.ask.is_always]
    assert list(asked_facts(full, {})) == always
    assert "F04b" in asked_facts(full, {"F04": "postal"})
    assert "F04b" not in asked_facts(full, {"F04": "online"})
    assert "F16" in asked_facts(full, {"late": "yes"})
    assert "F16" not in asked_facts(full, {"late": "no"})


def test_a_stale_follow_up_is_dropped_with_what_was_derived_from_it(
    full: Questionnaire,
) -> None:
    before = now(full, F04="in_person", F04b="tried_failed")
    assert before.derived["tried_online"] == "yes"
    after = now(full, F04="mixed_other", F04b="tried_failed")
    assert after.facts == {"F04": "mixed_other"}
    assert "tried_online" not in after.derived


def test_a_stale_date_does_not_drop_a_question_that_still_applies(
    full: Questionnaire,
) -> None:
    # With the stale F10b the result was on time, without it late: F16 stays.
    found = now(
        full,
        F07="2026-08-21",
        F08="2026-08-25",
        F09="granted",
        F10="none",
        F10b="2026-08-25",
        F16="none",
    )
    assert "F10b" not in found.facts
    assert found.derived["late"] == "yes"
    assert found.facts["F16"] == "none"


def test_follow_ups_of_follow_ups_go_too(full: Questionnaire) -> None:
    found = now(full, F13="no", F14="portal_online", F14b="after_retry")
    assert found.facts == {"F13": "no"}
    assert found.derived["tried_online_payment"] == "no"
    assert "online_payment_trouble" not in found.derived


def test_facts_the_questionnaire_does_not_hold_are_dropped(
    short: Questionnaire,
) -> None:
    assert now(short, F02="employee", F13="yes").facts == {"F13": "yes"}


def test_settle_tells_the_four_words_apart(tiny: Questionnaire) -> None:
    found = settle(
        tiny,
        routed(tiny, F13="no"),
        {"A1": "0", "A2": "9", "E1": "not_applicable", "G1": "3", "F13": "no"},
    )
    assert found == {"A1": "0", "A2": "not_asked", "E1": "not_applicable"}
    assert reasons(routed(tiny, F13="no"), found) == {
        "A2": "na_not_arisen",
        "E1": "na_not_arisen",
    }


def test_settle_keeps_what_can_be_kept(tiny: Questionnaire) -> None:
    paid = routed(tiny, F13="yes")
    assert settle(tiny, paid, {"A1": "cannot_judge", "A2": "10"}) == {
        "A1": "cannot_judge",
        "A2": "10",
        "E1": "blank",
    }
    # Chosen when the fee was not known; now it is, and the choice is gone.
    assert settle(tiny, paid, {"A2": "not_applicable"})["A2"] == "blank"
    assert settle(tiny, paid, {"A2": "not_asked"})["A2"] == "blank"
    assert reasons(paid, {"A1": "0", "A2": "blank", "E1": "cannot_judge"}) == {}


@pytest.mark.parametrize("answer", ["11", "-1", "00", "5.0", "yes", " 5", "None"])
def test_an_answer_off_the_scale_is_refused(tiny: Questionnaire, answer: str) -> None:
    with pytest.raises(AnswerError, match="A1"):
        settle(tiny, routed(tiny), {"A1": answer})


def stored(answered: int, blank: int, **others: int) -> dict[str, str]:
    words = ["4"] * answered + ["blank"] * blank
    for word, count in others.items():
        words += [word] * count
    return {f"X{number}": word for number, word in enumerate(words)}


@pytest.mark.parametrize(
    ("values", "status"),
    [
        (stored(20, 4), "complete"),
        (stored(19, 5), "partial"),  # 79.17 %
        (stored(12, 12), "partial"),
        (stored(11, 13), "break_off"),
        (stored(12, 3, not_asked=5, not_applicable=4), "complete"),  # exactly 80 %
        (stored(0, 0, cannot_judge=24), "break_off"),
        (stored(1, 0, cannot_judge=23), "complete"),
        (stored(0, 24), "break_off"),
        (stored(0, 0, not_asked=24), "break_off"),
        ({}, "break_off"),
    ],
)
def test_completeness(values: Mapping[str, str], status: str) -> None:
    assert completeness(values) == status


def test_the_cut_offs_are_settings_and_exact() -> None:
    values = stored(1, 2)
    third = Fraction(1, 3)
    assert completeness(values, partial_from=third) == "partial"
    assert completeness(values, complete_from=third, partial_from=third) == "complete"
    above = third + Fraction(1, 10**9)
    assert completeness(values, partial_from=above) == "break_off"


def test_level_zero_is_a_rating() -> None:
    assert completeness({"A1": "0"}) == "complete"


def test_brackets_follow_what_is_shown(tiny: Questionnaire) -> None:
    text = tiny.criterion("A1").leave_out.vi
    assert without_hidden(text, {"F13"}) == text
    assert without_hidden(text, {"A2"}) == "Số tiền; góp ý (hỏi ở E1)."
    assert without_hidden(text, {"A2", "E1"}) == "Số tiền; góp ý."
    names = {"A2": "câu 2", "E1": "câu 3"}
    assert (
        brackets(text, {"E1"}, names) == "Số tiền (hỏi ở câu 2); góp ý (hỏi ở câu 2)."
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Chứng từ thu (đã ghi ở F13c); cước.", {"F13c"}),
        ("time taken (may be written in G3); manner (asked in C1)", {"G3", "C1"}),
        ("Ba điều: (a) được báo; (b) chỉ kiểm tra", set()),
        ("thông tin (thành phần hồ sơ, biểu mẫu, phí)", set()),
        ("Dòng (date of receipt) trên Giấy hẹn", set()),
    ],
)
def test_only_brackets_with_codes_are_references(text: str, codes: set[str]) -> None:
    assert references(text) == codes
    if not codes:
        assert without_hidden(text, {"A1"}) == text


def test_no_text_keeps_a_bracket_when_all_others_are_hidden(
    full: Questionnaire,
) -> None:
    codes = {
        *(one.code for one in full.criteria),
        *(fact.code for fact in full.facts),
        *(one.code for one in full.generals),
    }
    for one in full.criteria:
        for text in (one.leave_out.vi, one.leave_out.en, one.consider.vi):
            left = without_hidden(text, codes)
            assert references(left) == frozenset()
            assert "  " not in left
            assert " ;" not in left
            assert " ." not in left


def test_the_needed_facts_close_over_derived_facts_and_asks(
    tiny: Questionnaire, short: Questionnaire
) -> None:
    assert needed_facts(tiny) == {"F02", "F13", "F13b"}
    # P1 needs F08 and the due date; B6 and P5 the procedure; C2 needs F12b for F12c.
    assert needed_facts(short) == {fact.code for fact in short.facts}


@given(st.data())
def test_routing_never_leaves_a_hidden_answer(
    full: Questionnaire, data: st.DataObject
) -> None:
    facts = {
        fact.code: data.draw(st.sampled_from(["", *fact.codes]), label=fact.code)
        for fact in full.facts
    }
    found = now(full, **facts)
    again = now(full, **found.facts)
    assert again == found
    paths = shown(full, found.values)
    answer = data.draw(st.sampled_from(["1", "5", "not_applicable", "cannot_judge"]))
    values = settle(full, paths, dict.fromkeys(paths, answer))
    assert list(values) == [one.code for one in full.criteria]
    for code, value in values.items():
        assert (value == "not_asked") is not paths[code].is_shown
        if value in {"not_asked", "not_applicable"}:
            assert reasons(paths, values)[code].startswith("na_")
    completeness(values)
