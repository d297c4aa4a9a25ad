"""Tallies: how many answered what and were invited, held against what is stored."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from survey import catalogue
from survey.db import AnyConnection, Base, Statement, add_counts, sum_counts
from survey.indices import STATUSES, Layout, statuses_in
from survey.indices.careless import FLAGS
from survey.models import (
    INVITES,
    NO_PROCEDURE,
    TALLY_LAYOUT,
    Invitation,
    Link,
    Response,
    Subtotal,
    Tally,
    Wave,
)
from survey.questionnaire import Questionnaire
from survey.questionnaire.counted import chosen, countable
from survey.questionnaire.schema import PAGE_FACTS, PAGE_GENERAL

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_PLACED = ("wave_id", "unit_id", "procedure_id", "channel", "origin", "month",
           "flags", "arm")  # fmt: skip
_COUNTED = ("status", "answers", "seconds", "prompts", "flags", "facts", "generals")
"""The columns of a response that say in which cell it is counted, and as what."""

_Key = TypeVar("_Key", bound=tuple[Any, ...])
_Counted = TypeVar("_Counted")


class Cell(NamedTuple):
    """The key of a tally, in the order of its columns."""

    wave_id: str
    unit_id: int
    procedure_id: int
    channel: str
    origin: str
    month: str
    is_flagged: bool
    arm: str


class Sum(NamedTuple):
    """The key of a subtotal, in the order of its columns."""

    wave_id: str
    unit_id: int
    origin: str
    month: str
    is_flagged: bool
    arm: str

    @classmethod
    def of(cls, cell: Cell) -> Sum:
        """The subtotal into which a cell goes."""
        return cls(*(getattr(cell, name) for name in cls._fields))


class Invited(NamedTuple):
    """Whose dossier links are counted together."""

    unit_id: int
    procedure_id: int


class Asked(NamedTuple):
    """How many dossier links there are, and how many responses by such links."""

    links: int = 0
    complete: int = 0
    partial: int = 0
    break_off: int = 0


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which cells of a wave are read; None stands for all."""

    unit_ids: Collection[int] | None = None
    procedure_ids: Collection[int] | None = None
    channel: str | None = None
    origin: str | None = None
    origins: Collection[str] | None = None
    """One of these origins, as `origin` is one alone."""
    month: str | None = None
    first_month: str | None = None
    last_month: str | None = None
    """From the one to the other, both among them."""
    is_flagged: bool | None = None
    arm: str | None = None

    @property
    def noun(self) -> type[Tally] | type[Subtotal]:
        """Where it is read: the fewest rows that still tell it apart."""
        if self.procedure_ids is None and self.channel is None:
            return Subtotal
        return Tally

    def conditions(
        self, noun: type[Tally] | type[Subtotal] | None = None
    ) -> Iterator[sa.ColumnElement[bool]]:
        """The selection in SQL, of the columns of its noun or of another."""
        noun = noun or self.noun
        if self.unit_ids is not None:
            yield noun.unit_id.in_(self.unit_ids)
        if self.procedure_ids is not None:
            yield Tally.procedure_id.in_(self.procedure_ids)
        for name in ("channel", "origin", "month", "is_flagged", "arm"):
            value = getattr(self, name)
            if value is not None:
                yield getattr(noun, name) == value
        yield from self.ranges(noun)

    def ranges(self, noun: Any) -> Iterator[sa.ColumnElement[bool]]:
        """The part of the selection that names several origins or months, in SQL."""
        if self.origins is not None:
            yield noun.origin.in_(self.origins)
        if self.first_month is not None:
            yield noun.month >= self.first_month
        if self.last_month is not None:
            yield noun.month <= self.last_month


@lru_cache(maxsize=64)
def layout_of(questionnaire: Questionnaire) -> Layout:
    """Where each counter of this questionnaire stands in a tally."""
    return Layout(
        elements={
            element.code: tuple(criterion.code for criterion in element.criteria)
            for element in questionnaire.elements
        },
        core=questionnaire.sets["core"],
        levels=questionnaire.scale.codes,
        pages=pages_of(questionnaire),
        prompts={prompt.code: prompt.criterion for prompt in questionnaire.prompts},
        flags=FLAGS,
        choices=countable(questionnaire),
    )


def pages_of(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The pages whose time is kept, in order."""
    elements = (element.code for element in questionnaire.elements)
    return (PAGE_FACTS, *elements, PAGE_GENERAL)


def counts_of(
    questionnaire: Questionnaire,
    status: str,
    answers: Any,
    *,
    seconds: Any = _NOTHING,
    prompts: Any = _NOTHING,
    flags: str = "",
    facts: Any = _NOTHING,
    generals: Any = _NOTHING,
) -> int:
    """What one response adds to its cell; everything as its columns hold it.

    Raises:
        IndicesError: an answer, page, prompt or flag that is not known.
    """
    return layout_of(questionnaire).pack(
        status,
        answers,
        questionnaire.scale.satisfied_from,
        seconds=seconds,
        prompts=prompts,
        flags=flags.split(),
        chosen=chosen(facts, generals),
    )


def _upsert(insert: Any, noun: Any, key: tuple[str, ...]) -> Statement:
    statement = insert(noun.__table__)
    return Statement(
        statement.on_conflict_do_update(
            index_elements=list(key),
            set_={"counts": add_counts(noun.counts, statement.excluded.counts)},
        ),
        *key,
        "counts",
    )


_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_CELLS, _SUMS = (
    {name: _upsert(insert, noun, key) for name, insert in _INSERTS.items()}
    for noun, key in ((Tally, Cell._fields), (Subtotal, Sum._fields))
)


def _answer(insert: Any) -> Statement:
    key, statement = ("wave_id", *Invited._fields), insert(Invitation.__table__)
    return Statement(
        statement.on_conflict_do_update(
            index_elements=list(key),
            set_={
                status: getattr(Invitation, status) + statement.excluded[status]
                for status in STATUSES
            },
        ),
        *key,
        *Asked._fields,
    )


_ANSWERS: Final = {name: _answer(insert) for name, insert in _INSERTS.items()}


def cell_of(response: Response | Mapping[str, Any]) -> Cell:
    """The cell in which a response is counted."""
    row = response if isinstance(response, Mapping) else response.__dict__
    return Cell(
        wave_id=row["wave_id"],
        unit_id=row["unit_id"],
        procedure_id=row["procedure_id"] or NO_PROCEDURE,
        channel=row["channel"],
        origin=row["origin"],
        month=row["month"],
        is_flagged=bool(row["flags"]),
        arm=row["arm"],
    )


def add(session: Session | AnyConnection, cell: Cell, counts: int) -> None:
    """Add counts to a cell and to its subtotal."""
    add_all(session, {cell: counts})


def add_all(session: Session | AnyConnection, cells: Mapping[Cell, int]) -> None:
    """Add counts to cells and their subtotals, and who answered to who was invited.

    Every writer takes the cells first, then the subtotals, then the invitations, each
    in their order: so two cannot wait for each other. One transaction calls this once.
    """
    connection = session.connection() if isinstance(session, Session) else session
    name = connection.dialect.name
    for cell in sorted(cells):
        _CELLS[name].run(connection, {**cell._asdict(), "counts": cells[cell]})
    sums = _summed(cells)
    for key in sorted(sums):
        _SUMS[name].run(connection, {**key._asdict(), "counts": sums[key]})
    answered = _answered(cells)
    for (wave_id, invited), asked in sorted(answered.items()):
        values = {"wave_id": wave_id, **invited._asdict(), **asked._asdict()}
        _ANSWERS[name].run(connection, values)


def _answered(cells: Mapping[Cell, int]) -> dict[tuple[str, Invited], Asked]:
    """Of the cells of dossier links how many responses there are by status."""
    found: dict[tuple[str, Invited], list[int]] = {}
    for cell, counts in cells.items():
        if cell.origin == "dossier":
            key = cell.wave_id, Invited(cell.unit_id, cell.procedure_id)
            before = found.get(key, [0] * len(STATUSES))
            found[key] = [*map(operator.add, before, statuses_in(counts))]
    return {key: Asked(0, *statuses) for key, statuses in found.items()}


def invite(
    session: Session,
    wave_id: str,
    unit_id: int,
    procedure_id: int | None,
    *,
    links: int,
) -> None:
    """Count dossier links that were made, or take away those that were revoked.

    One statement on one row; who counts several rows does so in their order, so that
    two cannot wait for each other.

    Args:
        links: how many more there are now; negative for fewer.
    """
    insert = _INSERTS[session.connection().dialect.name](Invitation.__table__)
    session.execute(
        # The row that would be new is checked before the one that is there is found.
        insert.values(
            wave_id=wave_id,
            unit_id=unit_id,
            procedure_id=procedure_id or NO_PROCEDURE,
            links=max(links, 0),
        ).on_conflict_do_update(
            index_elements=["wave_id", *Invited._fields],
            set_={"links": Invitation.links + links},
        )
    )


def invited(session: Session, wave_id: str, selection: Selection) -> int:
    """The dossier links of a selection that were not revoked.

    They have neither channel, origin nor month: of these nothing may be chosen.
    """
    query = sa.select(sa.func.sum(Invitation.links)).where(
        Invitation.wave_id == wave_id
    )
    if selection.unit_ids is not None:
        query = query.where(Invitation.unit_id.in_(selection.unit_ids))
    if selection.procedure_ids is not None:
        query = query.where(Invitation.procedure_id.in_(selection.procedure_ids))
    return int(session.scalar(query) or 0)


def total(session: Session, wave_id: str, selection: Selection) -> int:
    """The counters of all selected cells of a wave, summed; 0 when there are none."""
    noun = selection.noun
    counts = session.scalar(
        sa.select(sum_counts(noun.counts)).where(
            noun.wave_id == wave_id, *selection.conditions()
        )
    )
    return counts or 0


def totals_by(
    session: Session, wave_id: str, selection: Selection, column: str
) -> dict[Any, int]:
    """As `total`, one sum per value of a column of the key."""
    noun = selection.noun if column in Sum._fields else Tally
    key = getattr(noun, column)
    rows = session.execute(
        sa.select(key, sum_counts(noun.counts))
        .where(noun.wave_id == wave_id, *selection.conditions(noun))
        .group_by(key)
    )
    return {row[0]: row[1] for row in rows}


def recount(session: Session, wave: Wave) -> dict[Cell, int]:
    """The tallies of a wave as its responses say they should be."""
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    columns = [getattr(Response, name) for name in dict.fromkeys(_PLACED + _COUNTED)]
    cells: dict[Cell, int] = defaultdict(int)
    rows = session.execute(
        sa.select(*columns).where(Response.wave_id == wave.id),
        execution_options={"yield_per": 1000},
    )
    for row in rows:
        mapping = dict(row._mapping)
        counted = {name: mapping[name] for name in _COUNTED}
        cells[cell_of(mapping)] += counts_of(questionnaire, **counted)
    return dict(cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What differs from responses and links, each in order."""

    cells: Sequence[Cell]
    sums: Sequence[Sum]
    invited: Sequence[Invited]

    @property
    def count(self) -> int:
        """How many rows are wrong."""
        return len(self.cells) + len(self.sums) + len(self.invited)


def check(session: Session, wave: Wave) -> Wrong:
    """Compare everything that is counted of a wave with what it was counted from."""
    right = recount(session, wave)
    return Wrong(
        cells=_unlike(right, _kept(session, wave), 0),
        sums=_unlike(_summed(right), _kept_sums(session, wave), 0),
        invited=differences_invited(session, wave),
    )


def differences(session: Session, wave: Wave) -> list[Cell]:
    """Cells whose counters differ from the responses, in order."""
    return _unlike(recount(session, wave), _kept(session, wave), 0)


def _unlike(
    right: Mapping[_Key, _Counted], kept: Mapping[_Key, _Counted], none: _Counted
) -> list[_Key]:
    return sorted(
        key for key in {*right, *kept} if right.get(key, none) != kept.get(key, none)
    )


def _summed(cells: Mapping[Cell, int]) -> dict[Sum, int]:
    sums: dict[Sum, int] = defaultdict(int)
    for cell, counts in cells.items():
        sums[Sum.of(cell)] += counts
    return dict(sums)


def recount_invited(session: Session, wave: Wave) -> dict[Invited, Asked]:
    """The invitations of a wave as its links and responses say they should be."""
    rows = session.execute(
        sa.select(Link.unit_id, Link.procedure_id, sa.func.count())
        .where(Link.wave_id == wave.id, INVITES)
        .group_by(Link.unit_id, Link.procedure_id)
    )
    found: dict[Invited, Asked] = defaultdict(Asked)
    for unit_id, procedure_id, links in rows:
        found[Invited(unit_id, procedure_id or NO_PROCEDURE)] = Asked(links)
    answers = session.execute(
        sa.select(
            Response.unit_id, Response.procedure_id, Response.status, sa.func.count()
        )
        .where(Response.wave_id == wave.id, Response.origin == "dossier")
        .group_by(Response.unit_id, Response.procedure_id, Response.status)
    )
    for unit_id, procedure_id, status, count in answers:
        key = Invited(unit_id, procedure_id or NO_PROCEDURE)
        found[key] = found[key]._replace(**{status: count})
    return dict(found)


def differences_invited(session: Session, wave: Wave) -> list[Invited]:
    """Rows of invitations that differ from links and responses, in order."""
    right, kept = recount_invited(session, wave), asked_of(session, wave.id)
    return _unlike(right, kept, Asked())


def rebuild(session: Session, wave: Wave) -> int:
    """Replace all that is counted of a wave by a recount; how many rows were wrong."""
    wrong = check(session, wave).count
    _replace(session, wave)
    return wrong


def _replace(session: Session, wave: Wave) -> None:
    cells = recount(session, wave)
    sums, invited = _summed(cells), recount_invited(session, wave)
    rows: dict[type[Base], list[dict[str, Any]]] = {
        Tally: [{**key._asdict(), "counts": cells[key]} for key in sorted(cells)],
        Subtotal: [{**key._asdict(), "counts": sums[key]} for key in sorted(sums)],
        Invitation: [
            {"wave_id": wave.id, **key._asdict(), **invited[key]._asdict()}
            for key in sorted(invited)
        ],
    }
    for noun, several in rows.items():
        of_wave = noun.__table__.c.wave_id == wave.id
        session.execute(sa.delete(noun).where(of_wave))
        if several:
            session.execute(sa.insert(noun), several)
    wave.tally_layout = TALLY_LAYOUT
    session.flush()


def outdated(session: Session) -> list[Wave]:
    """The waves whose tallies were written by an earlier version, in order of id."""
    older = Wave.tally_layout < TALLY_LAYOUT
    return list(session.scalars(sa.select(Wave).where(older).order_by(Wave.id)))


def renew(session: Session, wave: Wave) -> None:
    """Count a wave anew whose tallies were written by an earlier version.

    Part of an upgrade, while no form is taken.
    """
    _replace(session, wave)


def _kept(session: Session, wave: Wave) -> dict[Cell, int]:
    keys = [getattr(Tally, name) for name in Cell._fields]
    rows = session.execute(
        sa.select(*keys, Tally.counts).where(Tally.wave_id == wave.id)
    )
    return {Cell(*row[:-1]): row[-1] for row in rows}


def _kept_sums(session: Session, wave: Wave) -> dict[Sum, int]:
    keys = [getattr(Subtotal, name) for name in Sum._fields]
    rows = session.execute(
        sa.select(*keys, Subtotal.counts).where(Subtotal.wave_id == wave.id)
    )
    return {Sum(*row[:-1]): row[-1] for row in rows}


def asked_of(session: Session, wave_id: str) -> dict[Invited, Asked]:
    """The invitations of a wave and how many answered, as they are kept."""
    columns = (getattr(Invitation, name) for name in Invited._fields + Asked._fields)
    rows = session.execute(sa.select(*columns).where(Invitation.wave_id == wave_id))
    return {Invited(*row[:2]): Asked(*row[2:]) for row in rows}
