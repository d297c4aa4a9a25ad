"""Invitations are the dossier links counted: none lost under load, every slip found."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import demo, fieldwork, keyholes, tallies
from survey.cli import doctor
from survey.fieldwork import FieldworkError
from survey.fieldwork.links import Tokens, Wanted
from survey.models import NO_PROCEDURE, Invitation, Link, Unit, Wave
from survey.tallies import Invited, Selection
from tests import cast

MAKERS, TIMES = 8, 5


@pytest.fixture
def engine(app) -> sa.Engine:
    with app.app_context():
        return app.extensions["sqlalchemy"].engine


@pytest.fixture
def texts(app):
    """A request, for the words of refusals."""
    with app.test_request_context(method="POST"):
        yield


def wave_of(session, world) -> Wave:
    session.rollback()
    return session.get(Wave, world.wave)


def invited(session, world, **chosen) -> int:
    session.rollback()
    return tallies.invited(session, world.wave, Selection(**chosen))


def wanted(world, place: int) -> Wanted:
    """Dossiers of two divisions, with and without a procedure, by turns."""
    unit_id, procedure_id = (
        (world.trade, world.petrol),
        (world.energy, None),
        (world.energy, world.power),
    )[place % 3]
    return Wanted(kind="dossier", unit_id=unit_id, procedure_id=procedure_id)


def make(session, world, count, *, key="k", start=0):
    wave = session.get(Wave, world.wave)
    batch = fieldwork.make_links(
        session,
        wave,
        [wanted(world, start + place) for place in range(count)],
        batch=Tokens(secret=b"s" * 32, key=key),
        now=cast.NOW,
    )
    made = sa.select(Link).where(Link.batch_id == batch.id).order_by(Link.place)
    return session.scalars(made).all()


def test_every_dossier_link_is_counted_where_it_belongs_and_no_other(
    session, world, texts
):
    make(session, world, 7)
    wave = session.get(Wave, world.wave)
    for kind in ("counter", "kiosk"):
        other = Wanted(kind=kind, unit_id=world.trade, procedure_id=world.petrol)
        tokens = Tokens(secret=b"s" * 32, key=kind)
        fieldwork.make_links(session, wave, [other], batch=tokens, now=cast.NOW)
    session.commit()

    assert invited(session, world) == 7
    assert invited(session, world, unit_ids=[world.trade]) == 3
    assert invited(session, world, unit_ids=[world.energy]) == 4
    assert invited(session, world, procedure_ids=[NO_PROCEDURE]) == 2
    assert invited(session, world, unit_ids=[]) == 0
    assert tallies.invited(session, world.short_wave, Selection()) == 0


def test_makers_at_once_lose_no_link_and_wait_for_nobody_in_vain(
    engine, session, world, app
):
    """Their batches name the places in different orders."""
    gate = threading.Barrier(MAKERS)

    def work(maker: int) -> None:
        with app.test_request_context(method="POST"):
            gate.wait()
            for turn in range(TIMES):
                with Session(engine) as own, own.begin():
                    make(own, world, 5, key=f"{maker}:{turn}", start=maker)

    with ThreadPoolExecutor(MAKERS) as pool:
        list(pool.map(work, range(MAKERS)))

    assert invited(session, world) == MAKERS * TIMES * 5
    assert tallies.differences_invited(session, wave_of(session, world)) == []


def test_a_link_revoked_by_many_at_once_is_taken_away_once(
    engine, session, world, app, texts
):
    make(session, world, 2)
    session.commit()
    gate = threading.Barrier(4)

    def work(_: int) -> None:
        with app.test_request_context(method="POST"), Session(engine) as own:
            link = own.scalars(sa.select(Link).order_by(Link.id)).first()
            own.rollback()  # read before the others' revoking, as a page is
            gate.wait()
            fieldwork.revoke_link(own, link, reason="thử", now=cast.NOW)
            own.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert invited(session, world) == 1
    assert tallies.differences_invited(session, wave_of(session, world)) == []


def test_a_spent_link_stays_invited(session, world, texts):
    made = make(session, world, 2)
    session.commit()
    cast.spend(session, made[0].id)

    with pytest.raises(FieldworkError):
        fieldwork.revoke_link(session, made[0], reason="thử", now=cast.NOW)

    assert invited(session, world) == 2
    assert tallies.differences_invited(session, wave_of(session, world)) == []


def test_a_link_answered_meanwhile_is_not_revoked(engine, session, world, texts):
    """The page that revokes has read it before the answer came."""
    (made,) = make(session, world, 1)
    session.commit()
    made_id = made.id
    known = session.get(Link, made.id)
    assert known.state == "active"
    session.commit()
    session.expunge(known)
    with Session(engine) as other, other.begin():
        assert keyholes.claim(other, made_id)
    session.add(known)

    with pytest.raises(FieldworkError):
        fieldwork.revoke_link(session, known, reason="thử", now=cast.NOW)

    session.rollback()
    assert session.scalars(sa.select(keyholes.STANDING)).all() == ["spent"]
    assert invited(session, world) == 1


def test_links_that_are_undone_were_never_invited(session, world, texts):
    make(session, world, 3)
    session.rollback()
    assert invited(session, world) == 0


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda: sa.update(Invitation).values(links=1), 2),
        (lambda: sa.delete(Invitation), 3),
        (lambda: sa.update(Link).where(Link.id == 1).values(state="revoked"), 1),
        (lambda: sa.update(Link).values(procedure_id=None), 4),
    ],
)
def test_every_wrong_number_of_invited_is_found_and_put_right(
    session, world, texts, change, wrong
):
    make(session, world, 5)
    session.commit()
    session.execute(change())
    session.commit()
    wave = wave_of(session, world)

    found = tallies.differences_invited(session, wave)

    assert len(found) == wrong
    assert found == sorted(found)
    assert all(isinstance(one, Invited) for one in found)
    assert tallies.rebuild(session, wave) == wrong
    session.commit()
    wave = wave_of(session, world)
    assert tallies.differences_invited(session, wave) == []
    assert tallies.rebuild(session, wave) == 0


def test_the_command_finds_and_mends_a_wrong_number_of_invited(
    session, world, texts, terminal
):
    make(session, world, 3)
    session.commit()
    assert terminal("tally", "check").code == 0
    session.execute(sa.delete(Invitation))
    session.commit()

    found = terminal("tally", "check")
    mended = terminal("tally", "rebuild")

    assert found.code == 1
    assert f"{world.wave}\tlệch / wrong: 3 ô" in found.out
    assert f"{world.wave}\tđã sửa / mended 3" in mended.out
    assert terminal("tally", "check").code == 0
    assert invited(session, world) == 3


def test_the_doctor_finds_a_wrong_number_of_invited(session, world, texts, settings):
    make(session, world, 3)
    session.commit()
    assert doctor._tallies(session, settings).state == doctor.OK
    session.execute(sa.update(Invitation).values(links=7))

    assert doctor._tallies(session, settings).state == doctor.FAULT


def test_the_sample_counts_its_links_and_takes_them_away(session, world):
    cast.link(session, world.wave, world.trade, kind="dossier")
    wave = demo.furnish(session, today=date(2026, 8, 27))
    demo.dossiers(session, wave, seed=7, today=date(2026, 8, 27))
    for _ in demo.respond(session, wave, responses=40, seed=7, today=date(2026, 8, 27)):
        session.commit()
    wave = session.get(Wave, demo.WAVE)
    assert tallies.differences_invited(session, wave) == []
    assert tallies.invited(session, demo.WAVE, Selection()) > 20

    demo.remove(session)
    session.commit()

    kept = session.execute(sa.select(Invitation.wave_id, Invitation.links)).all()
    assert kept == [(world.wave, 1)]


def test_a_sample_unit_that_real_invitations_name_is_kept(session, world):
    wave = demo.furnish(session, today=date(2026, 8, 27))
    unit_id = session.scalar(
        sa.select(Unit.id).where(Unit.is_sample, Unit.kind == "division").limit(1)
    )
    tallies.invite(session, world.wave, unit_id, None, links=1)
    session.commit()
    assert wave.is_sample

    demo.remove(session)
    session.commit()

    assert session.get(Unit, unit_id) is not None
