"""One report, all its faces: what the paper says is what every other file says."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import unicodedata
from dataclasses import replace
from datetime import date
from fractions import Fraction

import openpyxl
import pytest
from docx import Document as opened

from survey import figures, letterheads
from survey.exports import official
from survey.exports.official import content, page, sentences
from survey.figures import Filters
from survey.figures.papers import paper
from survey.formats import number, round_half_up
from survey.models import Unit, Wave
from tests import cast
from tests.figures import crowd

DAY = date(2026, 12, 1)


@pytest.fixture
def wave(session, world):
    """A wave with a large division and one too small to be shown."""
    crowd.fill(session, world.wave, 90, [(world.trade, world.petrol)])
    crowd.fill(session, world.wave, 3, [(world.energy, world.power)])
    return session.get_one(Wave, world.wave)


def written(session, wave, format, language="vi"):
    target = io.BytesIO()
    figures.write(
        session,
        wave.id,
        target,
        format=format,
        language=language,
        agency="Sở Công Thương",
        superior="UBND tỉnh Khánh Hòa",
        on=DAY,
    )
    return target.getvalue()


def pdf_text(made: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True
    )
    return done.stdout.decode()


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def docx_rows(made: bytes) -> list[list[str]]:
    return [
        [plain(cell.text) for cell in row.cells]
        for table in opened(io.BytesIO(made)).tables
        for row in table.rows
    ]


def row_of(rows, name, cells):
    """The cells after the name, of the row of so many cells that begins with it."""
    return next(r[1:] for r in rows if len(r) == cells and r[0].startswith(name))


def test_every_face_of_a_report_tells_the_same_figures(client, session, wave, tmp_path):
    with session.no_autoflush:
        report = figures.report(
            session, wave, Filters(), language="vi", agency="Sở Công Thương", on=DAY
        )
    cast.sign_in(client, session, "admin")
    screen = plain(re.sub(r"<[^>]+>", " ", client.get(f"/ket-qua/{wave.id}").text))
    faces = {
        one: written(session, wave, one)
        for one in ("csv", "xlsx", "json", "docx", "pdf")
    }
    lines = list(
        csv.reader(io.StringIO(faces["csv"].decode("utf-8-sig")), delimiter=";")
    )
    book = openpyxl.load_workbook(io.BytesIO(faces["xlsx"]))
    cells = {
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }
    told = {
        (one["level"], one["code"]): one for one in json.loads(faces["json"])["rows"]
    }
    rows = docx_rows(faces["docx"])
    look_at(faces["pdf"], tmp_path / "report.pdf")
    pdf = plain(pdf_text(faces["pdf"]))
    shown = [one for one in report.rows if report.value(one) is not None]
    assert len(shown) > 20
    for one in shown:
        exact = round_half_up(report.value(one))
        value = number(exact, "vi")
        low, high = (number(round_half_up(x), "vi") for x in report.interval(one))
        name = one.title if one.level == "overall" else f"{one.code}. {one.title}"
        length = 4 if one.level != "criterion" else 5 + len(report.levels)
        said = row_of(rows, name, length)
        assert said[0] == number_of(one.n)
        assert said[-2:] == [value, f"{low} – {high}"]
        if one.level == "criterion":
            counts = [number_of(one.counts[str(x.code)]) for x in report.levels]
            assert said[1:-3] == counts
            assert " ".join([*counts, said[-3], value, f"{low} – {high}"]) in pdf
        assert f"{value} {low} – {high}" in pdf
        assert told[one.level, one.code]["value"] == str(exact)
        assert any(one.code in line and value in line for line in lines)
        assert str(float(exact)) in cells or str(int(exact)) in cells
        assert value in screen


def number_of(value: int) -> str:
    return number(value, "vi").removesuffix(",00")


def test_a_division_too_small_to_be_shown_is_named_without_a_figure(
    session, world, wave
):
    small = session.get_one(Unit, world.energy).name
    said = row_of(docx_rows(written(session, wave, "docx")), small, 4)
    assert said == ["–", "–", "–"]


def test_two_makings_of_one_report_are_the_same_bytes(session, wave):
    document = paper(session, wave, Filters(), language="en", agency="x", on=DAY)
    assert official.docx(document) == official.docx(document)
    assert page.html(document) == page.html(document)
    short = replace(document, blocks=document.blocks[:4])
    assert official.pdf(short) == official.pdf(short)


def look_at(made: bytes, path) -> None:
    """A PDF is tagged, has its fonts in itself, and can be searched in Vietnamese."""
    path.write_bytes(made)
    info = subprocess.run(["pdfinfo", path], capture_output=True, check=True)
    assert re.search(rb"Tagged:\s+yes", info.stdout)
    done = subprocess.run(["pdffonts", path], capture_output=True, check=True)
    fonts = done.stdout.splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == b"yes" for line in fonts)
    text = pdf_text(made)
    assert text == unicodedata.normalize("NFC", text)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ngày 01 tháng 12 năm 2026",
        "(Dự thảo)",
        "Nơi nhận:",
    ):
        assert words in plain(text)


def test_the_paper_bears_what_the_office_and_its_officer_wrote(session, wave):
    letterheads.keep(
        session,
        "vi",
        {
            "superior": "UBND tỉnh Khánh Hòa",
            "agency": "Sở Thử Nghiệm",
            "place": "Nha Trang",
            "number": "Số:    /BC-STN",
            "recipients": "Như trên;\n\nLưu: VT.",
            "signer": "KT. Giám đốc",
        },
    )
    letterheads.add_basis(session, "vi", "Kế hoạch số 12/KH-STN;")
    letterheads.keep_pieces(
        session,
        wave,
        "vi",
        {
            **letterheads.first_wording(session, "vi"),
            "causes": unicodedata.normalize("NFD", "Quầy số 3 thiếu người."),
        },
    )
    document = paper(session, wave, Filters(), language="vi", agency="x", on=DAY)
    made = opened(io.BytesIO(official.docx(document)))
    text = "\n".join(
        [one.text for one in made.paragraphs]
        + [cell.text for t in made.tables for row in t.rows for cell in row.cells]
    )
    for words in (
        "SỞ THỬ NGHIỆM",
        "Nha Trang, ngày 01 tháng 12 năm 2026",
        "/BC-STN",
        "- Lưu: VT.",
        "KT. GIÁM ĐỐC",
        "Kế hoạch số 12/KH-STN;",
        "Quầy số 3 thiếu người.",
    ):
        assert words in text
    assert "(Phần này do cơ quan viết.)" not in text


def test_an_empty_wave_makes_a_paper_that_says_so(session, world):
    wave = session.get_one(Wave, world.wave)
    document = paper(session, wave, Filters(), language="vi", agency="x")
    text = "\n".join(
        one.text for one in document.blocks if isinstance(one, content.Paragraph)
    )
    assert "không phát sinh phiếu" in text
    assert official.docx(document)


def test_a_later_wave_is_compared_with_the_one_before(session, world, wave):
    later = Wave(
        id="dn-quy-4",
        title="Khảo sát quý IV năm 2026",
        questionnaire_id=wave.questionnaire_id,
        unit_id=wave.unit_id,
        opens_on=date(2026, 10, 1),
        closes_on=date(2026, 12, 31),
        state="open",
    )
    session.add(later)
    session.commit()
    crowd.fill(session, later.id, 90, [(world.trade, world.petrol)])
    document = paper(session, later, Filters(), language="vi", agency="x")
    said = [one.text for one in document.blocks if isinstance(one, content.Paragraph)]
    assert any(one.startswith(f"So với {wave.title}, chỉ số chung") for one in said)
    before = paper(session, wave, Filters(), language="vi", agency="x")
    assert not any(
        one.text.startswith("So với")
        for one in before.blocks
        if isinstance(one, content.Paragraph)
    )


@pytest.mark.parametrize(
    ("verdict", "vi", "en"),
    [
        ("higher", "tăng 2,50 điểm phần trăm", "rose by 2,50"),
        ("lower", "giảm 2,50 điểm phần trăm", "fell by 2,50"),
        ("unclear", "chưa thể coi là thay đổi", "is no change"),
        ("unknown", "Chưa đủ số liệu", "too few data"),
    ],
)
def test_a_change_is_told_as_far_as_the_figures_bear_it(verdict, vi, en):
    assert vi in sentences.change(verdict, "2,50", "quý II", "vi")
    assert en in sentences.change(verdict, "2,50", "Q2", "en")


def test_a_sentence_is_right_for_few_none_one_and_ties(session, wave):
    report = figures.report(session, wave, Filters(), language="vi", agency="x")
    whole = report.overall
    assert whole.indices
    few = replace(whole, indices={}, low=None, high=None, words="dưới 5 phiếu")
    assert "dưới 5 phiếu" in sentences.overall(
        replace(report, rows=(replace(few, display="hidden"),))
    )
    none = replace(few, display="none", words="không phát sinh phiếu")
    assert "không có chỉ số" in sentences.overall(replace(report, rows=(none,)))

    def valued(value, low, high):
        indices = {"satisfied_share": Fraction(value)}
        return replace(whole, indices=indices, low=low, high=high)

    def said(*some):
        named = list(zip("ABC", some, strict=False))
        return sentences.extremes(report, named, "unit")

    assert said(few) == "Không đơn vị nào có đủ phiếu để công bố chỉ số."
    assert said(valued(80, 70, 90), few).startswith("Chỉ một đơn vị")
    assert "chồng lên nhau" in said(valued(80, 70, 90), valued(75, 60, 85))
    assert "không chồng" in said(valued(80, 77, 83), valued(50, 40, 60))
    assert "1 đơn vị không được nêu" in said(
        valued(80, 77, 83), valued(50, 40, 60), few
    )
    # Equal values have no highest: nobody may be called the lowest by the order.
    same = said(valued(80, 70, 90), valued(80, 70, 90))
    assert "cao nhất" not in same
    assert "80,00%" in same
