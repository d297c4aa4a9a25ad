"""Figures of divisions and of periods, as the one door to figures gives them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from survey.actions.periods import Period
from survey.exports import Figure
from survey.figures import Figures, Filters, Portion, parted, series
from survey.indices import FULL
from survey.models import Unit, Wave


def by_unit(
    session: Session,
    wave: Wave,
    units: Sequence[Unit],
    period: Period,
    *,
    language: str,
    reach: Collection[int] | None,
) -> dict[str, Figures]:
    """The figures of one period of a wave by code of the division.

    Units beside each other are split and hidden together; one without any response is
    not there.
    """
    found: dict[str, Figures] = {}
    for parent in {unit.parent_id: unit.parent for unit in units}.values():
        if parent is None:
            continue
        portions = parted(
            session,
            wave,
            Filters(unit=parent, first_month=period.first_month, last_month=period.key),
            "unit",
            language=language,
            reach=reach,
        )
        found |= {one.key: one.figures for one in portions if one.key != parent.code}
    return found


def over_time(
    session: Session,
    waves: Sequence[Wave],
    unit: Unit,
    by: str,
    *,
    language: str,
    reach: Collection[int] | None,
) -> tuple[Portion, ...]:
    """The figures of a division by "wave", "month" or "quarter", the earliest first;
    those without any response are not there.
    """
    return series(
        session, waves, Filters(unit=unit), by, language=language, reach=reach
    )


def row(figures: Figures | None, code: str = FULL) -> Figure | None:
    """The figure of this code among others; None where there is none."""
    rows = figures.rows if figures else ()
    return next((one for one in rows if one.code == code), None)
