"""The engine: SQLite by default, PostgreSQL for production, with the few rules that
make either lose nothing.
"""

from __future__ import annotations

import inspect
import json
import select
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import pysqlite3
import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.functions import FunctionElement

Begin: TypeAlias = Callable[[Any], None]

BUSY_TIMEOUT_SECONDS = 15
# Below this version two connections that write and checkpoint at once can corrupt a
# WAL database (fixed in SQLite 3.51.3); there the rollback journal is used instead.
SAFE_WAL_VERSION = (3, 51, 3)
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Base(DeclarativeBase):
    """Registry of all nouns; names constraints so that migrations can name them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


db = SQLAlchemy(engine_options={"json_serializer": _compact})


def connect_to(app: Flask, url: str) -> None:
    """Give `app` its database at `url`."""
    # Parameters hold answers; an error that names them must not reach a log.
    options: dict[str, Any] = {"url": url, "hide_parameters": True}
    is_sqlite = sa.make_url(url).get_backend_name() == "sqlite"
    if is_sqlite:
        options |= {
            "module": pysqlite3,
            "connect_args": {
                "timeout": BUSY_TIMEOUT_SECONDS,
                "check_same_thread": False,
                # The driver must not open transactions by itself: we send BEGIN.
                "isolation_level": None,
            },
        }
    else:
        options |= {"connect_args": {"connect_timeout": 5}}
    # PostgreSQL's driver would send BEGIN before a lone SELECT, and ROLLBACK after it.
    lone = {**options, "isolation_level": "AUTOCOMMIT"}
    app.config["SQLALCHEMY_ENGINES"] = (
        {"default": options} if is_sqlite else {"default": options, "reader": lone}
    )
    db.init_app(app)
    # Flask-SQLAlchemy-Lite also closes asynchronous sessions, of which we have none,
    # by starting a thread at the end of every request: half of a page's cost.
    app.teardown_appcontext_funcs = [
        close
        for close in app.teardown_appcontext_funcs
        if not inspect.iscoroutinefunction(close)
    ]
    app.teardown_appcontext(_end)
    with app.app_context():
        app.extensions["reader"] = db.engines.get("reader", db.engine)
        app.extensions["begin"] = _begin_with_driver
        if is_sqlite:
            app.extensions["begin"] = _tame_sqlite(db.engine)
            return
        for engine in db.engines.values():
            event.listen(engine, "checkout", _refuse_closed)


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
        kept = Transaction(db.engine, current_app.extensions["begin"])
        g.transaction = kept
    return kept


def _end(error: BaseException | None) -> None:
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
    """A connection for Statements that read: the transaction of a request that may
    write, else a connection on which each statement is a snapshot of its own.
    """
    if request.method not in READING_METHODS:
        yield writing().connection()
        return
    engine: sa.Engine = current_app.extensions["reader"]
    connection = _connected(engine)
    try:
        yield Bare(engine.dialect, connection)
    finally:
        connection.close()


def _refuse_closed(driver: Any, record: Any, proxy: Any) -> None:
    # A server that went away leaves its farewell in the socket: looking there tells as
    # much as a ping, without the way to the server and back at every request.
    if driver.closed:
        raise sa.exc.InvalidatePoolError
    socket = select.poll()
    socket.register(driver.fileno(), select.POLLIN)
    if socket.poll(0):
        raise sa.exc.InvalidatePoolError


def _begin_with_driver(connection: Any) -> None:
    """PostgreSQL's driver begins by itself at the first statement."""


def _tame_sqlite(engine: sa.Engine) -> Begin:
    """Give every connection our settings; how a transaction that writes is begun."""
    write_lock = threading.Lock()

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.create_function("add_counts", 2, _add_counts, deterministic=True)
        connection.create_aggregate("sum_counts", 1, _SumCounts)
        wal = pysqlite3.sqlite_version_info >= SAFE_WAL_VERSION
        for pragma in (
            # A tally is wider than the default page takes without an overflow page;
            # only the first connection to a new file can choose this.
            "page_size=8192",
            f"journal_mode={'WAL' if wal else 'DELETE'}",
            "synchronous=FULL",
            "foreign_keys=ON",
            # A spent draft must not stay legible in free pages or in a backup.
            "secure_delete=ON",
            # For each connection of each thread; the system caches the file for all.
            "cache_size=-4000",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        reads = has_request_context() and request.method in READING_METHODS
        if reads or options.get("is_deferred"):
            _send(connection.connection, "BEGIN")
            return
        begin_immediate(connection.connection)

    def begin_immediate(connection: Any) -> None:
        # SQLite's busy handler is unfair under many writers: writers of one process
        # queue here, and only processes compete for the file.
        info = connection.info
        if not info.get("writes"):
            if not write_lock.acquire(timeout=BUSY_TIMEOUT_SECONDS):
                raise sa.exc.OperationalError(
                    "BEGIN IMMEDIATE", None, TimeoutError("database is locked")
                )
            info["writes"] = True
        _send(connection, "BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def release(connection: Any, record: Any) -> None:
        if record.info.pop("writes", False):
            write_lock.release()

    return begin_immediate


def _send(connection: Any, command: str) -> None:
    # Past SQLAlchemy's own execution, which costs more than the command.
    try:
        connection.driver_connection.execute(command)
    except pysqlite3.OperationalError as error:
        raise sa.exc.OperationalError(command, None, error) from error


def _add_counts(left: bytes, right: bytes) -> bytes:
    return _bytes(int.from_bytes(left, "big") + int.from_bytes(right, "big"))


def _bytes(total: int) -> bytes:
    return total.to_bytes((total.bit_length() + 7) // 8 or 1, "big")


class _SumCounts:
    def __init__(self) -> None:
        self.total: int | None = None

    def step(self, value: bytes | None) -> None:
        if value is not None:
            self.total = (self.total or 0) + int.from_bytes(value, "big")

    def finalize(self) -> bytes | None:
        return None if self.total is None else _bytes(self.total)


class Counts(sa.types.TypeDecorator[int]):
    """Many counters side by side in one integer, so that one upsert adds a response.

    PostgreSQL keeps the integer as NUMERIC and adds it natively; SQLite keeps its
    bytes and adds with our two functions.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Numeric())
        return dialect.type_descriptor(sa.LargeBinary())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if dialect.name == "postgresql":
            # Decimal, because Python refuses to print very long integers.
            return Decimal(value)
        return _bytes(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            return int(value)
        return int.from_bytes(value, "big")


class sum_counts(FunctionElement[int]):
    """Sum of a Counts column over rows; None over no rows."""

    type = Counts()
    inherit_cache = True
    name = "sum_counts"


class add_counts(FunctionElement[int]):
    """One Counts value plus another."""

    type = Counts()
    inherit_cache = True
    name = "add_counts"


@compiles(sum_counts)
def _sum(element: Any, compiler: Any, **kw: Any) -> str:
    return f"sum({compiler.process(element.clauses, **kw)})"


@compiles(sum_counts, "sqlite")
def _sum_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"sum_counts({compiler.process(element.clauses, **kw)})"


@compiles(add_counts)
def _add(element: Any, compiler: Any, **kw: Any) -> str:
    left, right = element.clauses
    return f"{compiler.process(left, **kw)} + {compiler.process(right, **kw)}"


@compiles(add_counts, "sqlite")
def _add_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"add_counts({compiler.process(element.clauses, **kw)})"


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def in_chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size` items, so that long work stays in bounded memory."""
    chunk: list[Any] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
