"""What happens at one moment: staff who revoke or replace while a business sends."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from survey import funnel, keyholes, tallies
from survey.models import Draft, Funnel, Link, LinkEvent, Response, Wave
from tests import cast
from tests.fieldwork.office import post, rows
from tests.respond.respondent import Respondent


@pytest.fixture
def staff(app, session, world):
    """Two members of staff, each at a browser."""
    account = cast.account(session, "fieldworker")
    clients = [app.test_client() for _ in range(2)]
    for client in clients:
        cast.enter_as(client, session, account)
    return clients


@pytest.fixture
def ready(app, session, world):
    """A business that has filled in its form and has only to press the button."""
    token = cast.link(
        session,
        world.short_wave,
        world.trade,
        kind="dossier",
        procedure_id=world.petrol,
    )
    business = Respondent(app.test_client())
    business.answer(token, {"F04": "online"}, {"A1": "4"})
    return business


def at_once(*works):
    gate = threading.Barrier(len(works))

    def run(work):
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def outcome(session, world):
    """How the link stands, how many responses there are, and whether all counters
    agree with them."""
    ((standing,),) = rows(
        session,
        sa.select(keyholes.STANDING).order_by(Link.id).limit(1),
    )
    answers = len(rows(session, sa.select(Response.id)))
    session.rollback()
    wave = session.get(Wave, world.short_wave)
    assert tallies.check(session, wave).count == 0
    finished = session.scalar(sa.select(sa.func.sum(Funnel.finished))) or 0
    assert finished == answers
    assert funnel.STEPS
    session.rollback()
    return standing, answers


@pytest.mark.parametrize("turn", range(3))
def test_two_who_revoke_while_a_business_sends_have_one_outcome(
    app, session, world, staff, ready, turn
):
    path = f"/dot-khao-sat/{world.short_wave}/duong-dan/1/thu-hoi"
    page, *answers = at_once(
        ready.press, *(lambda one=one: post(one, path, reason="thử") for one in staff)
    )
    assert {answer.status_code for answer in answers} == {303}
    standing, count = outcome(session, world)
    assert (standing, count) in {("spent", 1), ("revoked", 0)}
    if standing == "spent":
        assert page.name == "cam-on"
        assert page.receipt
    else:
        assert page.status == 410
        assert page.heading == "Đường dẫn này hiện không nhận phiếu"
    events = rows(session, sa.select(LinkEvent.action))
    assert len(events) == (standing == "revoked")
    assert rows(session, sa.select(Draft.id)) == []


@pytest.mark.parametrize("turn", range(3))
def test_a_code_replaced_while_a_business_sends_loses_nothing(
    app, session, world, staff, ready, turn
):
    path = f"/dot-khao-sat/{world.short_wave}/duong-dan/1/thay-ma"
    page, answer = at_once(ready.press, lambda: post(staff[0], path, reason="thử"))
    assert answer.status_code == 303
    standing, count = outcome(session, world)
    assert (standing, count) in {("spent", 1), ("replaced", 0)}
    drafts = rows(session, sa.select(Draft.link_id))
    if standing == "spent":
        assert page.name == "cam-on"
        assert drafts == []
        assert len(rows(session, sa.select(Link.id))) == 1
    else:
        assert page.heading == "Mã này đã được thay bằng mã mới"
        assert drafts == [(2,)]
