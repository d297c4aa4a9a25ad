"""Keyholes: which dossier's links may still be answered.

Sending a form deletes the keyhole of its link, in the transaction that stores the
response. What is gone has neither time nor order nor number of transaction, so nothing
in the database joins a link that was used to what was answered through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import AnyConnection, Base, Statement, in_chunks
from survey.models import NO_BATCH, Keyhole, Link

IDS_AT_ONCE: Final = 500
_KEYHOLE: Final = Base.metadata.tables[Keyhole.__tablename__]
_CLAIM: Final = Statement(
    sa.delete(_KEYHOLE)
    .where(_KEYHOLE.c.link_id == sa.bindparam("of_link"))
    .returning(_KEYHOLE.c.link_id)
)

IS_OPEN: Final = (
    sa.select(Keyhole.link_id).where(Keyhole.link_id == Link.id).correlate(Link)
).exists()
"""In a query of links: it was neither answered, nor revoked, nor replaced."""
IS_SPENT: Final = sa.and_(Link.kind == "dossier", Link.state == "active", ~IS_OPEN)
"""In a query of links: a dossier's, and answered."""
STANDING: Final = sa.case((IS_SPENT, "spent"), else_=Link.state)
"""In a query of links: as `Link.standing`."""


def cut(session: Session, link_ids: Sequence[int]) -> None:
    """Give keyholes to dossier's links that were just made."""
    for some in in_chunks(sorted(link_ids), IDS_AT_ONCE):
        _cut(session, Link.id.in_(some))


def cut_batch(session: Session, batch_id: int) -> None:
    """Give keyholes to all links of a batch that was just made."""
    _cut(session, Link.batch_id == batch_id)


def cut_part(session: Session, batch_id: int, places: range) -> None:
    """Give keyholes to the links at some places of a batch that were just made."""
    _cut(
        session,
        Link.batch_id == batch_id,
        Link.place.between(places.start, places.stop - 1),
    )


def _cut(session: Session, *which: sa.ColumnElement[bool]) -> int:
    batch_id = sa.func.coalesce(Link.batch_id, NO_BATCH)
    links = sa.select(Link.id, batch_id).where(*which).order_by(Link.id)
    done = session.execute(
        sa.insert(Keyhole).from_select(["link_id", "batch_id"], links)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def claim(connection: Session | AnyConnection, link_id: int) -> bool:
    """Take the keyhole of a link away; whether it was there.

    Of a form that is sent, of its repeat and of staff who revoke the link, all at the
    same moment, one alone is told True: the database decides.
    """
    bare = connection.connection() if isinstance(connection, Session) else connection
    return bool(_CLAIM.all(bare, {"of_link": link_id}))


def claim_all(session: Session, link_ids: Sequence[int]) -> set[int]:
    """Take the keyholes of several links away; of which there was one."""
    taken: set[int] = set()
    for some in in_chunks(sorted(link_ids), IDS_AT_ONCE):
        taken.update(
            session.scalars(
                sa.delete(Keyhole)
                .where(Keyhole.link_id.in_(some))
                .returning(Keyhole.link_id),
                execution_options={"synchronize_session": False},
            )
        )
    return taken


def waiting(session: Session, batch_ids: Sequence[int]) -> dict[int, int]:
    """How many links of each batch may still be answered."""
    return dict(
        session.execute(
            sa.select(Keyhole.batch_id, sa.func.count())
            .where(Keyhole.batch_id.in_(batch_ids))
            .group_by(Keyhole.batch_id)
        ).all()
    )


def restore(session: Session, wave_id: str) -> int:
    """Give every active dossier's link of a wave its keyhole again; how many lacked it.

    For a rehearsal alone: what was tried is removed.
    """
    return _cut(session, Link.wave_id == wave_id, IS_SPENT)
