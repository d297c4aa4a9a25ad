"""Comments that may be read: masked, coded and released by the office, and how often
each theme comes up; for every room that shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import tallies
from survey.indices import Thresholds, statuses_in
from survey.indices.choices_shown import small_choices
from survey.models import CommentCoding, CommentTheme, Response, Theme, Wave
from survey.questionnaire.schema import Text

MOST: Final = 500
"""So many comments at most are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A comment as it may be read: nothing of the form it stood on but, where that
    unit has enough responses, whose it is about."""

    text: str
    themes: tuple[str, ...]
    """Codes, in their order."""
    unit_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """How many coded comments have a theme; None where they are a few."""

    code: str
    name: Text
    element: str | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    """The themes of the comments of some units."""

    coded: int | None
    """Coded comments; None where there are too few to tell of."""
    counts: tuple[ThemeCount, ...]


def released(
    session: Session,
    wave: Wave,
    unit_ids: Collection[int] | None = None,
    *,
    is_whole: bool = False,
) -> tuple[Released, ...]:
    """The released comments of some units of a wave, at most MOST.

    Args:
        unit_ids: of those who read; they see what was released to their units, and to
            the whole office. None for all units of the wave.
        is_whole: whether the reader sees the whole wave anyway; to all others nothing
            is shown of a unit with fewer responses than the wave's threshold.
    Returns:
        In an order that says nothing: by the masked text.
    """
    large = [
        unit_id
        for unit_id, size in _sizes(session, wave).items()
        if size >= wave.hide_below
    ]
    query = (
        sa.select(CommentCoding.response_id, CommentCoding.text, Response.unit_id)
        .join(Response, Response.id == CommentCoding.response_id)
        .where(CommentCoding.wave_id == wave.id, CommentCoding.state != "withheld")
    )
    if unit_ids is not None:
        mine = Response.unit_id.in_(unit_ids)
        query = query.where(sa.or_(mine, CommentCoding.state == "office"))
    if not is_whole:
        query = query.where(Response.unit_id.in_(large))
    rows = session.execute(query.order_by(CommentCoding.text).limit(MOST)).all()
    themes = _themes_of(session, [row.response_id for row in rows])
    return tuple(
        Released(
            text=row.text,
            themes=themes.get(row.response_id, ()),
            unit_id=row.unit_id if row.unit_id in large else None,
        )
        for row in rows
    )


def themes(
    session: Session, wave: Wave, unit_ids: Collection[int] | None = None
) -> Themes:
    """How many coded comments have each theme, withheld ones counted too.

    A theme with a few comments has no count; below the threshold of indices nothing is
    told at all.
    """
    of_units = [CommentCoding.wave_id == wave.id]
    if unit_ids is not None:
        of_units.append(
            CommentCoding.response_id.in_(
                sa.select(Response.id).where(
                    Response.wave_id == wave.id,
                    Response.comment.is_not(None),
                    Response.unit_id.in_(unit_ids),
                )
            )
        )
    coded = (
        session.scalar(
            sa.select(sa.func.count()).select_from(CommentCoding).where(*of_units)
        )
        or 0
    )
    if coded < wave.index_from:
        return Themes(coded=None if coded else 0, counts=())
    rows = session.execute(
        sa.select(Theme, sa.func.count())
        .join(CommentTheme, CommentTheme.theme_id == Theme.id)
        .join(CommentCoding, CommentCoding.response_id == CommentTheme.response_id)
        .where(*of_units)
        .group_by(Theme.id)
        .order_by(Theme.id)
    ).all()
    counts = {theme.code: count for theme, count in rows}
    thresholds = Thresholds(hide_below=wave.hide_below, index_from=wave.index_from)
    hidden = small_choices(counts, thresholds)
    return Themes(
        coded=coded,
        counts=tuple(
            ThemeCount(
                code=theme.code,
                name=Text(vi=theme.name_vi, en=theme.name_en),
                element=theme.element,
                count=None if theme.code in hidden else count,
            )
            for theme, count in rows
        ),
    )


def _sizes(session: Session, wave: Wave) -> Mapping[int, int]:
    """Responses that count, by unit."""
    totals = tallies.totals_by(session, wave.id, tallies.Selection(), "unit_id")
    return {unit_id: sum(statuses_in(total)[:2]) for unit_id, total in totals.items()}


def _themes_of(
    session: Session, response_ids: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    rows = session.execute(
        sa.select(CommentTheme.response_id, Theme.code)
        .join(Theme, Theme.id == CommentTheme.theme_id)
        .where(CommentTheme.response_id.in_(response_ids))
        .order_by(Theme.id)
    )
    found: dict[str, list[str]] = {}
    for response_id, code in rows:
        found.setdefault(response_id, []).append(code)
    return {one: tuple(codes) for one, codes in found.items()}
