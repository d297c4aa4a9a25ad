"""The facts repeated in one sentence, and soft warnings where they disagree."""

from __future__ import annotations

from datetime import date

import pytest

from survey.questionnaire import Questionnaire, current
from survey.questionnaire.summary import contradictions, summarise
from survey.workdays import Calendar

CALENDAR = Calendar(holidays=frozenset(), swapped_working_days=frozenset())
DATED = {
    "F06": "2026-08-03",
    "F07": "2026-08-21",
    "F08": "2026-08-25",
    "F09": "granted",
    "F10": "none",
    "F13": "yes",
    "F14": "cash",
}


def date_text(day: date, language: str) -> str:
    return f"{day.day:02}/{day.month}/{day.year}" if language == "vi" else str(day)


def summary(q: Questionnaire, facts: dict[str, str], language: str = "vi") -> str:
    found = current(
        q, facts, procedure=None, calendar=CALENDAR, answer_date=date(2026, 9, 30)
    )
    return summarise(
        q, found.facts, found.derived, language=language, date_text=date_text
    )


def test_the_summary_repeats_the_facts_as_entered(full: Questionnaire) -> None:
    assert summary(full, DATED) == (
        "Tiếp nhận 03/8/2026; hẹn trả 21/8/2026; có kết quả 25/8/2026 (sau ngày hẹn 2 "
        "ngày làm việc); bổ sung không lần nào; phí, lệ phí tiền mặt."
    )
    assert summary(full, DATED, "en") == (
        "Received 2026-08-03; due 2026-08-21; result 2026-08-25 (2 working days after "
        "the appointed date); supplemented none; fee cash."
    )


@pytest.mark.parametrize(
    ("ready", "words"),
    [
        ("2026-08-21", "có kết quả 21/8/2026 (đúng hẹn)"),
        ("2026-08-20", "có kết quả 20/8/2026 (trước ngày hẹn 1 ngày làm việc)"),
    ],
)
def test_the_lateness_is_put_in_words(
    full: Questionnaire, ready: str, words: str
) -> None:
    assert words in summary(full, {**DATED, "F08": ready})


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        ({"F06": "not_sure", "F07": "no_date_given", "F10": "not_sure"}, ""),
        ({"F07": "2026-08-21"}, "Hẹn trả 21/8/2026."),
        ({"F08": "2026-08-25"}, "Có kết quả 25/8/2026."),
        (
            {"F07": "2026-08-21", "F10": "one", "F10b": "2026-08-28"},
            "Hẹn trả 28/8/2026; bổ sung một lần.",
        ),
        (
            {"F07": "2026-08-21", "F10": "one", "F10b": "unchanged"},
            "Hẹn trả 21/8/2026; bổ sung một lần.",
        ),
        (
            {"F07": "2026-08-21", "F10": "two", "F10b": "not_sure"},
            "Bổ sung hai lần.",
        ),
    ],
)
def test_what_is_not_known_is_left_out(
    full: Questionnaire, facts: dict[str, str], words: str
) -> None:
    assert summary(full, facts) == words


def test_a_short_form_leaves_out_what_it_does_not_ask(short: Questionnaire) -> None:
    assert "phí" not in summary(short, DATED)


@pytest.mark.parametrize(
    ("facts", "pairs"),
    [
        (DATED, ()),
        ({"F06": "2026-08-03", "F07": "2026-08-02"}, (("F07", "F06"),)),
        ({"F06": "2026-08-03", "F08": "2026-08-02"}, (("F08", "F06"),)),
        ({"F06": "2026-08-03", "F07": "2026-08-03", "F08": "2026-08-03"}, ()),
        ({"F08": "2026-08-25", "F09": "in_progress"}, (("F08", "F09"),)),
        ({"F08": "not_yet", "F09": "in_progress"}, ()),
        ({"F08": "not_yet", "F09": "refused"}, (("F08", "F09"),)),
        ({"F12": "none", "F04": "in_person"}, (("F12", "F04"),)),
        (
            {"F12": "none", "F04": "in_person", "F05": "electronic_and_in_person"},
            (("F12", "F04"), ("F12", "F05")),
        ),
        ({"F12": "none", "F04": "online", "F05": "electronic"}, ()),
        ({"F12": "one", "F04": "in_person"}, ()),
        ({}, ()),
    ],
)
def test_facts_that_do_not_fit_together_are_named(
    facts: dict[str, str], pairs: tuple[tuple[str, str], ...]
) -> None:
    assert contradictions(facts) == pairs
