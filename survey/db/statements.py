"""Statements that run at every page, and the transaction of a request that writes with
them alone: past SQLAlchemy's execution and sessions, which cost more than the query.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa
from flask import current_app, g
from sqlalchemy import event
from sqlalchemy.engine.interfaces import Dialect

from survey.db.direct import Answer, Direct

Begin: TypeAlias = Callable[[Any], None]

KEPT_CONNECTIONS = 2
"""Of each kind, by each process. Pages of the form take turns; who needs one more gets
it from the pool, which holds enough for all threads."""


class Bare(NamedTuple):
    """What a Statement asks of a connection, without the bookkeeping of one."""

    dialect: Dialect
    connection: Any
    driver: Any
    execute: Callable[[str, Any], Answer]
    commit: Callable[[], None]

    @classmethod
    def of(cls, dialect: Dialect, connection: Any) -> Bare:
        """What a connection of SQLAlchemy's pool is underneath."""
        quick = _quick(dialect, connection)
        driver = connection.driver_connection
        return cls(dialect, connection, driver, quick.execute, quick.commit)

    @property
    def is_broken(self) -> bool:
        """Whether it was given up."""
        return self.connection.dbapi_connection is None

    def invalidate(self, error: BaseException | None = None) -> None:
        """Give a broken connection up."""
        self.connection.invalidate(error)


AnyConnection: TypeAlias = "sa.Connection | Bare"


def _quick(dialect: Dialect, pooled: Any) -> Any:
    """What carries statements out on a connection of the pool: SQLite's driver itself,
    or what was prepared on a connection to PostgreSQL so far."""
    if dialect.name == "sqlite":
        return pooled.driver_connection
    known = pooled.info
    if "direct" not in known:
        known["direct"] = Direct(pooled.driver_connection)
    return known["direct"]


class Shelf:
    """Connections that requests take and put back.

    SQLAlchemy's pool, from which they come, takes as long to hand one out and get it
    back as SQLite takes for the query.
    """

    def __init__(
        self, engine: sa.Engine, is_alive: Callable[[Any], bool] = lambda _: True
    ) -> None:
        """Keep connections of `engine`; `is_alive` tells whether one is still good."""
        self._engine = engine
        self._is_alive = is_alive
        self._idle: list[Bare] = []
        event.listen(engine, "engine_disposed", self._clear)

    def take(self) -> Bare:
        """A connection that nobody else uses.

        Raises:
            sqlalchemy.exc.DBAPIError: the database is away.
        """
        while self._idle:
            try:
                bare = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if self._is_alive(bare.driver):
                return bare
            bare.invalidate()
        dialect = self._engine.dialect
        try:
            return Bare.of(dialect, self._engine.raw_connection())
        except dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(dialect, "connect", error) from error

    def put(self, bare: Bare) -> None:
        """Take back a connection on which nothing is under way."""
        if len(self._idle) < KEPT_CONNECTIONS and not bare.is_broken:
            self._idle.append(bare)
        elif not bare.is_broken:
            bare.connection.close()

    def _clear(self, _: Any) -> None:
        idle, self._idle = self._idle, []
        for bare in idle:
            bare.invalidate()  # the pool it came from is gone


class Writer(NamedTuple):
    """How a request writes: where its connections come from, how a transaction begins,
    and what is let go after it."""

    engine: sa.Engine
    begin: Begin
    release: Begin
    shelf: Shelf


class Transaction:
    """The transaction of a request that writes with Statements alone, begun when it is
    first needed; what is not committed when the request ends is undone.

    A session would do as much, and its bookkeeping costs a tenth of such a request.
    """

    def __init__(self, writer: Writer) -> None:
        """Keep what it takes to begin."""
        self._writer = writer
        self._bare: Bare | None = None

    @property
    def is_begun(self) -> bool:
        """Whether anything was asked of it yet."""
        return self._bare is not None

    def connection(self) -> Bare:
        """The connection, in a transaction."""
        if self._bare is None:
            self._bare = self._writer.shelf.take()
            try:
                self._writer.begin(self._bare.connection)
            except BaseException:
                self.close()
                raise
        return self._bare

    def commit(self) -> None:
        """Make what was done last; a failure is SQLAlchemy's, as with a session."""
        bare = self._bare
        if bare is None:
            return
        try:
            bare.commit()
        except bare.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(bare.dialect, "COMMIT", error) from error
        self._bare = None
        self._let_go(bare)

    def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        bare, self._bare = self._bare, None
        if bare is None:
            return
        try:
            if not bare.is_broken:
                bare.driver.rollback()
        except bare.dialect.loaded_dbapi.Error as error:
            bare.invalidate(error)
        finally:
            self._let_go(bare)

    def _let_go(self, bare: Bare) -> None:
        self._writer.release(bare.connection)
        self._writer.shelf.put(bare)


def writing() -> Transaction:
    """The transaction of this request, for verbs that use Statements alone."""
    kept: Transaction | None = g.get("transaction")
    if kept is None:
        kept = Transaction(current_app.extensions["writer"])
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
        sent = []
        for name, default, write in compiled.sent:
            value = values[name] if default is _NEEDED else values.get(name, default)
            sent.append(value if write is None else write(value))
        if not isinstance(connection, Bare):
            # Long work begins to write here, past SQLAlchemy's own execution.
            begin = connection.get_execution_options().get("before_change")
            if self._is_change and begin is not None:
                begin(connection)
            pooled: Any = connection.connection
            driver = pooled.driver_connection
            execute = _quick(dialect, pooled).execute
        else:
            driver, execute = connection.driver, connection.execute
        try:
            return compiled, execute(compiled.sql, sent)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, driver, None):
                connection.invalidate(error)
            raise _as_sqlalchemy(dialect, compiled.sql, error) from error

    def _compile(self, dialect: Dialect) -> _Compiled:
        by_place = (
            dialect
            if dialect.name == "sqlite"
            else type(dialect)(paramstyle="numeric_dollar")  # type: ignore[call-arg]
        )
        compiled: Any = self._statement.compile(
            dialect=by_place, column_keys=self._columns
        )
        columns = self._columns or ()
        selected = getattr(self._statement, "selected_columns", ())
        readers = (_reader(column.type, dialect) for column in selected)
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
                for name in compiled.positiontup
            ],
            read=[(at, read) for at, read in enumerate(readers) if read is not None],
        )
        self._compiled[dialect.name] = kept
        return kept


def _as_sqlalchemy(dialect: Dialect, sent: str, error: Exception) -> BaseException:
    return sa.exc.DBAPIError.instance(
        sent, None, error, dialect.loaded_dbapi.Error, dialect=dialect
    )


def _reader(type_: sa.types.TypeEngine[Any], dialect: Dialect) -> Any:
    """What turns a value of the driver into one of ours, or None."""
    read = type_.dialect_impl(dialect).result_processor(dialect, None)
    return read and (loads if isinstance(type_, sa.JSON) else read)


def loads(text: str | bytes | None) -> Any:
    """Read JSON that the database took for such: three functions fewer than
    `json.loads`, five times a page."""
    if text is None:
        return None
    return _SCAN((text if isinstance(text, str) else text.decode()).strip(), 0)[0]


_SCAN: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


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
    shelf: Shelf = current_app.extensions["reader"]
    bare = shelf.take()
    try:
        yield bare
    finally:
        shelf.put(bare)
