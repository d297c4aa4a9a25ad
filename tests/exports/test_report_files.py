"""One report, four faces: what CSV, XLSX and JSON say is what the report says."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import exports
from survey.exports import Entry, Figure, Level, Report, raw
from survey.questionnaire.loader import load, packaged
from tests import opened

EVIL = '=HYPERLINK("http://example.com";"bấm")'


def figure(code: str, **more: Any) -> Figure:
    values = {
        "level": "criterion",
        "title": f"Tiêu chí {code}",
        "display": "index",
        "n": 12,
        "counts": {"1": 1, "2": 1, "3": 2, "4": 3, "5": 5, "not_asked": 3},
        "not_applicable": Fraction(100 * 3, 15),
        "cannot_judge": 0,
        "indices": {
            "satisfied_share": Fraction(200, 3),
            "mean_percent": Fraction(500, 6),
            "normalised_mean": Fraction(12345, 1000),
        },
        "low": Decimal("39.0622"),
        "high": Decimal("86.1875"),
    }
    return Figure(**{"code": code, **values, **more})


def hidden(code: str, **more: Any) -> Figure:
    return Figure(
        **{
            "level": "criterion",
            "code": code,
            "title": EVIL,
            "display": "hidden",
            "words": "dưới 5 phiếu",
            "counts": {},
            "indices": {},
            **more,
        }
    )


@pytest.fixture
def report() -> Report:
    return Report(
        wave="w-1",
        title=EVIL,
        agency="Sở Công Thương",
        language="vi",
        questionnaire="dn-2026-1",
        sha256="a" * 64,
        formula="satisfied_share",
        formula_title="Tỷ lệ hài lòng",
        generated_on=date(2026, 11, 22),
        is_sample=True,
        selection=(Entry(name="Đơn vị", text="+Phòng lạ"),),
        participation=(Entry(name="Phiếu", text="15", note="12 đầy đủ"),),
        levels=tuple(
            Level(code=code, label=f"Mức {code}", is_satisfied=code > 3)
            for code in range(1, 6)
        ),
        rows=(
            figure("A", level="element", answers=12, mean=Fraction(50), mean_of=1),
            figure("A1"),
            hidden("A2"),
            hidden(
                "A3",
                display="counts",
                n=6,
                groups=(4, 2),
                words="chưa đủ để so sánh",
            ),
            figure("full", level="overall", answers=12),
        ),
        core=figure("core", level="overall", answers=9),
        core_criteria=("A1",),
        method=(Entry(name="Làm tròn", text="hai chữ số"),),
    )


def rows_of_csv(content: bytes) -> list[dict[str, str]]:
    return opened.rows(content)


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_csv_xlsx_and_json_carry_the_same_rounded_figures(report):
    by_csv = {row["Mã"]: row for row in rows_of_csv(exports.report_csv(report))}
    sheet = sheets(exports.report_xlsx(report))["Báo cáo"]
    head = next(i for i, row in enumerate(sheet) if row[0] == "Cấp")
    by_xlsx = {
        row[1]: dict(zip(sheet[head], row, strict=True)) for row in sheet[head + 1 :]
    }
    content = json.loads(exports.report_json(report))
    by_json = {row["code"]: row for row in content["rows"]}

    assert by_json["A1"]["value"] == "66.67"
    share = "Tỷ lệ hài lòng (%) – chỉ số chính"
    for code, row in by_json.items():
        assert by_csv[code][share] == (row["value"] or "")
        assert by_xlsx[code][share] == (float(row["value"]) if row["value"] else None)
        assert by_csv[code]["n"] == ("" if row["n"] is None else str(row["n"]))
        assert by_csv[code]["Cận dưới 95% (%)"] == (row["low"] or "")
    # Half up: 12.345 is printed 12.35.
    assert by_csv["A1"]["Điểm trung bình chuẩn hóa (%)"] == "12.35"
    assert by_xlsx["A1"]["Điểm trung bình chuẩn hóa (%)"] == 12.35
    assert by_json["A1"]["indices"]["normalised_mean"] == "12.35"


def test_the_json_has_the_shape_that_other_tools_rely_on(report):
    content = json.loads(exports.report_json(report))
    assert content["wave"] == "w-1"
    assert content["formula"] == "satisfied_share"
    for row in content["rows"]:
        assert row["level"] in ("criterion", "element", "overall")
        assert {"code", "n", "value", "low", "high", "counts"} <= row.keys()
    assert [row["code"] for row in content["rows"]] == ["A", "A1", "A2", "A3", "full"]
    assert content["core"]["code"] == "core"
    assert content["rows"][3]["groups"] == {"satisfied": 4, "others": 2}


def test_an_index_without_an_interval_of_its_own_has_none_in_json(report):
    content = json.loads(exports.report_json(replace(report, formula="mean_percent")))
    assert content["rows"][1]["value"] == "83.33"
    assert content["rows"][1]["low"] is None
    assert content["rows"][1]["share_low"] == "39.06"


def test_a_whole_figure_keeps_its_decimals_in_csv_beside_an_equal_count(report):
    """5 as a count and 5.00 as a percentage are equal, but not the same text."""
    rows = (figure("A1", n=5, not_applicable=Fraction(5)), *report.rows[-1:])
    content = exports.report_csv(replace(report, rows=rows))
    first = rows_of_csv(content)[0]
    assert first["n"] == "5"
    assert first["Không áp dụng (%)"] == "5.00"


def test_a_negative_difference_stays_a_number_in_csv_and_in_xlsx(report):
    """No guard against formulas may put an apostrophe before it."""
    without = exports.Unflagged(
        n=10, indices={"satisfied_share": Fraction(50)}, low=None, high=None
    )
    moved = replace(report, rows=(figure("A1", unflagged=without), *report.rows[-1:]))
    row = rows_of_csv(exports.report_csv(moved))[0]
    column = "Chênh lệch chỉ số chính (điểm phần trăm)"
    assert row[column] == "-16.67"
    sheet = sheets(exports.report_xlsx(moved))["Độ nhạy"]
    head = next(line for line in sheet if line[0] == "Cấp")
    line = next(line for line in sheet if line[1] == "A1")
    assert dict(zip(head, line, strict=True))[column] == -16.67


def test_a_formula_in_a_title_is_text_in_csv_and_in_xlsx(report):
    rows = rows_of_csv(exports.report_csv(report))
    assert {row["Tên"] for row in rows if row["Mã"] == "A2"} == {f"'{EVIL}"}
    assert rows[0]["Phạm vi"] == "Đơn vị: +Phòng lạ"

    book = openpyxl.load_workbook(io.BytesIO(exports.report_xlsx(report)))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    evil = [cell for cell in cells if cell.value == EVIL]
    assert evil
    assert all(cell.quotePrefix for cell in evil)


def test_a_hidden_row_has_no_number_in_any_file(report):
    row = next(
        row for row in rows_of_csv(exports.report_csv(report)) if row["Mã"] == "A2"
    )
    assert row["Ghi chú"] == "dưới 5 phiếu"
    numbers = [value for name, value in row.items() if name not in NAMES]
    assert set(numbers) == {""}
    sheet = sheets(exports.report_xlsx(report))["Báo cáo"]
    line = next(row for row in sheet if row[1] == "A2")
    assert [one for one in line if isinstance(one, int | float)] == []


NAMES = (
    "Bộ tiêu chí",
    "Cấp",
    "Mã",
    "Tên",
    "Ghi chú",
    "Chỉ số chính",
    "Phạm vi",
    "Mã đợt",
    "Phiếu khảo sát",
    "Loại dữ liệu",
    "Ngày xuất",
    "Tỷ lệ trả lời RR2 (%)",
    "Tham gia",
)


def test_every_row_of_a_csv_says_what_it_is_of_when_it_was_made_and_how_many_answered(
    report,
):
    marked = replace(report, response_rate=Fraction(1, 8))
    for row in rows_of_csv(exports.report_csv(marked)):
        assert row["Loại dữ liệu"] == "DỮ LIỆU MẪU – không phải kết quả khảo sát thật"
        assert row["Ngày xuất"] == "22/11/2026"
        assert row["Tỷ lệ trả lời RR2 (%)"] == "0.13"
        assert row["Tham gia"] == "Phiếu: 15 (12 đầy đủ)"
    real = replace(report, is_sample=False, generated_on=None)
    for row in rows_of_csv(exports.report_csv(real)):
        assert row["Loại dữ liệu"] == "dữ liệu thật"
        assert row["Ngày xuất"] == row["Tỷ lệ trả lời RR2 (%)"] == ""


def test_a_rehearsal_is_marked_in_every_file(report):
    tried = replace(report, is_rehearsal=True)
    mark = "DIỄN TẬP – không tính vào kết quả"
    for row in rows_of_csv(exports.report_csv(tried)):
        assert mark in row["Loại dữ liệu"]
    for name, lines in sheets(exports.report_xlsx(tried)).items():
        assert name == "Phương pháp" or mark in {line[0] for line in lines}
    assert json.loads(exports.report_json(tried))["is_rehearsal"] is True
    assert mark not in exports.report_csv(report).decode()
    assert mark not in str(sheets(exports.report_xlsx(report)))


def test_the_workbook_says_what_it_is_how_it_came_about_and_prints_on_a4(report):
    content = exports.report_xlsx(report)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Báo cáo", "Bộ cốt lõi", "Độ nhạy", "Phương pháp"]
    sheet = book["Báo cáo"]
    texts = {str(row[0]) for row in sheet.iter_rows(values_only=True)}
    assert "DỮ LIỆU MẪU – không phải kết quả khảo sát thật" in texts
    assert "Chỉ số chính: Tỷ lệ hài lòng (satisfied_share)" in texts
    assert "Ngày xuất: 22/11/2026" in texts
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows
    assert sheet.freeze_panes
    assert ("Làm tròn", "hai chữ số") in sheets(content)["Phương pháp"]


def test_headers_are_in_the_language_of_the_report(report):
    content = exports.report_csv(replace(report, language="en"))
    head = content.decode("utf-8-sig").splitlines()[0]
    assert head.startswith("Set,Level,Code,Name,n,Pooled answers")
    assert "Satisfied share (%) – headline" in head


@pytest.mark.parametrize("name", sorted(packaged()))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_codebook_explains_every_column_in_both_languages(name, language):
    questionnaire = load(packaged()[name], name)
    table = raw.codebook(questionnaire, language)
    assert {row[0] for row in table.rows} == set(raw.head(questionnaire))
    assert all(row[1] for row in table.rows)
    assert all(row[3] for row in table.rows if row[2])
    assert not any("{" in str(row[1]) for row in table.rows if row[0] != "F01")


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("vi", "cố ý không xuất, vì ngày có thể chỉ ra hồ sơ"),
        ("en", "withheld on purpose"),
    ],
)
def test_the_codebook_says_that_dates_are_withheld_and_of_no_other_column(
    language, why
):
    questionnaire = load(packaged()["dn-2026-1"], "dn-2026-1")
    says = {
        row[0]
        for row in raw.codebook(questionnaire, language).rows
        if why in str(row[3])
    }
    assert says == {"F06", "F07", "F08", "F10b"}


def test_raw_columns_stand_in_their_fixed_order():
    questionnaire = load(packaged()["dn-2026-1"], "dn-2026-1")
    head = raw.head(questionnaire)
    assert ",".join(head[:11]) == (
        "response,wave,questionnaire,unit,procedure,channel,origin,month,language,"
        "status,flags"
    )
    assert head[11:16] == ("A1", "A2", "A3", "A4", "A5")
    assert head[35:38] == ("F01", "F02", "F03")
    assert head[-1] == "all_rated_high"
    assert len(set(head)) == len(head)


def test_a_raw_row_keeps_numbers_as_numbers_and_never_holds_a_date():
    questionnaire = load(packaged()["dn-2026-1"], "dn-2026-1")
    row = dict(
        zip(
            raw.head(questionnaire),
            raw.row_maker(questionnaire)(
                ("r", "w", "q", "u", None, "online", "dossier", "2026-08", "vi",
                 "complete", ""),
                {"A1": "5", "A2": "not_asked"},
                {"F06": "2026-08-03", "F07": "no_date_given", "days_late": "-5",
                 "F04": "=1+1"},
            ),
            strict=True,
        )
    )  # fmt: skip
    assert row["A1"] == 5
    assert row["A2"] == "not_asked"
    assert row["F06"] is None
    assert row["F07"] == "no_date_given"
    assert row["days_late"] == -5
    written = b"".join(exports.stream(list(row), [list(row.values())]))
    values = rows_of_csv(written)[0]
    assert values["days_late"] == "-5"
    assert values["F04"] == "'=1+1"


def test_a_stream_hands_over_small_pieces():
    rows = ([number, "x" * 50] for number in range(5000))
    pieces = list(exports.stream(["n", "x"], rows))
    assert max(map(len, pieces)) < 40_000
    assert len(rows_of_csv(b"".join(pieces))) == 5000


@given(
    st.sampled_from(",;"),
    st.lists(st.tuples(st.text(), st.integers(), st.none() | st.text())),
)
def test_what_any_reader_of_csv_reads_is_what_was_written(separator, rows):
    pieces = exports.stream(["a", "b", "c"], rows, separator)
    content = b"".join(pieces).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    assert read == [
        ["a", "b", "c"],
        *(
            [exports.neutralised(one), str(two), exports.neutralised(three or "")]
            for one, two, three in rows
        ),
    ]
