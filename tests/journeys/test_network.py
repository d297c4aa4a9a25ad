"""A network that fails while one answers: what was typed stays, and is sent once."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Hall

pytestmark = pytest.mark.browser
COMMENT = "Chờ lâu ở quầy số 2.\nMong được hẹn giờ."
IS_BACK = "dispatchEvent(new Event('online'))"


def _before_sending(page: Page, address: str) -> None:
    """Come to the page on which one looks at everything before it is sent."""
    people.begin(page, address)
    people.tell(page)
    people.press(page, people.CONFIRM)
    people.rate(page, {"A1": "2", "D1": "1"})


def _thanks(page: Page) -> None:
    page.wait_for_url("**/cam-on")
    page.locator(".receipt").wait_for()


def _cut(context: BrowserContext, page: Page) -> None:
    """Press the button while there is no network."""
    context.set_offline(True)
    people.press(page)
    expect(page.locator(people.WAITING)).to_contain_text("mất mạng")


def test_a_form_sent_without_a_network_arrives_once_when_it_is_back(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    _before_sending(page, hall.counter())
    before = hall.count()

    _cut(page.context, page)
    assert people.page_name(page) == "xem-lai"
    expect(page.locator(people.WAITING)).to_be_in_viewport()
    assert hall.count() == before
    page.context.set_offline(False)

    _thanks(page)
    assert hall.count() == before + 1
    stored = hall.stored(people.receipt(page))
    assert (stored.answers["A1"], stored.answers["D1"]) == ("2", "1")


def test_a_form_whose_receipt_was_lost_on_the_way_is_counted_once(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    _before_sending(page, hall.dossier())
    before = hall.count()
    sent = []

    def swallow(route: Route) -> None:
        # The form arrives; the answer to it does not.
        if route.request.method == "POST":
            sent.append(route.fetch().status)
            if len(sent) == 1:
                return route.abort("connectionreset")
        return route.continue_()

    page.route("**/xem-lai", swallow)
    people.press(page)
    expect(page.locator(people.WAITING)).to_be_visible()
    assert hall.count() == before + 1
    page.evaluate(IS_BACK)

    _thanks(page)
    assert len(sent) == 2
    assert hall.count() == before + 1
    assert hall.stored(people.receipt(page)).answers["A1"] == "2"


def test_what_was_typed_can_still_be_changed_while_it_waits(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    people.begin(page, hall.counter())
    people.tell(page)
    people.press(page, people.CONFIRM)
    people.choose(page, "A1", "2")

    _cut(page.context, page)
    people.choose(page, "A1", "4")
    page.context.set_offline(False)

    page.wait_for_url("**/B")
    people.rate(page, {})
    people.press(page)
    assert hall.stored(people.receipt(page)).answers["A1"] == "4"


def test_a_page_closed_while_it_waited_opens_with_all_that_was_typed(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    address = hall.counter()
    page = open_page(360)
    people.begin(page, address)
    people.tell(page)
    people.press(page, people.CONFIRM)
    people.rate(page, {"A1": "2"}, until="chung")
    people.choose(page, "G1", "3")
    people.choose(page, "G2", "forms")
    people.choose(page, "G2", "communication")
    page.locator("#G3-text").fill(COMMENT)

    _cut(page.context, page)
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)

    assert people.page_name(again) == "chung"
    expect(again.locator("#restored")).to_contain_text("khôi phục")
    expect(again.locator("#restored")).to_be_in_viewport()
    expect(again.locator("#G1-3")).to_be_checked()
    expect(again.locator("#G2 input:checked")).to_have_count(2)
    expect(again.locator("#G3-text")).to_have_value(COMMENT)
    people.press(again)
    expect(again.locator("#restored")).to_have_count(1)
    expect(again.locator("#restored")).to_be_hidden()
    people.press(again)
    stored = hall.stored(people.receipt(again))
    assert stored.generals["G1"] == "3"
    assert set(stored.generals["G2"]) == {"forms", "communication"}
    assert stored.comment == COMMENT


def test_what_one_person_left_waiting_is_not_shown_to_the_next(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    address = hall.counter()
    page = open_page(360)
    people.begin(page, address)
    people.choose(page, "F04", "online")
    _cut(page.context, page)
    context = page.context
    page.close()
    context.clear_cookies()
    context.set_offline(False)

    following = context.new_page()
    people.begin(following, address)

    assert people.page_name(following) == "thong-tin"
    assert following.locator("#F04 input:checked").count() == 0
    expect(following.locator("#restored")).to_be_hidden()
    assert following.evaluate("localStorage.length") == 0


def test_dates_and_the_questions_they_bring_up_come_back_too(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    address = hall.dossier()
    page = open_page(360)
    people.begin(page, address)
    page.locator("#F07-date").fill("2026-07-21")
    people.choose(page, "F13", "yes")
    people.choose(page, "F14", "cash")

    _cut(page.context, page)
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)

    expect(again.locator("#F07-date")).to_have_value("2026-07-21")
    expect(again.locator("#F14-cash")).to_be_checked()
    assert "F14c" in people.asked(again), "an answer that is back asks what follows"


def test_a_page_with_an_error_is_shown_as_any_page_is(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    people.begin(page, hall.counter())
    page.locator("#F06-date").fill("2026-07-21")
    page.locator("#F07-date").fill("2026-07-01")
    people.choose(page, "F08", "not_yet")

    people.press(page)

    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#F07-error")).to_contain_text("trước ngày tiếp nhận")
    expect(page.locator("#F06-date")).to_have_value("2026-07-21")
    # Scripts go on serving it.
    people.choose(page, "F13", "yes")
    assert "F13b" in people.asked(page)
    page.locator("#F07-date").fill("2026-08-21")
    _cut(page.context, page)
    page.context.set_offline(False)
    page.wait_for_url("**/tom-tat")
