"""Rehearsals: staff try a wave, nothing of it counts, and opening removes it all."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import Session, attributes

from survey import fieldwork, keyholes
from survey.fieldwork import FieldworkError, rehearsal
from survey.models import (
    Contact,
    Draft,
    Invitation,
    Link,
    PaperForm,
    Response,
    Tally,
    Wave,
)
from tests import cast
from tests.fieldwork.office import count, post, rows

TRIED = (Response, Tally, Draft, Contact, PaperForm)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def fieldworker(client, session):
    return cast.sign_in(client, session, "fieldworker")


@pytest.fixture
def texts(app):
    """A request, for the words of refusals."""
    with app.test_request_context():
        yield


def response(wave, unit, number=1):
    return Response(
        id=f"{wave}-{number}"[:20],
        receipt_hash=f"{number:064}" if wave == "dn-quy-3" else f"{number:x>64}",
        wave_id=wave,
        questionnaire_id="dn-2026-1",
        unit_id=unit,
        channel="unknown",
        origin="dossier",
        month="2026-08",
        language="vi",
        status="complete",
        answers={},
        facts={},
        generals={},
    )


def tally(wave, unit):
    return Tally(
        wave_id=wave,
        unit_id=unit,
        procedure_id=0,
        channel="unknown",
        origin="dossier",
        month="2026-08",
        is_flagged=False,
        counts=1,
    )


def turn(session, wave, state):
    session.execute(sa.update(Wave).where(Wave.id == wave).values(state=state))
    session.commit()


def try_out(session, world, wave, clerk):
    """Fill a wave in: two dossier links, one answered and one begun, and the rest."""
    cast.link(session, wave, world.trade, kind="dossier")
    cast.link(session, wave, world.trade, kind="dossier")
    answered, begun = session.scalars(
        sa.select(Link.id).where(Link.wave_id == wave).order_by(Link.id)
    )
    cast.spend(session, answered)
    session.add_all(
        [
            response(wave, world.trade),
            tally(wave, world.trade),
            Draft(
                key=f"key-{wave}",
                link_id=begun,
                sole_link_id=begun,
                language="vi",
                next_page="A",
                touched_at=cast.NOW,
            ),
            Contact(
                id=f"contact-{wave}",
                wave_id=wave,
                unit_id=world.trade,
                name="Chị Lan",
                reach="0905 000 111",
                delete_on=cast.NOW.date(),
            ),
            PaperForm(
                wave_id=wave,
                number="1",
                unit_id=world.trade,
                month="2026-08",
                first_by=clerk.id,
            ),
        ]
    )
    session.commit()


def states(session, wave):
    of_wave = sa.select(keyholes.STANDING).where(Link.wave_id == wave)
    return [row[0] for row in rows(session, of_wave)]


def left(session, wave):
    """How many rows of a wave are left of what a rehearsal fills in."""
    return sum(
        count(session, noun, noun.wave_id == wave)
        for noun in TRIED
        if noun is not Draft
    ) + count(session, Draft, Draft.key == f"key-{wave}")


def state_of(session, wave):
    return rows(session, sa.select(Wave.state).where(Wave.id == wave))[0][0]


def test_a_rehearsal_begins_only_after_being_asked_once_more(
    client, session, world, fieldworker
):
    turn(session, world.wave, "draft")
    page = client.get(f"/dot-khao-sat/{world.wave}").text
    assert f"/dot-khao-sat/{world.wave}/dien-tap" in page
    asked = client.get(f"/dot-khao-sat/{world.wave}/dien-tap").text
    assert "Bắt đầu diễn tập?" in asked
    assert state_of(session, world.wave) == "draft"

    page = post(client, f"/dot-khao-sat/{world.wave}/dien-tap", follow=True).text
    assert state_of(session, world.wave) == "rehearsal"
    assert "phiếu gửi lúc này là phiếu thử" in page


def test_opening_says_what_it_will_remove_and_removes_just_that(
    client, session, world, fieldworker
):
    for wave in (world.wave, world.short_wave):
        try_out(session, world, wave, fieldworker)
    turn(session, world.wave, "rehearsal")
    tokens = rows(session, sa.select(Link.token_hash).where(Link.wave_id == world.wave))

    asked = client.get(f"/dot-khao-sat/{world.wave}/mo").text
    assert "sẽ bị xóa" in asked
    assert "Phiếu thử đã gửi" in asked
    assert left(session, world.wave) == 5

    page = post(client, f"/dot-khao-sat/{world.wave}/mo", follow=True).text
    assert "Đã xóa 1 phiếu thử và 1 phiếu đang làm dở" in page
    assert state_of(session, world.wave) == "open"
    assert left(session, world.wave) == 0
    assert states(session, world.wave) == ["active", "active"]
    hashes = sa.select(Link.token_hash).where(Link.wave_id == world.wave)
    assert sorted(rows(session, hashes)) == sorted(tokens)
    # Of another wave nothing is touched, and the invited stay invited.
    assert left(session, world.short_wave) == 5
    assert sorted(states(session, world.short_wave)) == ["active", "spent"]
    assert count(session, Invitation) == 2


def test_ending_a_rehearsal_removes_what_was_tried_and_shuts_the_links(
    client, session, world, fieldworker
):
    try_out(session, world, world.wave, fieldworker)
    turn(session, world.wave, "rehearsal")
    assert (
        "sẽ bị xóa" in client.get(f"/dot-khao-sat/{world.wave}/ket-thuc-dien-tap").text
    )
    post(client, f"/dot-khao-sat/{world.wave}/ket-thuc-dien-tap")
    assert state_of(session, world.wave) == "draft"
    assert left(session, world.wave) == 0


def test_a_rehearsal_is_emptied_by_hand_and_goes_on(
    client, session, world, fieldworker
):
    try_out(session, world, world.wave, fieldworker)
    turn(session, world.wave, "rehearsal")
    post(client, f"/dot-khao-sat/{world.wave}/xoa-phieu-thu")
    assert state_of(session, world.wave) == "rehearsal"
    assert left(session, world.wave) == 0
    assert states(session, world.wave) == ["active", "active"]
    again = post(client, f"/dot-khao-sat/{world.wave}/xoa-phieu-thu", follow=True)
    assert "Không có phiếu thử nào để xóa" in again.text


@pytest.mark.parametrize("act", ["dien-tap", "ket-thuc-dien-tap", "xoa-phieu-thu"])
@pytest.mark.parametrize("state", ["open", "closed"])
def test_real_answers_are_never_taken_for_a_rehearsal(
    client, session, world, fieldworker, act, state
):
    try_out(session, world, world.wave, fieldworker)
    turn(session, world.wave, state)
    page = post(client, f"/dot-khao-sat/{world.wave}/{act}", follow=True).text
    assert "govuk-notification-banner--error" in page
    assert state_of(session, world.wave) == state
    assert left(session, world.wave) == 5


def test_a_wave_that_rehearses_is_not_closed(client, session, world, fieldworker):
    turn(session, world.wave, "rehearsal")
    page = post(client, f"/dot-khao-sat/{world.wave}/dong", follow=True).text
    assert "Đợt chưa mở nên không cần đóng" in page
    assert state_of(session, world.wave) == "rehearsal"


def test_a_wave_whose_last_day_is_over_does_not_rehearse(session, world, texts):
    session.execute(
        sa.update(Wave)
        .where(Wave.id == world.wave)
        .values(state="draft", opens_on=cast.NOW.date(), closes_on=cast.NOW.date())
    )
    session.commit()
    wave = session.get_one(Wave, world.wave)
    later = cast.NOW.replace(day=28)
    with pytest.raises(FieldworkError, match="đã qua"):
        fieldwork.begin_rehearsal(session, wave, now=later)


@pytest.mark.parametrize("act", [fieldwork.open_wave, rehearsal.end, rehearsal.empty])
def test_who_looked_before_another_opened_removes_no_real_answer(
    session, world, texts, act
):
    session.add(response(world.wave, world.trade))
    session.commit()
    wave = session.get_one(Wave, world.wave)
    # As this page still remembers it, though it was opened meanwhile.
    attributes.set_committed_value(wave, "state", "rehearsal")
    if act is fieldwork.open_wave:
        assert not act(session, wave, now=cast.NOW)
    else:
        with pytest.raises(FieldworkError):
            act(session, wave)
    session.commit()
    assert count(session, Response) == 1


def test_a_form_sent_in_the_moment_of_opening_does_not_survive_it(
    app, session, world, fieldworker
):
    try_out(session, world, world.wave, fieldworker)
    turn(session, world.wave, "rehearsal")
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def open_it():
        with app.test_request_context(method="POST"), Session(engine) as own:
            fieldwork.open_wave(own, own.get_one(Wave, world.wave), now=cast.NOW)
            own.commit()

    # As sending does: the draft ends, the response is stored, then the commit.
    with app.test_request_context(method="POST"), Session(engine) as sending:
        sending.execute(sa.delete(Draft).where(Draft.key == f"key-{world.wave}"))
        sending.add(response(world.wave, world.trade, 2))
        sending.flush()
        opener = threading.Thread(target=open_it)
        opener.start()
        opener.join(0.5)
        assert opener.is_alive()
        sending.commit()
    opener.join(30)
    assert state_of(session, world.wave) == "open"
    assert left(session, world.wave) == 0


@pytest.mark.parametrize("act", ["dien-tap", "ket-thuc-dien-tap", "xoa-phieu-thu"])
def test_a_division_does_not_rehearse_the_wave_that_covers_it(
    client, session, world, act
):
    turn(session, world.wave, "draft")
    cast.sign_in(client, session, "fieldworker", world.trade)
    path = f"/dot-khao-sat/{world.wave}/{act}"
    assert client.get(path).status_code == 404
    assert post(client, path).status_code == 404
    assert state_of(session, world.wave) == "draft"
