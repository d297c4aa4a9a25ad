"""Procedures that could be filed online and were not: in the dossiers of a wave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue
from survey.figures.filters import Filters
from survey.formats import sort_key
from survey.models import Dossier, Procedure, Unit, Wave

ONLINE: Final = ("online", "mixed")
"""Channels of a dossier that was filed online, wholly or in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """A procedure with an online level, of which no dossier came in online."""

    code: str
    name: str
    unit: str
    online_level: str
    dossiers: int
    """Dossiers of the wave that came in by other ways; often none at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineUse:
    """How the procedures of a selection that can be filed online are used."""

    offered: int
    """Procedures with an online level."""
    without: tuple[Offline, ...]
    """Those without a dossier filed online, in the order of their names."""
    has_dossiers: bool
    """Whether the wave has any list of dossiers; without one nothing can be said."""


def online_use(
    session: Session,
    wave: Wave,
    filters: Filters,
    *,
    reach: Collection[int] | None = None,
) -> OnlineUse:
    """Which procedures with an online level had no dossier filed online in a wave.

    Dossiers carry no month: of the filters only unit, field and procedure are followed.

    Args:
        reach: ids of the units whose results may be read; None for all.
    """
    top = filters.unit.id if filters.unit else wave.unit_id
    units = set(catalogue.subtree(session, [top]))
    if reach is not None:
        units &= set(reach)
    chosen = [Procedure.unit_id.in_(units), Procedure.online_level != "none"]
    if filters.procedure is not None:
        chosen.append(Procedure.id == filters.procedure.id)
    if filters.field is not None:
        chosen.append(Procedure.field == filters.field)
    of_wave = sa.select(Dossier.id).where(Dossier.wave_id == wave.id)
    has_dossiers = session.scalar(sa.select(of_wave.exists())) or False
    offered = session.scalar(
        sa.select(sa.func.count()).select_from(Procedure).where(*chosen)
    )
    of_this = of_wave.where(Dossier.procedure_id == Procedure.id)
    rows = session.execute(
        sa.select(
            Procedure.code,
            Procedure.name,
            Unit.name.label("unit"),
            Procedure.online_level,
            sa.select(sa.func.count())
            .select_from(of_this.correlate(Procedure).subquery())
            .scalar_subquery()
            .label("dossiers"),
        )
        .join(Unit, Unit.id == Procedure.unit_id)
        .where(*chosen, ~of_this.where(Dossier.channel.in_(ONLINE)).exists())
    )
    return OnlineUse(
        offered=offered or 0,
        without=tuple(
            sorted(
                (Offline(**row._mapping) for row in rows),
                key=lambda one: sort_key(one.name),
            )
        )
        if has_dossiers
        else (),
        has_dossiers=has_dossiers,
    )
