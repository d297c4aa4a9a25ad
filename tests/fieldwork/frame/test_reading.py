"""Files as offices really have them: read as they are meant, or refused with advice."""

from __future__ import annotations

import io
import unicodedata
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from survey.fieldwork.frame import alphabets, columns, heads, rows, sheets
from survey.fieldwork.frame.days import EPOCH_1904, Days, NoDate
from survey.fieldwork.frame.faults import LoadError

SAMPLES = Path(__file__).parents[1] / "samples"
TODAY = date(2026, 8, 27)


@pytest.fixture(autouse=True, scope="module")
def _words():
    # Files ask no database anything: an application of nothing but words will do.
    from flask_babel import Babel

    app = Flask("survey")
    Babel(app, default_locale="vi")
    with app.test_request_context("/"):
        yield


def sample(name):
    return (SAMPLES / name).read_bytes()


def read(content, listed=columns.DOSSIERS):
    found, notices = rows.read(content, listed)
    return [row.values for row in found], notices


def refusal(content, listed=columns.DOSSIERS):
    with pytest.raises(LoadError) as caught:
        rows.read(content, listed)
    return str(caught.value)


def workbook(*lines, epoch=None):
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_of_libreoffice_is_read_below_its_titles_and_above_its_sum():
    found, notices = read(sample("libreoffice.xlsx"))
    assert len(found) == 12
    assert found[0] == {
        "code": "H32.19-260701-0001",
        "procedure": "2.000648",
        "F04": "Trực tiếp",
        "F05": "Trực tiếp",
        "F06": "2026-07-01",
        "F07": "2026-07-29",
        "F08": "2026-07-25",  # a formula, by its value
        "F09": "Đã trả kết quả",
    }
    assert notices == [
        "Đã bỏ qua 1 dòng tổng cộng.",
        "Đã bỏ qua 2 dòng dưới dòng tổng cộng.",
    ]


def test_heads_of_two_rows_are_joined_and_rows_keep_their_numbers():
    book = sheets.open_book(sample("libreoffice.xlsx"))
    table = heads.find_table(book, columns.DOSSIERS)
    assert (table.sheet, table.row) == ("Hồ sơ quý III", 6)
    assert table.heads[6:11] == (
        "Hình thức – Cách nộp",
        "Hình thức – Cách nhận kết quả",
        "Thời gian – Ngày tiếp nhận",
        "Thời gian – Ngày hẹn trả",
        "Thời gian – Ngày trả kết quả",
    )
    data = rows.data_of(table, columns.DOSSIERS, table.known(columns.DOSSIERS))
    assert [row.number for row in rows.rows_of(data, columns.DOSSIERS)][:2] == [8, 9]


@pytest.mark.parametrize(
    ("name", "title"),
    [("windows-1258.csv", "Windows-1258"), ("tcvn3.csv", "TCVN3 (ABC)")],
)
def test_old_alphabets_are_converted_and_said(name, title):
    right, _ = read(sample("excel-tieng-viet.csv"))
    found, notices = read(sample(name))
    assert found == right
    assert len(notices) == 1
    assert title in notices[0]
    assert "xem lại các tên" in notices[0]


def test_a_workbook_typed_in_a_font_of_tcvn3_is_converted():
    lines = [
        line.split(";") for line in sample("tcvn3.csv").decode("latin-1").splitlines()
    ]
    found, notices = read(workbook(*lines))
    assert found == read(sample("excel-tieng-viet.csv"))[0]
    assert "TCVN3" in notices[0]


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (sample("vni.csv"), "bảng mã VNI"),
        (sample("mat-dau.csv"), "mất dấu"),
        (
            "Mã hồ sơ;Tình trạng;Mã thủ tục\n".encode().replace(b"\xe1", b"\xff"),
            "UTF-8",
        ),
        ("Société;Générale\nThérèse;Zoë\n".encode("latin-1"), "không rõ"),
        (b"Ma~ ho^` so+;Ma~ thu? tu.c;Ti`nh tra.ng\nH1;1;2\n", "VIQR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), ".xls"),
        (b"%PDF-1.7 \xff\xfe", "PDF"),
        (b"\n<html><table><tr><td>M\xe3</td></tr></table>", "trang web"),
        (b"PK\x03\x04 rubbish", "Không đọc được tệp Excel"),
        (b"\x00\x01\x02", "không phải CSV hay XLSX"),
        (b" \r\n", "Tệp trống"),
        ("Mã hồ sơ;Mã thủ tục\nH1;1\n".encode(), "thiếu cột “Tình trạng”"),
        (b'"Ma ho so";"x' + b"y" * 200_000, "dấu ngoặc kép"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content, advice):
    assert advice in refusal(content)


HEAD = "Mã hồ sơ;Mã thủ tục;Tình trạng"
USUAL = [{"code": "H1", "procedure": "9.9", "F09": "Đã trả; xong"}]


@pytest.mark.parametrize(
    "content",
    [
        f'{HEAD}\nH1;9.9;"Đã trả; xong"\n'.encode(),
        f'sep=;\r\n{HEAD}\r\nH1;9.9;"Đã trả; xong"\r\n'.encode("utf-8-sig"),
        f'{HEAD}\rH1;9.9;"Đã trả; xong"\r'.encode(),
        f'{HEAD}\nH1;9.9;"Đã trả; xong"\n'.replace(";", "\t")
        .replace("\t xong", "; xong")
        .encode("utf-16"),
        f'{HEAD}\nH1;9.9;"Đã trả; xong"\n'.encode("utf-16-le"),
        unicodedata.normalize("NFD", f'{HEAD}\nH1;9.9;"Đã trả; xong"\n').encode(),
        # Titles, a numbering, groups, heads of every printed page, a sum, a signature.
        (
            "SỞ CÔNG THƯƠNG\n\nDANH SÁCH HỒ SƠ, quý III\n"
            "STT;MÃ_HỒ_SƠ (*);ma thu tuc;Trạng thái\n(1);(2);(3);(4)\n"
            'I. Thương mại;;;\n1;H1;9.9;"Đã trả; xong"\n;;;\n'
            "STT;MÃ_HỒ_SƠ (*);ma thu tuc;Trạng thái\nTổng cộng;1;;\n"
            ";;;Người lập biểu\n"
        ).encode(),
    ],
)
def test_a_list_is_read_however_it_was_saved(content):
    assert read(content)[0] == USUAL


def test_a_line_for_excel_alone_is_not_counted_as_a_row():
    content = f"sep=;\n{HEAD}\nH1;9.9;\n".encode()
    found, _ = rows.read(content, columns.DOSSIERS)
    assert [fault.row for fault in found[0].faults] == [2]


def test_of_two_columns_the_one_with_the_likelier_name_is_taken():
    found, _ = read(
        "Tên thủ tục;Mã thủ tục;Số hồ sơ;Mã hồ sơ;Tình trạng\nx;9.9;y;H1;z\n".encode()
    )
    assert found == [{"procedure": "9.9", "code": "H1", "F09": "z"}]


def test_broken_formulas_and_codes_that_became_numbers_are_told_by_row():
    content = workbook(HEAD.split(";"), ["#N/A", "2.000648", "x"], ["H2", 2.00045, "x"])
    found, _ = rows.read(content, columns.DOSSIERS)
    (broken,), (number,) = (row.faults for row in found)
    assert (broken.row, number.row) == (2, 3)
    assert "báo lỗi #N/A" in broken.message
    assert "dạng số" in number.message


def test_rows_are_found_whatever_a_workbook_says_of_its_size(monkeypatch):
    content = workbook(HEAD.split(";"), ["H1", "9.9", "x"])
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                text = text.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1"')
            new.writestr(part, text)
    assert len(read(out.getvalue())[0]) == 1
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1000)
    assert "quá lớn sau khi giải nén" in refusal(content)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/08/2026", date(2026, 8, 31)),
        ("3.8.2026", date(2026, 8, 3)),
        ("2026-08-31T14:05:00", date(2026, 8, 31)),
        ("2026-08-31 00:00:00", date(2026, 8, 31)),
        ("14:05 31/08/2026", date(2026, 8, 31)),
        ("31/08/2026 2:05 CH", date(2026, 8, 31)),
        ("03-08-26", date(2026, 8, 3)),
        ("46237", date(2026, 8, 3)),
        ("46237,604166", date(2026, 8, 3)),
    ],
)
def test_dates_are_read_as_they_are_written(text, day):
    assert Days(today=TODAY).read(text) == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31/02/2026", "day"),
        ("08/31/2026", "month"),
        ("31/08/2062", "year"),
        ("31/08/1926", "year"),
        ("26-08-31", "short"),  # the year first: nobody can know
        ("20260831", "form"),
        ("12345", "form"),  # a number, but of no day near today
        ("hôm qua", "form"),
    ],
)
def test_dates_that_cannot_be_are_told_with_the_reason(text, reason):
    with pytest.raises(NoDate) as caught:
        Days(today=TODAY).read(text)
    assert caught.value.reason == reason


def test_what_was_assumed_about_dates_is_remembered_to_be_told():
    days = Days(today=TODAY, epoch=EPOCH_1904)
    assert days.read("44775") == date(2026, 8, 3)
    assert days.read("3/8/26") == date(2026, 8, 3)
    assert days.serial == ("44775", date(2026, 8, 3))
    assert days.short == ("3/8/26", date(2026, 8, 3))


def test_a_workbook_that_counts_from_1904_has_its_dates():
    content = workbook(
        ["Mã hồ sơ", "Mã thủ tục", "Tình trạng", "Ngày tiếp nhận"],
        ["H1", "9.9", "x", datetime.combine(date(2026, 8, 3), time(9, 30))],
        epoch=datetime.combine(EPOCH_1904, time()),
    )
    assert sheets.open_book(content).epoch == EPOCH_1904
    assert read(content)[0][0]["F06"] == "2026-08-03"


def test_syllables_of_vietnamese_are_known():
    words = "nghiêng quyền giếng khuỷu thuở nghĩa hoà hòa quốc ương yếu xoong gì ỷ"
    assert [word for word in words.split() if not alphabets.is_syllable(word)] == []


def test_what_is_no_syllable_is_not_taken_for_one():
    words = "hå s¬ société ngaøy àá nghz"
    assert [word for word in words.split() if alphabets.is_syllable(word)] == []
