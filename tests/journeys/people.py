"""What people do in a browser: sign in, fill in the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from tests.journeys.conftest import Office

FACTS = {
    "F04": "in_person",
    "F05": "in_person",
    "F06": "2026-08-03",
    "F07": "2026-08-21",
    "F08": "2026-08-25",
    "F09": "granted",
    "F10": "none",
    "F12": "two",
    "F12b": "yes",
    "F12c": "yes",
    "F12d": "guided",
    "F13": "yes",
    "F13b": "equal",
    "F14": "cash",
    "F17": "no",
}
"""A paper dossier, two working days late, with a fee."""

Look = Callable[[Page, str], None]


def page_name(page: Page) -> str:
    """The part of the address that names the page."""
    return re.sub(r"[?#].*", "", page.url).rsplit("/", 1)[-1]


def sign_in(page: Page, office: Office) -> None:
    """Sign in and arrive at the first page of the staff."""
    page.goto(f"{office.address}/dang-nhap")
    page.get_by_label("Thư điện tử").fill(office.email)
    page.get_by_label("Mật khẩu").fill(office.password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name="Đăng xuất").wait_for()


def answer(
    page: Page,
    address: str,
    *,
    ratings: Mapping[str, str] | None = None,
    facts: Mapping[str, str] = FACTS,
    rating: str = "4",
    look: Look = lambda page, name: None,
) -> str:
    """Open a link, answer every question that is asked, send; the receipt."""
    page.goto(address)
    look(page, "gioi-thieu")
    page.locator("#consent").check(force=True)
    page.locator("#form button.govuk-button").click()
    for _ in range(20):
        name = page_name(page)
        look(page, name)
        if name == "cam-on":
            return page.locator(".receipt").inner_text()
        _answer_page(page, name, ratings or {}, facts, rating)
        page.locator("#form button.govuk-button").click()
    raise AssertionError(f"no end to the form: {page.url}")


def _answer_page(
    page: Page,
    name: str,
    ratings: Mapping[str, str],
    facts: Mapping[str, str],
    rating: str,
) -> None:
    for group in page.locator("fieldset.criterion").all():
        code = group.get_attribute("id") or ""
        value = facts.get(code) if code.startswith("F") else ratings.get(code, rating)
        if name == "chung" and code != "G1":
            continue
        if value is None:
            continue
        if group.locator("input[type=date]").count() and value[:2] == "20":
            group.locator("input[type=date]").fill(value)
        elif group.locator("select").count():
            group.locator("select").select_option(value)
        else:
            group.locator(f"input[value='{value}']").check(force=True)
