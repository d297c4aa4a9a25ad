"""Texts of messages: one SMS without marks, whole links, nothing of a template left."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from survey.exports import messages
from survey.exports.message_files import Letter, letters_csv, letters_xlsx
from survey.exports.messages import USUAL, TooLong, faults, filled, short

TOKEN = "7F3K9M2CDFHJKMNPRTVW"
LONG_HOST = "khaosatdoanhnghiep.socongthuong.khanhhoa.gov.vn"


def values(host="khaosat.sct.gov.vn", **more):
    return {
        "link": f"https://{host}/p/{TOKEN}",
        "ma": "000.00.17.H32-260814-0012",
        "don_vi": "Phòng Quản lý Thương mại",
        "thu_tuc": "Cấp GCN cửa hàng đủ điều kiện bán lẻ xăng dầu",
        "han": "17/09/2026",
        "co_quan": "Sở Công Thương tỉnh Khánh Hòa",
        "phut": "7",
        "kiem_tra": f"{host}/kiem-tra-ma",
        "lien_he": "Văn phòng Sở",
        **more,
    }


@pytest.mark.parametrize("host", ["s.vn", "khaosat.sct.gov.vn", LONG_HOST])
@pytest.mark.parametrize("kind", ["invitation", "reminder"])
def test_the_usual_short_text_fits_with_its_whole_link_whatever_the_host(kind, host):
    text = short(USUAL.of(kind)[0], values(host)).text

    assert messages.gsm_length(text) < 160
    assert f" https://{host}/p/{TOKEN}" in f" {text} "
    assert text.startswith("So Cong Thuong tinh Khanh Hoa ")
    assert " Han 17/09/2026" in text
    assert text.isascii()


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
def test_the_agency_is_named_shorter_before_the_last_day_or_the_check_page_goes(kind):
    host = "khaosat.soct.khanhhoa.gov.vn"
    made = short(USUAL.of(kind)[0], values(host))

    assert made.text.startswith("SCT Khanh Hoa ")
    assert made.text.endswith(f" Han 17/09/2026 Kiem tra {host}/kiem-tra-ma")
    assert messages.gsm_length(made.text) < 160
    assert made.left_out == ("000.00.17.H32-260814-0012",)


def test_without_room_for_both_the_last_day_stays_and_what_goes_is_told():
    made = short(USUAL.sms, values(LONG_HOST))

    assert made.text.endswith(" Han 17/09/2026")
    assert made.left_out == (
        "000.00.17.H32-260814-0012",
        f"Kiem tra {LONG_HOST}/kiem-tra-ma",
    )


@pytest.mark.parametrize(
    ("agency", "shortest"),
    [
        ("Sở Khoa học và Công nghệ thành phố Huế", "SKHCN Huế"),
        ("Ủy ban nhân dân tỉnh Khánh Hòa", "Ủy ban nhân dân Khánh Hòa"),
        ("Văn phòng Sở", "Văn phòng Sở"),
    ],
)
def test_initials_are_only_those_of_departments(agency, shortest):
    assert messages.names_of(agency)[-1] == shortest


def test_what_may_go_is_kept_in_order_as_long_as_there_is_room():
    template = "x {link}[ {ma}][ {don_vi}][ {han}]"

    assert short(template, values(), 200).text.endswith(
        "0012 Phong Quan ly Thuong mai 17/09/2026"
    )
    assert short(template, values(), 100).text.endswith("0012 17/09/2026")
    assert short(template, values(), 75).text.endswith(f"{TOKEN} 17/09/2026")
    assert short(template, values(), 55).text.endswith(TOKEN)
    assert short(template, values(ma="", don_vi=""), 200).text.endswith(
        f"{TOKEN} 17/09/2026"
    )
    with pytest.raises(TooLong) as error:
        short(template, values("a" * 90 + ".vn"), 100)
    assert error.value.length == len("x " + values("a" * 90 + ".vn")["link"])


def test_a_full_text_keeps_its_marks_and_leaves_nothing_of_the_template():
    for kind in ("invitation", "reminder"):
        _sms, subject, body = USUAL.of(kind)
        text = filled(subject, values()) + filled(body, values())
        assert "Sở Công Thương tỉnh Khánh Hòa" in text
        assert "/kiem-tra-ma" in text
        assert not set("{}[]") & set(text)


def test_the_usual_texts_have_no_fault():
    texts = vars(USUAL)

    assert [
        found
        for name, text in texts.items()
        for found in faults(text, needs_link="subject" not in name)
    ] == []


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("Mời {ten}: {link}", ("unknown", "{ten}")),
        ("Mời {link", ("braces", "{")),
        ("Mời [ {ma}: {link}", ("brackets", "[")),
        ("Mời đánh giá", ("no_link", "{link}")),
        ("Mời[ {link}]", ("no_link", "{link}")),
        ("Mời:{link}", ("link_not_apart", "{link}")),
        ("Mời {link}.", ("link_not_apart", "{link}")),
    ],
)
def test_a_template_that_would_send_nonsense_is_told_apart(template, fault):
    assert next(faults(template, needs_link=True)) == fault


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đường dẫn ưỡn ẹo – “thật”…", 'Duong dan uon eo - "that"...'),
        ("Ngọc Ánh\N{NO-BREAK SPACE}ơi", "Ngoc Anh oi"),
        ("数 €", "? €"),
    ],
)
def test_marks_go_and_what_no_old_telephone_shows_is_replaced(text, plain):
    assert messages.without_marks(text) == plain


def test_a_character_of_the_second_alphabet_counts_twice():
    assert messages.gsm_length("a€[") == 5
    with pytest.raises(ValueError, match="GSM"):
        messages.gsm_length("ơ")


LETTER = Letter(
    dossier="=1+1",
    phone="+84 905.123 456",
    email="@x",
    sms="a",
    sms_length=1,
    subject="-2",
    body="một\nhai, ba",
    url="https://s.vn/p/X",
    code="X-X",
    until="17/09/2026",
    unit="Phòng",
    procedure="",
)


def test_the_files_hold_text_only_and_telephones_of_digits():
    (head, row) = list(
        csv.reader(io.StringIO(letters_csv([LETTER]).decode("utf-8-sig")))
    )
    book = openpyxl.load_workbook(
        io.BytesIO(letters_xlsx([LETTER], title="Lời mời", notes=("Một.",)))
    )
    sheet, told = book.worksheets
    cells = dict(zip(head, sheet[2], strict=True))

    assert dict(zip(head, row, strict=True))["Mã hồ sơ"] == "'=1+1"
    assert [cell.value for cell in sheet[1]] == head
    assert cells["Mã hồ sơ"].value == "=1+1"
    assert cells["Mã hồ sơ"].data_type == "s"
    assert cells["Mã hồ sơ"].quotePrefix
    assert cells["Điện thoại"].value == row[head.index("Điện thoại")] == "84905123456"
    assert row[head.index("Nội dung đầy đủ (Zalo, thư điện tử)")] == "một\nhai, ba"
    assert told["A2"].value == "Một."
