"""The tables of an evidence file that are read from the wave itself: frame, draw, codes
issued, the log; without names, tokens or anything finer than a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import clock
from survey.exports import stream
from survey.models import (
    Closing,
    Dossier,
    Draw,
    Link,
    LinkEvent,
    Procedure,
    Reopening,
    Tally,
    Unit,
    Wave,
)

Row = tuple[str | int | None, ...]
FRAME: Final = ("dossier", "procedure", "channel", "outcome", "drawn")
DRAWS: Final = (
    *("drawn_on", "mode", "seed", "frame", "size", "frame_sha256"),
    *("procedure", "channel", "frame_of_stratum", "drawn_of_stratum"),
)
CODES: Final = ("kind", "unit", "procedure", "state", "made_on", "codes")
LOG: Final = ("on", "what", "how_many", "reason")
TALLIES: Final = (
    *("unit", "procedure", "channel", "origin", "month", "flagged", "arm"),
    "counters",
)


def csv_of(head: Iterable[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """A table as pieces of CSV."""
    return stream(tuple(head), (list(row) for row in rows))


def frame(session: Session, wave: Wave) -> Iterator[Row]:
    """The dossiers of the frame, in the order of their codes, and who was drawn."""
    query = (
        sa.select(
            Dossier.code,
            Procedure.code,
            Dossier.channel,
            Dossier.outcome,
            Dossier.is_drawn,
        )
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(Dossier.wave_id == wave.id)
        .order_by(Dossier.code)
        .execution_options(yield_per=2000)
    )
    for code, procedure, channel, outcome, is_drawn in session.execute(query):
        drawn = None if is_drawn is None else ("yes" if is_drawn else "no")
        yield code, procedure, channel, outcome, drawn


def draws(session: Session, wave: Wave) -> Iterator[Row]:
    """Every draw with its seed, a row for each stratum."""
    query = sa.select(Draw).where(Draw.wave_id == wave.id).order_by(Draw.id)
    for draw in session.scalars(query):
        same: Row = (
            clock.local(draw.drawn_at).date().isoformat(),
            *(draw.mode, draw.seed, draw.frame, draw.size, draw.frame_sha256),
        )
        for stratum in draw.strata or [{}]:
            yield (*same, *list(stratum.values())[:4])


def codes(session: Session, wave: Wave) -> Iterator[Row]:
    """How many codes were made, by kind, place, state and day; never a code."""
    query = (
        sa.select(
            Link.kind,
            Unit.code,
            Procedure.code,
            Link.state,
            Link.made_on,
            sa.func.count(),
        )
        .join(Unit, Unit.id == Link.unit_id)
        .outerjoin(Procedure, Procedure.id == Link.procedure_id)
        .where(Link.wave_id == wave.id)
        .group_by(Link.kind, Unit.code, Procedure.code, Link.state, Link.made_on)
        .order_by(Link.made_on, Link.kind, Unit.code, Procedure.code, Link.state)
    )
    for kind, unit, procedure, state, made_on, count in session.execute(query):
        yield kind, unit, procedure, state, made_on.isoformat(), count


def log(session: Session, wave: Wave) -> list[Row]:
    """What happened to the wave, by day: opened for, codes, closings, reopenings."""
    rows: list[Row] = [
        (wave.opens_on.isoformat(), "wave opens", None, None),
        (wave.closes_on.isoformat(), "last day of the wave", None, None),
    ]
    counted: dict[tuple[str, str, str | None], int] = {}
    events = session.execute(
        sa.select(LinkEvent.happened_at, LinkEvent.action, LinkEvent.reason).where(
            LinkEvent.wave_id == wave.id
        )
    )
    for happened_at, action, reason in events:
        key = clock.local(happened_at).date().isoformat(), f"codes {action}", reason
        counted[key] = counted.get(key, 0) + 1
    rows += [(day, what, count, why) for (day, what, why), count in counted.items()]
    for closing in session.scalars(
        sa.select(Closing).where(Closing.wave_id == wave.id)
    ):
        day = clock.local(closing.closed_at).date().isoformat()
        rows.append((day, f"closed, number {closing.number}", None, closing.sha256))
    wishes = sa.select(Reopening).join(Closing, Closing.id == Reopening.closing_id)
    for wish in session.scalars(wishes.where(Closing.wave_id == wave.id)):
        moment = wish.answered_at or wish.asked_at
        day = clock.local(moment).date().isoformat()
        rows.append((day, f"reopening {wish.state}", None, wish.reason))
    return sorted(rows, key=lambda row: tuple(str(cell) for cell in row))


def tallies(session: Session, wave: Wave) -> Iterator[Row]:
    """Every cell of the tallies: its key, and its counters as one number in hex."""
    units = dict(session.execute(sa.select(Unit.id, Unit.code)).all())
    procedures = dict(session.execute(sa.select(Procedure.id, Procedure.code)).all())
    query = sa.select(Tally).where(Tally.wave_id == wave.id)
    cells = [
        (
            units[cell.unit_id],
            procedures.get(cell.procedure_id, ""),
            *(cell.channel, cell.origin, cell.month),
            *("yes" if cell.is_flagged else "no", cell.arm, f"{cell.counts:x}"),
        )
        for cell in session.scalars(query)
    ]
    yield from sorted(cells)
