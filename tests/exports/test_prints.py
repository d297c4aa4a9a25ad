"""Prints: what they say, that nothing on them runs into anything else, that a telephone
sees their squares, and that they are files which can be searched and read out."""

from __future__ import annotations

import io
import re
import subprocess
import tracemalloc
import unicodedata
import zlib
from dataclasses import replace
from itertools import combinations

import pytest
from lxml import etree

from survey.exports import prints
from survey.exports.prints import pdf as writer
from survey.exports.prints.page import Bar, Code, Page, Run
from survey.exports.prints.squares import QUIET
from survey.exports.prints.typefaces import FACES, MM
from survey.formats import nfc
from tests.exports import said
from tests.exports.said import KINDS

CLEAN_EDGE = 1.0
LONG = "Trung tâm Phục vụ hành chính công và Hội nhập kinh tế quốc tế tỉnh Khánh Hòa, "
NAMES = {
    "short": ("Phòng A", "Cấp phép"),
    "200": ((LONG * 5)[:200], (LONG * 5)[:200]),
    "300 decomposed": (
        unicodedata.normalize("NFD", (LONG * 5)[:300]),
        unicodedata.normalize("NFD", (LONG * 5)[:300]),
    ),
    "one word": ("Ặ" * 300, "W" * 300),
    "emoji": ("Phòng 👩🏽‍💼 Một 🏢", "\u202eThủ\u200b tục\x00 \n\t 🇻🇳 Ω Ж 字"),
    "markup": ("<b>&amp; {{ 7*7 }}</b>", "(\\) ]>> endstream %PDF \"'"),
    "no procedure": ("Phòng Quản lý Thương mại", ""),
}
HOSTS = {"usual": said.HOST, "long": f"khaosat.{'sothuong' * 3}-va-pt.khanhhoa.gov.vn"}


def page_of(kind: str, names: str, host: str, *, is_sample: bool = False) -> Page:
    unit, procedure = NAMES[names]
    of_each = {"unit": unit, "procedure": procedure, "host": HOSTS[host]}
    about = [said.said(number, **of_each) for number in range(2)]
    asker = said.asker(HOSTS[host], is_sample=is_sample)
    return next(prints.pages(kind, asker, about))


def box(shape: Run | Bar | Code) -> tuple[float, float, float, float]:
    """Left, top, right, bottom; of letters from the height of capitals to the tail."""
    if isinstance(shape, Run):
        wide = FACES[shape.face].width(shape.text, shape.size)
        wide += shape.spread * shape.text.count(" ")
        size = shape.size / MM
        return shape.x, shape.y - 0.74 * size, shape.x + wide, shape.y + 0.2 * size
    if isinstance(shape, Bar):
        right, bottom = shape.x + shape.width, shape.y + shape.height
        return shape.x, shape.y, right, bottom
    return shape.x, shape.y, shape.x + shape.side, shape.y + shape.side


def meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    little = 0.02
    return (
        one[0] < other[2] - little
        and other[0] < one[2] - little
        and one[1] < other[3] - little
        and other[1] < one[3] - little
    )


@pytest.mark.parametrize("is_sample", [False, True], ids=["real", "sample"])
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_on_a_print_runs_into_anything_else(kind, names, host, is_sample):
    page = page_of(kind, names, host, is_sample=is_sample)
    letters = [
        box(one) for one in page.shapes if isinstance(one, Run) and one.text.strip()
    ]
    codes = [box(one) for one in page.shapes if isinstance(one, Code)]
    bars = [box(one) for one in page.shapes if isinstance(one, Bar)]

    assert [pair for pair in combinations(letters, 2) if meet(*pair)] == []
    # Its quiet zone lies within the side of a code; marks for the knife touch its edge.
    assert [one for one in letters for code in codes if meet(one, code)] == []
    assert [one for one in bars for code in codes if meet(one, _within(code))] == []
    for left, top, right, bottom in letters:
        assert left >= CLEAN_EDGE
        assert top >= CLEAN_EDGE * 0.4
        assert right <= page.width - CLEAN_EDGE
        assert bottom <= page.height - CLEAN_EDGE


def _within(code: tuple[float, ...]) -> tuple[float, ...]:
    """A code without the outer part of its quiet zone, where the cards are parted."""
    left, top, right, bottom = code
    return left + 1.0, top + 1.0, right - 1.0, bottom - 1.0


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Every print as a file, drawn once."""
    return {kind: said.pdf(kind, said.asker(), said.many(kind)) for kind in KINDS}


def told(program: str, content: bytes, *arguments: str) -> str:
    command = [program, *arguments]
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_print_says_all_that_a_business_needs_to_know(files, kind):
    text = told("pdftotext", files[kind], "-raw", "-enc", "UTF-8", "-", "-")
    words = "".join(text.split())
    wanted = [
        said.UNIT,
        said.PROCEDURE,
        "đánh giá",
        "hoảng 10 phút",
        said.HOST,
        "7F3K-9HXC-2MDR-T4VW-Y5PN",
        "30/09/2026",
        f"{said.HOST}/kiem-tra-ma",
        f"ịa chỉ đúng luôn bắt đầu bằng https://{said.HOST}/",
        "English available.",
    ]
    if kind not in ("poster", "stand"):
        wanted += ["000.00.12.H32-260801-0042", "dùng một lần"]

    assert [one for one in wanted if "".join(one.split()) not in words] == []
    assert text == nfc(text)
    assert "MẪU" not in text


LONG_NAME = (
    "Cấp lại Giấy chứng nhận cửa hàng đủ điều kiện bán lẻ xăng dầu trong trường hợp "
    "Giấy chứng nhận bị mất, sai sót hoặc bị tiêu hủy dưới hình thức khác"
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_name_is_abbreviated_on_cards_and_cut_after_a_whole_word(kind):
    text = told(
        "pdftotext",
        said.pdf(kind, said.asker(), [said.said(procedure=LONG_NAME)]),
        *("-raw", "-enc", "UTF-8", "-", "-"),
    )
    words = " ".join(text.split())
    shown = LONG_NAME
    if kind in ("card", "cards-8", "small-card", "cards-24"):
        shown = LONG_NAME.replace("Giấy chứng nhận", "GCN")
        assert "Sở Công Thương tỉnh Khánh Hòa".upper() in words.upper()
    if kind in ("small-card", "cards-24"):
        begin = words[words.index("Mời đánh giá: ") + 14 : words.index("…")]
        assert len(begin) > 50
        assert shown.startswith(f"{begin} ")
    else:
        assert shown in words


def test_a_letter_is_signed_by_whom_the_office_says():
    signed = replace(
        said.asker(), signer=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), signer_name="Lê Văn An"
    )
    for by, words in (
        (said.asker(), ("GIÁM ĐỐC",)),
        (signed, ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Lê Văn An")),
    ):
        content = said.pdf("letter", by, [said.said()])
        text = told("pdftotext", content, "-raw", "-enc", "UTF-8", "-", "-")
        assert [one for one in words if one not in text.splitlines()] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_print_of_a_sample_says_that_it_is_one(kind):
    content = said.pdf(kind, said.asker(is_sample=True), said.many(kind))
    text = told("pdftotext", content, "-raw", "-enc", "UTF-8", "-", "-")

    assert text.count("MẪU – dữ liệu mẫu") == said.SHEETS.get(kind, 1)


def drawn_codes(content: bytes) -> list[tuple[float, list[tuple[int, int, int]]]]:
    """Of each code in a file: the side of its squares in mm, and its runs of them."""
    found = []
    for packed in re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL):
        text = zlib.decompress(packed)
        for side, runs in re.findall(rb"q (\S+) 0 0 -\1 \S+ \S+ cm\n(.*)\n", text):
            places = re.findall(rb"(\d+) (\d+) (\d+) 1 re", runs)
            found.append(
                (float(side) / 72 * 25.4, [tuple(map(int, one)) for one in places])
            )
    return found


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("kind", KINDS)
def test_squares_are_half_a_millimetre_or_more_and_the_quiet_zone_is_kept(kind, host):
    about = said.many(kind, host=HOSTS[host])
    asker = said.asker(HOSTS[host])
    codes = drawn_codes(said.pdf(kind, asker, about))
    (page,) = prints.pages(kind, asker, about)
    meant = [shape for shape in page.shapes if isinstance(shape, Code)]

    for one, (side, runs) in zip(meant, codes, strict=True):
        assert side >= prints.LEAST
        whole = one.squares.whole
        assert side * whole == pytest.approx(one.side, abs=0.01)
        assert min(x for x, _y, _n in runs) == QUIET
        assert min(y for _x, y, _n in runs) == QUIET
        assert max(x + n for x, _y, n in runs) == whole - QUIET


def test_damage_of_30_percent_is_borne_wherever_squares_stay_large_enough():
    for kind in KINDS:
        for shape in page_of(kind, "short", "usual").shapes:
            if isinstance(shape, Code):
                # Version 6: 41 squares hold an address of 54 letters at level H only.
                assert len(shape.squares.rows) == 41, kind


def test_an_address_too_long_for_a_size_is_refused_there_and_there_only():
    host = f"{'a' * 60}.{'b' * 60}.khanhhoa.gov.vn"
    for kind in ("cards-24", "small-card"):
        with pytest.raises(prints.PrintError):
            said.pdf(kind, said.asker(host), said.many(kind, host=host))
    for kind in ("poster", "cards-8"):
        assert said.pdf(kind, said.asker(host), said.many(kind, host=host))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_tagged_and_holds_its_own_fonts(files, kind):
    about = told("pdfinfo", files[kind], "-")
    structure = told("pdfinfo", files[kind], "-struct", "-")
    fonts = told("pdffonts", files[kind], "-").splitlines()[2:]

    assert re.search(r"Tagged: +yes", about)
    assert re.search(r"Title: +In thử", about)
    assert structure.count("Figure") == said.SHEETS.get(kind, 1)
    assert "H1" in structure
    family = "LiberationSerif" if kind == "letter" else "BeVietnamPro"
    assert fonts
    for line in fonts:
        assert f"PRINTS+{family}-" in line
        assert re.search(r"Identity-H +yes yes yes", line)


def test_sizes_are_what_they_are_called(files):
    def size(kind: str) -> tuple[float, float]:
        line = re.search(
            r"Page size: +(\S+) x (\S+)", told("pdfinfo", files[kind], "-")
        )
        return tuple(round(float(one) / 72 * 25.4) for one in line.groups())

    assert size("poster") == size("letter") == size("cards-24") == (210, 297)
    assert size("stand") == (148, 209)
    assert size("slip")[0] == 80


def test_a_letter_that_no_face_has_is_a_square_and_the_rest_stays():
    unit, procedure = NAMES["emoji"]
    content = said.pdf(
        "slip", said.asker(), [said.said(unit=unit, procedure=procedure)]
    )
    text = told("pdftotext", content, "-raw", "-enc", "UTF-8", "-", "-")

    assert "Phòng □□ Một □" in text
    assert "Thủ tục □□ Ω Ж □" in text


def test_markup_and_the_signs_of_the_format_are_printed_as_they_are():
    unit, procedure = NAMES["markup"]
    content = said.pdf(
        "slip", said.asker(), [said.said(unit=unit, procedure=procedure)]
    )
    text = told("pdftotext", content, "-raw", "-enc", "UTF-8", "-", "-")

    assert unit in text
    assert procedure in text


def test_pages_are_drawn_as_they_are_asked_for_and_not_kept():
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield said.said(len(taken))

    pages = prints.pages("slip", said.asker(), endless())
    written = writer.write(io.BytesIO(), pages, title="In thử")
    next(written)
    assert len(taken) == 1

    class Nowhere(io.RawIOBase):
        def write(self, content):
            return len(content)

    written = writer.write(Nowhere(), pages, title="In thử")
    for _ in range(20):
        next(written)
    tracemalloc.start()
    try:
        for _ in range(10):
            next(written)
        before, _peak = tracemalloc.get_traced_memory()
        for _ in range(40):
            next(written)
        after, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Of a page stay its numbers and the widths of words not seen before; its squares
    # alone are 15 kB.
    assert (after - before) / 40 < 6_000
    written.close()


@pytest.mark.parametrize("kind", prints.SINGLE)
def test_an_svg_needs_no_font_and_says_in_words_what_it_shows(kind):
    page = prints.SINGLE[kind](said.asker(), said.said(unit="Phòng <A> & B"))
    root = etree.fromstring(prints.svg(page, title="Áp phích <1>").encode())
    name = "{http://www.w3.org/2000/svg}"

    assert root.get("width") == f"{page.width:g}mm"
    assert root.findtext(f"{name}title") == "Áp phích <1>"
    assert "Phòng <A> & B" in root.findtext(f"{name}desc")
    tags = {one.tag.removeprefix(name) for one in root.iter()}
    assert tags == {"svg", "title", "desc", "defs", "path", "g", "use"}
    assert not any(one.get("style") for one in root.iter())
    known = {one.get("id") for one in root.iter(f"{name}path")}
    for one in root.iter(f"{name}use"):
        assert one.get("{http://www.w3.org/1999/xlink}href")[1:] in known
