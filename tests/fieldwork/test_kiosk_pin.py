"""Staff set the PIN of a kiosk on the page of its link."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import time_machine

from survey import pins
from survey.models import Link, LinkEvent
from tests import cast
from tests.fieldwork.office import key_in, post, rows


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW):
        yield


def link_of(session, world, kind="kiosk"):
    token = cast.link(session, world.wave, world.trade, kind=kind)
    found = session.query(Link.id).filter_by(token=token).scalar()
    session.rollback()
    return f"/dot-khao-sat/{world.wave}/duong-dan/{found}"


def pin_hash(session):
    return rows(session, sa.select(Link.pin_hash))[0][0]


def test_a_pin_is_set_on_the_page_of_a_kiosk_and_changed_there(client, session, world):
    page = link_of(session, world)
    cast.sign_in(client, session, "fieldworker", world.trade)
    assert f'href="{page}/pin"' in client.get(page).text
    assert client.get(f"{page}/pin").status_code == 200

    answer = post(client, f"{page}/pin", pin="250819", follow=True)

    assert "Đã đặt mã PIN" in answer.text
    kept = pin_hash(session)
    assert pins.matches(kept, "250819")
    post(client, f"{page}/pin", pin="1945")
    assert pins.matches(pin_hash(session), "1945")
    assert "Đổi mã PIN của máy" in client.get(page).text
    events = session.query(LinkEvent.action, LinkEvent.reason).all()
    assert events == [("edited", "Đặt mã PIN")] * 2


@pytest.mark.parametrize(
    ("pin", "message"),
    [
        ("", "Xin nhập mã PIN."),
        ("12", "Mã PIN gồm 4 đến 8 chữ số."),
        ("123456789", "Mã PIN gồm 4 đến 8 chữ số."),
        ("mật khẩu", "Mã PIN gồm 4 đến 8 chữ số."),
        ("7777", "Mã PIN này dễ đoán."),
    ],
)
def test_a_pin_that_will_not_do_says_why(client, session, world, pin, message):
    page = link_of(session, world)
    cast.sign_in(client, session, "admin")
    answer = post(client, f"{page}/pin", pin=pin)
    assert answer.status_code == 422
    assert message in answer.text
    assert pin_hash(session) is None


def test_only_a_kiosk_that_is_in_reach_has_a_pin(client, session, world):
    of_counter = link_of(session, world, kind="counter")
    cast.sign_in(client, session, "fieldworker", world.energy)
    assert post(client, f"{of_counter}/pin", pin="250819").status_code == 404
    of_trade = link_of(session, world)
    assert post(client, f"{of_trade}/pin", pin="250819").status_code == 404
    session.query(Link).update({"state": "revoked", "pin_hash": None})
    session.commit()
    cast.sign_in(client, session, "admin")
    assert client.get(f"{of_trade}/pin").status_code == 404


def test_kiosks_are_made_with_a_pin_and_keep_it_when_they_are_replaced(
    client, session, world
):
    cast.sign_in(client, session, "admin")
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao"
    typed = {"units": [str(world.trade)], "key": key_in(client.get(path).text)}
    assert post(client, path, kind="kiosk", pin="123", **typed).status_code == 422
    post(client, path, kind="kiosk", pin="250819", **typed)
    assert pins.matches(pin_hash(session), "250819")
    link_id = rows(session, sa.select(Link.id))[0][0]
    place = f"/dot-khao-sat/{world.wave}/duong-dan/{link_id}"
    post(client, f"{place}/thay-ma", reason="Máy mất")
    kept = rows(session, sa.select(Link.pin_hash).where(Link.state == "active"))
    assert [pins.matches(one, "250819") for (one,) in kept] == [True]

    typed["key"] = key_in(client.get(path).text)
    post(client, path, kind="counter", pin="250819", **typed)
    assert rows(session, sa.select(Link.pin_hash).where(Link.kind == "counter")) == [
        (None,)
    ]
