"""One selection split by one dimension, and several waves in a row: figures beside one
another, hidden together, so that none follows from the sum and the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.exports import words
from survey.figures import filters as address
from survey.figures import periods
from survey.figures.build import thresholds_of
from survey.figures.filters import NOT_KNOWN, WITHOUT_PROCEDURE, Filters
from survey.figures.openings import ITSELF, Path, Verdict
from survey.figures.reckoner import Figures, Reckoner
from survey.figures.shown import (
    CHANNEL,
    MONTH,
    ORIGIN,
    PROCEDURE,
    UNIT,
    Shown,
    within,
)
from survey.formats import sort_key
from survey.models import NO_PROCEDURE, Procedure, Unit, Wave
from survey.questionnaire.schema import Text

_COLUMNS: Final = {
    "unit": "unit_id",
    "procedure": "procedure_id",
    "field": "procedure_id",
    "channel": "channel",
    "origin": "origin",
    "month": "month",
}
_LENGTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_ITSELF: Final = Text(vi="{name} (không thuộc đơn vị nào bên dưới)", en="{name} itself")
_WITHOUT_FIELD: Final = Text(vi="Không rõ lĩnh vực", en="Field not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """A part of a selection: its key in the address, its name, what may be shown."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    key: str
    name: str
    total: int
    verdict: Verdict = field(default_factory=lambda: Verdict(frozenset()))


@dataclass(frozen=True, slots=True)
class _Naming:
    """Of every value of a column the part it belongs to; parts in their order."""

    part_of: Callable[[Any], str]
    names: Mapping[str, str]
    axis: str
    path_of: Callable[[Any, Shown], Path]
    """The place of the part to which a value of the column belongs."""


def parted(
    session: Session,
    wave: Wave,
    filters: Filters,
    by: str,
    *,
    language: str,
    reach: Collection[int] | None = None,
) -> tuple[Portion, ...]:
    """Split one selection of a wave.

    Args:
        by: "unit" (those right below the one chosen, or below the wave's), "procedure",
            "field", "channel", "origin" or "month".
        reach: ids of the units whose results may be read; None for all.
    Returns:
        The parts that have any response, in the order of a list; each as far as it may
        be shown.
    Raises:
        KeyError: nothing is split by that.
    """
    chosen = address.selection(session, filters, reach=reach)
    column = _COLUMNS[by]
    totals = tallies.totals_by(session, wave.id, chosen, column)
    naming = _namings(session, wave, filters, language, reach)[by](list(totals))
    shown = Shown(session, wave)
    found: dict[str, int] = defaultdict(int)
    paths: dict[str, Path] = {}
    for value, total in totals.items():
        key = naming.part_of(value)
        found[key] += total
        paths[key] = naming.path_of(value, shown)
    parts = [
        _Part(
            key=key,
            name=name,
            total=found[key],
            verdict=shown.verdict(filters, reach, **{naming.axis: paths[key]}),
        )
        for key, name in naming.names.items()
        if key in found
    ]
    return _portions(session, wave, parts, language)


def series(
    session: Session,
    waves: Sequence[Wave],
    filters: Filters,
    by: str,
    *,
    language: str,
    reach: Collection[int] | None = None,
) -> tuple[Portion, ...]:
    """The same selection of several waves of one questionnaire, one after another.

    Args:
        waves: with the same criteria; figures follow the first one's formula.
        by: "wave", or "month", "quarter" or "year" over all waves together.
    Returns:
        The parts that have any response, in the order of time; nothing without waves.
    Raises:
        KeyError: there is no such series.
    """
    if not waves:
        return ()
    chosen = address.selection(session, filters, reach=reach)
    ordered = sorted(waves, key=lambda one: (one.opens_on, one.id))
    parts: dict[str, _Part] = {}
    for wave in ordered:
        shown = Shown(session, wave)
        months = tallies.totals_by(session, wave.id, chosen, "month")
        for month, total in sorted(months.items()):
            if by == "wave":
                key, name = wave.id, wave.title
                verdict = shown.verdict(filters, reach)
            else:
                period = periods.around(month, _LENGTHS[by])
                key, name = period.key, period.title(language)
                verdict = shown.verdict(filters, reach, month=within(period))
            before = parts.get(key, _Part(key=key, name=name, total=0))
            parts[key] = replace(
                before,
                total=before.total + total,
                verdict=_both(before.verdict, verdict),
            )
    listed = list(parts.values())
    if by != "wave":
        listed.sort(key=lambda one: one.key)
    return _portions(session, ordered[0], listed, language)


def _both(one: Verdict, other: Verdict) -> Verdict:
    """What may be shown of a sum: what may be shown of each, so that it tells no more
    than they do."""
    return Verdict(one.closed | other.closed)


def _portions(
    session: Session, wave: Wave, parts: Sequence[_Part], language: str
) -> tuple[Portion, ...]:
    published = wave.questionnaire
    questionnaire = catalogue.questionnaire(
        session, published.id, sha256=published.sha256
    )
    layout = tallies.layout_of(questionnaire)
    return tuple(
        Portion(
            key=part.key,
            name=part.name,
            figures=Reckoner(
                questionnaire,
                layout.unpack(part.total),
                thresholds=thresholds_of(wave),
                formula=wave.formula,
                language=language,
                verdict=part.verdict,
            ).figures(),
        )
        for part in parts
    )


# -- names of parts ------------------------------------------------------------------


def _namings(
    session: Session,
    wave: Wave,
    filters: Filters,
    language: str,
    reach: Collection[int] | None,
) -> Mapping[str, Callable[[list[Any]], _Naming]]:
    return {
        "unit": lambda values: _units(session, wave, filters, language, reach),
        "procedure": lambda values: _procedures(session, values, language),
        "field": lambda values: _fields(session, values, language),
        "channel": lambda values: _labels(words.CHANNELS, language, CHANNEL),
        "origin": lambda values: _labels(words.ORIGINS, language, ORIGIN),
        "month": lambda values: _Naming(
            str,
            {
                month: periods.around(month, 1).title(language)
                for month in sorted(values)
            },
            MONTH,
            lambda value, shown: shown.path(MONTH, value),
        ),
    }


def _labels(texts: Mapping[str, Text], language: str, axis: str) -> _Naming:
    names = {code: text.get(language) for code, text in texts.items()}
    return _Naming(str, names, axis, lambda value, shown: shown.path(axis, value))


def _units(
    session: Session,
    wave: Wave,
    filters: Filters,
    language: str,
    reach: Collection[int] | None,
) -> _Naming:
    top = address.top(session, wave, filters, reach)
    units = {
        unit.id: unit
        for unit in session.scalars(
            sa.select(Unit).where(Unit.id.in_(catalogue.subtree(session, [top.id])))
        )
    }

    def part_of(unit_id: int) -> Unit:
        unit = units[unit_id]
        while unit.id != top.id and unit.parent_id != top.id:
            unit = units[unit.parent_id or top.id]
        return unit

    def path_of(unit_id: int, shown: Shown) -> Path:
        path = shown.path(UNIT, part_of(unit_id).id)
        # What belongs to none of the units below lies beside them.
        return (*path, ITSELF) if below and part_of(unit_id).id == top.id else path

    below = sorted(
        (unit for unit in units.values() if unit.parent_id == top.id),
        key=lambda unit: sort_key(unit.name),
    )
    itself = _ITSELF.get(language).format(name=top.name) if below else top.name
    names = {top.code: itself, **{unit.code: unit.name for unit in below}}
    return _Naming(lambda value: part_of(value).code, names, UNIT, path_of)


def _procedures(session: Session, values: list[int], language: str) -> _Naming:
    known = _named(session, values)
    ordered = sorted(known.values(), key=lambda one: (sort_key(one.name), one.code))
    names = {one.code: f"{one.name} ({one.code})" for one in ordered}
    return _Naming(
        lambda value: known[value].code if value != NO_PROCEDURE else NOT_KNOWN,
        {**names, NOT_KNOWN: WITHOUT_PROCEDURE.get(language)},
        PROCEDURE,
        lambda value, shown: shown.path(PROCEDURE, value),
    )


def _fields(session: Session, values: list[int], language: str) -> _Naming:
    known = _named(session, values)
    fields = sorted({one.field for one in known.values() if one.field}, key=sort_key)
    return _Naming(
        lambda value: (
            (known[value].field or NOT_KNOWN) if value != NO_PROCEDURE else NOT_KNOWN
        ),
        {**{one: one for one in fields}, NOT_KNOWN: _WITHOUT_FIELD.get(language)},
        PROCEDURE,
        lambda value, shown: shown.path(PROCEDURE, value)[:1],
    )


def _named(session: Session, values: list[int]) -> dict[int, Procedure]:
    rows = session.scalars(sa.select(Procedure).where(Procedure.id.in_(values)))
    return {one.id: one for one in rows}
