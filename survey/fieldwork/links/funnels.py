"""The way from made to finished, by batch, unit, procedure and day, as it is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import tallies
from survey.fieldwork.links.registry import SHOWN_FROM
from survey.formats import sort_key
from survey.models import (
    ALL_DOSSIERS,
    NO_BATCH,
    NO_PROCEDURE,
    Batch,
    Funnel,
    Procedure,
    Unit,
    Wave,
)

DOSSIER, WALL = "dossier", "wall"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How many links of one group came how far."""

    key: Any
    """Id of a unit or procedure, a day, or None for all together."""
    name: str
    made: int
    opened: int
    started: int
    finished: int
    is_hidden: bool = False
    """Whether this account is told no answers of so few links."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Of which links it is shown."""

    kind: str = DOSSIER
    unit_ids: Collection[int] | None = None
    unit_id: int | None = None
    procedure_id: int | None = None
    is_part: bool = False

    def of(self, noun: Any) -> list[sa.ColumnElement[bool]]:
        """The choice of units and procedures in SQL."""
        found = []
        if self.unit_ids is not None:
            found.append(noun.unit_id.in_(self.unit_ids))
        if self.unit_id is not None:
            found.append(noun.unit_id == self.unit_id)
        if self.procedure_id is not None:
            found.append(noun.procedure_id == self.procedure_id)
        return found


_COLUMNS: Final = {
    "don-vi": Funnel.unit_id,
    "thu-tuc": Funnel.procedure_id,
    "ngay": Funnel.day,
}


def stages(session: Session, wave: Wave, by: str, chosen: Chosen) -> list[Stage]:
    """One row for each unit, procedure or day.

    Links made are those that still stand, but by day those that were made that day.
    """
    steps = _steps(session, wave, _COLUMNS[by], chosen)
    made = _standing(session, wave, by, chosen)
    if by != "ngay" and made is not None:
        keys = {*steps, *made}
        steps = {
            key: (made.get(key, 0), *steps.get(key, (0, 0, 0, 0))[1:]) for key in keys
        }
    names = _names(session, by, steps)
    found = [
        _stage(key, names.get(key, "–"), counts, chosen)
        for key, counts in steps.items()
        if any(counts)
    ]
    if by == "ngay":
        return sorted(found, key=lambda stage: stage.key, reverse=True)
    return sorted(found, key=lambda stage: sort_key(stage.name))


def total(rows: Iterable[Stage], name: str, chosen: Chosen) -> Stage:
    """All rows together; hidden when a row is, so that none follows from the sum."""
    rows = list(rows)
    sums = tuple(
        sum(getattr(row, step) for row in rows)
        for step in ("made", "opened", "started", "finished")
    )
    whole = _stage(None, name, sums, chosen)
    if any(row.is_hidden for row in rows):
        return Stage(
            key=None, name=name, made=sums[0], opened=0, started=0, finished=0,
            is_hidden=True,
        )  # fmt: skip
    return whole


def _stage(key: Any, name: str, counts: tuple[int, ...], chosen: Chosen) -> Stage:
    made, opened, started, finished = counts
    is_hidden = chosen.is_part and chosen.kind == DOSSIER and made < SHOWN_FROM
    if is_hidden:
        opened = started = finished = 0
    return Stage(
        key=key,
        name=name,
        made=made,
        opened=opened,
        started=started,
        finished=finished,
        is_hidden=is_hidden,
    )


def _steps(
    session: Session, wave: Wave, column: Any, chosen: Chosen
) -> dict[Any, tuple[int, ...]]:
    sums = [
        sa.func.sum(step)
        for step in (Funnel.made, Funnel.opened, Funnel.started, Funnel.finished)
    ]
    dossiers = sa.select(Batch.id).where(
        Batch.wave_id == wave.id, Batch.kind == "dossier"
    )
    if chosen.kind == DOSSIER:
        which = sa.or_(Funnel.batch_id == ALL_DOSSIERS, Funnel.batch_id.in_(dossiers))
    else:
        which = sa.and_(Funnel.batch_id >= NO_BATCH, Funnel.batch_id.not_in(dossiers))
    rows = session.execute(
        sa.select(column, *sums)
        .where(Funnel.wave_id == wave.id, which, *chosen.of(Funnel))
        .group_by(column)
    )
    return {row[0]: tuple(int(value) for value in row[1:]) for row in rows}


def _standing(
    session: Session, wave: Wave, by: str, chosen: Chosen
) -> dict[Any, int] | None:
    """Dossiers' links that were not taken back; None where only the made are known."""
    if chosen.kind != DOSSIER or by == "ngay":
        return None
    found: dict[Any, int] = {}
    for invited, asked in tallies.asked_of(session, wave.id).items():
        if chosen.unit_ids is not None and invited.unit_id not in chosen.unit_ids:
            continue
        if chosen.unit_id not in (None, invited.unit_id):
            continue
        if chosen.procedure_id not in (None, invited.procedure_id):
            continue
        key = invited.unit_id if by == "don-vi" else invited.procedure_id
        found[key] = found.get(key, 0) + asked.links
    return found


def _names(session: Session, by: str, keys: Iterable[Any]) -> dict[Any, str]:
    if by == "ngay":
        return {day: day.isoformat() for day in keys}
    noun: Any = Unit if by == "don-vi" else Procedure
    rows = session.execute(
        sa.select(noun.id, noun.name).where(
            noun.id.in_([key for key in keys if key != NO_PROCEDURE])
        )
    )
    return {NO_PROCEDURE: _("Chưa rõ thủ tục"), **{row[0]: row[1] for row in rows}}
