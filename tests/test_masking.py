"""Comments are masked before anybody reads them: rather too much than too little."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.masking import ADDED, Span, added, joined, masked, spans


def mask(text: str) -> str:
    return masked(text, spans(text))


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Gọi tôi số 0905123456 nhé", "0905123456"),
        ("Gọi 0905 123 456", "0905 123 456"),
        ("ĐT: 0905.123.456", "0905.123.456"),
        ("máy bàn (0258) 3822-123", "3822"),
        ("+84 905 123 456", "905"),
        ("o9o5 123 456 (viết chữ o)", "123 456"),
        ("không chín không năm một hai ba bốn", "chín không năm"),
        ("MST 4201234567", "4201234567"),
        ("mã số thuế 4201234567-001", "4201234567-001"),
        ("CCCD 056099001234", "056099001234"),
        ("CMND 225 123 456", "225 123 456"),
        ("STK 1903 5678 9012 34 Techcombank", "1903 5678"),
        ("thư hanh.nguyen@gmail.com", "hanh.nguyen"),
        ("thư hanh (at) gmail.com", "hanh"),
        ("xem facebook.com/hanh.sct", "facebook.com/hanh"),
        ("zalo: hanh123", "hanh123"),
        ("hồ sơ H32.15-260801-0001 bị chậm", "260801"),
        ("hồ sơ 000.00.15.H32-260801-0001", "H32"),
        ("nộp ngày 21/08/2026 mà chưa có", "21/08/2026"),
        ("nộp ngày 21 tháng 8", "21 tháng 8"),
        ("xe 79A-123.45 đến nhận", "79A"),
        ("chị Hạnh rất nhiệt tình", "Hạnh"),
        ("Chị Nguyễn Thị Hạnh ở Một cửa", "Nguyễn Thị Hạnh"),
        ("anh hùng phòng thương mại", "hùng"),
        ("ông Trần Văn Nam", "Trần Văn Nam"),
        ("đ/c Tuấn, đồng chí Bình", "Tuấn"),
        ("đ/c Tuấn, đồng chí Bình", "Bình"),
        ("chuyên viên Lan Hương gây khó", "Lan Hương"),
        ("TRẦN THỊ MAI hướng dẫn", "THỊ MAI"),
        ("Le Van Tam nói", "Van Tam"),
        ("nguyễn văn an hẹn lại", "văn an"),
        ("Mr. John Smith", "John Smith"),
        ("Công ty TNHH Thương mại Biển Xanh", "Biển Xanh"),
        ("DNTN Hải Sản 68 nộp", "Hải Sản"),
        ("cô Vân", "Vân"),
        ("quầy số 3 do Hạnh tiếp", "Hạnh"),
    ],
)
def test_what_names_somebody_is_hidden(text, gone):
    assert gone in text
    assert gone not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thủ tục rõ ràng, trả đúng hẹn, xin cảm ơn.",
        "Phí 1.500.000 đồng là cao, lần đầu thu 500.000đ.",
        "Phải bổ sung 3 lần trong 20 ngày làm việc.",
        "Theo Nghị định 61/2018 thì hẹn 15 ngày.",
        "Cổng dịch vụ công hay lỗi, tải tệp 6 MB không được.",
        "Anh em trong công ty đi lại nhiều lần.",
        "Đề nghị Sở Công Thương trả kết quả bản điện tử.",
        "Sở ở Khánh Hòa, đi từ Phan Rang ra Nha Trang xa.",
    ],
)
def test_what_names_nobody_is_left(text):
    assert mask(text) == text


def test_what_is_hidden_says_what_it_was():
    assert (
        mask("Chị Hạnh bảo gọi 0905123456, MST 4201234567")
        == "Chị [tên] bảo gọi [số điện thoại], MST [mã số thuế]"
    )
    text = "gọi 0905123456"
    assert masked(text, spans(text), "en") == "gọi [phone number]"


numbers = st.from_regex(r"0[0-9]{8,10}|[1-9][0-9]{8,12}", fullmatch=True)
separated = st.tuples(numbers, st.sampled_from(["", " ", ".", "-"])).map(
    lambda pair: pair[1].join(re.findall(r"\d{1,3}", pair[0]))
)
around = st.text(st.sampled_from("abcđê ,.!?"), max_size=20)


@given(around, separated, around)
def test_no_long_number_is_left_however_it_is_written(before, number, after):
    left = mask(f"{before} {number} {after}")

    assert sum(one.isdigit() for one in left) < 6


@given(st.text(max_size=200))
def test_any_text_is_masked_twice_as_once_and_nothing_is_lost(text):
    found = spans(text)
    assert found == joined(text, found)
    kept = [text[a.end : b.start] for a, b in pairwise(found)]
    assert all(one in masked(text, found) for one in kept)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_words_that_a_person_adds_are_hidden_wherever_they_stand():
    text = "Bạn Sơn ở quầy 3, SƠN hẹn lại"
    assert (
        masked(text, added(text, ["sơn", " "]))
        == "Bạn [đã che] ở quầy 3, [đã che] hẹn lại"
    )
    assert added(text, ["không có"]) == ()


def test_spans_that_overlap_become_one():
    assert joined("abcdef", [Span(2, 9, ADDED), Span(0, 3, "name")]) == (
        Span(0, 6, "name"),
    )
