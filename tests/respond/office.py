"""What the office has: dossiers and links to hand out, and what is stored at last."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import tallies
from survey.db import Base
from survey.models import Contact, Dossier, Draft, Keyhole, Link, Response, Wave
from tests import cast


def dossier_link(
    session: Session,
    world: cast.World,
    *,
    wave: str | None = None,
    facts: dict[str, str] | None = None,
) -> str:
    """A link for one petrol dossier; its token."""
    made = Dossier(
        wave_id=wave or world.wave,
        code=f"H{session.scalar(sa.select(sa.func.count(Dossier.id)))}",
        procedure_id=world.petrol,
        channel="in_person",
        outcome="granted",
        facts=facts or {},
    )
    session.add(made)
    session.flush()
    return cast.link(
        session,
        made.wave_id,
        world.trade,
        kind="dossier",
        procedure_id=world.petrol,
        dossier_id=made.id,
    )


def rows(session: Session, noun: type[Base]) -> list[dict[str, Any]]:
    """Every row of a table, as it is now."""
    session.rollback()
    table = Base.metadata.tables[noun.__tablename__]
    found = [dict(row._mapping) for row in session.execute(sa.select(table))]
    session.rollback()
    return found


def responses(session: Session) -> list[dict[str, Any]]:
    return rows(session, Response)


def response(session: Session) -> dict[str, Any]:
    """The only response."""
    (found,) = responses(session)
    return found


def drafts(session: Session) -> list[dict[str, Any]]:
    return rows(session, Draft)


def contacts(session: Session) -> list[dict[str, Any]]:
    return rows(session, Contact)


def link_of(session: Session, standing: str) -> list[dict[str, Any]]:
    """The links that stand so: active, spent, revoked or replaced."""
    open_ones = {one["link_id"] for one in rows(session, Keyhole)}

    def stands(link: dict[str, Any]) -> str:
        is_spent = link["kind"] == "dossier" and link["id"] not in open_ones
        return "spent" if is_spent and link["state"] == "active" else link["state"]

    return [one for one in rows(session, Link) if stands(one) == standing]


def dump(session: Session) -> dict[str, list[str]]:
    """Everything in the database, in an order of its own."""
    session.rollback()
    found = {
        name: sorted(_told(row) for row in session.execute(sa.select(table)))
        for name, table in Base.metadata.tables.items()
    }
    session.rollback()
    return found


def miscounted(session: Session) -> list[Any]:
    """The cells of all waves whose counters are not those of the responses."""
    session.rollback()
    found = [
        cell
        for wave in session.scalars(sa.select(Wave)).all()
        for cell in tallies.differences(session, wave)
    ]
    session.rollback()
    return found


def _told(row: Any) -> str:
    # Counters side by side are longer than an integer that Python prints.
    return repr([hex(one) if isinstance(one, int) else one for one in row])
