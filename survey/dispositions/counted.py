"""Counters of invited dossiers, put together so that each dossier has one fate."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, keyholes, tallies
from survey.indices import Asked, Dispositions, disposed
from survey.models import ALL_DOSSIERS, NO_PROCEDURE, Batch, Funnel, Link, Unit, Wave

_KIND: Final = sa.case(
    (Funnel.batch_id == ALL_DOSSIERS, "dossier"), else_=sa.func.coalesce(Batch.kind, "")
)
"""Of which kind the links of a funnel's row are; "" for links older than batches."""


class Place(NamedTuple):
    """Where a dossier's link leads; the procedure is 0 where the link names none."""

    unit_id: int
    procedure_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Units whose dossiers can be told apart from those of all others.

    Mostly one unit. A link of a unit above that names no procedure may be answered
    for any unit below it: then all of these are one group.
    """

    unit_ids: tuple[int, ...]
    places: Mapping[Place, Asked]

    @property
    def asked(self) -> Asked:
        """What is counted of all its places."""
        return reduce(add, self.places.values(), Asked())

    @property
    def names_procedures(self) -> bool:
        """Whether every link names its procedure, so that these can be told apart."""
        return not any(
            asked.links
            for place, asked in self.places.items()
            if place.procedure_id == NO_PROCEDURE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of the dossiers of a place, and what that was worked out from.

    `unit_ids` are all of a group, its top unit first; `procedure_id` is None for all
    of them together. `dispositions` is None when more came in than were invited.
    """

    unit_ids: tuple[int, ...] = ()
    procedure_id: int | None = None
    asked: Asked
    dispositions: Dispositions | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfUnit:
    """A group of units and, where they can be told apart, its procedures."""

    whole: Row
    procedures: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfWave:
    """The dossiers of a selection: all together, and by unit.

    `is_over`: no form of the wave can be sent any more.
    """

    whole: Row
    units: tuple[OfUnit, ...]
    is_over: bool


def is_over(wave: Wave, *, today: date, late_days: int) -> bool:
    """Whether no form can be sent any more, not even one that was begun in time."""
    last = wave.closes_on + timedelta(days=late_days)
    return wave.state == "closed" or last < today


def of_wave(
    session: Session,
    wave: Wave,
    *,
    today: date,
    late_days: int,
    unit_ids: Collection[int] | None = None,
    procedure_ids: Collection[int] | None = None,
) -> OfWave | None:
    """What became of the invited dossiers of a wave.

    Args:
        unit_ids, procedure_ids: only of these; None for all.
    Returns:
        None where the selection cannot be told apart from the rest: links of a unit
        above it, or of other procedures, name no procedure, and may be answered for
        it.
    """
    over = is_over(wave, today=today, late_days=late_days)
    groups = []
    for group in _groups(session, wave):
        chosen = _chosen(group, unit_ids, procedure_ids)
        if chosen is None:
            return None
        if chosen.asked.links or chosen.asked.sent:
            groups.append(chosen)
    units = tuple(_of_unit(group, over=over) for group in groups)
    asked = reduce(add, (one.whole.asked for one in units), Asked())
    return OfWave(
        whole=_row(asked, [one.whole for one in units], over=over),
        units=units,
        is_over=over,
    )


def _chosen(
    group: Group,
    unit_ids: Collection[int] | None,
    procedure_ids: Collection[int] | None,
) -> Group | None:
    """The part of a group that is selected; None where it cannot be told apart."""
    if unit_ids is not None:
        inside = [unit_id for unit_id in group.unit_ids if unit_id in unit_ids]
        if not inside:
            return Group(unit_ids=(), places={})
        if len(inside) < len(group.unit_ids):
            return None
    if procedure_ids is None:
        return group
    if not group.names_procedures:
        return None
    places = {
        place: asked
        for place, asked in group.places.items()
        if place.procedure_id in procedure_ids
    }
    return Group(unit_ids=group.unit_ids, places=places)


def _of_unit(group: Group, *, over: bool) -> OfUnit:
    procedures: tuple[Row, ...] = ()
    if group.names_procedures:
        procedures = tuple(
            Row(
                unit_ids=group.unit_ids,
                procedure_id=place.procedure_id,
                asked=asked,
                dispositions=disposed(asked, is_over=over),
            )
            for place, asked in sorted(group.places.items())
            if any((asked.links, asked.sent))
        )
    whole = _row(group.asked, procedures, over=over, unit_ids=group.unit_ids)
    return OfUnit(whole=whole, procedures=procedures)


def _row(
    asked: Asked, parts: Collection[Row], *, over: bool, unit_ids: tuple[int, ...] = ()
) -> Row:
    """A row over others: their sum, so that a table adds up; if one of them is not
    known, what is counted of all together."""
    known = [row.dispositions for row in parts if row.dispositions is not None]
    if parts and len(known) == len(parts):
        dispositions: Dispositions | None = reduce(add, known, Dispositions())
    else:
        dispositions = disposed(asked, is_over=over)
    return Row(unit_ids=unit_ids, asked=asked, dispositions=dispositions)


def _groups(session: Session, wave: Wave) -> Iterator[Group]:
    """The units of a wave, each with the counts of its places, the topmost first."""
    places = _places(session, wave.id)
    parents = dict(
        session.execute(
            sa.select(Unit.id, Unit.parent_id).where(
                Unit.id.in_(
                    [
                        *catalogue.subtree(session, [wave.unit_id]),
                        *{place.unit_id for place in places},
                    ]
                )
            )
        ).all()
    )
    open_units = {
        place.unit_id
        for place, asked in places.items()
        if place.procedure_id == NO_PROCEDURE and asked.links
    }
    members: dict[int, list[int]] = {}
    for unit_id in sorted(parents, key=lambda one: (len(_way_up(one, parents)), one)):
        way = _way_up(unit_id, parents)
        top = next((one for one in reversed(way) if one in open_units), unit_id)
        members.setdefault(top, []).append(unit_id)
    for unit_ids in members.values():
        yield Group(
            unit_ids=tuple(unit_ids),
            places={
                place: asked
                for place, asked in places.items()
                if place.unit_id in unit_ids
            },
        )


def _way_up(unit_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """A unit and those above it, as far as they belong to the wave."""
    way = [unit_id]
    while (parent := parents.get(way[-1])) is not None and parent in parents:
        way.append(parent)
    return way


def _places(session: Session, wave_id: str) -> dict[Place, Asked]:
    found: dict[Place, Asked] = {}

    def count(unit_id: int, procedure_id: int | None, asked: Asked) -> None:
        place = Place(unit_id, procedure_id or NO_PROCEDURE)
        found[place] = found.get(place, Asked()) + asked

    for key, kept in tallies.asked_of(session, wave_id).items():
        count(*key, Asked(**kept._asdict()))
    for unit_id, procedure_id, undelivered in session.execute(
        sa.select(Link.unit_id, Link.procedure_id, sa.func.count())
        .where(
            Link.wave_id == wave_id,
            Link.state == "active",
            Link.undelivered_on.is_not(None),
            Link.kind == "dossier",
            keyholes.IS_OPEN,
        )
        .group_by(Link.unit_id, Link.procedure_id)
    ):
        count(unit_id, procedure_id, Asked(undelivered=undelivered))
    for unit_id, procedure_id, started, finished in session.execute(
        # Of links older than batches it is not known which were a dossier's.
        sa.select(
            Funnel.unit_id,
            Funnel.procedure_id,
            sa.func.sum(Funnel.started),
            sa.func.sum(Funnel.finished),
        )
        .outerjoin(Batch, Batch.id == Funnel.batch_id)
        .where(Funnel.wave_id == wave_id, _KIND == "dossier")
        .group_by(Funnel.unit_id, Funnel.procedure_id)
    ):
        count(unit_id, procedure_id, Asked(started=started, finished=finished))
    return found


class Steps(NamedTuple):
    """How many links were made, opened, begun and finished."""

    made: int
    opened: int
    started: int
    finished: int


def steps(
    session: Session, wave_id: str, unit_ids: Collection[int] | None
) -> dict[str, Steps]:
    """The funnel of a wave by kind of link; "" for links older than batches."""
    query = (
        sa.select(_KIND, *(sa.func.sum(getattr(Funnel, one)) for one in Steps._fields))
        .outerjoin(Batch, Batch.id == Funnel.batch_id)
        .where(Funnel.wave_id == wave_id)
        .group_by(_KIND)
    )
    if unit_ids is not None:
        query = query.where(Funnel.unit_id.in_(unit_ids))
    return {row[0]: Steps(*map(int, row[1:])) for row in session.execute(query)}
