"""What may be shown of the selections of a wave: its counters read for `openings`."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.figures import filters as address
from survey.figures import periods
from survey.figures.counting import grouped
from survey.figures.filters import GROUPS, UNVERIFIED, VERIFIED, Filters
from survey.figures.openings import Openings, Path, Paths, Verdict
from survey.figures.shape import measure_of, shape_of
from survey.indices import Thresholds
from survey.models import Procedure, Unit, Wave

UNIT: Final = "unit"
PROCEDURE: Final = "procedure"
CHANNEL: Final = "channel"
ORIGIN: Final = "origin"
MONTH: Final = "month"
FLAGGED: Final = "flagged"
_COLUMNS: Final = {
    UNIT: "unit_id",
    PROCEDURE: "procedure_id",
    CHANNEL: "channel",
    ORIGIN: "origin",
    MONTH: "month",
    FLAGGED: "is_flagged",
}
_KEPT: Final = 16
"""Waves whose verdicts stay in memory; they hold until another response comes in."""


@dataclass(slots=True)
class _Kept:
    """The verdicts of a wave as it is, with the session that reads what is missing."""

    openings: Openings | None = None
    session: Session | None = None
    lock: Lock = field(default_factory=Lock)


_kept: OrderedDict[tuple[Any, ...], _Kept] = OrderedDict()
_lock: Final = Lock()


class Shown:
    """Says of any selection of one wave what may be shown of it."""

    def __init__(self, session: Session, wave: Wave) -> None:
        self._session = session
        self._wave = wave
        self._parents: dict[int, int | None] = {
            row.id: row.parent_id
            for row in session.execute(sa.select(Unit.id, Unit.parent_id))
        }
        self._fields: dict[int, str | None] = {
            row.id: row.field
            for row in session.execute(sa.select(Procedure.id, Procedure.field))
        }
        self._own = self._remembered()

    def verdict(
        self,
        filters: Filters,
        reach: Collection[int] | None = None,
        **more: Any,
    ) -> Verdict:
        """What must not be shown of a selection.

        Args:
            reach: ids of the units whose results may be read; None for all.
            more: one more place, by its axis: a value of its column, or the path to it.
        """
        top = address.top(self._session, self._wave, filters, reach)
        place = self._place(filters, top)
        for axis, value in more.items():
            path = value if isinstance(value, tuple) else self.path(axis, value)
            before = place.get(axis, ())
            if path[: len(before)] != before and before[: len(path)] == path:
                continue
            place[axis] = path
        with self._own.lock:
            self._own.session = self._session
            try:
                openings = self._own.openings
                if openings is None:
                    openings = self._own.openings = self._openings()
                return openings.verdict(place)
            finally:
                self._own.session = None

    def path(self, axis: str, value: Any) -> Path:
        """The place of a value of a column on its axis."""
        paths: dict[str, Callable[[Any], Path]] = {
            UNIT: self._of_unit,
            PROCEDURE: lambda one: (self._fields.get(one) or "", one),
            CHANNEL: lambda one: (one,),
            ORIGIN: lambda one: (
                VERIFIED if one in GROUPS[VERIFIED] else UNVERIFIED,
                one,
            ),
            MONTH: lambda one: within(periods.around(one, 1)),
            FLAGGED: lambda one: (bool(one),),
        }
        return paths[axis](value)

    def _of_unit(self, unit_id: int) -> Path:
        found: list[int] = []
        unit: int | None = unit_id
        while unit is not None and unit != self._wave.unit_id:
            found.insert(0, unit)
            unit = self._parents.get(unit)
        return tuple(found)

    def _place(self, filters: Filters, top: Unit) -> dict[str, Path]:
        found: dict[str, Path] = {}
        if top.id != self._wave.unit_id:
            found[UNIT] = self.path(UNIT, top.id)
        if filters.without_procedure:
            found[PROCEDURE] = self.path(PROCEDURE, 0)
        elif filters.procedure is not None:
            found[PROCEDURE] = self.path(PROCEDURE, filters.procedure.id)
        elif filters.field is not None:
            found[PROCEDURE] = (filters.field,)
        if filters.channel is not None:
            found[CHANNEL] = self.path(CHANNEL, filters.channel)
        if filters.origin is not None:
            is_group = filters.origin in GROUPS
            found[ORIGIN] = (
                (filters.origin,) if is_group else self.path(ORIGIN, filters.origin)
            )
        if filters.period is not None:
            found[MONTH] = within(filters.period)
        return found

    # -- reading ------------------------------------------------------------------

    def _remembered(self) -> _Kept:
        """The verdicts of this very wave, thresholds, counters, units and fields."""
        wave = self._wave
        key = (
            *(wave.id, wave.unit_id, wave.questionnaire_id),
            *(wave.hide_below, wave.index_from, wave.rank_from),
            tallies.total(self._session, wave.id, tallies.Selection()),
            str(self._session.get_bind().engine.url),
            frozenset(self._parents.items()),
            frozenset(self._fields.items()),
        )
        with _lock:
            own = _kept.setdefault(key, _Kept())
            _kept.move_to_end(key)
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
        return own

    def _openings(self) -> Openings:
        wave, own = self._wave, self._own
        published = wave.questionnaire
        questionnaire = catalogue.questionnaire(
            self._session, published.id, sha256=published.sha256
        )
        thresholds = Thresholds(
            hide_below=wave.hide_below,
            index_from=wave.index_from,
            rank_from=wave.rank_from,
        )
        wave_id, path = wave.id, self.path

        def read(axes: tuple[str, ...]) -> dict[Paths, int]:
            if own.session is None:
                raise RuntimeError("verdicts are read within a session")
            columns = [_COLUMNS[axis] for axis in axes]
            found: dict[Paths, int] = defaultdict(int)
            for values, total in grouped(own.session, wave_id, columns).items():
                found[tuple(map(path, axes, values))] += total
            return found

        return Openings(
            shape_of(questionnaire),
            thresholds,
            read,
            measure_of(questionnaire, thresholds),
        )


def within(period: periods.Period) -> Path:
    """The place of a period: all around it, the widest first, and itself."""
    around, found = period.wider, [period.key]
    while around is not None:
        found.insert(0, around.key)
        around = around.wider
    return tuple(found)
