"""PostgreSQL without a cursor: a statement is prepared once on each connection and then
carried out by one call of libpq, whose answer psycopg reads.

A cursor of psycopg decides at every execution anew how to send and whether to prepare,
in Python; for a lookup by key that takes five times as long as all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

DONE, ROWS = 1, 2  # psycopg.pq.ExecStatus.COMMAND_OK, TUPLES_OK
IDLE = 0  # psycopg.pq.TransactionStatus.IDLE


class Answer(Protocol):
    """The rows of a statement, as both databases give them."""

    def fetchone(self) -> Sequence[Any] | None:
        """The first row, or None."""

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """Every row."""


class Direct:
    """What one connection of psycopg has prepared, and its last answer."""

    def __init__(self, driver: Any) -> None:
        """Keep a connection, which may be used in other ways as well."""
        # Here, because an installation on SQLite has no psycopg.
        from psycopg.adapt import PyFormat, Transformer

        self._driver = driver
        self._libpq = driver.pgconn
        self._values = Transformer(driver)
        self._as_text = PyFormat.TEXT  # which the server reads by each value's cast
        self._names: dict[str, bytes] = {}
        self._count = 0

    def execute(self, sql: str, values: Sequence[Any]) -> Answer:
        """Carry out a statement, in a transaction unless each is to be one by itself.

        Args:
            sql: with `$1`, `$2` … for the values, each with its cast.
        Returns:
            Its rows, until the next statement.
        Raises:
            psycopg.Error: as a cursor would.
        """
        if self._libpq.transaction_status == IDLE and not self._driver.autocommit:
            self._checked(self._libpq.exec_(b"BEGIN"))
        name = self._names.get(sql)
        if name is None:
            name = b"survey_%d" % len(self._names)
            self._checked(self._libpq.prepare(name, sql.encode()))
            self._names[sql] = name
        sent = self._values.dump_sequence(values, [self._as_text] * len(values))
        answer = self._checked(self._libpq.exec_prepared(name, sent))
        self._values.set_pgresult(answer)
        self._count = answer.ntuples
        return self

    def commit(self) -> None:
        """Make what was done last.

        Raises:
            psycopg.Error: as a cursor would.
        """
        if self._libpq.transaction_status != IDLE:
            self._checked(self._libpq.exec_(b"COMMIT"))

    def fetchone(self) -> Sequence[Any] | None:
        """The first row, or None."""
        row: Sequence[Any] | None = None
        if self._count:
            row = self._values.load_row(0, tuple)
        return row

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """Every row."""
        rows: Sequence[Sequence[Any]] = self._values.load_rows(0, self._count, tuple)
        return rows

    def _checked(self, answer: Any) -> Any:
        if answer.status in (DONE, ROWS):
            return answer
        from psycopg import OperationalError
        from psycopg.errors import error_from_result

        if self._driver.closed or self._driver.broken:
            raise OperationalError("the connection is lost")
        raise error_from_result(answer, self._driver.info.encoding)
