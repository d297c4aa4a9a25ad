"""What the tallies of a selection add up to, read in one pass over its cells."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import sum_counts
from survey.models import Tally, Wave
from survey.tallies import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Totals as `Layout.unpack` reads them, and the first and last month counted."""

    total: int
    by_dossier: int
    """The part of it that came by dossier links."""
    first_month: str | None
    last_month: str | None


def count(session: Session, wave: Wave, selection: Selection) -> Counted:
    """Add up the cells of a selection.

    One pass, each cell added once, without grouping: a GROUP BY would sort all cells
    with their counters, which costs as much again as adding them up.
    """
    is_by_dossier = Tally.origin == "dossier"
    dossiers, others, first, last = session.execute(
        sa.select(
            sum_counts(Tally.counts).filter(is_by_dossier),
            sum_counts(Tally.counts).filter(~is_by_dossier),
            sa.func.min(Tally.month),
            sa.func.max(Tally.month),
        ).where(Tally.wave_id == wave.id, *selection.conditions())
    ).one()
    return Counted(
        total=(dossiers or 0) + (others or 0),
        by_dossier=dossiers or 0,
        first_month=first,
        last_month=last,
    )
