"""Tallies: how many answered what, kept beside the responses and checked by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey import catalogue
from survey.db import AnyConnection, Statement, add_counts, sum_counts
from survey.indices import Layout
from survey.models import NO_PROCEDURE, Response, Tally, Wave
from survey.questionnaire import Questionnaire


class Cell(NamedTuple):
    """The key of a tally, in the order of its columns."""

    wave_id: str
    unit_id: int
    procedure_id: int
    channel: str
    origin: str
    month: str
    is_flagged: bool
    arm: str


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which cells of a wave are read; None stands for all."""

    unit_ids: Collection[int] | None = None
    procedure_ids: Collection[int] | None = None
    channel: str | None = None
    origin: str | None = None
    month: str | None = None
    is_flagged: bool | None = None
    arm: str | None = None

    def conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        """The selection in SQL."""
        if self.unit_ids is not None:
            yield Tally.unit_id.in_(self.unit_ids)
        if self.procedure_ids is not None:
            yield Tally.procedure_id.in_(self.procedure_ids)
        for name in ("channel", "origin", "month", "is_flagged", "arm"):
            value = getattr(self, name)
            if value is not None:
                yield getattr(Tally, name) == value


@lru_cache(maxsize=64)
def layout_of(questionnaire: Questionnaire) -> Layout:
    """Where each counter of this questionnaire stands in a tally."""
    return Layout(
        elements={
            element.code: tuple(criterion.code for criterion in element.criteria)
            for element in questionnaire.elements
        },
        core=questionnaire.sets["core"],
        levels=questionnaire.scale.codes,
    )


def counts_of(questionnaire: Questionnaire, status: str, answers: Any) -> int:
    """What one response adds to its cell.

    Raises:
        IndicesError: an answer the questionnaire does not know.
    """
    return layout_of(questionnaire).pack(
        status, answers, questionnaire.scale.satisfied_from
    )


def _upsert(insert: Any) -> Statement:
    statement = insert(Tally.__table__)
    return Statement(
        statement.on_conflict_do_update(
            index_elements=list(Cell._fields),
            set_={"counts": add_counts(Tally.counts, statement.excluded.counts)},
        ),
        *Cell._fields,
        "counts",
    )


_UPSERTS = {
    "sqlite": _upsert(sqlite.insert),
    "postgresql": _upsert(postgresql.insert),
}


def cell_of(response: Response | Mapping[str, Any]) -> Cell:
    """The cell in which a response is counted."""
    row = response if isinstance(response, Mapping) else response.__dict__
    return Cell(
        wave_id=row["wave_id"],
        unit_id=row["unit_id"],
        procedure_id=row["procedure_id"] or NO_PROCEDURE,
        channel=row["channel"],
        origin=row["origin"],
        month=row["month"],
        is_flagged=bool(row["flags"]),
        arm=row["arm"],
    )


def add(session: Session | AnyConnection, cell: Cell, counts: int) -> None:
    """Add counts to a cell: one statement on one row, so writers cannot deadlock."""
    connection = session.connection() if isinstance(session, Session) else session
    upsert = _UPSERTS[connection.dialect.name]
    upsert.run(connection, {**cell._asdict(), "counts": counts})


def total(session: Session, wave_id: str, selection: Selection) -> int:
    """The counters of all selected cells of a wave, summed; 0 when there are none."""
    counts = session.scalar(
        sa.select(sum_counts(Tally.counts)).where(
            Tally.wave_id == wave_id, *selection.conditions()
        )
    )
    return counts or 0


def totals_by(
    session: Session, wave_id: str, selection: Selection, column: str
) -> dict[Any, int]:
    """As `total`, one sum per value of a column of the key."""
    key = getattr(Tally, column)
    rows = session.execute(
        sa.select(key, sum_counts(Tally.counts))
        .where(Tally.wave_id == wave_id, *selection.conditions())
        .group_by(key)
    )
    return {row[0]: row[1] for row in rows}


def recount(session: Session, wave: Wave) -> dict[Cell, int]:
    """The tallies of a wave as its responses say they should be."""
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    columns = [
        getattr(Response, name)
        for name in (
            "wave_id",
            "unit_id",
            "procedure_id",
            "channel",
            "origin",
            "month",
            "flags",
            "arm",
            "status",
            "answers",
        )
    ]
    cells: dict[Cell, int] = defaultdict(int)
    rows = session.execute(
        sa.select(*columns).where(Response.wave_id == wave.id),
        execution_options={"yield_per": 1000},
    )
    for row in rows:
        mapping = dict(row._mapping)
        cells[cell_of(mapping)] += counts_of(
            questionnaire, mapping["status"], mapping["answers"]
        )
    return dict(cells)


def differences(session: Session, wave: Wave) -> list[Cell]:
    """Cells whose counters differ from the responses, in order."""
    right = recount(session, wave)
    kept = _kept(session, wave)
    return sorted(
        cell
        for cell in right.keys() | kept.keys()
        if right.get(cell, 0) != kept.get(cell, 0)
    )


def rebuild(session: Session, wave: Wave) -> int:
    """Replace the tallies of a wave by a recount; how many cells were wrong."""
    wrong = len(differences(session, wave))
    cells = recount(session, wave)
    session.execute(sa.delete(Tally).where(Tally.wave_id == wave.id))
    if cells:
        session.execute(
            sa.insert(Tally),
            [{**cell._asdict(), "counts": cells[cell]} for cell in sorted(cells)],
        )
    return wrong


def _kept(session: Session, wave: Wave) -> dict[Cell, int]:
    keys = [getattr(Tally, name) for name in Cell._fields]
    rows = session.execute(
        sa.select(*keys, Tally.counts).where(Tally.wave_id == wave.id)
    )
    return {Cell(*row[:-1]): row[-1] for row in rows}
