"""What the tallies of a selection add up to, read in one pass over its cells."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import sum_counts
from survey.models import Wave
from survey.tallies import Selection, cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Totals as `Layout.unpack` reads them, and the first and last month counted."""

    total: int
    on_paper: int
    """The part of it that was filled in on paper."""
    flagged: int
    """The part of it that shows signs of careless answering."""
    first_month: str | None
    last_month: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """What the two arms of a wave add up to, the forms on paper apart.

    Paper is no part of the lot by which respondents come into an arm, and it has
    neither prompts nor times.
    """

    guided: int
    folded: int
    on_paper: int


def count_arms(session: Session, wave: Wave) -> Arms:
    """Add up both arms of a whole wave, in one pass over its cells."""
    rows = cells(wave.id, Selection(), "origin", "arm").c
    is_drawn = rows.origin != "paper"
    guided, folded, on_paper = session.execute(
        sa.select(
            sum_counts(rows.counts).filter(is_drawn, rows.arm == "guided"),
            sum_counts(rows.counts).filter(is_drawn, rows.arm == "folded"),
            sum_counts(rows.counts).filter(~is_drawn),
        )
    ).one()
    return Arms(guided=guided or 0, folded=folded or 0, on_paper=on_paper or 0)


def count(session: Session, wave: Wave, selection: Selection) -> Counted:
    """Add up the cells of a selection.

    One pass, each cell added once, without grouping: a GROUP BY would sort all cells
    with their counters, which costs as much again as adding them up.
    """
    rows = cells(wave.id, selection, "origin", "month", "is_flagged").c
    origins = {"paper": rows.origin == "paper", "others": rows.origin != "paper"}
    flagged = {True: rows.is_flagged, False: ~rows.is_flagged}
    parts = [(origin, flag) for origin in origins for flag in flagged]
    *sums, first, last = session.execute(
        sa.select(
            *(
                sum_counts(rows.counts).filter(origins[origin], flagged[flag])
                for origin, flag in parts
            ),
            sa.func.min(rows.month),
            sa.func.max(rows.month),
        )
    ).one()
    found = {part: counts or 0 for part, counts in zip(parts, sums, strict=True)}
    return Counted(
        total=sum(found.values()),
        on_paper=found["paper", True] + found["paper", False],
        flagged=sum(found[origin, True] for origin in origins),
        first_month=first,
        last_month=last,
    )
