"""A tablet at a counter: one person after the other, without a network for a day, with
nothing left of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from survey import pins
from survey.models import Link, Response
from tests.journeys import people
from tests.journeys.conftest import Hall
from tests.journeys.tablet import (
    LYING,
    PIN,
    UPRIGHT,
    Tablet,
    kiosk,
    reopenable,
    responses,
    steps,
)
from tests.journeys.test_network import IS_BACK
from tests.journeys.test_pages import RULES, Inspector

pytestmark = pytest.mark.browser
NewTablet = Callable[..., Tablet]
COMMENT = "Chờ lâu ở quầy số 2."
HIGH = {"A1": "4", "B1": "5", "D1": "5", "G1": "4", "G2": "forms", "G3": COMMENT}
LOW = {"A1": "2", "C1": "1", "D1": "3", "G1": "2"}
# Whatever can be pressed is 48 px high, or at least stands in a row that is.
SMALL = """() => [...document.querySelectorAll(
    "button, a, label, select, input, summary")]
  .filter((one) => one.checkVisibility() && !one.closest(".govuk-skip-link"))
  .filter((one) => !one.matches("label:not(.level label)"))
  .map((one) => [one, (one.closest(".level") ?? one).getBoundingClientRect()])
  .filter(([, {width, height}]) => width && (height < 47.5 || width < 47.5))
  .map(([one]) => one.outerHTML.slice(0, 90))"""
FINE_PRINT = """() => {
  const found = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const owner = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !owner.checkVisibility()) continue;
    if (owner.closest("svg, .govuk-visually-hidden, .govuk-skip-link")) continue;
    const size = parseFloat(getComputedStyle(owner).fontSize);
    if (size < 20) found.add(`${size}: ${texts.currentNode.data.trim().slice(0, 50)}`);
  }
  return [...found];
}"""
SQUEEZED = """() => [...document.querySelectorAll(".criterion > *")]
  .filter((one) => one.checkVisibility() && one.offsetWidth
    && one.offsetWidth < one.parentElement.clientWidth * 0.9)
  .filter((one) => !one.matches(".govuk-select, .govuk-form-group, details"))
  .map((one) => one.outerHTML.slice(0, 60))"""
IN_SIGHT = "options => axe.run({exclude: ['section[hidden]']}, options)"
OVERFLOW = "(one => one.scrollWidth - one.clientWidth)(document.documentElement)"


@pytest.fixture
def tablet(browser: Browser) -> Iterator[NewTablet]:
    """Sets up tablets, each with a disk of its own; any error on one fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**more: object) -> Tablet:
        context = browser.new_context(
            viewport=UPRIGHT, has_touch=True, locale="vi-VN", **more
        )
        contexts.append(context)
        return Tablet(context, complaints)

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_form_filled_in_by_touch_is_stored_whole_and_leaves_nothing(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet()
    one.open(kiosk(hall)[0])
    begun, done = steps(hall)
    one.agree()
    receipt = one.answer({**people.LATE, **HIGH}, by_touch=True)

    stored = _stored(hall, one, receipt)
    assert stored.origin == "kiosk"
    assert {code: stored.answers[code] for code in ("A1", "B1", "D1")} == {
        "A1": "4", "B1": "5", "D1": "5",
    }  # fmt: skip
    assert (stored.facts["days_late"], stored.facts["F06"]) == ("2", "given")
    assert stored.generals == {"G1": "4", "G2": ["forms"]}
    assert stored.comment == COMMENT
    assert stored.prompts["P1"]["outcome"] == "kept"
    assert steps(hall) == (begun + 1, done + 1)

    one.press("next")
    assert one.screen == "bat-dau"
    left = one.kept()
    for trace in (COMMENT, receipt, "2026-07-01", "A1", "granted", "forms"):
        assert trace not in left, trace
    one.page.evaluate("history.back()")
    one.page.wait_for_timeout(0)
    assert one.screen == "bat-dau"
    one.page.reload()
    one.page.locator("html[data-ready]").wait_for()
    assert one.screen == "bat-dau"
    assert "A1" not in one.kept()


def _stored(hall: Hall, one: Tablet, receipt: str) -> Response:
    """The response of a receipt, once nothing waits on the tablet any more."""
    expect(one.page.locator("#page-can-bo [data-device]")).to_contain_text(
        "Không có phiếu nào chờ gửi"
    )
    return hall.stored(receipt)


def test_two_people_answer_without_a_network_and_both_arrive_once(
    hall: Hall, browser: Browser, tmp_path: Path
) -> None:
    """In between the browser is closed, and opened again while there is no network."""
    address, _ = kiosk(hall)
    complaints: list[str] = []
    context = reopenable(browser, tmp_path / "disk")
    one = Tablet(context, complaints)
    one.open(address)
    one.settle()
    before = responses(hall)
    context.set_offline(True)
    one.agree()
    first = one.answer({**people.LATE, **HIGH})
    expect(one.page.locator("#kept")).to_be_visible()
    expect(one.page.locator("#heading")).to_contain_text("được giữ trên máy này")
    one.press("next")
    expect(one.page.locator("[data-device]").first).to_contain_text("1 phiếu chờ gửi")
    waiting = one.kept()
    assert '"sealed"' in waiting, "it waits on the disk"
    for trace in (COMMENT, "2026-07-01", "A1"):
        assert trace not in waiting, "and cannot be read there"
    context.close()

    context = reopenable(browser, tmp_path / "disk")
    context.set_offline(True)
    one = Tablet(context, complaints)
    one.page.goto(f"{address}/kiosk")
    one.page.locator("html[data-ready]").wait_for()
    one.agree()
    second = one.answer({**people.ONLINE, **LOW})
    one.press("next")
    expect(one.page.locator("[data-device]").first).to_contain_text("2 phiếu chờ gửi")
    expect(one.page.locator("[data-device]").first).to_contain_text("Không có mạng")
    assert responses(hall) == before

    context.set_offline(False)
    expect(one.page.locator("[data-device]").first).to_contain_text(
        "Không có phiếu nào"
    )
    assert responses(hall) == before + 2
    assert hall.stored(first).comment == COMMENT
    assert hall.stored(first).answers["D1"] == "5"
    stored = hall.stored(second)
    assert (stored.answers["A1"], stored.answers["C1"]) == ("2", "1")
    assert (stored.facts["F04"], stored.channel) == ("online", "online")
    assert COMMENT not in one.kept()
    context.close()
    assert complaints == []


def test_a_form_whose_receipt_was_lost_on_the_way_is_counted_once(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet(service_workers="block")
    one.page.clock.install()
    sent: list[int] = []

    def swallow(route: Route) -> None:
        # The form arrives; the answer to it does not.
        if route.request.method == "POST":
            sent.append(route.fetch().status)
            if len(sent) == 1:
                return route.abort("connectionreset")
        return route.continue_()

    one.open(kiosk(hall)[0])
    before = responses(hall)
    one.page.route("**/kiosk", swallow)
    one.agree()
    receipt = one.answer(LOW)
    expect(one.page.locator("#kept")).to_be_visible()
    assert responses(hall) == before + 1
    one.page.clock.run_for(11_000)

    expect(one.page.locator("#kept")).to_be_hidden()
    assert len(sent) == 2
    assert responses(hall) == before + 1
    assert hall.stored(receipt).answers["A1"] == "2"


def test_who_walks_away_is_forgotten_after_a_warning(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet()
    one.page.clock.install()
    one.open(kiosk(hall)[0])
    before, (begun, done) = responses(hall), steps(hall)
    one.agree()
    one.choose({"F04": "in_person"})
    one.page.clock.run_for(89_000)
    assert not one.page.locator("#idle[open]").count()
    one.page.clock.run_for(5_000)
    expect(one.page.locator("#idle")).to_contain_text("sẽ bị xóa sau: 16 giây")
    one.press("stay")
    expect(one.page.locator("#F04-in_person")).to_be_checked()
    assert one.screen == "thong-tin"

    one.page.clock.run_for(111_000)
    assert one.screen == "bat-dau"
    assert "F04" not in one.kept()
    one.agree()
    expect(one.page.locator("#form input:checked")).to_have_count(1)  # the consent
    one.page.locator("[data-do=restart]").tap()
    one.press("next")
    one.page.evaluate(IS_BACK)
    for _ in range(200):
        if steps(hall)[0] == begun + 2:
            break
        one.page.wait_for_timeout(50)
    assert steps(hall) == (begun + 2, done)
    assert responses(hall) == before


def test_the_thanks_close_by_themselves_and_leave_time_on_request(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet()
    one.page.clock.install()
    one.open(kiosk(hall)[0])
    one.agree()
    receipt = one.answer(LOW)
    one.press("longer")
    one.page.clock.run_for(45_000)
    assert one.page.locator("#receipt").inner_text() == receipt
    one.page.clock.run_for(16_000)
    assert one.screen == "bat-dau"
    assert receipt not in one.page.content()


def test_staff_help_and_leave_by_their_pin_alone(hall: Hall, tablet: NewTablet) -> None:
    one = tablet()
    one.page.clock.install()
    one.open(kiosk(hall)[0])
    one.press("staff")
    for _ in range(5):
        one.unlock("999999")
        expect(one.page.locator("#pin-error")).not_to_be_empty()
        expect(one.page.locator("#pin-typed")).to_have_value("")
    one.unlock(PIN)
    expect(one.page.locator("#pin-error")).to_contain_text("chờ 30 giây")
    assert one.screen == "bat-dau"
    one.page.clock.run_for(31_000)
    one.unlock(PIN)
    expect(one.page.locator("#page-can-bo")).to_be_visible()
    one.press("assist")
    one.consent()
    expect(one.page.locator("#assisted")).to_be_visible()
    receipt = one.answer(LOW)
    one.press("next")
    expect(one.page.locator("[data-device]").first).to_contain_text(
        "Không có phiếu nào"
    )
    assert hall.stored(receipt).origin == "assisted"

    one.agree()
    expect(one.page.locator("#assisted")).to_be_hidden()
    one.page.locator("[data-do=restart]").tap()
    one.press("next")
    one.unlock(PIN)
    one.press("exit")
    expect(one.page.locator("#heading")).to_have_text("Đã thoát chế độ máy tại chỗ")
    assert not one.page.evaluate("document.fullscreenElement")
    one.press("reenter")
    assert one.screen == "bat-dau"
    assert one.page.evaluate("Boolean(document.fullscreenElement)")


def test_english_is_a_tap_away_and_loses_no_answer(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet()
    one.open(kiosk(hall)[0])
    one.agree()
    one.choose({"F04": "in_person", "F04b": "not_aware", "F07": "2026-07-21"})
    one.press("language")
    expect(one.page.locator("#heading")).to_have_text("Facts about the dossier")
    assert one.page.locator("html").get_attribute("lang") == "en"
    expect(one.page.locator("#F04b-not_aware")).to_be_checked()
    expect(one.page.locator("#F07-date")).to_have_value("2026-07-21")
    receipt = one.answer({"A1": "3"})
    one.press("next")
    expect(one.page.locator("[data-do=start]")).to_have_text("Bắt đầu")
    expect(one.page.locator("[data-device]").first).to_contain_text(
        "Không có phiếu nào"
    )
    stored = hall.stored(receipt)
    assert (stored.language, stored.answers["A1"]) == ("en", "3")
    assert stored.facts["F04b"] == "not_aware"


def test_the_browsers_way_back_leads_through_ones_own_form_only(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet()
    one.open(kiosk(hall)[0])
    one.agree()
    one.choose({"F04": "online"})
    one.page.evaluate("history.back()")
    expect(one.page.locator("#page-gioi-thieu")).to_be_visible()
    one.onward()
    expect(one.page.locator("#F04-online")).to_be_checked()
    one.page.locator("[data-do=restart]").tap()
    one.press("next")
    for _ in range(3):
        one.page.evaluate("history.back()")
        expect(one.page.locator("#page-bat-dau")).to_be_visible()
    assert "online" not in one.kept()


def test_what_is_wrong_is_said_beside_the_question(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet()
    one.open(kiosk(hall)[0])
    one.press("start")
    go_on = one.page.locator("section:not([hidden]) button[type=submit]")
    go_on.tap()
    expect(one.page.locator("#error-summary")).to_be_focused()
    expect(one.page.locator("#consent-error")).to_be_visible()
    one.consent()
    expect(one.page.locator("#consent-error")).to_have_count(0)
    one.choose({"F06": "2026-07-21", "F07": "2026-07-01"})
    go_on.tap()
    expect(one.page.locator("#F07-error")).to_contain_text("(21/07/2026)")
    one.page.locator("#error-summary a").tap()
    expect(one.page.locator("#F07-date")).to_be_focused()
    one.choose({"F07": "not_sure"})
    expect(one.page.locator("#F07-date")).to_have_value("")
    while one.screen != "chung":
        one.onward()
    one.choose({"G2": "forms"})
    one.page.locator("label[for=G2-nothing]").tap()
    go_on.tap()
    expect(one.page.locator("#G2-error")).to_be_visible()
    one.page.locator("label[for=G2-forms]").tap()
    one.onward()
    go_on.tap()
    expect(one.page.locator("#error-summary")).to_contain_text("chưa có câu trả lời")
    one.page.locator("#check a[href='#A1']").tap()
    assert one.screen == "A"
    one.choose({"A1": "5"})
    one.onward()
    assert one.screen == "xem-lai", "who corrects one answer comes back to the list"
    one.onward()
    assert one.screen == "cam-on"


def test_a_rating_beside_a_fact_that_was_corrected_since_is_pointed_out(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet()
    one.open(kiosk(hall)[0])
    one.agree()
    while one.screen != "xem-lai":
        one.choose({**people.LATE, **HIGH})
        one.onward()
    box = one.page.locator("#overturned")
    expect(box).to_be_hidden()
    one.page.locator("#check a[href='#F08']").tap()
    one.choose({"F08": "2026-07-20"})
    while one.screen != "xem-lai":
        one.onward()
    expect(box).to_contain_text("Thông tin thực tế đã sửa sau khi đánh giá")
    box.locator("a").first.tap()
    assert one.screen in "ABCDE"
    one.onward()
    assert one.screen == "xem-lai"


def test_a_new_state_of_the_page_is_taken_up_while_nobody_answers(
    hall: Hall, tablet: NewTablet
) -> None:
    one = tablet()
    address, link_id = kiosk(hall, pin="")
    one.open(address)
    one.settle()
    one.press("staff")
    expect(one.page.locator("#no-pin")).to_be_visible()
    expect(one.page.locator("[data-do=assist]")).to_be_hidden()
    one.press("next")
    with hall.session() as session:
        session.get_one(Link, link_id).pin_hash = pins.hashed(PIN)
        session.commit()
    with one.page.expect_navigation():
        one.page.evaluate(IS_BACK)
    one.page.locator("html[data-ready]").wait_for()
    one.unlock(PIN)
    expect(one.page.locator("#page-can-bo")).to_be_visible()


def test_every_screen_is_large_and_clean_upright_and_lying(
    hall: Hall, tablet: NewTablet, tmp_path: Path
) -> None:
    one = tablet()
    one.open(kiosk(hall)[0])
    axe, faults, seen = Axe().axe_script, [], set()

    def look(page: Page) -> None:
        name = one.screen
        seen.add(name)
        page.evaluate(axe)
        found = page.evaluate(IN_SIGHT, RULES)["violations"]
        faults.extend(f"{name}: {each['id']} {each['nodes'][0]}" for each in found)
        faults.extend(f"{name}: fine {each}" for each in page.evaluate(FINE_PRINT))
        for size in (LYING, UPRIGHT):
            page.set_viewport_size(size)
            faults.extend(f"{name}: small {each}" for each in page.evaluate(SMALL))
            squeezed = page.evaluate(SQUEEZED)
            faults.extend(f"{name}: squeezed {each}" for each in squeezed)
            if page.evaluate(OVERFLOW) > 0:
                faults.append(f"{name}: too wide at {size}")

    look(one.page)
    one.press("start")
    look(one.page)
    one.consent()
    one.answer({"F04": "in_person", "F12": "none", **HIGH}, look)
    one.press("next")
    one.press("staff")
    look(one.page)
    one.unlock()
    expect(one.page.locator("#page-can-bo")).to_be_visible()
    look(one.page)
    one.press("exit")
    look(one.page)
    assert faults == [], "\n".join(dict.fromkeys(faults))
    assert len(seen) == 14
    folder = tmp_path / "pages"
    folder.mkdir()
    served = one.page.request.get(one.page.url).body()
    (folder / "kiosk.html").write_bytes(served)
    assert Inspector(folder).validate() == []
