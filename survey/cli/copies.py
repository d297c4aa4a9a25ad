"""Backup copies of the database: consistent while it is in use, and a restore that is
checked before it takes the place of anything."""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pysqlite3
import sqlalchemy as sa

from survey import tallies
from survey.cli.faults import Refusal, say
from survey.cli.files import beside
from survey.cli.office import application, bring_up, release, work
from survey.config import Settings
from survey.models import Wave

SQLITE_HEAD = b"SQLite format 3\x00"
GOODBYE_SECONDS = 3
IN_USE = (
    "cơ sở dữ liệu đang được dùng; hãy dừng máy chủ rồi khôi phục / in use: "
    "stop the server first"
)
_OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def is_sqlite(settings: Settings) -> bool:
    """Whether this installation keeps its data in a file of SQLite."""
    return sa.make_url(settings.engine_url).get_backend_name() == "sqlite"


def backup(settings: Settings, target: Path) -> None:
    """Write a consistent copy of the database into a file."""
    with beside(target) as made:
        if is_sqlite(settings):
            _copy_sqlite(_live(settings), made)
            _lay_anew(made)
            verify_sqlite(made)
        else:
            with _postgresql(settings) as run:
                run("pg_dump", "--format=custom", "--no-owner", f"--file={made}")
            _tool("pg_restore", "--list", str(made))


def restore(settings: Settings, source: Path) -> None:
    """Put a copy in the place of the database, once it has proved whole.

    The copy is brought to the newest migration and its tallies are compared with its
    responses before anything is replaced.
    """
    if is_sqlite(settings):
        _restore_sqlite(settings, source)
    else:
        _restore_postgresql(settings, source)


def _live(settings: Settings) -> Path:
    return Path(sa.make_url(settings.engine_url).database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        raise Refusal(f"không có cơ sở dữ liệu {source} / no such database")
    reading = pysqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=15)
    writing = pysqlite3.connect(str(target))
    try:
        reading.backup(writing)
        # A copy is one file: no write-ahead log belongs to it.
        writing.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        writing.close()
        reading.close()


def _lay_anew(path: Path) -> None:
    """Write a copy anew: in the order of its keys and without free pages, so that its
    bytes do not tell in which order responses came."""
    connection = pysqlite3.connect(str(path))
    connection.execute("VACUUM").fetchall()
    connection.close()


def verify_sqlite(path: Path) -> None:
    """Refuse a file that is not a whole SQLite database with our tables."""
    with path.open("rb") as file:
        if file.read(len(SQLITE_HEAD)) != SQLITE_HEAD:
            raise Refusal(f"{path.name}: không phải bản sao lưu SQLite / not SQLite")
    connection = pysqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchall()
        if found != [("ok",)]:
            raise Refusal(f"{path.name}: tệp hỏng / damaged: {found[0][0]}")
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise Refusal(f"{path.name}: thiếu dữ liệu / broken reference: {broken[0]}")
        connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except pysqlite3.DatabaseError as error:
        raise Refusal(f"{path.name}: tệp hỏng / damaged: {error}") from error
    finally:
        connection.close()


def _restore_sqlite(settings: Settings, source: Path) -> None:
    verify_sqlite(source)
    live = _live(settings)
    live.parent.mkdir(parents=True, exist_ok=True)
    with beside(live) as made:
        _copy_sqlite(source, made)
        _prove(replace(settings, database_url=f"sqlite:///{made}"))
        _fold(made)
        # The check comes last, so that nothing can slip in while the copy is proved.
        _refuse_in_use(live)
        for name in ("-wal", "-shm"):
            live.with_name(live.name + name).unlink(missing_ok=True)


def _prove(settings: Settings) -> None:
    app = application(settings)
    try:
        bring_up(app)
        with work(app) as session:
            for wave in session.scalars(sa.select(Wave).order_by(Wave.id)):
                if tallies.differences(session, wave):
                    say(
                        f"{wave.id}: bảng đếm lệch, sau khi khôi phục hãy chạy / "
                        "afterwards run: survey tally rebuild"
                    )
    finally:
        release(app)


def _fold(path: Path) -> None:
    connection = pysqlite3.connect(str(path))
    connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    connection.close()


def _refuse_others(settings: Settings) -> None:
    """Refuse to replace a PostgreSQL database to which anybody else is connected."""
    engine = sa.create_engine(settings.engine_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            until = time.monotonic() + GOODBYE_SECONDS
            # A connection that was closed just now may still be taking its leave.
            while connection.execute(_OTHERS).scalar_one():
                if time.monotonic() > until:
                    raise Refusal(IN_USE)
                time.sleep(0.1)
    finally:
        engine.dispose()


def _refuse_in_use(live: Path) -> None:
    """Refuse to replace a SQLite file that any other process has open."""
    if not live.exists():
        return
    connection = pysqlite3.connect(str(live), timeout=0, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except pysqlite3.OperationalError as error:
        raise Refusal(IN_USE) from error
    except pysqlite3.DatabaseError:
        return  # damaged: what a restore is for
    finally:
        connection.close()


def _tool(name: str, *arguments: str, environment: Any = None) -> None:
    program = shutil.which(name)
    if program is None:
        raise Refusal(
            f"thiếu chương trình {name}; hãy cài postgresql-client / "
            f"{name} is missing: install postgresql-client"
        )
    done = subprocess.run(  # noqa: S603  # nosec B603 - no shell, fixed programs
        [program, *arguments],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"mã {done.returncode}"]
        raise Refusal(f"{name}: {lines[0]}")


@contextmanager
def _postgresql(settings: Settings, database: str | None = None) -> Iterator[Any]:
    """A way to run PostgreSQL's own programs; the password never on a command line."""
    url = sa.make_url(settings.engine_url)
    environment = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        **{f"PG{name.upper()}": str(value) for name, value in url.query.items()},
    }
    given = {name: value for name, value in environment.items() if value}

    def run(name: str, *arguments: str) -> None:
        _tool(
            name,
            f"--dbname={database or url.database}",
            *arguments,
            environment=given,
        )

    yield run


def _restore_postgresql(settings: Settings, source: Path) -> None:
    _tool("pg_restore", "--list", str(source))
    with _rehearsal(settings) as name:
        if name is not None:
            url = sa.make_url(settings.engine_url).set(database=name)
            _pg_restore(settings, source, name)
            _prove(
                replace(
                    settings, database_url=url.render_as_string(hide_password=False)
                )
            )
    _refuse_others(settings)
    _pg_restore(settings, source, None)
    bring_up(application(settings))


def _pg_restore(settings: Settings, source: Path, database: str | None) -> None:
    with _postgresql(settings, database) as run:
        run(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            str(source),
        )


@contextmanager
def _rehearsal(settings: Settings) -> Iterator[str | None]:
    """An empty database beside the real one; None where we may not make any."""
    engine = sa.create_engine(settings.engine_url, isolation_level="AUTOCOMMIT")
    name = f"survey_restore_{uuid4().hex[:12]}"
    try:
        with engine.connect() as connection:
            try:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            except sa.exc.ProgrammingError:
                say(
                    "không có quyền CREATEDB nên không thử trước được; khôi phục "
                    "trong một giao dịch / no right to rehearse: one transaction"
                )
                yield None
                return
        try:
            yield name
        finally:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()
