"""Statements that run at every page, and the transaction of a request that writes with
them alone: past SQLAlchemy's execution and sessions, which cost more than the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa
from flask import current_app, g
from sqlalchemy.engine.interfaces import Dialect

Begin: TypeAlias = Callable[[Any], None]


class Bare(NamedTuple):
    """What a Statement asks of a connection, without the bookkeeping of one."""

    dialect: Dialect
    connection: Any

    def invalidate(self, error: BaseException) -> None:
        """Give a broken connection up."""
        self.connection.invalidate(error)


AnyConnection: TypeAlias = "sa.Connection | Bare"


class Transaction:
    """The transaction of a request that writes with Statements alone, begun when it is
    first needed; what is not committed when the request ends is undone.

    A session would do as much, and its bookkeeping costs a tenth of such a request.
    """

    def __init__(self, engine: sa.Engine, begin: Begin) -> None:
        """Keep what it takes to begin."""
        self._engine = engine
        self._begin = begin
        self._bare: Bare | None = None

    @property
    def is_begun(self) -> bool:
        """Whether anything was asked of it yet."""
        return self._bare is not None

    def connection(self) -> Bare:
        """The connection, in a transaction."""
        if self._bare is None:
            connection = _connected(self._engine)
            self._bare = Bare(self._engine.dialect, connection)
            try:
                self._begin(connection)
            except BaseException:
                self.close()
                raise
        return self._bare

    def commit(self) -> None:
        """Make what was done last; a failure is SQLAlchemy's, as with a session."""
        if self._bare is None:
            return
        try:
            self._bare.connection.driver_connection.commit()
        except self._engine.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(self._engine.dialect, "COMMIT", error) from error
        self.close()

    def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        bare, self._bare = self._bare, None
        if bare is not None:
            bare.connection.close()


def _connected(engine: sa.Engine) -> Any:
    try:
        return engine.raw_connection()
    except engine.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy(engine.dialect, "connect", error) from error


def writing() -> Transaction:
    """The transaction of this request, for verbs that use Statements alone."""
    kept: Transaction | None = g.get("transaction")
    if kept is None:
        kept = Transaction(*current_app.extensions["writer"])
        g.transaction = kept
    return kept


def end(error: BaseException | None) -> None:
    """Undo what a request did not commit."""
    kept: Transaction | None = g.pop("transaction", None)
    if kept is not None:
        kept.close()


_NEEDED = object()
"""Stands where a column has no value of its own: a default of the model's is not
looked up, so a forgotten value is an error."""


class _Compiled(NamedTuple):
    """A statement for one kind of database."""

    sql: str
    sent: list[tuple[str, Any, Callable[[Any], Any] | None]]
    is_by_place: bool
    read: list[tuple[int, Callable[[Any], Any]]]


class Statement:
    """A statement that runs at every page: built and compiled once, and sent past
    SQLAlchemy's own execution, which takes several times as long as the query.

    Values are given by the names of its parameters, and are written and read as
    SQLAlchemy would.
    """

    def __init__(self, statement: Any, *columns: str) -> None:
        """Keep a statement.

        Args:
            columns: those that an insert or an update sets from its values.
        """
        self._statement = statement
        self._columns = columns or None
        self._is_change = not statement.is_select
        self._compiled: dict[str, _Compiled] = {}

    def one_or_none(
        self, connection: AnyConnection, values: Mapping[str, Any]
    ) -> list[Any] | None:
        """The first row, or None."""
        compiled, cursor = self._send(connection, values)
        row = cursor.fetchone()
        return None if row is None else _read(compiled, row)

    def all(
        self, connection: AnyConnection, values: Mapping[str, Any]
    ) -> list[list[Any]]:
        """Every row."""
        compiled, cursor = self._send(connection, values)
        return [_read(compiled, row) for row in cursor.fetchall()]

    def run(self, connection: AnyConnection, values: Mapping[str, Any]) -> None:
        """Carry out a statement that gives no rows."""
        self._send(connection, values)

    def _send(
        self, connection: AnyConnection, values: Mapping[str, Any]
    ) -> tuple[_Compiled, Any]:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name) or self._compile(dialect)
        sent: Any = {}
        for name, default, write in compiled.sent:
            value = values[name] if default is _NEEDED else values.get(name, default)
            sent[name] = value if write is None else write(value)
        if compiled.is_by_place:
            sent = [sent[name] for name, _, _ in compiled.sent]
        if self._is_change and not isinstance(connection, Bare):
            # Long work begins to write here, past SQLAlchemy's own execution.
            begin = connection.get_execution_options().get("before_change")
            if begin is not None:
                begin(connection)
        driver: Any = connection.connection.driver_connection
        try:
            return compiled, driver.execute(compiled.sql, sent)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, driver, None):
                connection.invalidate(error)
            raise _as_sqlalchemy(dialect, compiled.sql, error) from error

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: Any = self._statement.compile(
            dialect=dialect, column_keys=self._columns
        )
        columns = self._columns or ()
        selected = getattr(self._statement, "selected_columns", ())
        readers = (
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in selected
        )
        kept = _Compiled(
            sql=compiled.string,
            sent=[
                (
                    name,
                    _NEEDED if name in columns else compiled.params[name],
                    compiled.binds[name]
                    .type.dialect_impl(dialect)
                    .bind_processor(dialect),
                )
                for name in compiled.positiontup or compiled.binds
            ],
            is_by_place=compiled.positiontup is not None,
            read=[(at, read) for at, read in enumerate(readers) if read is not None],
        )
        self._compiled[dialect.name] = kept
        return kept


def _as_sqlalchemy(dialect: Dialect, sent: str, error: Exception) -> BaseException:
    return sa.exc.DBAPIError.instance(
        sent, None, error, dialect.loaded_dbapi.Error, dialect=dialect
    )


def _read(compiled: _Compiled, found: Sequence[Any]) -> list[Any]:
    row = list(found)
    for place, read in compiled.read:
        row[place] = read(row[place])
    return row


@contextmanager
def reading() -> Iterator[Bare]:
    """A connection for Statements that read: in the transaction of this request once it
    has begun one, else each statement is a snapshot of its own.
    """
    kept: Transaction | None = g.get("transaction")
    if kept is not None and kept.is_begun:
        yield kept.connection()
        return
    engine: sa.Engine = current_app.extensions["reader"]
    connection = _connected(engine)
    try:
        yield Bare(engine.dialect, connection)
    finally:
        connection.close()
