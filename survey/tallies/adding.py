"""Adding a response to everything in which it is counted, and summing that up again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.db import AnyConnection, Statement, add_counts, sum_counts
from survey.models import Subtotal, Tally
from survey.tallies.invited import INSERTS, add_answers
from survey.tallies.keys import KEPT, KINDS, WHOLE, Cell, Selection, Sum, cells


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


_CELLS, _SUMS = (
    {name: _upsert(insert, noun, key) for name, insert in INSERTS.items()}
    for noun, key in ((Tally, Cell._fields), (Subtotal, Sum._fields))
)
_SCATTER: Final = Statement(
    sa.delete(Subtotal).where(
        Subtotal.wave_id == sa.bindparam("of_wave"),
        Subtotal.kind == sa.bindparam("of_kind", WHOLE),
    )
)


def add(session: Session | AnyConnection, cell: Cell, counts: int) -> None:
    """Add counts to a cell and to its subtotals."""
    add_all(session, {cell: counts})


def add_all(session: Session | AnyConnection, several: Mapping[Cell, int]) -> None:
    """Add counts to cells and their subtotals, and who answered to who was invited.

    Every writer takes the cells first, then the subtotals, then the invitations, each
    in their order: so two cannot wait for each other. One transaction calls this once.
    """
    connection = session.connection() if isinstance(session, Session) else session
    name = connection.dialect.name
    for cell in sorted(several):
        _CELLS[name].run(connection, {**cell._asdict(), "counts": several[cell]})
    sums = summed(several, KEPT)
    for key in sorted(sums):
        _SUMS[name].run(connection, {**key._asdict(), "counts": sums[key]})
    for wave_id in sorted({cell.wave_id for cell in several}):
        _SCATTER.run(connection, {"of_wave": wave_id})
    add_answers(connection, several)


def summed(several: Mapping[Cell, int], kinds: Iterable[str]) -> dict[Sum, int]:
    """The subtotals of these kinds of cells."""
    sums: dict[Sum, int] = defaultdict(int)
    for kind in kinds:
        for cell, counts in several.items():
            sums[Sum.of(cell, kind)] += counts
    return dict(sums)


def gather(session: Session, wave_id: str) -> None:
    """Keep the sums of a whole wave, for one that takes no more answers.

    Pages over many waves read these few rows of each. The next answer, if there ever
    is one, removes them.
    """
    _SCATTER.run(session.connection(), {"of_wave": wave_id})
    told = [name for name in Sum._fields if name in KINDS[WHOLE]]
    keys = [getattr(Tally, name) for name in told]
    found = session.execute(
        sa.select(*keys, sum_counts(Tally.counts))
        .where(Tally.wave_id == wave_id)
        .group_by(*keys)
    ).all()
    rows = [
        {
            **dict.fromkeys(("unit_id", "procedure_id"), 0),
            **dict(zip(told, row[:-1], strict=True)),
            "wave_id": wave_id,
            "kind": WHOLE,
            "counts": row[-1],
        }
        for row in found
    ]
    if rows:
        session.execute(sa.insert(Subtotal), rows)


def total(session: Session, wave_id: str, selection: Selection) -> int:
    """The counters of all selected cells of a wave, summed; 0 when there are none."""
    rows = cells(wave_id, selection)
    return session.scalar(sa.select(sum_counts(rows.c.counts))) or 0


def totals_by(
    session: Session, wave_id: str, selection: Selection, column: str
) -> dict[Any, int]:
    """As `total`, one sum per value of a column of the key."""
    rows = cells(wave_id, selection, column)
    key = rows.c[column]
    found = session.execute(sa.select(key, sum_counts(rows.c.counts)).group_by(key))
    return {row[0]: row[1] for row in found}
