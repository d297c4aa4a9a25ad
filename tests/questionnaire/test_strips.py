"""Facts stand in sight above their criterion, in words that judge nothing."""

from __future__ import annotations

import re
from datetime import date

import pytest

from survey import formats
from survey.questionnaire import (
    ProcedureFacts,
    Questionnaire,
    current,
    load,
    packaged,
    strips,
)
from survey.questionnaire.schema import LANGUAGES, placeholders
from survey.workdays import Calendar

PLAIN = Calendar(holidays=frozenset(), swapped_working_days=frozenset())
ALL_FACTS = {
    "F01": "1.1", "F02": "employee", "F03": "workers_1_10", "F04": "online",
    "F05": "electronic", "F06": "2026-08-03", "F07": "2026-08-21",
    "F08": "2026-08-25", "F09": "refused", "F09b": "no", "F10": "two",
    "F10b": "unchanged", "F11": "all_oral", "F11b": "no", "F12": "one",
    "F12b": "yes", "F12c": "yes", "F12d": "guided", "F13": "yes", "F13b": "higher",
    "F13c": "no", "F14": "portal_online", "F14b": "after_retry", "F15": "yes",
    "F16": "none", "F17": "yes", "F17b": "answered_late", "F18": "no",
}  # fmt: skip


def stated(q: Questionnaire, language: str = "vi", **facts: str) -> dict[str, str]:
    """The strips for these facts, answered on 30 September 2026."""
    now = current(
        q,
        facts,
        procedure=ProcedureFacts(published_days=10, is_immediate=False),
        calendar=PLAIN,
        answer_date=date(2026, 9, 30),
    )
    return strips(q, now.values, language=language, date_text=formats.date_text)


@pytest.mark.parametrize(
    ("due", "ready", "words"),
    [
        ("2026-08-21", "2026-08-25", "sau ngày hẹn 2 ngày làm việc"),
        ("2026-08-21", "2026-08-24", "sau ngày hẹn 1 ngày làm việc"),
        ("2026-08-21", "2026-08-21", "đúng ngày hẹn"),
        ("2026-08-21", "2026-08-20", "trước ngày hẹn 1 ngày làm việc"),
        ("2026-08-21", "2026-08-18", "trước ngày hẹn 3 ngày làm việc"),
    ],
)
def test_late_and_early_are_stated_in_the_same_form(
    full: Questionnaire, due: str, ready: str, words: str
) -> None:
    found = stated(full, F07=due, F08=ready, F09="granted", F10="none")
    on = "/".join(reversed(ready.split("-")))
    assert found["D1"] == f"Ngày hẹn 21/08/2026; có kết quả {on}; {words}."


def test_dates_are_written_as_the_language_writes_them(full: Questionnaire) -> None:
    facts = {"F07": "2026-08-21", "F08": "2026-08-25", "F09": "granted", "F10": "none"}
    assert stated(full, "en", **facts)["D1"] == (
        "Appointed date 21 Aug 2026; result 25 Aug 2026; "
        "working days after the appointed date: 2."
    )


def test_the_date_after_a_supplement_stands_beside_the_first(
    full: Questionnaire,
) -> None:
    found = stated(full, F07="2026-08-21", F10="one", F10b="2026-08-28")
    assert found["D1"] == ("Ngày hẹn 21/08/2026; ngày hẹn sau khi bổ sung 28/08/2026.")


def test_without_a_result_the_days_are_counted_to_the_day_of_answering(
    full: Questionnaire,
) -> None:
    found = stated(full, F07="2026-09-28", F09="in_progress", F10="none")
    assert found["D1"] == (
        "Ngày hẹn 28/09/2026; chưa có kết quả, tính đến ngày trả lời phiếu; "
        "sau ngày hẹn 2 ngày làm việc."
    )


def test_a_promise_is_stated_beside_the_published_time(full: Questionnaire) -> None:
    found = stated(full, F01="1.1", F06="2026-08-03", F07="2026-08-21")
    assert found["B6"] == (
        "Tiếp nhận 03/08/2026; ngày hẹn đầu tiên 21/08/2026; "
        "thời hạn hẹn: 14 ngày làm việc; thời hạn công bố: 10 ngày làm việc."
    )
    assert stated(full, F07="no_date_given")["B6"] == ("Ngày hẹn: không được cho biết.")


@pytest.mark.parametrize("amount", ["equal", "higher", "lower"])
def test_what_was_charged_is_stated_alike_whatever_it_was(
    full: Questionnaire, amount: str
) -> None:
    label = full.fact("F13b").label(amount)
    assert label is not None
    found = stated(full, F13="yes", F13b=amount)
    assert found["B4"].lower() == f"số tiền thu lần đầu: {label.vi.lower()}."


def test_what_is_not_known_is_not_stated(full: Questionnaire) -> None:
    unsure = {code: "not_sure" for code in ALL_FACTS if code not in {"F02", "F18"}}
    assert stated(full) == {}
    assert stated(full, **unsure) == {}


def test_a_corrected_fact_takes_what_followed_from_it_out_of_sight(
    full: Questionnaire,
) -> None:
    found = stated(full, F10="two", F11b="yes")
    assert found["B3"] == (
        "Số lần bổ sung: hai lần; yêu cầu sau có nội dung mới so với yêu cầu trước."
    )
    # The follow-up is no longer asked, so it is no longer a fact.
    assert stated(full, F10="one", F11b="yes")["B3"] == "Số lần bổ sung: một lần."


def test_only_the_questions_of_the_page_are_worked_out(full: Questionnaire) -> None:
    found = strips(
        full,
        {"F04": "postal", "F05": "postal"},
        language="vi",
        date_text=formats.date_text,
        codes={"A5", "D1"},
    )
    assert list(found) == ["A5"]


def test_a_value_cannot_bring_in_a_placeholder(tiny: Questionnaire) -> None:
    values = {"F13": "{F13b}", "F13b": "{F13}"}
    found = strips(tiny, values, language="vi", date_text=formats.date_text)
    assert found == {}


def test_wordings_stand_in_the_order_of_the_file(tiny: Questionnaire) -> None:
    values = {"F13": "yes", "F13b": "higher"}
    found = strips(tiny, values, language="en", date_text=formats.date_text)
    assert found == {"A2": "Fee: paid; amount: higher."}


# What praises or blames, or asks for a level; none of it is a fact.
JUDGING = re.compile(
    r"\b(tốt|xấu|kém|tệ|nhanh|chậm|trễ|lâu|tiếc|may|chỉ|vẫn|đã quá|đúng quy định|sai"
    r"|hài lòng|good|bad|poor|slow|fast|quick|unfortunately|only|still|late|early"
    r"|satisf\w+|as long as)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", ["dn-2026-1", "loi-2026-1"])
def test_no_wording_judges(name: str) -> None:
    q = load(packaged()[name], name)
    for one in q.criteria:
        for wording in one.strip:
            for language in LANGUAGES:
                text = wording.text.get(language)
                # The name of F16 as the form itself has it.
                bare = text.replace("việc trễ hẹn", "")
                assert JUDGING.search(bare) is None, (one.code, text)


def test_every_prompt_has_its_fact_in_sight(
    full: Questionnaire, short: Questionnaire
) -> None:
    for q in (full, short):
        compared = {prompt.criterion for prompt in q.prompts} - {"G1"}
        assert compared <= {one.code for one in q.criteria if one.strip}


def test_the_short_one_states_what_it_asks_in_the_words_of_the_full_one(
    full: Questionnaire, short: Questionnaire
) -> None:
    asked = {fact.code for fact in short.facts}
    for one in short.criteria:
        expected = tuple(
            wording
            for wording in full.criterion(one.code).strip
            if {
                name
                for name in wording.when.names | placeholders(wording.text.vi)
                if name.startswith("F")
            }
            <= asked
        )
        assert one.strip == expected
    facts = {code: value for code, value in ALL_FACTS.items() if code in asked}
    assert set(stated(short, **facts)) <= {one.code for one in short.criteria}
