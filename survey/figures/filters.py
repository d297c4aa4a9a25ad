"""Which part of a wave is asked for: filters that live in the address, their choices,
and what they mean for the tallies.

Address: `don-vi` and `thu-tuc` take codes of the catalogue (`thu-tuc=khong-ro` for
responses without a procedure), `kenh` a channel, `nguon` an origin, `thang` a month
like 2026-08. Empty or absent means all. A unit stands for itself and all below it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue
from survey.exports import Entry, words
from survey.figures.counting import Counted
from survey.formats import month_text, nfc, sort_key
from survey.models import NO_PROCEDURE, Procedure, Unit, Wave
from survey.questionnaire.schema import Text
from survey.tallies import Selection

UNIT: Final = "don-vi"
PROCEDURE: Final = "thu-tuc"
CHANNEL: Final = "kenh"
MONTH: Final = "thang"
ORIGIN: Final = "nguon"
NAMES: Final = (UNIT, PROCEDURE, CHANNEL, MONTH, ORIGIN)
NOT_KNOWN: Final = "khong-ro"

LABELS: Final[Mapping[str, Text]] = {
    UNIT: Text(vi="Đơn vị", en="Unit"),
    PROCEDURE: Text(vi="Thủ tục", en="Procedure"),
    CHANNEL: Text(vi="Cách nộp hồ sơ", en="Filing channel"),
    MONTH: Text(vi="Tháng trả lời", en="Month"),
    ORIGIN: Text(vi="Nguồn phiếu", en="Origin"),
}
_STEMS: Final[Mapping[str, str]] = {
    UNIT: "dv-",
    PROCEDURE: "tt-",
    CHANNEL: "kenh-",
    MONTH: "thang-",
    ORIGIN: "nguon-",
}
MOST_OF_STEM: Final = 60
_ALL: Final[Mapping[str, Text]] = {
    UNIT: Text(vi="Tất cả đơn vị", en="All units"),
    PROCEDURE: Text(vi="Tất cả thủ tục", en="All procedures"),
    CHANNEL: Text(vi="Tất cả cách nộp", en="All channels"),
    MONTH: Text(vi="Cả đợt", en="The whole wave"),
    ORIGIN: Text(vi="Tất cả nguồn", en="All origins"),
}
_NO_PROCEDURE: Final = Text(vi="Không rõ thủ tục", en="Procedure not known")
_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
_INDENT: Final = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}– "


class UnknownChoice(LookupError):
    """A filter was given a value that this wave does not have, or not for this person.

    The name is the filter's in the address; the value is as it was typed.
    """

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name, value)
        self.name = name
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The part of a wave that is asked for; None stands for all."""

    unit: Unit | None = None
    procedure: Procedure | None = None
    without_procedure: bool = False
    channel: str | None = None
    month: str | None = None
    origin: str | None = None

    @property
    def address(self) -> dict[str, str]:
        """The filters as parameters of an address."""
        procedure = self.procedure.code if self.procedure else None
        values = {
            UNIT: self.unit.code if self.unit else None,
            PROCEDURE: NOT_KNOWN if self.without_procedure else procedure,
            CHANNEL: self.channel,
            MONTH: self.month,
            ORIGIN: self.origin,
        }
        return {name: value for name, value in values.items() if value is not None}


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


def read(
    session: Session,
    wave: Wave,
    given: Mapping[str, str],
    *,
    reach: Collection[int] | None = None,
) -> Filters:
    """Understand the filters of an address.

    Args:
        given: parameters by name; others than the filters are passed over.
        reach: ids of the units whose results may be read; None for all.
    Raises:
        UnknownChoice: a value that does not exist, or lies out of reach.
    """
    values = {name: nfc(given.get(name, "").strip()) for name in NAMES}
    for name, value in values.items():
        # No code has one, and PostgreSQL refuses a NUL with an error of its own.
        if not value.isprintable():
            raise UnknownChoice(name, value)
    without = values[PROCEDURE] == NOT_KNOWN
    return Filters(
        unit=_unit(session, wave, values[UNIT], reach),
        procedure=None if without else _procedure(session, values[PROCEDURE]),
        without_procedure=without,
        channel=_known(CHANNEL, values[CHANNEL], words.CHANNELS.__contains__),
        month=_known(MONTH, values[MONTH], _is_month),
        origin=_known(ORIGIN, values[ORIGIN], words.ORIGINS.__contains__),
    )


def _known(name: str, value: str, test: Callable[[str], object]) -> str | None:
    if not value:
        return None
    if not test(value):
        raise UnknownChoice(name, value)
    return value


def _is_month(value: str) -> bool:
    return _MONTH.fullmatch(value) is not None


def _unit(
    session: Session, wave: Wave, code: str, reach: Collection[int] | None
) -> Unit | None:
    if not code:
        return None
    unit = session.scalar(sa.select(Unit).where(Unit.code == code))
    if (
        unit is None
        or (reach is not None and unit.id not in reach)
        or unit.id not in catalogue.subtree(session, [wave.unit_id])
    ):
        raise UnknownChoice(UNIT, code)
    return unit


def _procedure(session: Session, code: str) -> Procedure | None:
    if not code:
        return None
    procedure = session.scalar(sa.select(Procedure).where(Procedure.code == code))
    if procedure is None:
        raise UnknownChoice(PROCEDURE, code)
    return procedure


def selection(
    session: Session, filters: Filters, *, reach: Collection[int] | None = None
) -> Selection:
    """The filters as a selection of tallies, within reach."""
    units = reach
    if filters.unit is not None:
        units = catalogue.subtree(session, [filters.unit.id])
        if reach is not None:
            units = sorted(set(units).intersection(reach))
    procedures = None
    if filters.without_procedure:
        procedures = [NO_PROCEDURE]
    elif filters.procedure is not None:
        procedures = [filters.procedure.id]
    return Selection(
        unit_ids=units,
        procedure_ids=procedures,
        channel=filters.channel,
        origin=filters.origin,
        month=filters.month,
    )


def stem(
    session: Session,
    wave: Wave,
    filters: Filters,
    *,
    reach: Collection[int] | None = None,
) -> str:
    """The filters as part of a file's name: ASCII, short, and one for each choice.

    An account that sees only its own part has that part named, so that files of two
    divisions do not carry one name.
    """
    values = filters.address
    top = _top(session, reach) if reach is not None else None
    if top is not None and top.id != wave.unit_id:
        values = {UNIT: top.code, **values}
    words = [f"{_STEMS[name]}{_ascii(value)}" for name, value in values.items()]
    short = "_".join(words)[:MOST_OF_STEM]
    if short == "_".join(f"{_STEMS[name]}{value}" for name, value in values.items()):
        return short
    # Something was left out, so that another choice might read alike.
    whole = "\n".join(f"{name}={value}" for name, value in values.items())
    return f"{short}-{hashlib.sha256(whole.encode()).hexdigest()[:6]}"


def _ascii(value: str) -> str:
    plain = unicodedata.normalize("NFD", value.replace("đ", "d").replace("Đ", "D"))
    kept = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"[^A-Za-z0-9.-]", "-", kept)


def entries(
    session: Session,
    wave: Wave,
    filters: Filters,
    language: str,
    *,
    reach: Collection[int] | None = None,
) -> tuple[Entry, ...]:
    """The filters in words: the unit always, the others where they were chosen."""
    unit = filters.unit
    if unit is None:
        unit = wave.unit if reach is None else _top(session, reach) or wave.unit
    chosen = {UNIT: unit.name, **dict(_chosen(filters, language))}
    return tuple(
        Entry(name=LABELS[name].get(language), text=chosen[name])
        for name in NAMES
        if name in chosen
    )


def _top(session: Session, reach: Collection[int]) -> Unit | None:
    """The unit of an account that sees only its own part."""
    units = session.scalars(sa.select(Unit).where(Unit.id.in_(reach)))
    return next((unit for unit in units if unit.parent_id not in reach), None)


def _chosen(filters: Filters, language: str) -> Iterator[tuple[str, str]]:
    if filters.without_procedure:
        yield PROCEDURE, _NO_PROCEDURE.get(language)
    elif filters.procedure is not None:
        yield PROCEDURE, f"{filters.procedure.name} ({filters.procedure.code})"
    if filters.channel is not None:
        yield CHANNEL, words.CHANNELS[filters.channel].get(language)
    if filters.month is not None:
        yield MONTH, month_text(filters.month, language)
    if filters.origin is not None:
        yield ORIGIN, words.ORIGINS[filters.origin].get(language)


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
        PROCEDURE: _procedures(session, units, filters, language),
        CHANNEL: _labels(words.CHANNELS, language),
        MONTH: [
            (month, month_text(month, language))
            for month in _months(wave, filters, counted)
        ],
        ORIGIN: _labels(words.ORIGINS, language),
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
    return [*lines, (NOT_KNOWN, _NO_PROCEDURE.get(language))]


def _months(wave: Wave, filters: Filters, counted: Counted) -> list[str]:
    """The months of the wave; more where responses came before or after it."""
    months = {_month(wave.opens_on), _month(wave.closes_on)}
    more = (counted.first_month, counted.last_month, filters.month)
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
