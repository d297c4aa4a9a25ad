"""Under which keys counters stand, and where a selection of them is read: in the fewest
rows that still tell it apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from survey.models import NO_PROCEDURE, Response, Subtotal, Tally

WHOLE: Final = "whole"
KINDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        WHOLE: frozenset({"channel", "origin", "month", "is_flagged", "arm"}),
        "unit": frozenset({"unit_id", "origin", "month", "is_flagged", "arm"}),
        "procedure": frozenset(
            {"procedure_id", "origin", "unit_id", "month", "is_flagged"}
        ),
        "channel": frozenset({"channel", "origin", "unit_id", "month", "is_flagged"}),
    }
)
"""What each kind of subtotal still tells apart, those with the fewest rows first.

The sums of a whole wave are not kept while it takes answers: all writers would wait for
the same few rows. They are made when it is sealed, and gone with the next answer.
"""
KEPT: Final = tuple(kind for kind in KINDS if kind != WHOLE)
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType(
    {"unit_id": 0, "procedure_id": 0, "channel": "", "origin": "", "arm": ""}
)
"""What stands in a column that a kind does not tell apart."""


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
    kind: str
    procedure_id: int
    channel: str
    origin: str
    unit_id: int
    month: str
    is_flagged: bool
    arm: str

    @classmethod
    def of(cls, cell: Cell, kind: str) -> Sum:
        """The subtotal of a kind into which a cell goes."""
        own = cell._asdict()
        told = {name: own[name] for name in KINDS[kind]}
        return cls(**{"wave_id": cell.wave_id, "kind": kind, **_NOTHING, **told})


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
    def names(self) -> frozenset[str]:
        """The columns of the key by which it chooses."""
        asked = {
            "unit_id": (self.unit_ids,),
            "procedure_id": (self.procedure_ids,),
            "channel": (self.channel,),
            "origin": (self.origin, self.origins),
            "month": (self.month, self.first_month, self.last_month),
            "is_flagged": (self.is_flagged,),
            "arm": (self.arm,),
        }
        return frozenset(
            name
            for name, values in asked.items()
            if any(value is not None for value in values)
        )

    def conditions(self, noun: Any) -> Iterator[sa.ColumnElement[bool]]:
        """The selection in SQL, of the columns of a noun that has them."""
        if self.unit_ids is not None:
            yield noun.unit_id.in_(self.unit_ids)
        if self.procedure_ids is not None:
            yield noun.procedure_id.in_(self.procedure_ids)
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


def cells(wave_id: str, chosen: Selection, *columns: str) -> sa.Subquery:
    """The rows of a selection, each counter in one of them alone.

    Args:
        columns: those of the key that are looked at beyond what is chosen.
    Returns:
        A query with these columns and `counts`. It reads one kind of subtotal, or the
        tallies where none tells enough apart.
    """
    needed = chosen.names | set(columns)
    kinds = [kind for kind, told in KINDS.items() if needed <= told]
    if not kinds:
        return _rows(Tally, wave_id, chosen, columns).subquery()
    kept = _rows(Subtotal, wave_id, chosen, columns)
    kind, *others = kinds
    if kind != WHOLE:
        return kept.where(*_of_kind(kind)).subquery()
    # One statement: between two the sums of the whole could go.
    gathered = kept.where(*_of_kind(WHOLE))
    scattered = (
        kept.where(*_of_kind(others[0]))
        if others
        else _rows(Tally, wave_id, chosen, columns)
    )
    is_gathered = sa.exists(sa.literal(1)).where(
        Subtotal.wave_id == wave_id, *_of_kind(WHOLE)
    )
    return sa.union_all(gathered, scattered.where(~is_gathered)).subquery()


def _rows(
    noun: Any, wave_id: str, chosen: Selection, columns: tuple[str, ...]
) -> sa.Select[Any]:
    return sa.select(*(getattr(noun, name) for name in columns), noun.counts).where(
        noun.wave_id == wave_id, *chosen.conditions(noun)
    )


def _of_kind(kind: str) -> Iterator[sa.ColumnElement[bool]]:
    """The kind, and what stands first in the key: so rows are found by their place."""
    yield Subtotal.kind == kind
    for name, nothing in _NOTHING.items():
        if name not in KINDS[kind]:
            yield getattr(Subtotal, name) == nothing


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
