"""The paper form as a file: whole pages, tagged, grey, of our own typeface."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from survey.exports import pdf
from survey.formats import nfc
from survey.questionnaire import Questionnaire
from survey.questionnaire.schema import LANGUAGES
from tests.exports.test_paper import ALL, SHA, html, texts

LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứự"
    "vxyỳỷỹýỵ…–·“”"
)


def told(program: str, *arguments: object) -> str:
    done = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, check=True
    )
    return done.stdout.decode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    """Files of every questionnaire in both languages, each made once."""
    folder = tmp_path_factory.mktemp("pdf")
    known: dict[tuple[str, str], Path] = {}

    def make(q: Questionnaire, language: str) -> Path:
        if (q.id, language) not in known:
            path = folder / f"{q.id}-{language}.pdf"
            path.write_bytes(pdf.pdf(html(q, language, number="0042")))
            known[q.id, language] = path
        return known[q.id, language]

    return make


def pages(path: Path) -> list[str]:
    """The text of each page without any blank."""
    text = told("pdftotext", "-raw", "-enc", "UTF-8", path, "-")
    return ["".join(page.split()) for page in text.split("\f")[:-1]]


EVERY = [(q, language) for q in ALL.values() for language in LANGUAGES]


@pytest.mark.parametrize(("q", "language"), EVERY)
def test_no_question_is_cut_by_the_end_of_a_page(made, q, language):
    found = pages(made(q, language))

    for criterion in q.criteria:
        parts = [criterion.text, criterion.consider, *criterion.anchors.values()]
        wanted = ["".join(q.filled(one, language).split()) for one in parts]
        assert any(all(one in page for one in wanted) for page in found), criterion.code
    for fact in q.facts:
        parts = [fact.text, *(choice.label for choice in fact.choices)]
        wanted = ["".join(q.filled(one, language).split()) for one in parts]
        assert any(all(one in page for one in wanted) for page in found), fact.code


@pytest.mark.parametrize(("q", "language"), EVERY)
def test_the_text_of_the_file_can_be_searched_and_is_complete(made, q, language):
    text = "".join(pages(made(q, language)))
    # A text of the sheet may go on over the end of a page, before its foot.
    missing = [one for one in texts(q, language) if "".join(one.split()) not in text]

    assert missing == []


@pytest.mark.parametrize(("q", "language"), EVERY)
def test_every_page_says_of_which_form_it_is(made, q, language):
    path = made(q, language)
    found = pages(path)
    top = told("pdftotext", "-x", 0, "-y", 0, "-W", 600, "-H", 56, path, "-")
    above = ["".join(page.split()) for page in top.split("\f")[:-1]]
    words, number = (
        ("Sốtrangcủaphiếu:", "Phiếusố:")
        if language == "vi"
        else ("Pagesofthisform:", "Formno.:")
    )

    assert 8 <= len(found) <= 20
    # NĐ 30/2020: above, in the middle, from the second page on.
    assert above == ["", *map(str, range(2, len(found) + 1))]
    for page in found:
        assert f"{q.id}·SHA-256{SHA[:12]}" in page
        assert f"{number}0042" in page
        assert f"{words}{len(found)}" in page


def test_the_file_is_a4_tagged_and_holds_one_family_of_type(made):
    path = made(next(iter(ALL.values())), "vi")
    about = told("pdfinfo", path)
    fonts = told("pdffonts", path).splitlines()[2:]

    assert "(A4)" in about
    assert "Tagged:          yes" in about
    assert 'pdfuaid:part="1"' in told("pdfinfo", "-meta", path)
    # Any other family would stand in for letters that ours lacks.
    assert len(fonts) == 3
    assert all("+Liberation-Serif-2" in one for one in fonts)


def test_nothing_on_paper_is_coloured(made, tmp_path):
    path = made(next(iter(ALL.values())), "vi")
    told("pdftoppm", "-r", "24", path, tmp_path / "page")
    pictures = sorted(tmp_path.glob("page*.ppm"))

    assert pictures
    for picture in pictures:
        pixels = picture.read_bytes().split(b"\n", 3)[3]
        assert pixels[0::3] == pixels[1::3] == pixels[2::3]


def test_the_same_text_makes_the_same_file(made):
    q = next(iter(ALL.values()))

    assert pdf.pdf(html(q, number="0042")) == made(q, "vi").read_bytes()


@pytest.mark.parametrize(
    "part",
    [
        '<img src="file:///etc/hostname">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<p style="background: url(file:///etc/hostname)">x</p>',
        "<style>@font-face { font-family: x; src: url(file:///x.ttf) }</style>",
    ],
)
def test_a_document_that_asks_for_another_file_is_refused(part):
    with pytest.raises(pdf.PdfError, match="refused"):
        pdf.pdf(f"<html lang=vi><title>x</title><p>Phiếu</p>{part}")


def test_the_typeface_has_every_letter_of_vietnamese():
    for path in pdf.FONTS.glob("*.ttf"):
        known = TTFont(path).getBestCmap()
        letters = "".join(one + one.upper() for one in LETTERS)
        assert [one for one in nfc(letters) if ord(one) not in known] == []


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch, tmp_path):
    lame = tmp_path / "python"
    lame.write_text("#!/bin/sh\nexit 3\n")
    lame.chmod(0o755)
    assert pdf.fault() is None
    monkeypatch.setattr(sys, "executable", str(lame))

    with pytest.raises(pdf.PdfError, match="thiếu thư viện Pango") as raised:
        pdf.pdf("<p>x</p>")

    assert "Pango is missing" in str(raised.value)
    assert "apt-get install libpango-1.0-0" in str(raised.value)
    assert pdf.fault() == str(raised.value)


def test_a_machine_without_any_font_of_its_own_makes_the_same_file(
    made, monkeypatch, tmp_path
):
    q = next(iter(ALL.values()))
    bare = tmp_path / "fonts.conf"
    bare.write_text("<fontconfig></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(bare))

    assert pdf.pdf(html(q, number="0042")) == made(q, "vi").read_bytes()


def test_neither_the_program_nor_making_a_file_loads_the_library_of_layout():
    """It would take a worker of the server beyond the memory it may have."""
    program = (
        "import sys\n"
        "from survey.cli import main\n"
        "from survey.exports import pdf\n"
        "assert pdf.pdf('<p>x</p>').startswith(b'%PDF-')\n"
        "sys.exit('weasyprint' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
