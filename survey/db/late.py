"""Sessions of long work: they look without holding anybody up, and lock SQLite only
from their first write to their commit.

A session of a request locks SQLite at its first statement, which is right for work of
milliseconds. Long work would keep every answer of the public waiting while it only
looks. Here each look is a snapshot of its own, as it is on PostgreSQL, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

LOOKS = ("SELECT", "PRAGMA", "EXPLAIN", "WITH")


class LateSession(Session):
    """A session whose transaction locks nothing on SQLite before it writes."""

    def __init__(self, engine: sa.Engine, begin: Callable[[Any], None]) -> None:
        """Work on `engine`; `begin` is how a transaction that writes is begun."""
        if engine.dialect.name == "sqlite":
            self._begin_writing = _beginner(begin)
            engine = engine.execution_options(
                is_late=True, before_change=self._begin_writing
            )
            event.listen(engine, "before_cursor_execute", self._before)
            event.listen(self, "after_begin", self._remember)
        super().__init__(engine)
        self._used: sa.Connection | None = None

    @property
    def is_locking(self) -> bool:
        """Whether it holds SQLite's only lock, so that nothing else can be written."""
        used = self._used
        if used is None or not self.in_transaction() or used.closed:
            return False
        return bool(used.info.get("writes"))

    def _remember(self, session: Any, transaction: Any, used: sa.Connection) -> None:
        self._used = used

    def _before(
        self,
        connection: sa.Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        # A savepoint too: outside a transaction its release would be a commit.
        word = statement.lstrip()[:7].upper()
        asked = context.invoked_statement
        is_change = (
            context.isinsert
            or context.isupdate
            or context.isdelete
            # SQLite has no FOR UPDATE; whoever says it means to write what he reads.
            or getattr(asked, "_for_update_arg", None) is not None
            or not word.startswith(LOOKS)
        )
        if is_change:
            self._begin_writing(connection)


def _beginner(begin: Callable[[Any], None]) -> Callable[[sa.Connection], None]:
    def begin_once(connection: sa.Connection) -> None:
        raw: Any = connection.connection
        if not raw.driver_connection.in_transaction:
            begin(raw)

    return begin_once
