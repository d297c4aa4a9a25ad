"""Counters that fell silent: nobody has begun a form there for some working days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, web
from survey.fieldwork.links.making import WITH_PLACES
from survey.models import NO_BATCH, NO_PROCEDURE, Funnel, Link, Wave

PRINTED: Final = ("counter", "kiosk")


@dataclass(frozen=True, kw_only=True)
class Silent:
    """A link on a wall behind which nothing begins any more."""

    link: Link
    last_on: date | None
    """When the last form was begun there; None for never."""
    days: int
    """Working days since then, or since it could be used."""


def silent_links(
    session: Session, wave: Wave, unit_ids: Collection[int] | None, today: date
) -> list[Silent]:
    """The links at counters and on tablets that are to be looked after, while their
    wave takes answers; the longest silent first."""
    if wave.state != "open" or not wave.opens_on <= today <= wave.closes_on:
        return []
    links = (
        sa.select(Link)
        .where(Link.wave_id == wave.id, Link.kind.in_(PRINTED), Link.state == "active")
        .options(*WITH_PLACES)
    )
    if unit_ids is not None:
        links = links.where(Link.unit_id.in_(unit_ids))
    standing = [
        link
        for link in session.scalars(links)
        if link.valid_to is None or link.valid_to >= today
    ]
    last = _last_begun(session, wave)
    calendar = catalogue.calendar(session)
    found = []
    for link in standing:
        key = link.batch_id or NO_BATCH, link.unit_id, link.procedure_id or NO_PROCEDURE
        last_on = last.get(key)
        since = max(last_on or link.made_on, wave.opens_on)
        days = calendar.between(since, today)
        if days >= web.settings().silent_days:
            found.append(Silent(link=link, last_on=last_on, days=days))
    return sorted(found, key=lambda one: (-one.days, one.link.id))


def _last_begun(session: Session, wave: Wave) -> dict[tuple[int, int, int], date]:
    """The last day on which a form was begun, by batch, unit and procedure: which is
    one link, or one row of equal posters."""
    key = (Funnel.batch_id, Funnel.unit_id, Funnel.procedure_id)
    rows = session.execute(
        sa.select(*key, sa.func.max(Funnel.day))
        .where(
            Funnel.wave_id == wave.id, Funnel.batch_id >= NO_BATCH, Funnel.started > 0
        )
        .group_by(*key)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}
