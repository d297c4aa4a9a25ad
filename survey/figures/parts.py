"""One selection split by one dimension, and several waves in a row: figures beside one
another, hidden together, so that none follows from the sum and the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.exports import words
from survey.figures import filters as address
from survey.figures import periods
from survey.figures.build import thresholds_of
from survey.figures.filters import NOT_KNOWN, WITHOUT_PROCEDURE, Filters
from survey.figures.hiding import together
from survey.figures.reckoner import Figures, Reckoner
from survey.formats import sort_key
from survey.indices import Layout, Thresholds
from survey.models import NO_PROCEDURE, Procedure, Unit, Wave
from survey.questionnaire.schema import Questionnaire, Text

_COLUMNS: Final = {
    "unit": "unit_id",
    "procedure": "procedure_id",
    "field": "procedure_id",
    "channel": "channel",
    "origin": "origin",
    "month": "month",
}
LENGTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_ITSELF: Final = Text(vi="{name} (không thuộc đơn vị nào bên dưới)", en="{name} itself")
_WITHOUT_FIELD: Final = Text(vi="Không rõ lĩnh vực", en="Field not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """A part of a selection: its key in the address, its name, what may be shown."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one part adds up to, before anything of it is hidden."""

    key: str
    name: str
    total: int
    waves: tuple[str, ...] = ()
    """Ids of the waves it counts, where it is a period of several."""


@dataclass(frozen=True, slots=True)
class _Naming:
    """Of every value of a column the part it belongs to; parts in their order."""

    part_of: Callable[[Any], str]
    names: Mapping[str, str]


def parted(
    session: Session,
    wave: Wave,
    filters: Filters,
    by: str,
    *,
    language: str,
    reach: Collection[int] | None = None,
    codes: Collection[str] | None = None,
) -> tuple[Portion, ...]:
    """Split one selection of a wave.

    Args:
        by: "unit" (those right below the one chosen, or below the wave's), "procedure",
            "field", "channel", "origin" or "month".
        reach: ids of the units whose results may be read; None for all.
        codes: of criteria, elements and sets where only their figures are wanted.
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
    found: dict[str, int] = defaultdict(int)
    for value, total in totals.items():
        found[naming.part_of(value)] += total
    parts = [
        Part(key=key, name=name, total=found[key])
        for key, name in naming.names.items()
        if key in found
    ]
    return _portions(session, wave, parts, language, codes)


def series(
    session: Session,
    waves: Sequence[Wave],
    filters: Filters,
    by: str,
    *,
    language: str,
    reach: Collection[int] | None = None,
    codes: Collection[str] | None = None,
) -> tuple[Portion, ...]:
    """The same selection of several waves of one questionnaire, one after another.

    Args:
        waves: with the same criteria; figures follow the first one's formula.
        by: "wave", or "month", "quarter" or "year" over all waves together.
        codes: of criteria, elements and sets where only their figures are wanted.
    Returns:
        The parts that have any response, in the order of time; nothing without waves.
    Raises:
        KeyError: there is no such series.
    """
    return tuple(
        Portion(key=part.key, name=part.name, figures=look.figures(codes))
        for part, look in lined_up(session, waves, filters, by, language, reach)
    )


def lined_up(
    session: Session,
    waves: Sequence[Wave],
    filters: Filters,
    by: str,
    language: str,
    reach: Collection[int] | None,
) -> list[tuple[Part, Reckoner]]:
    """The parts of `series`, each as far as it may be shown beside the others."""
    if not waves:
        return []
    chosen = address.selection(session, filters, reach=reach)
    ordered = sorted(waves, key=lambda one: (one.opens_on, one.id))
    parts: dict[str, Part] = {}
    for wave in ordered:
        months = tallies.totals_by(session, wave.id, chosen, "month")
        for month, total in sorted(months.items()):
            if by == "wave":
                key, name = wave.id, wave.title
            else:
                period = periods.around(month, LENGTHS[by])
                key, name = period.key, period.title(language)
            before = parts.get(key, Part(key=key, name=name, total=0))
            parts[key] = replace(
                before,
                total=before.total + total,
                waves=tuple(dict.fromkeys((*before.waves, wave.id))),
            )
    listed = list(parts.values())
    if by != "wave":
        listed.sort(key=lambda one: one.key)
    strictest = Thresholds(
        **{
            name: max(getattr(wave, name) for wave in waves)
            for name in ("hide_below", "index_from", "rank_from")
        }
    )
    return looks_of(session, ordered[0], listed, language, strictest)


def _portions(
    session: Session,
    wave: Wave,
    parts: Sequence[Part],
    language: str,
    codes: Collection[str] | None,
    thresholds: Thresholds | None = None,
) -> tuple[Portion, ...]:
    return tuple(
        Portion(key=part.key, name=part.name, figures=look.figures(codes))
        for part, look in looks_of(session, wave, parts, language, thresholds)
    )


def looks_of(
    session: Session,
    wave: Wave,
    parts: Sequence[Part],
    language: str,
    thresholds: Thresholds | None = None,
) -> list[tuple[Part, Reckoner]]:
    """Every part as far as it may be shown beside the others, in the order given.

    Args:
        wave: with the criteria, the formula and, unless given, the thresholds of all.
    """
    published = wave.questionnaire
    questionnaire = catalogue.questionnaire(
        session, published.id, sha256=published.sha256
    )
    layout = tallies.layout_of(questionnaire)
    looks = [
        _look(questionnaire, layout, part, wave, thresholds, language) for part in parts
    ]
    closed = together(
        [look.sizes() for look in looks],
        [look.hidden.codes for look in looks],
        max((look.thresholds.index_from for look in looks), default=0),
    )
    return [
        (part, look.without(hidden))
        for part, look, hidden in zip(parts, looks, closed, strict=True)
    ]


def _look(
    questionnaire: Questionnaire,
    layout: Layout,
    part: Part,
    wave: Wave,
    thresholds: Thresholds | None,
    language: str,
) -> Reckoner:
    return Reckoner(
        questionnaire,
        layout.unpack(part.total),
        thresholds=thresholds or thresholds_of(wave),
        formula=wave.formula,
        language=language,
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
        "channel": lambda values: _labels(words.CHANNELS, language),
        "origin": lambda values: _labels(words.ORIGINS, language),
        "month": lambda values: _Naming(
            str,
            {
                month: periods.around(month, 1).title(language)
                for month in sorted(values)
            },
        ),
    }


def _labels(texts: Mapping[str, Text], language: str) -> _Naming:
    return _Naming(str, {code: text.get(language) for code, text in texts.items()})


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

    def part_of(unit_id: int) -> str:
        unit = units[unit_id]
        while unit.id != top.id and unit.parent_id != top.id:
            unit = units[unit.parent_id or top.id]
        return unit.code

    below = sorted(
        (unit for unit in units.values() if unit.parent_id == top.id),
        key=lambda unit: sort_key(unit.name),
    )
    itself = _ITSELF.get(language).format(name=top.name) if below else top.name
    names = {top.code: itself, **{unit.code: unit.name for unit in below}}
    return _Naming(part_of, names)


def _procedures(session: Session, values: list[int], language: str) -> _Naming:
    known = _named(session, values)
    ordered = sorted(known.values(), key=lambda one: (sort_key(one.name), one.code))
    names = {one.code: f"{one.name} ({one.code})" for one in ordered}
    return _Naming(
        lambda value: known[value].code if value != NO_PROCEDURE else NOT_KNOWN,
        {**names, NOT_KNOWN: WITHOUT_PROCEDURE.get(language)},
    )


def _fields(session: Session, values: list[int], language: str) -> _Naming:
    known = _named(session, values)
    fields = sorted({one.field for one in known.values() if one.field}, key=sort_key)
    return _Naming(
        lambda value: (
            (known[value].field or NOT_KNOWN) if value != NO_PROCEDURE else NOT_KNOWN
        ),
        {**{one: one for one in fields}, NOT_KNOWN: _WITHOUT_FIELD.get(language)},
    )


def _named(session: Session, values: list[int]) -> dict[int, Procedure]:
    rows = session.scalars(sa.select(Procedure).where(Procedure.id.in_(values)))
    return {one.id: one for one in rows}
