"""Paper forms typed by two people with nothing but the keyboard."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey import accounts, clock
from survey.models import Account, PaperForm, Response
from tests import cast
from tests.journeys.conftest import OPEN_PAGE, PASSWORD, Office
from tests.journeys.people import sign_in
from tests.journeys.test_pages import Inspector

pytestmark = pytest.mark.browser

# A person who types marks from paper manages two keys a second without haste.
SECONDS_A_KEY = 0.5
FACTS = {
    "consent": "c",
    "F01": "2.000648", "F02": "1", "F03": "2", "F04": "1", "F04b": "5", "F05": "1",
    "F05b": "2", "F06": "03082026", "F07": "21082026", "F08": "25082026", "F09": "1",
    "F10": "1", "F12": "3", "F12b": "1", "F12c": "1", "F12d": "1", "F13": "1",
    "F13b": "1", "F13c": "1", "F14": "3", "F14c": "5", "F15": "2", "F16": "2",
    "F17": "2", "F18": "1",
}  # fmt: skip
"""A dossier filed in person, in the order of the sheet; what is not asked is passed."""
RATINGS = {"A4": "k", "A5": "k", "B3": "k", "B5": "k", "C5": "k", "E2": "k", "E3": "k"}


@dataclass
class Hands:
    """Ten fingers that count what they press."""

    page: Page
    keys: int = 0

    def press(self, *keys: str) -> None:
        """Press keys one by one."""
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    @property
    def place(self) -> str:
        """The id of what has the focus."""
        return str(self.page.evaluate("document.activeElement.id"))


def type_form(hands: Hands, number: str, change: dict[str, str]) -> None:
    """Type one sheet from top to bottom and save it."""
    answers = {**FACTS, **RATINGS, "G1": "4", "G2": "7 3", **change}
    if hands.place == "number":
        hands.press(*number, "Enter")
    day = clock.today()
    seen = []
    for _ in range(90):
        place = hands.place
        seen.append(place)
        if place == "save":
            hands.press("Enter")
            return
        if place == "received":
            hands.press(*f"{day:%d%m%Y}")
        elif place == "unit":
            hands.press("ArrowDown", "ArrowDown", "Enter")
        elif place == "language":
            hands.press("Enter")
        else:
            typed = answers.get(place, "4" if place[:1] in "ABCDE" else "")
            hands.press(*typed)
            if hands.place == place:
                hands.press("Enter")
    raise AssertionError(f"no end: {seen}")


def colleague(session: Session, office: Office) -> Office:
    """A second person of the same office."""
    email = "nguoi.thu.hai@khanhhoa.gov.vn"
    accounts.add_account(
        session, email, role="fieldworker", password=PASSWORD, now=clock.now()
    )
    session.commit()
    return replace(office, email=email)


def look(page: Page, name: str) -> None:
    """Keep a picture when a person wants to see the pages."""
    folder = os.environ.get("SURVEY_LOOK")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_sheet_is_typed_by_two_people_with_the_keyboard_alone(
    session: Session, world: cast.World, office: Office, open_page: OPEN_PAGE
) -> None:
    base = f"{office.address}/dot-khao-sat/{world.wave}/phieu-giay"
    first = open_page(1280)
    sign_in(first, office)
    first.goto(f"{base}/nhap")
    hands = Hands(first)
    assert hands.place == "number"

    type_form(hands, "17", {})

    expect(first.locator(".govuk-notification-banner")).to_contain_text("phiếu 17")
    assert hands.place == "number", "straight on to the next sheet"
    assert hands.keys * SECONDS_A_KEY < 120
    second = open_page(1280)
    sign_in(second, colleague(session, office))
    second.goto(base)
    look(second, "paper-list")
    second.get_by_role("link", name="Nhập lần hai").click()
    hands = Hands(second)
    type_form(hands, "", {"D1": "2"})
    assert hands.keys * SECONDS_A_KEY < 120

    expect(second.locator("h1")).to_contain_text("Đối chiếu")
    look(second, "paper-settle")
    second.get_by_label("Lần hai").focus()
    second.keyboard.press("Space")
    second.keyboard.press("Enter")
    expect(second.locator(".govuk-notification-banner")).to_contain_text("đã được tính")
    session.rollback()
    stored = session.scalars(sa.select(Response)).one()
    assert stored.answers["D1"] == "2"
    assert (stored.origin, stored.status) == ("paper", "complete")
    assert session.scalars(sa.select(PaperForm)).one().first == {}


def test_the_meaning_stands_beside_the_cell_while_it_is_typed(
    world: cast.World, office: Office, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    sign_in(page, office)
    page.goto(f"{office.address}/dot-khao-sat/{world.wave}/phieu-giay/nhap")
    hands = Hands(page)

    page.locator("#F04").focus()
    hands.press("1")
    assert hands.place == "F04b"
    expect(page.locator("#F04-echo")).to_have_text("Trực tiếp tại Bộ phận Một cửa")
    hands.press("ArrowUp", "2")
    assert hands.place == "F05", "the reason for not filing online is passed"
    is_cut = "cell => cell.scrollWidth > cell.clientWidth"
    page.locator("#F01").fill("2.000648")
    assert not page.locator("#F01").evaluate(is_cut)
    passed = re.compile("is-passed")
    page.locator("#F13").fill("2")
    expect(page.locator(".paper__cell:has(#B4)")).to_have_class(passed)
    page.locator("#B3").focus()
    hands.press("k")
    assert hands.place == "B4", "greyed, but a mark on paper is still typed"
    page.locator("#F13").fill("")
    expect(page.locator(".paper__cell:has(#B4)")).not_to_have_class(passed)
    page.locator("#A1").focus()
    hands.press("9")
    assert hands.place == "A1"
    expect(page.locator("#A1-echo")).to_have_text("không có ký hiệu này")
    hands.press("Backspace", "d")
    assert hands.place == "A2"
    expect(page.locator("#A1-echo")).to_have_text("Không đủ thông tin để đánh giá")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    look(page, "paper-entry-360")


def test_without_scripts_tab_leads_on_and_enter_saves_nothing(
    session: Session, world: cast.World, office: Office, open_page: OPEN_PAGE
) -> None:
    page = open_page(1280, scripts=False)
    sign_in(page, office)
    page.goto(f"{office.address}/dot-khao-sat/{world.wave}/phieu-giay/nhap")

    page.locator("#F04").focus()
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Enter")

    expect(page.locator("#F04-echo")).to_have_text("Trực tiếp tại Bộ phận Một cửa")
    expect(page.locator("#F04b-echo")).to_have_text("Cần nộp bản giấy")
    assert page.locator("#F04").input_value() == "1"
    session.rollback()
    assert session.scalars(sa.select(PaperForm)).all() == []
    look(page, "paper-entry-1280")


def test_the_pages_of_paper_forms_are_clean(
    session: Session,
    world: cast.World,
    office: Office,
    open_page: OPEN_PAGE,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    inspector = Inspector(folder)
    day = clock.today().isoformat()
    sheet = {"unit": str(world.trade), "received": day, "language": "vi"}
    me = session.scalars(sa.select(Account.id)).one()
    colleague(session, office)
    they = session.scalars(sa.select(Account.id).where(Account.id != me)).one()
    for number, second, values in (("1", None, {}), ("2", me, {"A1": "2", "A4": "5"})):
        session.add(
            PaperForm(
                wave_id=world.wave,
                number=number,
                unit_id=world.trade,
                month=day[:7],
                state="twice" if second else "once",
                first={**sheet, "values": {"A1": "4", "A4": "5", "F04": "in_person"}},
                second={**sheet, "values": values} if second else {},
                first_by=they,
                second_by=second,
            )
        )
    session.commit()
    ids = dict(session.execute(sa.select(PaperForm.number, PaperForm.id)).all())
    session.rollback()
    page = open_page(1280)
    sign_in(page, office)
    base = f"{office.address}/dot-khao-sat/{world.wave}/phieu-giay"

    for path in ("", "/nhap", f"/{ids['1']}/nhap-lai", f"/{ids['2']}/doi-chieu"):
        page.goto(base + path)
        inspector.look(page, "paper" + path.replace("/", "-"))
    page.goto(f"{base}/nhap")
    page.locator("#A1").fill("9")
    page.locator("#save").click()
    page.locator("#error-summary").wait_for()
    inspector.look(page, "paper-errors")
    look(page, "paper-errors")
    page.goto(f"{base}/{ids['2']}/doi-chieu")
    page.get_by_role("button", name="Tính phiếu này").click()
    page.locator("#error-summary").wait_for()
    inspector.look(page, "paper-settle-errors")
    look(page, "paper-settle-errors")

    assert inspector.faults == []
    assert inspector.validate() == []
