"""How many words a page really puts before a respondent, counted by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from survey.questionnaire import Questionnaire, reading_time, shown, words_shown
from survey.questionnaire.reading_time import (
    ARMS,
    MOST_MINUTES,
    minutes_for,
    most_minutes,
    words,
)
from survey.questionnaire.schema import LANGUAGES

PAID = {"F13": "yes", "F13b": "equal"}
LEVELS = 11


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("Quý doanh nghiệp", 3),
        ("Không nhớ / không rõ", 4),  # a slash is no word
        ("11–50 lao động", 3),
        ("1. Rất hài lòng", 4),
        ("– Chọn –", 1),
        ("Ngày  hẹn\n21/08/2026", 3),
    ],
)
def test_a_word_is_a_run_that_holds_a_letter_or_a_digit(text: str, number: int) -> None:
    assert words(text) == number


def test_a_page_of_the_tiny_form_is_counted_by_hand(tiny: Questionnaire) -> None:
    found = words_shown(tiny, shown(tiny, PAID), language="vi", arm="guided")
    # "A. Tiếp cận" 3.
    # A1: code and question 5; "Cân nhắc" 2 + 4; "Không tính đến" 3 +
    # "Số tiền (hỏi ở A2); góp ý (hỏi ở A2, E1)." 11; "Tra cứu" 2 + 4;
    # eleven times "0. Mức 0" 3 and "Mô tả mức 0." 4; not enough information 7.
    a1 = 5 + (2 + 4) + (3 + 11) + (2 + 4) + LEVELS * 7 + 7
    # A2: 4; 2 + 3; 3 + "Chứng từ (đã ghi ở F13b)." 6; 2 + 4.
    a2 = 4 + (2 + 3) + (3 + 6) + (2 + 4) + LEVELS * 7 + 7
    assert found["A"] == 3 + a1 + a2
    assert found["thong-tin"] == 0
    # E: "E. Góp ý" 3, note 4; E1: 6; 2 + 5; 3 + "Số tiền (hỏi ở A2)." 5; 2 + 4.
    assert found["E"] == 3 + 4 + 6 + 7 + (3 + 5) + 6 + LEVELS * 7 + 7
    # G1: 4 and the levels 33; G2: 5 and 1 + 2 + 2; G3: 3.
    assert found["chung"] == 4 + 33 + 5 + 5 + 3


def test_what_is_folded_away_is_not_counted(tiny: Questionnaire) -> None:
    found = words_shown(tiny, shown(tiny, PAID), language="vi", arm="folded")
    assert found["A"] == 3 + (5 + LEVELS * 3 + 7) + (4 + LEVELS * 3 + 7)
    assert found["chung"] == 50


def test_a_hidden_criterion_is_not_counted_nor_what_points_to_it(
    tiny: Questionnaire,
) -> None:
    found = words_shown(tiny, shown(tiny, {"F13": "no"}), language="vi", arm="guided")
    # "Số tiền; góp ý (hỏi ở E1)." 7 instead of 11; "Không áp dụng" is offered at E1.
    assert found["A"] == 3 + 5 + 6 + (3 + 7) + 6 + LEVELS * 7 + 7
    assert found["E"] == 3 + 4 + 6 + 7 + (3 + 2) + 6 + LEVELS * 7 + 7 + (3 + 3)


def test_facts_count_where_they_are_asked_and_strips_where_they_stand(
    tiny: Questionnaire,
) -> None:
    routed = shown(tiny, PAID)
    bare = words_shown(tiny, routed, language="vi", arm="guided")
    found = words_shown(
        tiny,
        routed,
        language="vi",
        arm="guided",
        facts=["F13", "F02"],
        strips={"A2": "Phí: đã nộp."},
    )
    # F02: 6; "Không cần tra cứu" is not said; 1 + 1. F13: 5; hint 5; 2 + 2; 1 + 1 + 2.
    f02, f13 = 6 + 2, 5 + 5 + 4 + 4
    assert found == {**bare, "thong-tin": f02 + f13, "A": bare["A"] + 3}


def test_a_page_without_a_question_has_no_words(full: Questionnaire) -> None:
    routed = shown(full, {})
    hidden = {
        code: (
            one
            if code[0] != "C"
            else type(one)(is_shown=False, reason=None, offers_not_applicable=False)
        )
        for code, one in routed.items()
    }
    found = words_shown(full, hidden, language="vi", arm="guided", strips={"C1": "a"})
    assert list(found) == ["thong-tin", "A", "B", "D", "E", "chung"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_folded_arm_has_fewer_words_on_every_page_of_criteria(
    full: Questionnaire, language: str
) -> None:
    guided, folded = (
        words_shown(full, shown(full, {}), language=language, arm=arm) for arm in ARMS
    )
    for page in "ABCDE":
        assert folded[page] < guided[page] / 2
    assert folded["chung"] == guided["chung"]


def test_the_whole_form_is_counted_page_by_page(tiny: Questionnaire) -> None:
    whole = reading_time(tiny, language="vi", arm="guided")
    routed = shown(tiny, PAID)
    page = words_shown(tiny, routed, language="vi", arm="guided")
    # Title 2, "Cơ quan thử hỏi trong 1 phút." 7, consent 3.
    assert whole.words["gioi-thieu"] == 2 + 7 + 3
    # Not applicable 3 + 3 offered at E1 alone; A2 can state "phí: đã nộp" 3 and
    # "số tiền: cao hơn" 4.
    assert whole.words["E"] == page["E"] + 6
    assert whole.words["A"] == page["A"] + 7
    assert sum(whole.once.values()) < sum(whole.words.values())
    # Read once: "Tra cứu" 2 stood among the facts; of A2 only what A1 did not hold.
    before = 2
    in_a1 = 2 + 3 + 2 + 4 + LEVELS * 7 + 7
    assert whole.once["A"] == page["A"] + 7 - before - in_a1


def test_fewer_facts_take_less_time(full: Questionnaire) -> None:
    all_facts = reading_time(full, language="vi", arm="guided")
    some = reading_time(full, language="vi", arm="guided", facts=["F02", "F03"])
    assert some.words["thong-tin"] < all_facts.words["thong-tin"] / 5
    assert {**some.words, "thong-tin": 0} == {**all_facts.words, "thong-tin": 0}


def test_the_limits_are_those_of_the_full_and_of_the_short_form(
    full: Questionnaire, short: Questionnaire
) -> None:
    assert (most_minutes(full), most_minutes(short)) == (10, 4)
    assert MOST_MINUTES == {"full": 10, "core": 4}
    assert minutes_for(500) == Fraction(5, 2)


def test_exclusive_facts_are_not_counted_together(full: Questionnaire) -> None:
    """D1 states a date or that none was given, and one of late, early, on time."""
    folded = reading_time(full, language="vi", arm="folded").words["D"]
    bare = words_shown(full, shown(full, {}), language="vi", arm="folded")["D"]
    offered = sum(
        3 + words(one.not_applicable_text.vi)
        for one in full.element("D").criteria
        if one.not_applicable_text is not None
        and shown(full, {})[one.code].offers_not_applicable
    )
    # "ngày hẹn: không được cho biết" 6, "ngày hẹn sau khi bổ sung …" 7, "có kết quả
    # …" 4, "chưa có kết quả, tính đến ngày trả lời phiếu" 10, "sau ngày hẹn … ngày
    # làm việc" 7. D2, D3: 4 and the longest way of receiving it 13. D4: 4 + 7, 6 + 1.
    d1, d2, d4 = 6 + 7 + 4 + 10 + 7, 4 + 13, 11 + 7
    assert folded == bare - offered + d1 + 2 * d2 + d4
