"""The paper twin holds every word of its questionnaire, and says what paper must."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from survey.exports import paper, paper_marks
from survey.questionnaire import Questionnaire, load, packaged
from survey.questionnaire.conditions import parse
from survey.questionnaire.schema import LANGUAGES, Text

SHA = "0123456789abcdef" * 4
SENDER = paper.Sender(
    superior=Text(vi="UBND tỉnh Khánh Hòa", en="People's Committee"),
    agency=Text(vi="Sở Công Thương", en="Department of Industry and Trade"),
    contact=Text(vi="Văn phòng Sở", en="The Office"),
)
WAVE = paper.Occasion(
    wave="Quý III năm 2026", period="01/07/2026 – 30/09/2026", deadline="30/09/2026"
)
ALL = {name: load(text, name) for name, text in packaged().items()}


def html(q: Questionnaire, language: str = "vi", **more: object) -> str:
    return paper.paper_html(q, language=language, sha256=SHA, sender=SENDER, **more)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_style = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.is_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self.is_style:
            self.found.append(data)


def words(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    return " ".join("".join(reader.found).split())


def texts(q: Questionnaire, language: str) -> list[str]:
    """Everything a business reads on screen, except what belongs to the screen."""
    found = [*q.opening.intro, q.opening.title, q.opening.consent]
    for fact in q.facts:
        found += [fact.text, fact.hint, *(one.label for one in fact.choices)]
    for element in q.elements:
        found += [element.title, element.note]
    for one in q.criteria:
        found += [one.title, one.text, one.consider, one.leave_out]
        found += [*one.anchors.values(), one.not_applicable_text]
    for general in q.generals:
        if general.code != paper.CONTACT_QUESTION:
            found += [general.text, general.hint]
            found += [choice.label for choice in general.choices]
    for term in q.terms:
        found += [term.name, term.definition]
    values = {"agency": SENDER.agency.get(language)}
    return [q.filled(text, language, **values) for text in found if text is not None]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_every_word_of_the_questionnaire_stands_on_paper(name, language):
    page = words(html(ALL[name], language))

    missing = [text for text in texts(ALL[name], language) if text not in page]

    assert missing == []
    assert len(texts(ALL[name], language)) > 300


@pytest.mark.parametrize("name", ALL)
def test_every_criterion_has_five_boxes_in_ascending_order_and_two_apart(name):
    q = ALL[name]
    page = html(q)
    for criterion in q.criteria:
        block = page.partition(f'<span class="code">{criterion.code}</span>')[2]
        block = block.partition('<div class="criterion">')[0]
        marks = re.findall(r'<span class="mark">(\w+)</span>', block)[:7]
        apart = ["K", "D"] if criterion.not_applicable else ["D"]
        assert marks[: 5 + len(apart)] == ["1", "2", "3", "4", "5", *apart]


def test_whom_a_criterion_concerns_is_said_where_not_everyone():
    q = next(one for one in ALL.values() if one.id == "dn-2026-1")
    page = words(html(q))

    for criterion in q.criteria:
        said = f"Phạm vi trả lời: {criterion.who.vi}"
        assert (said in page) == (not criterion.when.is_always), criterion.code


@pytest.mark.parametrize(
    ("condition", "vi", "en"),
    [
        ("F04 in {postal}", "F04 chọn ô 3", "box 3 is chosen in F04"),
        (
            "F04 in {in_person, postal}",
            "F04 chọn ô 1 hoặc 3",
            "box 1 or 3 is chosen in F04",
        ),
        (
            "F04 in {in_person, online, postal} and F13 in {yes}",
            "F04 chọn ô 1, 2 hoặc 3 và F13 chọn ô 1",
            "box 1, 2 or 3 is chosen in F04 and box 1 is chosen in F13",
        ),
        (
            "late in {yes}",
            "trễ hẹn – ngày ở F08 sau ngày hẹn ở F07 (hồ sơ phải bổ sung: sau ngày ở "
            "F10b), hoặc đã quá ngày hẹn mà F08 chọn ô “Chưa có kết quả”",
            "late – the date in F08 is after the date in F07 (after that in F10b if "
            "the dossier was supplemented), or the date has passed and F08 says “No "
            "result yet”",
        ),
        ("late in {no}", "không phải: trễ hẹn", "not: late"),
    ],
)
def test_a_condition_names_the_boxes_of_the_sheet(condition, vi, en):
    q = next(one for one in ALL.values() if one.id == "dn-2026-1")

    assert paper.condition_text(q, parse(condition), "vi") == vi
    assert paper.condition_text(q, parse(condition), "en") == en


def test_the_wave_and_the_number_fill_the_gaps_that_else_stay_to_be_written():
    q = next(iter(ALL.values()))
    bare, filled = words(html(q)), words(html(q, occasion=WAVE, number="0042"))

    assert "Đợt khảo sát ……" in bare
    assert "hạn trả lời ……" in bare
    assert "Đợt khảo sát Quý III năm 2026; kỳ 01/07/2026 – 30/09/2026" in filled
    assert "hạn trả lời 30/09/2026; đầu mối giải đáp Văn phòng Sở" in filled
    assert "Phiếu số: 0042" in filled
    assert "{" not in bare + filled


def test_a_sample_wave_says_so():
    q = next(iter(ALL.values()))
    assert "ĐỢT MẪU" in html(q, occasion=replace(WAVE, is_sample=True))
    assert "ĐỢT MẪU" not in html(q, occasion=WAVE)


def test_what_an_office_writes_is_text_and_decomposed_letters_are_composed():
    q = next(iter(ALL.values()))
    sender = replace(SENDER, contact=Text(vi="<b>Văn phòng", en="x"))
    page = paper.paper_html(
        q,
        language="vi",
        sha256=SHA,
        sender=sender,
        number=unicodedata.normalize("NFD", "số 7 <i>"),
    )

    assert "&lt;b&gt;Văn phòng" in page
    assert "<i>" not in page
    assert unicodedata.is_normalized("NFC", page)


def test_nothing_but_our_own_typeface_is_asked_for():
    for q in ALL.values():
        asked = re.findall(r"(?:src|href|url|@import)\s*[=(]([^)]*)", html(q))
        assert {one.partition("-")[0] for one in asked} == {"LiberationSerif"}


def test_no_name_is_asked_for_beside_the_answers():
    q = next(one for one in ALL.values() if one.id == "dn-2026-1")
    page = html(q)

    assert f'<span class="code">{paper.CONTACT_QUESTION}</span>' not in page
    assert "Muốn được liên hệ lại, xin hỏi Văn phòng Sở" in words(page)


def test_marks_are_numbers_in_the_printed_order():
    q = next(one for one in ALL.values() if one.id == "dn-2026-1")
    choices = q.fact("F04").choices

    assert list(paper_marks.marked(choices)) == list("1234567")
    assert paper_marks.mark_of(choices, "postal") == "3"
    assert paper_marks.mark_of(choices, "nobody") is None
