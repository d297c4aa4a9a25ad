"""Every prompt and its mirror, against facts and levels at and around each boundary."""

from __future__ import annotations

from datetime import date

import pytest

from survey.questionnaire import ProcedureFacts, Questionnaire, current
from survey.questionnaire.prompts import comparable, in_place, judged, raised
from survey.workdays import Calendar

PLAIN = Calendar(holidays=frozenset(), swapped_working_days=frozenset())
ANSWERED_ON = date(2026, 9, 30)

LATE = {"F07": "2026-08-21", "F08": "2026-08-24", "F09": "granted", "F10": "none"}
TWO = {"F10": "two"}
PAID = {"F13": "yes"}
ONLINE = {**PAID, "F14": "portal_online"}
CASH = {**PAID, "F14": "cash"}
# Received on Monday 3 August; ten working days are over on Monday the 17th.
PROMISED = {"F01": "1.1", "F06": "2026-08-03"}
SENT = {"F17": "yes"}
FIVE = ("A1", "A2", "A3", "B1", "B2")

TABLE = [
    # code, facts, the side that the facts open
    ("P1", {**LATE, "F08": "2026-08-24"}, "high"),  # one working day late
    ("P1", {**LATE, "F08": "2026-08-23"}, "high"),  # Sunday counts as the Monday
    ("P1", {**LATE, "F08": "2026-08-21"}, "low"),  # on the very day
    ("P1", {**LATE, "F08": "2026-08-20"}, "low"),  # one working day early
    ("P1", {**LATE, "F07": "2026-08-22", "F08": "2026-08-24"}, "low"),  # due Saturday
    ("P1", {"F07": "2026-09-29", "F09": "in_progress", "F10": "none"}, "high"),
    ("P1", {"F07": "2026-09-30", "F09": "in_progress", "F10": "none"}, "low"),
    ("P1", {**LATE, "F08": "not_sure"}, None),
    ("P1", {**LATE, "F07": "no_date_given"}, None),
    ("P1", {**LATE, "F10": "one"}, None),  # which date counts is not known
    ("P1", {**LATE, "F10": "one", "F10b": "unchanged"}, "high"),
    ("P1", {**LATE, "F10": "one", "F10b": "2026-08-24"}, "low"),
    ("P2", {**TWO, "F11b": "yes"}, "high"),
    ("P2", {**TWO, "F11b": "no"}, "low"),
    ("P2", {"F10": "three_plus", "F11b": "yes"}, "high"),
    ("P2", {"F10": "one"}, "low"),
    ("P2", {"F10": "none"}, None),
    ("P2", {**TWO, "F11b": "not_sure"}, None),
    ("P2", TWO, None),
    ("P3", {**PAID, "F13b": "higher"}, "high"),
    ("P3", {**PAID, "F13b": "equal"}, "low"),
    ("P3", {**PAID, "F13b": "lower"}, None),
    ("P3", {**PAID, "F13b": "not_sure"}, None),
    ("P3", {"F13": "no", "F13b": "higher"}, None),  # no longer asked
    ("P4", {**ONLINE, "F14b": "after_retry"}, "high"),
    ("P4", {**ONLINE, "F14b": "first_try"}, "low"),
    ("P4", {**ONLINE, "F14b": "not_sure"}, None),
    ("P4", {**CASH, "F14c": "tried_failed"}, "high"),
    ("P4", {**CASH, "F14c": "not_aware"}, None),
    ("P5", {**PROMISED, "F07": "2026-08-19"}, "high"),  # 12 days, published 10
    ("P5", {**PROMISED, "F07": "2026-08-18"}, "low"),  # 11: within the tolerance
    ("P5", {**PROMISED, "F07": "2026-08-17"}, "low"),  # 10: as published
    ("P5", {**PROMISED, "F07": "2026-08-14"}, "low"),  # 9: shorter
    ("P5", {**PROMISED, "F07": "no_date_given"}, "high"),
    ("P5", {**PROMISED, "F01": "not_listed", "F07": "2026-08-19"}, None),
    ("P5", {"F01": "1.1", "F07": "2026-08-19"}, None),
    ("P6", {**SENT, "F17b": "answered_late"}, "high"),
    ("P6", {**SENT, "F17b": "not_answered_overdue"}, "high"),
    ("P6", {**SENT, "F17b": "answered_in_time"}, "low"),
    ("P6", {**SENT, "F17b": "not_answered_not_due"}, None),
    ("P6", {"F17": "no", "F17b": "answered_late"}, None),
    ("P7", {**LATE, "F16": "none"}, "high"),
    ("P7", {**LATE, "F16": "only_when_asked"}, "high"),
    ("P7", {**LATE, "F16": "before_or_on_date"}, "low"),
    ("P7", {**LATE, "F16": "after_date"}, None),
    ("P7", {**LATE, "F08": "2026-08-21", "F16": "none"}, None),  # not late: not asked
    ("P8", dict.fromkeys(FIVE, "1"), "high"),
    ("P8", dict.fromkeys(FIVE, "2"), "high"),
    ("P8", dict.fromkeys(FIVE, "4"), "low"),
    ("P8", dict.fromkeys(FIVE, "5"), "low"),
    ("P8", {**dict.fromkeys(FIVE, "2"), "B2": "3"}, None),
    ("P8", {**dict.fromkeys(FIVE, "4"), "B2": "3"}, None),
    ("P8", {**dict.fromkeys(FIVE, "1"), "B2": "5"}, None),
    ("P8", {**dict.fromkeys(FIVE, "5"), "B2": "cannot_judge"}, None),  # four ratings
    ("P8", {**dict.fromkeys(FIVE, "5"), "C4": "blank"}, "low"),  # five of six
]


def split(
    q: Questionnaire, given: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Facts with what follows from them, and ratings."""
    facts = {code: value for code, value in given.items() if code.startswith("F")}
    now = current(
        q,
        facts,
        procedure=ProcedureFacts(published_days=10, is_immediate=False),
        calendar=PLAIN,
        answer_date=ANSWERED_ON,
    )
    rest = {code: value for code, value in given.items() if code not in facts}
    return now.values, rest


@pytest.mark.parametrize(
    "answer", ["1", "2", "3", "4", "5", "not_applicable", "cannot_judge", "blank", ""]
)
@pytest.mark.parametrize(("code", "given", "side"), TABLE)
def test_a_level_raises_its_prompt_exactly_where_the_fact_rules_it_out(
    full: Questionnaire,
    code: str,
    given: dict[str, str],
    side: str | None,
    answer: str,
) -> None:
    prompt = next(one for one in full.prompts if one.code == code)
    values, ratings = split(full, given)
    ratings[prompt.criterion] = answer
    opposed = {"high": {"4", "5"}, "low": {"1", "2"}, None: set[str]()}[side]

    found = raised(full, {prompt.criterion}, judged(full, values, ratings))
    assert [(one.prompt.code, one.direction) for one in found] == (
        [(code, side)] if answer in opposed else []
    )

    is_level = answer in full.scale.values
    assert (code in comparable(full, values, ratings)) == (
        is_level and side is not None
    )


@pytest.mark.parametrize(("code", "given", "side"), TABLE)
def test_a_page_is_told_beforehand_what_its_levels_would_raise(
    full: Questionnaire, code: str, given: dict[str, str], side: str | None
) -> None:
    prompt = next(one for one in full.prompts if one.code == code)
    values, ratings = split(full, given)

    found = in_place(full, {prompt.criterion}, values, ratings=ratings)
    levels = {"high": (4, 5), "low": (1, 2)}
    assert [(one.code, one.direction, one.levels) for one in found] == (
        [] if side is None else [(code, side, levels[side])]
    )

    # The same words as on a page of its own, whichever level is chosen.
    for one in found:
        for level in one.levels:
            chosen = judged(full, values, {**ratings, prompt.criterion: str(level)})
            [there] = raised(full, {prompt.criterion}, chosen)
            label = full.scale.label(level)
            for language in ("vi", "en"):
                text = one.text.get(language)
                assert text.count("{level}") == 1
                assert there.fact.get(language) in text
                assert "{fact}" not in text
                assert label.get(language) not in text


def test_the_table_opens_both_sides_and_neither_of_every_prompt(
    full: Questionnaire,
) -> None:
    seen = {(code, side) for code, _, side in TABLE}
    codes = {one.code for one in full.prompts}
    assert seen == {(code, side) for code in codes for side in ("high", "low", None)}


def test_every_page_and_prompt_in_place_comes_lowest_number_first(
    full: Questionnaire,
) -> None:
    values, _ = split(full, {**TWO, "F11b": "yes", **PAID, "F13b": "equal"})
    found = in_place(full, {"B4", "B3", "B6"}, values)
    assert [(one.code, one.direction) for one in found] == [
        ("P2", "high"),
        ("P3", "low"),
    ]


def test_in_place_has_no_prompt_of_the_whole_without_the_ratings(
    full: Questionnaire,
) -> None:
    assert in_place(full, {"G1"}, dict.fromkeys(FIVE, "5")) == ()
