"""Dossiers of different kinds, from QR code to receipt: asked is what applies."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Hall

pytestmark = pytest.mark.browser
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)
OF_A_VISIT = {"A2", "A3"}
VIETNAMESE = re.compile(
    "[ăâđêôơưàảãạằẳẵắặầẩẫấậèẻẽẹềểễếệìỉĩịòỏõọồổỗốộờởỡớợùủũụừửữứựỳỷỹỵ]", re.IGNORECASE
)
# These stay as they are: what stands on a paper or a screen of the office is quoted.
NAMES = re.compile(
    r'["“(][^"”)]+["”)]|Khánh Hòa|Sở Công Thương|Phòng Quản lý Thương mại'
    r"|Khảo sát quý III năm 2026"
)


class Reader:
    """Notes which questions were seen, and what was read."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.read: dict[str, str] = {}

    def look(self, page: Page, name: str) -> None:
        self.asked |= set(people.asked(page))
        self.read[name] = page.locator("main").inner_text()


@with_and_without_scripts
def test_a_dossier_filed_online_is_not_asked_about_a_visit(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    reader = Reader()
    receipt = people.answer(
        open_page(360, scripts=scripts), hall.counter(), facts=people.ONLINE,
        ratings={"A4": "4", "B5": "3"}, look=reader.look,
    )  # fmt: skip

    assert not OF_A_VISIT & reader.asked
    assert {"A1", "A4", "B5"} <= reader.asked
    assert "Nơi ngồi chờ" not in reader.read["xem-lai"]
    stored = hall.stored(receipt)
    assert {stored.answers[code] for code in OF_A_VISIT} == {"not_asked"}
    assert (stored.answers["A4"], stored.answers["B5"]) == ("4", "3")
    assert stored.answers["A1"] == "blank"


@with_and_without_scripts
def test_a_refused_dossier_is_asked_for_the_reason_and_rated_like_any_other(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    reader = Reader()
    receipt = people.answer(
        open_page(360, scripts=scripts), hall.counter(), facts=people.REFUSED,
        ratings={"D1": "4", "D4": "2"}, look=reader.look,
    )  # fmt: skip

    assert {"D1", "D2", "D4"} <= reader.asked
    assert "F16" not in reader.asked, "it was not late"
    stored = hall.stored(receipt)
    assert (stored.facts["F09"], stored.facts["F09b"]) == ("refused", "yes")
    assert (stored.answers["D1"], stored.answers["D4"]) == ("4", "2")


@with_and_without_scripts
def test_the_facts_are_summed_up_before_the_first_rating_and_stand_beside_it(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    page = open_page(360, scripts=scripts)
    people.begin(page, hall.counter())
    people.tell(page, people.LATE)
    assert people.page_name(page) == "tom-tat"
    summary = page.locator("#summary")
    expect(summary).to_contain_text("Tiếp nhận 01/07/2026; hẹn trả 21/07/2026")
    expect(summary).to_contain_text("sau ngày hẹn 2 ngày làm việc")

    people.press(page, people.EDIT)
    assert people.page_name(page) == "thong-tin"
    expect(page.locator("#F08-date")).to_have_value("2026-07-23")
    people.tell(page, {"F08": "2026-07-24"})
    expect(summary).to_contain_text("sau ngày hẹn 3 ngày làm việc")
    people.press(page, people.CONFIRM)

    assert people.page_name(page) == "A"
    people.go_to(page, "D")
    expect(page.locator("#D1-facts")).to_contain_text("24/07/2026")


@with_and_without_scripts
def test_a_form_is_gone_on_with_on_another_phone(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    address = hall.dossier(
        {"F04": "in_person", "F06": "2026-07-01", "F07": "2026-07-21"}
    )
    known = {"F04", "F06", "F07"}
    first = open_page(360, scripts=scripts)
    people.begin(first, address)
    assert not known & set(people.asked(first)), "the office knows it already"
    people.tell(first, people.LATE)
    people.press(first, people.CONFIRM)
    people.rate(first, {"A1": "2", "B2": "4"}, until="C")
    first.context.close()

    second = open_page(360, scripts=scripts)
    second.goto(address)
    assert people.page_name(second) == "C"
    people.rate(second, {"C1": "3"})
    answers = second.locator("main").inner_text()
    assert "2. Không hài lòng" in answers
    assert "01/07/2026" in answers
    before = hall.count()
    people.press(second)

    assert hall.count() == before + 1
    stored = hall.stored(people.receipt(second)).answers
    assert (stored["A1"], stored["B2"], stored["C1"]) == ("2", "4", "3")
    third = open_page(360, scripts=scripts)
    third.goto(address)
    expect(third.locator("h1")).to_contain_text("đã được gửi")


@with_and_without_scripts
def test_an_english_reader_reads_no_vietnamese_from_the_first_page_to_the_last(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    page = open_page(360, scripts=scripts)
    address = hall.counter()
    page.goto(address)
    people.press(page, page.get_by_role("button", name="English"))
    expect(page.locator("h1")).not_to_contain_text(VIETNAMESE)
    seen, foreign = set(), []

    def look(page: Page, name: str) -> None:
        assert page.locator("html").get_attribute("lang") == "en"
        lines = page.locator("main").evaluate(
            """main => [...main.querySelectorAll(
              'h1, legend, label, p, dt, dd, li, summary, button, #summary'
            )].filter(one => !one.closest('svg')).map(one => one.textContent)"""
        )
        said = [NAMES.sub("", " ".join(line.split())) for line in lines]
        seen.add(name)
        foreign.extend(f"{name}: {one}" for one in said if VIETNAMESE.search(one))

    receipt = people.answer(
        page, f"{address}/gioi-thieu", ratings={"D1": "5"}, look=look
    )

    assert foreign == []
    assert {"thong-tin", "tom-tat", "D", "xem-lai", "cam-on"} <= seen
    stored = hall.stored(receipt)
    assert stored.language == "en"
    assert stored.prompts["P1"]["outcome"] == "kept"
