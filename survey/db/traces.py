"""What a database keeps of the order in which things happened, and how it is levelled:
who sent when is nobody's business, and must not follow from what lies in the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa


def level(
    engine: sa.Engine, ordered: Sequence[sa.Table], emptied: Sequence[sa.Table]
) -> None:
    """Take the traces of time out of tables.

    SQLite keeps them in the write-ahead log, which is folded into the file and cut off.
    PostgreSQL writes on each row the number of the transaction that made it, and lays
    rows down as they come: rows that stand alone with their number are taken out and
    put back together, in the order of their keys; and what was deleted is vacuumed
    away, for it too says by which transaction.

    Args:
        ordered: tables with a single random key whose rows are never changed.
        emptied: tables whose rows come and go.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return
    for table in ordered:
        with engine.begin() as connection:
            _lay_anew(connection, table)
    with engine.connect() as connection:
        lone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in (*ordered, *emptied):
            # Nothing that users type: the names of our own tables.
            lone.exec_driver_sql(f"VACUUM {table.name}")


def _lay_anew(connection: sa.Connection, table: sa.Table) -> None:
    (key,) = table.primary_key.columns
    number: Any = sa.literal_column("xmin::text")
    alone = (
        sa.select(sa.func.min(key))
        .select_from(table)
        .group_by(number)
        .having(sa.func.count() == 1)
    )
    taken = sa.delete(table).where(key.in_(alone)).returning(*table.c).cte("taken")
    connection.execute(
        sa.insert(table).from_select(
            [column.name for column in table.c],
            sa.select(*taken.c).order_by(taken.c[key.name]),
        )
    )
