"""Links from the command line: made in one batch, listed without codes, revoked."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.models import Batch, Link, LinkEvent
from tests import cast
from tests.terminal import Terminal


@pytest.fixture
def made(terminal: Terminal, world: cast.World) -> list[list[str]]:
    """The rows of the list of six dossier links."""
    said = terminal(
        *("links", "make", "--wave", world.wave, "--kind", "dossier"),
        *("--procedure", "2.000648", "--count", "6"),
    )
    assert said.code == 0
    return [line.split(",") for line in said.out.split()]


def test_what_is_made_is_one_batch_that_keeps_no_key(session: Session, made) -> None:
    assert made[0] == ["link", "url", "kind", "unit", "procedure", "dossier"]
    assert len({row[1] for row in made[1:]}) == 6
    session.rollback()
    (batch,) = session.scalars(sa.select(Batch)).all()
    assert (batch.size, batch.key, batch.made_by) == (6, None, None)
    assert session.scalars(sa.select(LinkEvent.action)).all() == ["made"]


def test_links_are_listed_with_how_they_stand_and_without_their_codes(
    terminal: Terminal, session: Session, world: cast.World, made
) -> None:
    cast.spend(session, int(made[2][0]))
    said = terminal("links", "list", "--wave", world.wave)
    rows = [line.split("\t") for line in said.out.splitlines()]
    assert [row[2] for row in rows] == ["active", "spent", *["active"] * 4]
    assert rows[0][:7] == [made[1][0], "dossier", "active", "TM", "2.000648", "", "1"]
    assert not any(row[1].rpartition("/")[2] in said.out for row in made[1:])
    spent = terminal("links", "list", "--wave", world.wave, "--state", "spent")
    assert spent.out.split("\t")[0] == made[2][0]


def test_a_link_or_a_batch_is_revoked_for_a_reason(
    terminal: Terminal, session: Session, world: cast.World, made
) -> None:
    revoke = ("links", "revoke", "--wave", world.wave)
    link = made[1][0]
    assert terminal(*revoke, "--link", link).code == 2
    assert terminal(*revoke, "--link", link, "--reason", " ").code == 2
    assert terminal(*revoke, "--reason", "x").code == 2
    assert terminal(*revoke, "--link", "999", "--reason", "x").code == 2
    said = terminal(*revoke, "--link", link, "--reason", "In sai")
    assert "revoked 1" in said.out
    said = terminal(*revoke, "--batch", "1", "--reason", "In sai cả lô")
    assert "revoked 5" in said.out
    session.rollback()
    assert set(session.scalars(sa.select(Link.state))) == {"revoked"}
    reasons = session.scalars(sa.select(LinkEvent.reason)).all()
    assert reasons == [None, "In sai", "In sai cả lô"]
