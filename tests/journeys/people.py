"""What people do in a browser: sign in, fill in the form, look at it closely."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Locator, Page

from tests.journeys.conftest import Office

LATE = {
    "F04": "in_person",
    "F04b": "not_aware",
    "F05": "in_person",
    "F05b": "not_needed",
    "F06": "2026-07-01",
    "F07": "2026-07-21",
    "F08": "2026-07-23",
    "F09": "granted",
    "F10": "none",
    "F12": "two",
    "F12b": "yes",
    "F12c": "yes",
    "F12d": "guided",
    "F13": "yes",
    "F13b": "equal",
    "F14": "cash",
    "F15": "no",
    "F16": "none",
    "F17": "no",
}
"""A paper dossier, two working days late, with a fee."""
EARLY = {**LATE, "F08": "2026-07-16"}
"""The same, three working days before the appointed date."""
ONLINE = {
    **LATE,
    "F04": "online",
    "F05": "electronic",
    "F08": "2026-07-21",
    "F12": "none",
    "F14": "portal_online",
    "F14b": "first_try",
}
"""Filed, paid and answered on the portal, on the day."""
REFUSED = {**LATE, "F08": "2026-07-21", "F09": "refused", "F09b": "yes"}
"""Refused on the day."""

CONTINUE = "#form > button.govuk-button"
CONFIRM = "button[name=summary][value=confirm]"
EDIT = "button[name=summary][value=edit]"
PROMPT = ".prompt:not([hidden])"
WAITING = "#waiting:not([hidden])"
OPEN = "html:not([data-left]) main"
MOST_PAGES = 30
RATED = re.compile(r"[A-E]\d|G1")

# One call for a page: asking the browser for each costs more than the form.
ALL_AT_ONCE = """facts => {
  for (const [code, value] of Object.entries(facts)) {
    const group = document.getElementById(code);
    const field = /^\\d{4}-/.test(value) ? group.querySelector("[type=date]")
      : group.querySelector("select");
    if (field) {
      field.value = value;
      field.dispatchEvent(new Event("change", {bubbles: true}));
    } else {
      document.getElementById(`${code}-${value}`).click();
    }
  }
}"""

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


def press(page: Page, button: str | Locator = CONTINUE) -> None:
    """Press a button of the form and wait for what comes of it: another page, a
    prompt on this one, or word that the network is lost."""
    outcomes = [OPEN]
    # What stands there already tells nothing.
    outcomes += [one for one in (PROMPT, WAITING) if not page.locator(one).count()]
    page.evaluate("document.documentElement.dataset.left = ''")
    pressed = page.locator(button) if isinstance(button, str) else button
    pressed.click()
    page.locator(", ".join(outcomes)).first.wait_for()
    page.wait_for_load_state("domcontentloaded")


def begin(page: Page, address: str) -> None:
    """Open a link, agree, and come to the facts."""
    page.goto(address)
    page.locator("#consent").check(force=True)
    press(page)


def choose(page: Page, code: str, value: str) -> None:
    """Answer one question of the page."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        page.locator(f"#{code}-date").fill(value)
    elif code == "F01":
        page.locator("#F01-list").select_option(value)
    else:
        page.locator(f"#{code}-{value}").check(force=True)


def tell(
    page: Page, facts: Mapping[str, str] = LATE, look: Look = lambda page, name: None
) -> None:
    """Answer the facts and whatever they bring up, until the page is left."""
    for _ in range(MOST_PAGES):
        if page_name(page) != "thong-tin":
            return
        look(page, "thong-tin")
        told: set[str] = set()
        # A script brings questions up while one answers.
        while open_ones := [one for one in asked(page) if one in facts.keys() - told]:
            page.evaluate(ALL_AT_ONCE, {code: facts[code] for code in open_ones})
            told |= set(open_ones)
        press(page)
    raise AssertionError(f"no end to the facts: {page.url}")


def rate(
    page: Page,
    ratings: Mapping[str, str],
    *,
    others: str | None = None,
    until: str = "xem-lai",
    look: Look = lambda page, name: None,
) -> None:
    """Give these ratings, and `others` to what else is rated or else nothing; keep
    what a prompt asks about."""
    for _ in range(MOST_PAGES):
        name = page_name(page)
        if name == until:
            return
        look(page, name)
        for code in asked(page):
            level = ratings.get(code, others if RATED.fullmatch(code) else None)
            if level:
                choose(page, code, level)
        press(page)
        if prompt(page):
            look(page, "loi-nhac")
        keep(page)
    raise AssertionError(f"{until} never came: {page.url}")


def go_to(page: Page, name: str) -> None:
    """Press on, answering nothing, up to a page."""
    rate(page, {}, until=name)


def asked(page: Page) -> list[str]:
    """The codes of the questions that can be seen."""
    codes: list[str] = page.locator("fieldset.criterion:visible").evaluate_all(
        "all => all.map(one => one.id)"
    )
    return codes


def prompt(page: Page) -> Locator | None:
    """The question whether to keep a rating, on the page or as a page; or None."""
    if page.locator(PROMPT).count():
        return page.locator(PROMPT)
    return page.locator("#form") if "?loi-nhac=" in page.url else None


def keep(page: Page) -> None:
    """Keep the rating that a prompt asks about, if one does."""
    shown = prompt(page)
    if shown:
        press(page, shown.locator("[data-keep], button[value=keep]"))


def review(page: Page) -> None:
    """Look again at the rating that a prompt asks about."""
    shown = prompt(page)
    assert shown is not None, page.url
    button = shown.locator("[data-review], button[value=review]")
    if "?loi-nhac=" in page.url:
        press(page, button)
    else:
        button.click()


def receipt(page: Page) -> str:
    """The receipt on the page of thanks."""
    return page.locator(".receipt").inner_text()


def answer(
    page: Page,
    address: str,
    *,
    ratings: Mapping[str, str] | None = None,
    facts: Mapping[str, str] = LATE,
    rating: str | None = None,
    look: Look = lambda page, name: None,
) -> str:
    """Open a link, answer what is asked, send; the receipt.

    Args:
        rating: given to every criterion that `ratings` does not name; none if absent.
    """
    page.goto(address)
    look(page, "gioi-thieu")
    page.locator("#consent").check(force=True)
    press(page)
    tell(page, facts, look)
    if page_name(page) == "tom-tat":
        look(page, "tom-tat")
        press(page, CONFIRM)
    rate(page, ratings or {}, others=rating, look=look)
    look(page, "xem-lai")
    press(page)
    look(page, "cam-on")
    return receipt(page)
