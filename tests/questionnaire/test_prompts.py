"""Prompts compare a rating with a fact, in both directions alike."""

from __future__ import annotations

import pytest

from survey.questionnaire import Questionnaire
from survey.questionnaire.prompts import question, raised

LATE = {"late": "yes", "early": "no", "days_late": "2", "days_early": "-2"}
EARLY = {"late": "no", "early": "yes", "days_late": "-3", "days_early": "3"}
ON_TIME = {"late": "no", "early": "no", "days_late": "0", "days_early": "0"}
OVER = {"promised_vs_published": "longer", "promised_days": "9", "published_days": "5"}


@pytest.mark.parametrize(
    ("code", "values", "direction", "fact"),
    [
        ("D1", {"D1": "5", **LATE}, "high", "kết quả sau ngày hẹn 2 ngày làm việc"),
        (
            "D1",
            {"D1": "4", "F09": "in_progress", **LATE},
            "high",
            "đã quá ngày hẹn 2 ngày làm việc, chưa có kết quả",
        ),
        ("D1", {"D1": "1", **EARLY}, "low", "kết quả trước ngày hẹn 3 ngày làm việc"),
        ("D1", {"D1": "2", **ON_TIME}, "low", "kết quả đúng hẹn"),
        (
            "B3",
            {"B3": "4", "F10": "two", "supplement_new_points": "yes"},
            "high",
            "yêu cầu sau có nội dung mới mà yêu cầu trước chưa nêu",
        ),
        (
            "B3",
            {"B3": "1", "F10": "one", "supplement_new_points": "no"},
            "low",
            "phải bổ sung một lần",
        ),
        (
            "B3",
            {"B3": "1", "F10": "two", "supplement_new_points": "no"},
            "low",
            "yêu cầu sau không có nội dung mới",
        ),
        (
            "B4",
            {"B4": "5", "F13b": "higher"},
            "high",
            "số tiền thu lần đầu cao hơn mức công bố",
        ),
        ("B4", {"B4": "1", "F13b": "equal"}, "low", "số tiền thu bằng mức công bố"),
        (
            "B5",
            {"B5": "4", "F14c": "tried_failed", "online_payment_trouble": "yes"},
            "high",
            "đã thử nộp trực tuyến nhưng không nộp được",
        ),
        (
            "B5",
            {"B5": "4", "online_payment_trouble": "yes"},
            "high",
            "giao dịch trực tuyến phải làm lại",
        ),
        (
            "B5",
            {"B5": "2", "online_payment_trouble": "no"},
            "low",
            "giao dịch trực tuyến thành công ngay lần đầu",
        ),
        (
            "B6",
            {"B6": "4", "promised_vs_published": "no_date"},
            "high",
            "không được cho biết ngày hẹn",
        ),
        (
            "B6",
            {"B6": "4", **OVER},
            "high",
            "thời hạn hẹn là 9 ngày làm việc, thời hạn công bố là 5 ngày làm việc",
        ),
        (
            "B6",
            {"B6": "1", **OVER, "promised_vs_published": "equal"},
            "low",
            "thời hạn hẹn là 9 ngày làm việc, thời hạn công bố là 5 ngày làm việc",
        ),
        (
            "E3",
            {"E3": "5", "F17b": "not_answered_overdue"},
            "high",
            "đã quá thời hạn, chưa được trả lời",
        ),
        (
            "E3",
            {"E3": "5", "F17b": "answered_late"},
            "high",
            "được trả lời sau thời hạn",
        ),
        (
            "E3",
            {"E3": "1", "F17b": "answered_in_time"},
            "low",
            "được trả lời trong thời hạn",
        ),
        ("E4", {"E4": "4", "F16": "none"}, "high", "không được báo về việc trễ hẹn"),
        (
            "E4",
            {"E4": "4", "F16": "only_when_asked"},
            "high",
            "chỉ được báo về việc trễ hẹn khi tự hỏi",
        ),
        (
            "E4",
            {"E4": "2", "F16": "before_or_on_date"},
            "low",
            "được báo trước ngày hẹn hoặc vào đúng ngày hẹn",
        ),
        (
            "G1",
            {"G1": "4", "all_rated_low": "yes"},
            "high",
            "các tiêu chí đã đánh giá đều ở mức 1 hoặc 2",
        ),
        (
            "G1",
            {"G1": "2", "all_rated_high": "yes"},
            "low",
            "các tiêu chí đã đánh giá đều ở mức 4 hoặc 5",
        ),
    ],
)
def test_a_rating_against_a_fact_raises_its_prompt(
    full: Questionnaire, code: str, values: dict[str, str], direction: str, fact: str
) -> None:
    [one] = raised(full, {code}, values)
    assert (one.prompt.criterion, one.direction, one.fact.vi) == (code, direction, fact)


@pytest.mark.parametrize(
    "values",
    [
        {"D1": "3", **LATE},  # the middle is never questioned
        {"D1": "5", **ON_TIME},
        {"D1": "1", **LATE},
        {"D1": "cannot_judge", **LATE},
        {"D1": "not_applicable", **LATE},
        {"D1": "blank", **LATE},
        {"D1": "5"},  # nothing is known about lateness
        LATE,
    ],
)
def test_what_agrees_or_is_not_known_raises_nothing(
    full: Questionnaire, values: dict[str, str]
) -> None:
    assert raised(full, {"D1"}, values) == ()


def test_only_the_questions_of_the_page_are_looked_at(full: Questionnaire) -> None:
    assert raised(full, {"D2", "D3"}, {"D1": "5", **LATE}) == ()


def test_the_lowest_number_comes_first(full: Questionnaire) -> None:
    values = {"B3": "5", "supplement_new_points": "yes", "B4": "5", "F13b": "higher"}
    found = raised(full, {"B4", "B3"}, values)
    assert [one.prompt.code for one in found] == ["P2", "P3"]


def test_a_fact_that_cannot_be_named_in_full_raises_nothing(
    full: Questionnaire,
) -> None:
    assert raised(full, {"D1"}, {"D1": "5", "late": "yes"}) == ()


def test_the_question_states_both_and_asks_neither_way(full: Questionnaire) -> None:
    [one] = raised(full, {"D1"}, {"D1": "5", **LATE})
    assert question(full, one, 5, "vi") == (
        "Phần thực tế ghi: kết quả sau ngày hẹn 2 ngày làm việc. Câu này chọn: Rất hài "
        "lòng. Cả hai đều có thể đúng. Quý doanh nghiệp muốn giữ nguyên hay xem lại?"
    )
    assert question(full, one, 5, "en").startswith(
        "The facts say: the result came 2 working days after the appointed date. "
        "You chose: Very satisfied."
    )


def test_level_zero_can_raise_a_prompt(tiny: Questionnaire) -> None:
    [one] = raised(tiny, {"A2"}, {"A2": "0", "F13b": "equal"})
    assert one.direction == "low"
    assert question(tiny, one, 0, "vi") == (
        "Phần thực tế ghi: thu bằng. Câu này chọn: Mức 0."
    )
