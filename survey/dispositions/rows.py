"""Invited dossiers as rows of a table: named, small groups hidden, rates formed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.dispositions.counted import OfUnit, OfWave, Row
from survey.exports import DispositionRow
from survey.exports import dispositions as words
from survey.exports.report import LevelOfRow
from survey.formats import sort_key
from survey.indices import (
    Dispositions,
    against_the_rest,
    hidden_with,
    response_rate_1,
    response_rate_2,
)
from survey.models import NO_PROCEDURE, Procedure, Unit


def rows(
    session: Session,
    found: OfWave,
    language: str,
    *,
    hide_below: int = 0,
    hides_units: bool = True,
) -> tuple[DispositionRow, ...]:
    """The dossiers of a selection as rows of a table, the whole first.

    Args:
        hide_below: where fewer than so many answered, this is not shown, nor anything
            by which it could be had by subtraction; 0 hides nothing.
        hides_units: whether that holds of the whole and of units, and not only of
            procedures.
    """
    makes = _Rows(session, found, language, hide_below)
    return tuple(makes.rows(hide_below if hides_units else 0))


class _Rows:
    """Makes the rows of one table."""

    def __init__(
        self, session: Session, found: OfWave, language: str, hide_below: int
    ) -> None:
        self.found = found
        self.language = language
        self.hide_below = hide_below
        self.units = _named(session, Unit, [u.whole.unit_ids[0] for u in found.units])
        self.procedures = _named(
            session,
            Procedure,
            [one.procedure_id for unit in found.units for one in unit.procedures],
        )
        self.may_compare = len(found.units) > 1 and all(
            unit.whole.dispositions for unit in found.units
        )

    def rows(self, hide_below: int) -> Iterator[DispositionRow]:
        """All rows; of the whole and of units the small ones are hidden."""
        is_small = 0 < _answered(self.found.whole) < hide_below
        yield self._row(
            self.found.whole,
            "all",
            ("", words.ALL.get(self.language)),
            self._few() if is_small else None,
        )
        if is_small:
            return
        counts = {unit: _answered(unit.whole) for unit in self.found.units}
        hidden = hidden_with(counts, hide_below)
        for code, name, unit in sorted(
            ((*self._named(unit), unit) for unit in self.found.units),
            key=lambda one: (sort_key(one[1]), one[0]),
        ):
            why = self._why(counts[unit]) if unit in hidden else None
            yield self._row(unit.whole, "unit", (code, name), why)
            if unit not in hidden:
                yield from self._procedures(unit)

    def _named(self, unit: OfUnit) -> tuple[str, str]:
        code, name = self.units[unit.whole.unit_ids[0]]
        if len(unit.whole.unit_ids) > 1:
            name = words.AND_BELOW.get(self.language).format(name=name)
        return code, name

    def _procedures(self, unit: OfUnit) -> Iterator[DispositionRow]:
        nameless = ("", words.NO_PROCEDURE.get(self.language))
        counts = {row: _answered(row) for row in unit.procedures}
        hidden = hidden_with(counts, self.hide_below)
        named = [
            (self.procedures.get(row.procedure_id or NO_PROCEDURE, nameless), row)
            for row in unit.procedures
        ]
        for names, row in sorted(named, key=lambda one: one[0]):
            why = self._why(counts[row]) if row in hidden else None
            yield self._row(row, "procedure", names, why)

    def _row(
        self,
        row: Row,
        level: LevelOfRow,
        named: tuple[str, str],
        hidden: str | None,
    ) -> DispositionRow:
        code, name = named
        became = row.dispositions
        if hidden is not None or became is None:
            return DispositionRow(
                level=level,
                code=code,
                name=name,
                invited=None if hidden else row.asked.links,
                counts={},
                rr1=None,
                rr2=None,
                words=hidden or words.TOO_MANY.get(self.language),
            )
        return DispositionRow(
            level=level,
            code=code,
            name=name,
            invited=became.invited,
            counts=asdict(became),
            rr1=response_rate_1(became).value,
            rr2=response_rate_2(became).value,
            is_behind=level == "unit" and self._is_behind(became),
        )

    def _is_behind(self, became: Dispositions) -> bool:
        whole = self.found.whole.dispositions
        if whole is None or not self.may_compare:
            return False
        return against_the_rest(became, whole).verdict == "lower"

    def _why(self, answered: int) -> str:
        if answered < self.hide_below:
            return self._few()
        return words.COVER.get(self.language)

    def _few(self) -> str:
        return words.FEW.get(self.language).format(n=self.hide_below)


def _answered(row: Row) -> int:
    return row.asked.complete + row.asked.partial


def _named(
    session: Session, noun: type[Unit] | type[Procedure], ids: Collection[int | None]
) -> dict[int, tuple[str, str]]:
    """Codes and names by id."""
    found = session.execute(
        sa.select(noun.id, noun.code, noun.name).where(noun.id.in_(ids))
    )
    return {row[0]: (row[1], row[2]) for row in found}
