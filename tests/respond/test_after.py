"""After the form: thanks with a receipt, and a wish to be called back, kept apart."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from tests import cast
from tests.respond import office
from tests.respond.respondent import ON_PAPER, Respondent

CONTACT = {"name": "Nguyễn Thị Hạnh", "reach": "0258 3 822 222"}


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


@pytest.fixture
def caller(business, token):
    """A business that has sent its form and wishes to be called back."""
    business.answer(token, ON_PAPER, lambda code: "4", {"G4": "yes"})
    business.press()
    business.open(f"/p/{token}/lien-he")
    return business


def test_thanks_say_what_the_receipt_is_good_for(caller, token):
    page = caller.open(f"/p/{token}/cam-on")
    assert page.receipt in page.text
    assert "không cho biết nội dung trả lời" in page.text
    (link,) = page.dom.xpath("//main//a[contains(@href, 'lien-he')]/@href")
    assert caller.open(link).heading == "Liên hệ lại"


def test_only_who_wished_it_is_offered_a_call(business, token):
    business.answer(token, ON_PAPER, lambda code: "4", {"G4": "no"})
    thanks = business.press()
    assert not thanks.dom.xpath("//main//a[contains(@href, 'lien-he')]")
    assert business.open(f"/p/{token}/lien-he").name == token


def test_a_wish_is_kept_for_ninety_days_apart_from_the_answers(caller, session, world):
    page = caller.press(CONTACT)
    assert page.heading == "Đã ghi cách liên hệ"
    assert "90 ngày" in page.text
    (kept,) = office.contacts(session)
    assert kept["delete_on"] == date(2026, 11, 25)
    assert (kept["wave_id"], kept["unit_id"]) == (world.wave, world.trade)
    assert (kept["name"], kept["reach"]) == tuple(CONTACT.values())
    stored = office.response(session)
    assert kept.keys() & stored.keys() == {"id", "wave_id", "unit_id"}
    assert kept["id"] not in (stored["id"], stored["receipt_hash"])
    assert "Hạnh" not in repr(stored)


def test_a_repeat_leaves_one_wish(caller, session):
    first = caller.page
    for _ in range(3):
        caller.page = first
        assert caller.press(CONTACT).heading == "Đã ghi cách liên hệ"
    assert len(office.contacts(session)) == 1


def test_ten_clicks_at_once_leave_one_wish(app, caller, session):
    cookie = caller.client.get_cookie("survey").value
    gate = threading.Barrier(10)

    def click(_):
        phone = Respondent(app.test_client())
        phone.client.set_cookie("survey", cookie)
        phone.page = caller.page
        gate.wait()
        return phone.press(CONTACT).heading

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(click, range(10))) == {"Đã ghi cách liên hệ"}
    assert len(office.contacts(session)) == 1


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": "", "reach": "0258 3822 111"}, "name", "Xin ghi họ tên"),
        ({"name": "Hạnh", "reach": " \t "}, "reach", "Xin ghi cách liên hệ"),
        (
            {"name": "x" * 121, "reach": "0258 3822 111"},
            "name",
            "dài 121 ký tự, tối đa 120",
        ),
        ({"name": "Hạnh", "reach": "gọi cho tôi"}, "reach", "số điện thoại"),
        ({"name": "Hạnh", "reach": "0" * 201}, "reach", "dài 201 ký tự, tối đa 200"),
    ],
)
def test_a_wish_needs_a_name_and_a_way(caller, session, typed, field, message):
    page = caller.press(typed)
    assert page.status == 422
    assert list(page.errors) == [f"#{field}"]
    assert message in page.beside(field)
    other = "reach" if field == "name" else "name"
    assert page.fields[other] == typed[other]
    assert office.contacts(session) == []


def test_thanks_are_only_for_the_browser_that_sent_the_form(caller, browser, token):
    assert browser().open(f"/p/{token}/cam-on").name == token
    assert browser().open(f"/p/{token}/lien-he").name == token


def test_the_print_button_waits_for_a_script(caller, token):
    page = caller.open(f"/p/{token}/cam-on")
    (button,) = page.dom.xpath("//button[@data-print]")
    assert button.get("hidden") is not None
