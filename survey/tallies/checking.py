"""Everything that is counted, held against the responses and links behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue
from survey.db import Base
from survey.models import TALLY_LAYOUT, Invitation, Response, Subtotal, Tally, Wave
from survey.tallies.adding import summed
from survey.tallies.counted import counts_of
from survey.tallies.invited import Asked, Invited, asked_of, recount_invited
from survey.tallies.keys import KEPT, KINDS, WHOLE, Cell, Sum, cell_of

_PLACED = ("wave_id", "unit_id", "procedure_id", "channel", "origin", "month",
           "flags", "arm")  # fmt: skip
_COUNTED = ("status", "answers", "seconds", "prompts", "flags", "facts", "generals")
"""The columns of a response that say in which cell it is counted, and as what."""

_Key = TypeVar("_Key", bound=tuple[Any, ...])
_Counted = TypeVar("_Counted")


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
    right, kept = recount(session, wave), _kept_sums(session, wave)
    return Wrong(
        cells=_unlike(right, _kept(session, wave), 0),
        sums=_unlike(summed(right, _kinds(kept)), kept, 0),
        invited=differences_invited(session, wave),
    )


def _kinds(kept: Iterable[Sum]) -> tuple[str, ...]:
    """The kinds that there must be: the sums of the whole only where there are any."""
    return tuple(KINDS) if any(key.kind == WHOLE for key in kept) else KEPT


def differences(session: Session, wave: Wave) -> list[Cell]:
    """Cells whose counters differ from the responses, in order."""
    return _unlike(recount(session, wave), _kept(session, wave), 0)


def _unlike(
    right: Mapping[_Key, _Counted], kept: Mapping[_Key, _Counted], none: _Counted
) -> list[_Key]:
    return sorted(
        key for key in {*right, *kept} if right.get(key, none) != kept.get(key, none)
    )


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
    cells, kept = recount(session, wave), _kept_sums(session, wave)
    sums, invited = summed(cells, _kinds(kept)), recount_invited(session, wave)
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
