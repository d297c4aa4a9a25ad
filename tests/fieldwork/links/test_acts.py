"""What staff do with links: each act for a reason, written down, with the counters
right afterwards."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from survey import keyholes, tallies
from survey.models import Batch, Draft, Link, LinkEvent, Wave
from tests import cast
from tests.fieldwork.office import (
    batch_of,
    count,
    make_counters,
    make_dossier_links,
    post,
    rows,
    tokens_of,
)

LAST = date(2026, 9, 30)


@pytest.fixture
def path(world):
    return f"/dot-khao-sat/{world.wave}/duong-dan"


def draft(session, link_id, *, is_sole=True):
    session.rollback()
    session.add(
        Draft(
            key=f"k{link_id}",
            link_id=link_id,
            sole_link_id=link_id if is_sole else None,
            language="vi",
            answers={"A1": "4"},
            next_page="B",
            touched_at=cast.NOW,
        )
    )
    session.commit()


def standings(session):
    return [
        row[0] for row in rows(session, sa.select(keyholes.STANDING).order_by(Link.id))
    ]


def events(session, link_id=None):
    columns = (LinkEvent.action, LinkEvent.reason)
    of_link = LinkEvent.link_id == link_id if link_id else LinkEvent.link_id.is_(None)
    found = rows(session, sa.select(*columns).where(of_link).order_by(LinkEvent.id))
    return [tuple(row) for row in found]


def are_counters_right(session, world):
    session.rollback()
    wave = session.get(Wave, world.wave)
    found = tallies.differences_invited(session, wave) == []
    session.rollback()
    return found


@pytest.mark.parametrize("act", ["thu-hoi", "thay-ma", "han-dung", "sua"])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_nothing_is_done_without_a_reason(
    client, session, world, fieldworker, path, act, reason
):
    make_counters(client, world.wave, units=[world.trade])
    before = rows(session, sa.select(Link.state, Link.valid_to))
    answer = post(client, f"{path}/1/{act}", reason=reason, valid_to="2026-09-01")
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text
    assert rows(session, sa.select(Link.state, Link.valid_to)) == before
    assert events(session, 1) == []


def test_a_revoked_link_opens_nothing_and_its_draft_is_gone(
    client, session, world, fieldworker, path
):
    token = cast.link(session, world.wave, world.trade)
    draft(session, 1, is_sole=False)
    assert "Thu hồi mã này?" in client.get(f"{path}/1/thu-hoi").text
    assert standings(session) == ["active"]

    assert post(client, f"{path}/1/thu-hoi", reason="Bị dán đè").status_code == 303

    assert standings(session) == ["revoked"]
    assert count(session, Draft) == 0
    assert client.get(f"/p/{token}").status_code == 410
    assert events(session, 1) == [("revoked", "Bị dán đè")]
    page = client.get(f"{path}/1").text
    assert "Bị dán đè" in page
    assert fieldworker.email in page


def test_an_answered_link_can_be_neither_revoked_nor_replaced(
    client, session, world, fieldworker, path
):
    cast.link(session, world.wave, world.trade, kind="dossier")
    cast.spend(session, 1)
    for act in ("thu-hoi", "thay-ma"):
        page = post(client, f"{path}/1/{act}", reason="thử", follow=True).text
        assert "đã được trả lời" in page
    assert standings(session) == ["spent"]
    assert events(session, 1) == []
    assert count(session, Batch) == 0
    assert are_counters_right(session, world)


def test_a_new_code_takes_the_place_of_the_old_one_and_nothing_typed_is_lost(
    client, session, world, fieldworker, frame, path
):
    frame([1])
    token = cast.link(
        session,
        world.wave,
        world.trade,
        kind="dossier",
        procedure_id=world.petrol,
        dossier_id=1,
    )
    draft(session, 1)
    made = post(client, f"{path}/1/thay-ma", reason="Doanh nghiệp làm mất thư")
    batch = batch_of(made)

    assert standings(session) == ["replaced", "active"]
    (new,) = rows(
        session, sa.select(Link.dossier_id, Link.unit_id, Link.procedure_id)
        .where(Link.id == 2)
    )  # fmt: skip
    assert tuple(new) == (1, world.trade, world.petrol)
    assert rows(session, sa.select(Draft.link_id, Draft.sole_link_id)) == [(2, 2)]
    assert are_counters_right(session, world)
    assert tallies.invited(session, world.wave, tallies.Selection()) == 1
    session.rollback()
    assert events(session, 1) == [("replaced", "Doanh nghiệp làm mất thư")]

    old = client.get(f"/p/{token}")
    assert old.status_code == 410
    assert "đã được thay bằng mã mới" in old.text
    (fresh,) = tokens_of(client, world.wave, batch)
    assert fresh != token
    # What was begun behind the old code goes on where it stopped.
    assert client.get(f"/p/{fresh}").location.startswith(f"/p/{fresh}/B")


def test_a_poster_that_was_stuck_over_gets_a_new_code_at_the_same_counter(
    client, session, world, fieldworker, path
):
    make_counters(client, world.wave, units=[world.trade], counter="Quầy số 3")
    batch = batch_of(post(client, f"{path}/1/thay-ma", reason="Bị dán đè"))
    found = rows(session, sa.select(Link.state, Link.counter, Link.batch_id))
    assert [tuple(row) for row in found] == [
        ("replaced", "Quầy số 3", 1),
        ("active", "Quầy số 3", batch),
    ]


def test_a_whole_batch_is_revoked_as_one_act_but_for_the_answered(
    client, session, world, fieldworker
):
    made = make_dossier_links(client, world.wave, 4, f"tt-{world.petrol}")
    make_dossier_links(client, world.wave, 1, f"tt-{world.petrol}")
    cast.spend(session, 2)
    draft(session, 3)
    page = post(client, f"{made.location}/thu-hoi", reason="In sai", follow=True).text
    assert "Đã thu hồi 3 mã" in page
    assert standings(session) == ["revoked", "spent", "revoked", "revoked", "active"]
    assert count(session, Draft) == 0
    assert tallies.invited(session, world.wave, tallies.Selection()) == 2
    assert are_counters_right(session, world)
    assert ("revoked", "In sai") in events(session)
    again = post(client, f"{made.location}/thu-hoi", reason="In sai", follow=True).text
    assert "không còn mã nào" in again


def test_a_whole_batch_gets_new_codes_but_for_the_answered(
    client, session, world, fieldworker
):
    made = make_dossier_links(client, world.wave, 3, f"tt-{world.petrol}")
    cast.spend(session, 1)
    draft(session, 3)
    onward = post(client, f"{made.location}/thay-ma", reason="Mất bản in")
    assert batch_of(onward) == 2
    assert standings(session) == ["spent", "replaced", "replaced", "active", "active"]
    assert rows(session, sa.select(Draft.link_id)) == [(5,)]
    assert tallies.invited(session, world.wave, tallies.Selection()) == 3
    assert are_counters_right(session, world)


@pytest.mark.parametrize(
    ("valid_to", "message"),
    [
        ("2026-10-01", "đến 30/09/2026"),
        ("2026-08-26", "Ngày này đã qua"),
        ("", "Xin nhập ngày."),
    ],
)
def test_a_link_is_not_extended_past_its_wave_nor_into_the_past(
    client, session, world, fieldworker, path, valid_to, message
):
    make_dossier_links(client, world.wave, 1, f"tt-{world.petrol}")
    answer = post(client, f"{path}/1/han-dung", valid_to=valid_to, reason="thử")
    assert answer.status_code == 422
    assert message in answer.text
    assert rows(session, sa.select(Link.valid_to)) == [(date(2026, 9, 17),)]


def test_links_are_extended_alone_or_by_the_batch(
    client, session, world, fieldworker, path
):
    made = make_dossier_links(client, world.wave, 3, f"tt-{world.petrol}")
    post(client, f"{path}/1/thu-hoi", reason="thử")
    post(client, f"{path}/2/han-dung", valid_to="2026-09-20", reason="Ốm")
    form = {"valid_to": LAST.isoformat(), "reason": "Bão số 4"}
    post(client, f"{made.location}/han-dung", **form)
    days = rows(session, sa.select(Link.valid_to).order_by(Link.id))
    assert [row[0] for row in days] == [date(2026, 9, 17), LAST, LAST]
    assert events(session, 2) == [("extended", "Ốm")]
    assert ("extended", "Bão số 4") in events(session)
    page = client.get(f"{path}/2").text
    assert "Bão số 4" in page
    assert "30/09/2026" in page


def test_where_a_code_hangs_is_mended_for_a_reason(
    client, session, world, fieldworker, path
):
    make_counters(client, world.wave, units=[world.trade], counter="Quầy 3")
    form = {"counter": "Quầy số 5", "note": "Tầng 2", "reason": "Chuyển quầy"}
    post(client, f"{path}/1/sua", **form)
    found = rows(session, sa.select(Link.counter, Link.note))
    assert [tuple(row) for row in found] == [("Quầy số 5", "Tầng 2")]
    assert events(session, 1) == [("edited", "Chuyển quầy")]
    assert "Quầy số 5" in client.get(path).text


@pytest.mark.parametrize("act", ["", "/thu-hoi", "/han-dung", "/sua", "/thay-ma"])
def test_a_link_of_another_unit_is_not_found(client, session, world, path, act):
    cast.link(session, world.wave, world.energy)
    cast.sign_in(client, session, "fieldworker", world.trade)
    assert client.get(f"{path}/1{act}").status_code == 404
    assert client.get(f"{path}/99999999999{act}").status_code == 404
