"""The engine: SQLite by default, PostgreSQL for production, with the few rules that
make either lose nothing.
"""

from __future__ import annotations

import inspect
import json
import select
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pysqlite3
import sqlalchemy as sa
from flask import Flask, has_request_context, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase

from survey.db.columns import Sum, added
from survey.db.statements import Shelf, Writer, end, loads

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


db = SQLAlchemy(
    engine_options={"json_serializer": _compact, "json_deserializer": loads}
)


def connect_to(app: Flask, url: str) -> None:
    """Give `app` its database at `url`."""
    # Parameters hold answers; an error that names them must not reach a log.
    options: dict[str, Any] = {"url": url, "hide_parameters": True}
    # Enough for every thread of a worker; the one used last is used again, because
    # what it read lately is still at hand.
    options |= {"pool_size": 3, "max_overflow": 13, "pool_use_lifo": True}
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
        # Statements are prepared by us (survey/db/direct.py); the driver would throw
        # away all that is prepared at every ROLLBACK, if it prepared any itself.
        options |= {"connect_args": {"connect_timeout": 5, "prepare_threshold": None}}
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
    app.teardown_appcontext(end)
    with app.app_context():
        if is_sqlite:
            app.extensions["reader"] = Shelf(db.engine)
            app.extensions["writer"] = _tame_sqlite(db.engine)
            return
        for engine in db.engines.values():
            event.listen(engine, "checkout", _refuse_closed)
        app.extensions["reader"] = Shelf(db.engines["reader"], _is_alive)
        shelf = Shelf(db.engine, _is_alive)
        app.extensions["writer"] = Writer(db.engine, _by_driver, _by_driver, shelf)


def _is_alive(driver: Any) -> bool:
    # A server that went away leaves its farewell in the socket: looking there tells as
    # much as a ping, without the way to the server and back at every request.
    if driver.closed:
        return False
    socket = select.poll()
    socket.register(driver.fileno(), select.POLLIN)
    return not socket.poll(0)


def _refuse_closed(driver: Any, record: Any, proxy: Any) -> None:
    if not _is_alive(driver):
        raise sa.exc.InvalidatePoolError


def _by_driver(connection: Any) -> None:
    """PostgreSQL's driver begins by itself at the first statement, and holds no lock
    of ours."""


def _tame_sqlite(engine: sa.Engine) -> Writer:
    """Give every connection our settings; how a transaction that writes is begun."""
    write_lock = threading.Lock()

    event.listen(engine, "connect", _prepare)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("is_late"):
            return  # see survey/db/late.py
        reads = has_request_context() and request.method in READING_METHODS
        if reads or options.get("is_deferred"):
            _send(connection.connection, "BEGIN")
        else:
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

    def release(connection: Any) -> None:
        if connection.info.pop("writes", False):
            write_lock.release()

    @event.listens_for(engine, "checkin")
    def checkin(connection: Any, record: Any) -> None:
        release(record)

    return Writer(engine, begin_immediate, release, Shelf(engine))


def _prepare(connection: Any, record: Any) -> None:
    connection.create_function("add_counts", 2, added, deterministic=True)
    connection.create_aggregate("sum_counts", 1, Sum)
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
        # For each connection, in KB; the system caches the file for all.
        "cache_size=-1000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _send(connection: Any, command: str) -> None:
    # Past SQLAlchemy's own execution, which costs more than the command.
    try:
        connection.driver_connection.execute(command)
    except pysqlite3.OperationalError as error:
        raise sa.exc.OperationalError(command, None, error) from error


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
