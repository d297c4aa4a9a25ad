"""Who was invited: how many dossier links there are, and how many of them answered."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey.db import AnyConnection, Statement
from survey.indices import STATUSES, statuses_in
from survey.models import INVITES, NO_PROCEDURE, Invitation, Link, Response, Wave
from survey.tallies.keys import Cell, Selection

INSERTS: Final[Mapping[str, Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class Invited(NamedTuple):
    """Whose dossier links are counted together."""

    unit_id: int
    procedure_id: int


class Asked(NamedTuple):
    """How many dossier links there are, and how many responses by such links."""

    links: int = 0
    complete: int = 0
    partial: int = 0
    break_off: int = 0


def _answer(insert: Any) -> Statement:
    key, statement = ("wave_id", *Invited._fields), insert(Invitation.__table__)
    return Statement(
        statement.on_conflict_do_update(
            index_elements=list(key),
            set_={
                status: getattr(Invitation, status) + statement.excluded[status]
                for status in STATUSES
            },
        ),
        *key,
        *Asked._fields,
    )


_ANSWERS: Final = {name: _answer(insert) for name, insert in INSERTS.items()}


def add_answers(connection: AnyConnection, cells: Mapping[Cell, int]) -> None:
    """Count to who was invited who answered, of what is added to cells."""
    statement = _ANSWERS[connection.dialect.name]
    for (wave_id, invited), asked in sorted(_answered(cells).items()):
        values = {"wave_id": wave_id, **invited._asdict(), **asked._asdict()}
        statement.run(connection, values)


def _answered(cells: Mapping[Cell, int]) -> dict[tuple[str, Invited], Asked]:
    """Of the cells of dossier links how many responses there are by status."""
    found: dict[tuple[str, Invited], list[int]] = {}
    for cell, counts in cells.items():
        if cell.origin == "dossier":
            key = cell.wave_id, Invited(cell.unit_id, cell.procedure_id)
            before = found.get(key, [0] * len(STATUSES))
            found[key] = [*map(operator.add, before, statuses_in(counts))]
    return {key: Asked(0, *statuses) for key, statuses in found.items()}


def invite(
    session: Session,
    wave_id: str,
    unit_id: int,
    procedure_id: int | None,
    *,
    links: int,
) -> None:
    """Count dossier links that were made, or take away those that were revoked.

    One statement on one row; who counts several rows does so in their order, so that
    two cannot wait for each other.

    Args:
        links: how many more there are now; negative for fewer.
    """
    insert = INSERTS[session.connection().dialect.name](Invitation.__table__)
    session.execute(
        # The row that would be new is checked before the one that is there is found.
        insert.values(
            wave_id=wave_id,
            unit_id=unit_id,
            procedure_id=procedure_id or NO_PROCEDURE,
            links=max(links, 0),
        ).on_conflict_do_update(
            index_elements=["wave_id", *Invited._fields],
            set_={"links": Invitation.links + links},
        )
    )


def invited(session: Session, wave_id: str, selection: Selection) -> int:
    """The dossier links of a selection that were not revoked.

    They have neither channel, origin nor month: of these nothing may be chosen.
    """
    query = sa.select(sa.func.sum(Invitation.links)).where(
        Invitation.wave_id == wave_id
    )
    if selection.unit_ids is not None:
        query = query.where(Invitation.unit_id.in_(selection.unit_ids))
    if selection.procedure_ids is not None:
        query = query.where(Invitation.procedure_id.in_(selection.procedure_ids))
    return int(session.scalar(query) or 0)


def recount_invited(session: Session, wave: Wave) -> dict[Invited, Asked]:
    """The invitations of a wave as its links and responses say they should be."""
    rows = session.execute(
        sa.select(Link.unit_id, Link.procedure_id, sa.func.count())
        .where(Link.wave_id == wave.id, INVITES)
        .group_by(Link.unit_id, Link.procedure_id)
    )
    found: dict[Invited, Asked] = defaultdict(Asked)
    for unit_id, procedure_id, links in rows:
        found[Invited(unit_id, procedure_id or NO_PROCEDURE)] = Asked(links)
    answers = session.execute(
        sa.select(
            Response.unit_id, Response.procedure_id, Response.status, sa.func.count()
        )
        .where(Response.wave_id == wave.id, Response.origin == "dossier")
        .group_by(Response.unit_id, Response.procedure_id, Response.status)
    )
    for unit_id, procedure_id, status, count in answers:
        key = Invited(unit_id, procedure_id or NO_PROCEDURE)
        found[key] = found[key]._replace(**{status: count})
    return dict(found)


def asked_of(session: Session, wave_id: str) -> dict[Invited, Asked]:
    """The invitations of a wave and how many answered, as they are kept."""
    columns = (getattr(Invitation, name) for name in Invited._fields + Asked._fields)
    rows = session.execute(sa.select(*columns).where(Invitation.wave_id == wave_id))
    return {Invited(*row[:2]): Asked(*row[2:]) for row in rows}
