"""Tidying deletes what is past its time and nothing else."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Batch, Contact, Draft, Link
from tests import cast
from tests.terminal import Terminal


def test_tidy_deletes_what_is_past_its_time_and_nothing_else(
    terminal: Terminal, session: Session, world: cast.World
) -> None:
    now = clock.now()
    cast.link(session, world.wave, world.trade)
    link_id = session.scalars(sa.select(Link.id)).one()
    for key, age in (("old", 8), ("young", 6)):
        session.add(
            Draft(
                key=key,
                link_id=link_id,
                language="vi",
                next_page="A",
                touched_at=now - timedelta(days=age),
            )
        )
    for key, days in (("due", 0), ("kept", 1)):
        session.add(
            Contact(
                id=key,
                wave_id=world.wave,
                unit_id=world.trade,
                name="Lê",
                reach="0905",
                delete_on=clock.today() + timedelta(days=days),
            )
        )
    session.commit()

    session.add(
        Batch(
            wave_id=world.wave, kind="dossier", size=1, made_at=now,
            key="due", key_until=now,
        )
    )  # fmt: skip
    session.commit()

    said = terminal("tidy")

    assert said.code == 0
    assert session.scalars(sa.select(Draft.key)).all() == ["young"]
    assert session.scalars(sa.select(Contact.id)).all() == ["kept"]
    assert session.scalars(sa.select(Batch.key)).all() == [None]
    assert "1 khóa của lô mã / keys of batches" in said.out
