"""A large batch is made in parts: others write in between, nobody sees a part of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import fieldwork, tallies
from survey.db import db
from survey.fieldwork import links
from survey.fieldwork.links import making, parts, registry
from survey.models import Batch, Draft, Keyhole, Link, LinkEvent, Wave
from tests import cast
from tests.fieldwork.office import rows

SIZE = 25


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "ROWS", 10)
    monkeypatch.setattr(parts, "PAUSE_SECONDS", 0)


@pytest.fixture
def make(app, session, world, frame):
    """Makes codes for all dossiers in parts and commits; the batch's id."""
    frame(list(range(1, SIZE + 1)))
    session.rollback()

    def do():
        with app.app_context(), Session(db.engine) as own:
            wave = own.get(Wave, world.wave)
            made = links.make_in_parts(
                own,
                wave,
                lambda: links.bare_wanted(own, wave, None, 1000),
                batch=links.new_tokens(),
                now=cast.NOW,
                keep_key=True,
            )
            batch_id = made.id
            own.commit()
        return batch_id

    return do


def count(session, noun):
    return rows(session, sa.select(sa.func.count()).select_from(noun))[0][0]


def test_in_between_others_write_and_see_nothing_of_the_batch(
    app, session, world, make, monkeypatch
):
    let_others_in, pauses = parts._let_others_in, []

    def looked(own):
        let_others_in(own)
        pauses.append(count(session, Link))
        wave = session.get(Wave, world.wave)
        assert session.scalars(registry.listed(wave, None)).all() == []
        assert session.scalars(registry.batches(wave, None)).all() == []
        assert tallies.recount_invited(session, wave) == {}
        with pytest.raises(fieldwork.FieldworkError, match="đang được tạo"):
            links.wanted_dossiers(session, wave, None, 5)
        session.rollback()
        # A business that begins its form meanwhile waits for nothing.
        cast.link(session, world.wave, world.trade)
        session.execute(sa.delete(Link).where(Link.kind == "counter"))
        session.commit()

    monkeypatch.setattr(parts, "_let_others_in", looked)
    batch_id = make()

    assert pauses == [10, 20, 25]
    (batch,) = session.scalars(sa.select(Batch)).all()
    assert (batch.id, batch.size, batch.is_whole) == (batch_id, SIZE, True)
    wave = session.get(Wave, world.wave)
    assert len(session.scalars(registry.listed(wave, None)).all()) == SIZE
    assert sum(asked.links for asked in tallies.recount_invited(session, wave).values())
    places = session.scalars(sa.select(Link.place).order_by(Link.id)).all()
    assert places == list(range(SIZE))
    assert count(session, Keyhole) == SIZE
    assert session.scalars(sa.select(LinkEvent.action)).all() == ["made"]
    with app.app_context():
        made = list(links.made_of(session, session.get(Batch, batch_id)))
        assert making.codes.hashed(made[-1].token) == made[-1].link.token_hash


def test_what_fails_half_way_leaves_nothing(session, make, monkeypatch):
    store = making.store

    def failing(*arguments, first):
        if first >= 20:
            raise RuntimeError("the disk is full")
        store(*arguments, first=first)

    monkeypatch.setattr(making, "store", failing)
    with pytest.raises(RuntimeError):
        make()
    assert [count(session, noun) for noun in (Batch, Link, Keyhole)] == [0, 0, 0]


def test_what_a_dead_process_left_is_removed_before_anything_new_is_made(
    session, make, monkeypatch, terminal
):
    class Killed(BaseException):
        pass

    def killed(own):
        own.commit()
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(parts, "_let_others_in", killed)
        with pytest.raises(Killed):
            make()
    assert (count(session, Batch), count(session, Link)) == (1, 10)
    session.rollback()
    make()
    assert (count(session, Batch), count(session, Link)) == (1, SIZE)
    assert count(session, Draft) == 0

    session.execute(sa.update(Batch).values(is_whole=False))
    session.execute(sa.delete(LinkEvent))
    session.commit()
    assert terminal("tidy").code == 0
    assert [count(session, noun) for noun in (Batch, Link, Keyhole)] == [0, 0, 0]
