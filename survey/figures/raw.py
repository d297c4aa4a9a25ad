"""The raw answers of a wave, read in the order of their random ids, some at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue
from survey.exports import Table
from survey.exports import raw as columns
from survey.models import NO_PROCEDURE, Procedure, Response, Unit, Wave
from survey.questionnaire.schema import Questionnaire
from survey.tallies import Selection

ROWS_AT_ONCE: Final = 1000
XLSX_ROWS: Final = 100_000
"""More would keep a server busy for minutes; CSV has no such limit."""

Fetch: TypeAlias = Callable[[sa.Select[Any]], Sequence[Any]]
"""Runs a query and gives all its rows; between two calls no transaction need stand."""

# The table, not the noun: a million rows need no objects made of them.
_TABLE: Final = sa.inspect(Response).local_table
_COLUMNS: Final = (
    *(
        _TABLE.c[name]
        for name in (
            *("id", "unit_id", "procedure_id", "channel", "origin", "month"),
            *("language", "status", "flags"),
        )
    ),
    # As text: our own reading below takes half the time of the column type's.
    *(sa.cast(_TABLE.c[name], sa.Text) for name in ("answers", "facts")),
)
_READ_JSON: Final = json.JSONDecoder().raw_decode
"""The JSON value at the beginning of a text, with where it ends."""


class Raw:
    """Head, rows and codebook of the responses of one selection of a wave."""

    def __init__(self, session: Session, wave: Wave, selection: Selection) -> None:
        published = wave.questionnaire
        self.wave = wave.id
        self.questionnaire: Questionnaire = catalogue.questionnaire(
            session, published.id, sha256=published.sha256
        )
        self.selection = selection
        self._units = _codes(session, Unit)
        self._procedures = _codes(session, Procedure)

    @property
    def head(self) -> tuple[str, ...]:
        """The columns, as they stand in every language."""
        return columns.head(self.questionnaire)

    def codebook(self, language: str) -> Table:
        """What the columns and codes mean."""
        return columns.codebook(self.questionnaire, language)

    def rows(self, fetch: Fetch) -> Iterator[list[str | int | None]]:
        """One row per response, by id.

        Read by key, a chunk at a time: no offset, no long transaction, flat memory. A
        response that comes in meanwhile may be among them; none comes twice.
        """
        row = columns.row_maker(self.questionnaire)
        wave, questionnaire = self.wave, self.questionnaire.id
        units, procedures = self._units, self._procedures
        query = (
            sa.select(*_COLUMNS)
            .where(_TABLE.c.wave_id == wave, *self._conditions())
            .order_by(_TABLE.c.id)
            .limit(ROWS_AT_ONCE)
        )
        last = ""
        while chunk := fetch(query.where(_TABLE.c.id > last)):
            for one in chunk:
                last, unit, procedure, *rest, answers, facts = one
                yield row(
                    (
                        last,
                        wave,
                        questionnaire,
                        units[unit],
                        procedures.get(procedure),
                        *rest,
                    ),
                    _READ_JSON(answers)[0],
                    _READ_JSON(facts)[0],
                )

    def _conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        chosen = self.selection
        if chosen.unit_ids is not None:
            yield _TABLE.c.unit_id.in_(chosen.unit_ids)
        if chosen.procedure_ids is not None:
            if NO_PROCEDURE in chosen.procedure_ids:
                yield _TABLE.c.procedure_id.is_(None)
            else:
                yield _TABLE.c.procedure_id.in_(chosen.procedure_ids)
        for name in ("channel", "origin", "month"):
            value = getattr(chosen, name)
            if value is not None:
                yield _TABLE.c[name] == value
        yield from chosen.ranges(_TABLE.c)


def count(session: Session, wave: Wave, selection: Selection) -> int:
    """How many rows there are, broken-off ones included; at most one over the limit."""
    raw = Raw(session, wave, selection)
    some = (
        sa.select(_TABLE.c.id)
        .where(_TABLE.c.wave_id == wave.id, *raw._conditions())
        .limit(XLSX_ROWS + 1)
    )
    return session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def _codes(session: Session, noun: type[Unit] | type[Procedure]) -> dict[int, str]:
    rows = session.execute(sa.select(noun.id, noun.code))
    return {row.id: row.code for row in rows}
