"""How far a wave has come against what it needs, per unit and per procedure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.formats import sort_key
from survey.indices import sample_size
from survey.models import (
    BEFORE_OPENING,
    Dossier,
    Invitation,
    Procedure,
    Unit,
    Wave,
)

FINISHED: Final = Dossier.outcome != "in_progress"
"""Only finished dossiers are in a frame; lists of long ago may have brought others."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One unit or procedure: how many there are, are asked, have answered."""

    name: str
    unit: str = ""
    unit_id: int | None = None
    """Of the line of a unit."""
    frame: int = 0
    """Finished dossiers."""
    drawn: int = 0
    """Of them those that are to be invited."""
    invited: int = 0
    """Links for dossiers that were made and not revoked, without a dossier too."""
    answered: int = 0
    """Complete and partial forms that came through them."""
    expected: int = 0
    """So many should have come by today, if they came evenly."""

    @property
    def needed(self) -> int:
        """The sample size of its own frame, but no more than were drawn of it."""
        return min(sample_size(self.frame), self.drawn)

    @property
    def state(self) -> str:
        """`none` needed, `enough`, `unasked`, `behind`, or `under_way`."""
        if not self.needed:
            return "none"
        if self.answered >= self.needed:
            return "enough"
        if not self.invited:
            return "unasked"
        return "behind" if self.answered < self.expected else "under_way"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The lines of a wave, or of some of its units."""

    whole: Line
    units: tuple[Line, ...]
    procedures: tuple[Line, ...]

    @property
    def behind(self) -> int:
        """How many procedures are behind, or were not asked about yet."""
        return sum(one.state in ("behind", "unasked") for one in self.procedures)


def progress(
    session: Session, wave: Wave, unit_ids: Collection[int] | None, today: date
) -> Progress:
    """How far a wave has come, all of it or some of its units."""
    procedures = {
        row.id: row
        for row in session.execute(
            sa.select(Procedure.id, Procedure.name, Procedure.code, Procedure.unit_id)
        )
    }
    units = dict(session.execute(sa.select(Unit.id, Unit.name)).all())
    frame, drawn = _framed(session, wave, unit_ids)
    invited = _invited(session, wave, unit_ids)
    answered = {
        name: _answered(session, wave, unit_ids, name)
        for name in ("unit_id", "procedure_id")
    }
    part = _elapsed(wave, today)

    def timed(made: Line) -> Line:
        return replace(made, expected=made.needed * part[0] // part[1])

    def unit_of(counts: Mapping[int, int]) -> Counter[int]:
        found: Counter[int] = Counter()
        for procedure_id, count in counts.items():
            found[procedures[procedure_id].unit_id] += count
        return found

    frame_of_units, drawn_of_units = unit_of(frame), unit_of(drawn)
    invited_by_unit: Counter[int] = Counter()
    invited_by_procedure: Counter[int] = Counter()
    for (unit_id, procedure_id), count in invited.items():
        invited_by_unit[unit_id] += count
        invited_by_procedure[procedure_id] += count
    of_units = [
        timed(
            Line(
                name=units[unit_id],
                unit_id=unit_id,
                frame=frame_of_units[unit_id],
                drawn=drawn_of_units[unit_id],
                invited=invited_by_unit[unit_id],
                answered=answered["unit_id"][unit_id],
            )
        )
        for unit_id in _keys(frame_of_units, invited_by_unit, answered["unit_id"])
    ]
    of_procedures = [
        timed(
            Line(
                name=f"{procedures[one].name} ({procedures[one].code})",
                unit=units[procedures[one].unit_id],
                frame=frame[one],
                drawn=drawn[one],
                invited=invited_by_procedure[one],
                answered=answered["procedure_id"][one],
            )
        )
        for one in _keys(frame, invited_by_procedure, answered["procedure_id"])
        if one in procedures
    ]
    whole = timed(
        Line(
            name=wave.title,
            frame=frame.total(),
            drawn=drawn.total(),
            invited=invited_by_unit.total(),
            answered=answered["unit_id"].total(),
        )
    )
    return Progress(
        whole=whole,
        units=tuple(sorted(of_units, key=lambda one: sort_key(one.name))),
        procedures=tuple(
            sorted(of_procedures, key=lambda one: (sort_key(one.unit), one.name))
        ),
    )


def _keys(*counts: Iterable[int]) -> set[int]:
    return {key for some in counts for key in some}


def _framed(
    session: Session, wave: Wave, unit_ids: Collection[int] | None
) -> tuple[Counter[int], Counter[int]]:
    """Finished dossiers per procedure, and those that are to be invited."""
    chosen = sa.case((Dossier.is_drawn.is_(True), 1), else_=0)
    query = (
        sa.select(
            Dossier.procedure_id,
            sa.func.count(),
            sa.func.sum(chosen),
        )
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(Dossier.wave_id == wave.id, FINISHED)
        .group_by(Dossier.procedure_id)
    )
    if unit_ids is not None:
        query = query.where(Procedure.unit_id.in_(unit_ids))
    rows = session.execute(query).all()
    # Before any draw everyone is to be invited.
    was_drawn = session.scalar(
        sa.select(
            sa.exists().where(Dossier.wave_id == wave.id, Dossier.draw_id.is_not(None))
        )
    )
    frame = Counter({row[0]: row[1] for row in rows})
    return frame, Counter({row[0]: row[2] for row in rows}) if was_drawn else frame


def _invited(
    session: Session, wave: Wave, unit_ids: Collection[int] | None
) -> dict[tuple[int, int], int]:
    query = sa.select(
        Invitation.unit_id, Invitation.procedure_id, Invitation.links
    ).where(Invitation.wave_id == wave.id, Invitation.links > 0)
    if unit_ids is not None:
        query = query.where(Invitation.unit_id.in_(unit_ids))
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _answered(
    session: Session, wave: Wave, unit_ids: Collection[int] | None, column: str
) -> Counter[int]:
    """Forms that came through dossiers' links and count, by unit or by procedure."""
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    layout = tallies.layout_of(questionnaire)
    chosen = tallies.Selection(unit_ids=unit_ids, origin="dossier")
    found: Counter[int] = Counter()
    for key, packed in tallies.totals_by(session, wave.id, chosen, column).items():
        statuses = layout.unpack(packed).statuses
        found[key] = statuses["complete"] + statuses["partial"]
    return found


def _elapsed(wave: Wave, today: date) -> tuple[int, int]:
    """How many whole days of the wave are over, and how many it has."""
    days = (wave.closes_on - wave.opens_on).days + 1
    if wave.state in BEFORE_OPENING:
        return 0, days
    if wave.state == "closed":
        return days, days
    return min(max((today - wave.opens_on).days, 0), days), days
