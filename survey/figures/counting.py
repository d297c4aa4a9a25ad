"""What the tallies of a selection add up to, read in one pass over its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import sum_counts
from survey.models import Subtotal, Tally, Wave
from survey.tallies import Selection, Sum


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
    is_drawn = Subtotal.origin != "paper"
    guided, folded, on_paper = session.execute(
        sa.select(
            sum_counts(Subtotal.counts).filter(is_drawn, Subtotal.arm == "guided"),
            sum_counts(Subtotal.counts).filter(is_drawn, Subtotal.arm == "folded"),
            sum_counts(Subtotal.counts).filter(~is_drawn),
        ).where(Subtotal.wave_id == wave.id)
    ).one()
    return Arms(guided=guided or 0, folded=folded or 0, on_paper=on_paper or 0)


def grouped(
    session: Session, wave_id: str, columns: Sequence[str]
) -> dict[tuple[Any, ...], int]:
    """Add up the cells of a whole wave by the values of some columns of their key."""
    noun = Subtotal if set(columns) <= set(Sum._fields) else Tally
    keys = [getattr(noun, column) for column in columns]
    rows = session.execute(
        sa.select(*keys, sum_counts(noun.counts))
        .where(noun.wave_id == wave_id)
        .group_by(*keys)
    )
    return {tuple(values): total or 0 for *values, total in rows}


def count(session: Session, wave: Wave, selection: Selection) -> Counted:
    """Add up the cells of a selection.

    One pass, each cell added once, without grouping: a GROUP BY would sort all cells
    with their counters, which costs as much again as adding them up.
    """
    noun = selection.noun
    origins = {
        "paper": noun.origin == "paper",
        "others": noun.origin != "paper",
    }
    flagged = {True: noun.is_flagged, False: ~noun.is_flagged}
    parts = [(origin, flag) for origin in origins for flag in flagged]
    *sums, first, last = session.execute(
        sa.select(
            *(
                sum_counts(noun.counts).filter(origins[origin], flagged[flag])
                for origin, flag in parts
            ),
            sa.func.min(noun.month),
            sa.func.max(noun.month),
        ).where(noun.wave_id == wave.id, *selection.conditions())
    ).one()
    found = {part: counts or 0 for part, counts in zip(parts, sums, strict=True)}
    return Counted(
        total=sum(found.values()),
        on_paper=found["paper", True] + found["paper", False],
        flagged=sum(found[origin, True] for origin in origins),
        first_month=first,
        last_month=last,
    )
