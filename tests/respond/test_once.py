"""A form is counted exactly once, and every repeat of it gets the same receipt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests import cast
from tests.respond import office
from tests.respond.respondent import ON_PAPER, Page, Respondent


@pytest.fixture(params=["counter", "dossier"])
def token(request, session, world):
    """A link of either kind."""
    return cast.link(
        session, world.wave, world.trade, kind=request.param, procedure_id=world.petrol
    )


def satisfied(code: str) -> str:
    return "4"


def send_all(works: list[Callable[[], Any]]) -> list[Any]:
    """Run all works at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def copies(business: Respondent, count: int) -> list[Respondent]:
    """The same browser, several times over: the same page and the same cookie."""
    cookie = business.client.get_cookie("survey").value
    found = []
    for _ in range(count):
        copy = Respondent(business.client.application.test_client())
        copy.client.set_cookie("survey", cookie)
        copy.page = business.page
        found.append(copy)
    return found


def receipts_of(pages: list[Page]) -> set[str]:
    assert {page.name for page in pages} == {"cam-on"}
    return {page.receipt for page in pages}


def test_a_double_click_shows_the_same_receipt(business, session, token):
    business.answer(token, ON_PAPER, satisfied)
    again = copies(business, 1)[0]
    assert len(receipts_of([business.press(), again.press()])) == 1
    assert len(office.responses(session)) == 1
    assert office.miscounted(session) == []


def test_reloading_the_thanks_shows_the_same_receipt(business, token):
    business.answer(token, ON_PAPER, satisfied)
    receipt = business.press().receipt
    assert business.open(business.page.path).receipt == receipt
    assert business.open(f"/p/{token}/xem-lai").name in ("cam-on", token)


def test_a_retry_after_a_lost_reply_shows_the_receipt(business, session, token):
    """The answer to the last page never reached the phone, nor did its cookie."""
    check = business.answer(token, ON_PAPER, satisfied)
    cookie = business.client.get_cookie("survey").value
    receipt = business.press().receipt
    business.client.set_cookie("survey", cookie)
    business.page = check
    assert business.press().receipt == receipt
    assert len(office.responses(session)) == 1


def test_any_old_page_of_a_sent_form_leads_to_the_receipt(business, session, token):
    business.start(token)
    pages = [business.page]
    business.tell(ON_PAPER)
    while business.page.name in "ABCDE":
        pages.append(business.page)
        business.press(dict.fromkeys(business.page.asked, "4"))
    pages.append(business.page)
    business.press()
    receipt = business.press().receipt
    before = office.response(session)
    for page in pages:
        business.page = page
        assert business.press(dict.fromkeys(page.asked, "1")).receipt == receipt
    assert office.response(session) == before


def test_a_cookie_lost_at_the_last_moment_costs_nothing(business, session, token):
    business.answer(token, ON_PAPER, satisfied)
    first = copies(business, 1)[0]
    business.client.delete_cookie("survey")
    assert business.press().status == 400
    receipt = first.press().receipt
    assert business.press().receipt == receipt
    assert len(office.responses(session)) == 1


@pytest.mark.parametrize("times", [10, 50])
def test_many_posts_of_one_form_at_once_are_counted_once(
    business, session, token, times
):
    business.answer(token, ON_PAPER, satisfied)
    pages = send_all([copy.press for copy in copies(business, times)])
    assert len(receipts_of(pages)) == 1
    assert len(office.responses(session)) == 1
    assert office.drafts(session) == []
    assert office.miscounted(session) == []


def test_fifty_phones_with_one_dossier_link_make_one_response(
    app, business, session, world
):
    token = office.dossier_link(session, world)
    business.answer(token, ON_PAPER, satisfied)
    phones = [Respondent(app.test_client()) for _ in range(50)]
    for phone in phones:
        assert phone.scan(token).name == "xem-lai"
    pages = send_all([phone.press for phone in phones])
    assert len(receipts_of(pages)) == 1
    assert len(office.responses(session)) == 1
    assert office.miscounted(session) == []


def test_twenty_phones_that_begin_one_dossier_at_once_share_its_form(
    app, session, world
):
    token = office.dossier_link(session, world)
    phones = [Respondent(app.test_client()) for _ in range(20)]
    for phone in phones:
        phone.scan(token)
    pages = send_all(
        [lambda phone=phone: phone.press(consent="yes") for phone in phones]
    )
    assert {page.name for page in pages} == {"thong-tin"}
    assert len(office.drafts(session)) == 1
    assert len({page.fields["key"] for page in pages}) == 1


def test_pages_sent_at_once_keep_every_answer(app, business, session, world):
    token = office.dossier_link(session, world)
    business.start(token)
    business.tell(ON_PAPER)
    business.rate({})
    phones = []
    for name in "ABCDE":
        phone = Respondent(app.test_client())
        phone.open(f"/p/{token}/{name}")
        phone.scan(token)
        phone.open(f"/p/{token}/{name}")
        phones.append(phone)
    given = {code: "3" for phone in phones for code in phone.page.asked}
    send_all(
        [
            lambda phone=phone: phone.press(dict.fromkeys(phone.page.asked, "3"))
            for phone in phones
        ]
    )
    (draft,) = office.drafts(session)
    assert draft["answers"] == given


def test_a_crowd_at_one_poster_is_counted_to_the_last(app, session, world):
    token = cast.link(session, world.short_wave, world.trade)
    crowd = [Respondent(app.test_client()) for _ in range(16)]
    for place, one in enumerate(crowd):
        one.start(token)
        one.press(F04="online")
        one.tell({})
        one.rate({"A1": str(place % 5 + 1), "B2": "4"})
        one.press()
    pages = send_all([one.press for one in crowd])
    assert len(receipts_of(pages)) == 16
    assert len(office.responses(session)) == 16
    assert office.miscounted(session) == []
    assert office.link_of(session, "spent") == []


def test_a_page_of_an_earlier_form_sends_nothing(business, session, world, clock):
    """Left in a tab for eight days, while a new form was begun behind the link."""
    token = office.dossier_link(session, world)
    old = business.answer(token, ON_PAPER, satisfied)
    clock.shift(800_000)
    business.answer(token, ON_PAPER, {"A1": "1"})
    fields = business.filled({"key": old.fields["key"]})
    page = business.send(fields, f"/p/{token}/xem-lai")
    assert (page.status, page.name) == (200, "xem-lai")
    assert office.responses(session) == []
    business.press()
    assert len(office.responses(session)) == 1
    assert len(office.link_of(session, "spent")) == 1
