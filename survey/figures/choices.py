"""The form of the filters: what can be chosen of a wave, and what is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue
from survey.exports import words
from survey.figures import periods
from survey.figures.counting import Counted
from survey.figures.filters import (
    CHANNEL,
    FIELD,
    GROUPS,
    LABELS,
    MONTH,
    NAMES,
    NOT_KNOWN,
    ORIGIN,
    PROCEDURE,
    UNIT,
    WITHOUT_PROCEDURE,
    Filters,
    origin_text,
)
from survey.formats import sort_key
from survey.models import Procedure, Unit, Wave
from survey.questionnaire.schema import Text

_ALL: Final[Mapping[str, Text]] = {
    UNIT: Text(vi="Tất cả đơn vị", en="All units"),
    FIELD: Text(vi="Tất cả lĩnh vực", en="All fields"),
    PROCEDURE: Text(vi="Tất cả thủ tục", en="All procedures"),
    CHANNEL: Text(vi="Tất cả cách nộp", en="All channels"),
    MONTH: Text(vi="Cả đợt", en="The whole wave"),
    ORIGIN: Text(vi="Tất cả nguồn", en="All origins"),
}
_INDENT: Final = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}– "


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a filter's list."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One filter of the form: its name in the address, its label, its options."""

    name: str
    label: str
    options: tuple[Option, ...]


def fields(
    session: Session,
    wave: Wave,
    filters: Filters,
    language: str,
    *,
    counted: Counted,
    reach: Collection[int] | None = None,
) -> tuple[Field, ...]:
    """The form: for every filter what can be chosen, and what is."""
    units = _units(session, wave, reach)
    choices = {
        UNIT: _tree(units),
        FIELD: _fields(session, units, filters),
        PROCEDURE: _procedures(session, units, filters, language),
        CHANNEL: _labels(words.CHANNELS, language),
        MONTH: _periods(_months(wave, filters, counted), filters, language),
        ORIGIN: _origins(language),
    }
    chosen = filters.address
    return tuple(
        Field(
            name,
            LABELS[name].get(language),
            tuple(
                Option(value, label, value == chosen.get(name, ""))
                for value, label in [("", _ALL[name].get(language)), *choices[name]]
            ),
        )
        for name in NAMES
    )


def _labels(texts: Mapping[str, Text], language: str) -> list[tuple[str, str]]:
    return [(code, text.get(language)) for code, text in texts.items()]


def _origins(language: str) -> list[tuple[str, str]]:
    """Each group, and below it the origins of which it is made."""
    lines = []
    for group, origins in GROUPS.items():
        lines.append((group, origin_text(group, language)))
        if len(origins) > 1:
            lines += [
                (one, _INDENT + words.ORIGINS[one].get(language)) for one in origins
            ]
    return lines


def _periods(
    months: list[str], filters: Filters, language: str
) -> list[tuple[str, str]]:
    listed = list(periods.choices(months))
    chosen = filters.period
    if chosen is not None and chosen not in {period for period, _ in listed}:
        listed.insert(0, (chosen, 0))
    return [
        (period.key, _INDENT * depth + period.title(language))
        for period, depth in listed
    ]


def _fields(
    session: Session, units: Collection[Unit], filters: Filters
) -> list[tuple[str, str]]:
    rows = session.scalars(
        sa.select(Procedure.field)
        .where(Procedure.unit_id.in_([unit.id for unit in units]))
        .distinct()
    )
    listed = {name for name in (*rows, filters.field) if name}
    return [(name, name) for name in sorted(listed, key=sort_key)]


def _units(session: Session, wave: Wave, reach: Collection[int] | None) -> list[Unit]:
    ids = set(catalogue.subtree(session, [wave.unit_id]))
    if reach is not None:
        ids &= set(reach)
    return list(session.scalars(sa.select(Unit).where(Unit.id.in_(ids))))


def _tree(units: Collection[Unit]) -> list[tuple[str, str]]:
    """The units from the top down, each below its own, indented by its depth."""
    known = {unit.id for unit in units}
    below: dict[int | None, list[Unit]] = {}
    for unit in sorted(units, key=lambda one: sort_key(one.name)):
        parent = unit.parent_id if unit.parent_id in known else None
        below.setdefault(parent, []).append(unit)
    lines: list[tuple[str, str]] = []

    def put(parent: int | None, depth: int) -> None:
        for unit in below.get(parent, ()):
            lines.append((unit.code, _INDENT * depth + unit.name))
            put(unit.id, depth + 1)

    put(None, 0)
    return lines


def _procedures(
    session: Session, units: Collection[Unit], filters: Filters, language: str
) -> list[tuple[str, str]]:
    rows = session.execute(
        sa.select(Procedure.code, Procedure.name).where(
            Procedure.unit_id.in_([unit.id for unit in units])
        )
    ).all()
    listed = {row.code: row.name for row in rows}
    if filters.procedure is not None:
        listed[filters.procedure.code] = filters.procedure.name
    ordered = sorted(listed.items(), key=lambda one: sort_key(one[1]))
    lines = [(code, f"{name} ({code})") for code, name in ordered]
    return [*lines, (NOT_KNOWN, WITHOUT_PROCEDURE.get(language))]


def _months(wave: Wave, filters: Filters, counted: Counted) -> list[str]:
    """The months of the wave; more where responses came before or after it."""
    months = {_month(wave.opens_on), _month(wave.closes_on)}
    more = (
        *(counted.first_month, counted.last_month),
        *(filters.first_month, filters.last_month),
    )
    months |= {month for month in more if month is not None}
    first, last = min(months), max(months)
    listed = [first]
    while listed[-1] < last:
        listed.append(_after(listed[-1]))
    return listed


def _month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + 1:04}-01" if number == 12 else f"{year:04}-{number + 1:02}"
