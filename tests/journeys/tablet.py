"""A tablet at a counter: what a respondent and the staff do with a kiosk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect

from survey import pins
from survey.models import Funnel, Link, Response
from tests import cast
from tests.journeys.conftest import EXPECTED, FLAGS, Hall, chromium

PIN = "250819"
UPRIGHT, LYING = {"width": 768, "height": 1024}, {"width": 1280, "height": 800}
Look = Callable[[Page], None]
# One call for a screen: asking the browser for each answer costs more than the form.
AT_ONCE = """answers => {
  for (const [code, value] of Object.entries(answers)) {
    const box = document.querySelector(`fieldset#${code}`);
    if (!box?.checkVisibility()) continue;
    const field = box.querySelector("input[type=date], textarea");
    if (field && (field.tagName === "TEXTAREA" || /^\\d{4}-/.test(value))) {
      field.value = value;
      field.dispatchEvent(new Event("input", {bubbles: true}));
      field.dispatchEvent(new Event("change", {bubbles: true}));
    } else document.getElementById(`${code}-${value}`).click();
  }
}"""
# Everything that a device could keep of a person, as one text.
KEPT = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage),
                 document.cookie, location.href, JSON.stringify(history.state)];
  for (const {name} of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
    });
    for (const store of database.objectStoreNames) {
      if (store === "receipts") continue;
      const all = database.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => { all.onsuccess = resolve; });
      found.push(JSON.stringify(all.result));
    }
    database.close();
  }
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys())
      if (one.method !== "GET") found.push(one.url);
  for (const field of document.querySelectorAll("#form input, #form textarea"))
    if (field.type === "radio" || field.type === "checkbox"
        ? field.checked : field.type !== "hidden" && field.value)
      found.push(`${field.name}=${field.value}`);
  return found.join(" ");
}"""


def kiosk(hall: Hall, pin: str = PIN) -> tuple[str, int]:
    """The address of a new kiosk with this PIN, and the number of its link."""
    with hall.session() as session:
        token = cast.link(session, hall.world.wave, hall.world.trade, kind="kiosk")
        link = session.query(Link).filter_by(token=token).one()
        link.pin_hash = pins.hashed(pin) if pin else None
        link_id = link.id
        session.commit()
    return f"{hall.address}/p/{token}", link_id


def responses(hall: Hall) -> int:
    with hall.session() as session:
        return session.query(Response).count()


def steps(hall: Hall) -> tuple[int, int]:
    """How many forms were begun and finished, of links without a batch."""
    with hall.session() as session:
        begun, done = session.execute(
            sa.select(sa.func.sum(Funnel.started), sa.func.sum(Funnel.finished))
        ).one()
    return begun or 0, done or 0


class Tablet:
    """One tablet with the page of a kiosk in front."""

    def __init__(self, context: BrowserContext, complaints: list[str]) -> None:
        self.context = context
        context.set_default_timeout(15_000)
        self.page = context.pages[0] if context.pages else context.new_page()
        self.page.on("pageerror", lambda error: complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not EXPECTED.search(message.text)
                else None
            ),
        )

    def open(self, address: str) -> None:
        """Open the link of the kiosk, as staff do in the morning."""
        self.page.goto(address)
        self.page.wait_for_url("**/kiosk")
        self.page.locator("html[data-ready]").wait_for()

    def settle(self) -> None:
        """Wait until the tablet can do without a network."""
        self.page.wait_for_function(
            """async () => (await navigator.serviceWorker.ready).active.state
               === "activated" && (await caches.keys()).length === 1"""
        )

    @property
    def screen(self) -> str:
        section = self.page.locator("section:not([hidden])").get_attribute("id") or ""
        return section.removeprefix("page-")

    @property
    def device(self) -> str:
        """What the screen says of waiting forms and the network."""
        return self.page.locator("[data-device]").first.inner_text()

    def press(self, does: str) -> None:
        self.page.locator(f"[data-do={does}]:visible").last.tap()

    def onward(self) -> None:
        """Press the button that goes on, and keep what a prompt asks about."""
        before = self.screen
        self.page.locator("section:not([hidden]) button[type=submit]").tap()
        if self.page.locator(".prompt:visible").count():
            self.page.locator("[data-keep]:visible").tap()
        expect(self.page.locator(f"#page-{before}")).to_be_hidden()

    def agree(self) -> None:
        """Begin a form, and come to the facts."""
        self.press("start")
        self.consent()

    def consent(self) -> None:
        self.page.locator("label[for=consent]").tap()
        self.onward()

    def touch(self, answers: Mapping[str, str]) -> None:
        """Tap the answers on this screen, one after the other, as a finger does."""
        for code, value in answers.items():
            if not self.page.locator(f"fieldset#{code}:visible").count():
                continue
            if len(value) == 10 and value[4] == "-":
                self.page.locator(f"#{code}-date").fill(value)
            elif code == "G3":
                self.page.locator("#G3-text").fill(value)
            else:
                self.page.locator(f"label[for='{code}-{value}']").tap()

    def choose(self, answers: Mapping[str, str]) -> None:
        """Answer what is in sight at once."""
        self.page.evaluate(AT_ONCE, dict(answers))

    def answer(
        self,
        answers: Mapping[str, str],
        look: Look | None = None,
        *,
        by_touch: bool = False,
    ) -> str:
        """Answer from the facts to the end, whatever comes in sight; the receipt."""
        while self.screen != "cam-on":
            (self.touch if by_touch else self.choose)(answers)
            if look:
                look(self.page)
            self.onward()
        if look:
            look(self.page)
        return self.page.locator("#receipt").inner_text()

    def unlock(self, pin: str = PIN) -> None:
        """Type the PIN, as staff do."""
        if not self.page.locator("#pin[open]").count():
            self.press("staff")
        self.page.locator("#pin-typed").fill(pin)
        self.page.locator("#pin-form button[type=submit]").tap()

    def kept(self) -> Any:
        """Everything that is left of a person on the tablet."""
        return self.page.evaluate(KEPT)


def reopenable(browser: Browser, folder: Path) -> BrowserContext:
    """A browser of its own whose disk outlasts it."""
    return browser.browser_type.launch_persistent_context(
        folder,
        executable_path=chromium(),
        args=FLAGS,
        viewport=UPRIGHT,
        has_touch=True,
        locale="vi-VN",
    )
