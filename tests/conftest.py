"""One real database per test: a file for SQLite, a database of its own for PostgreSQL.

`--database postgresql` runs the same suite on the server named by
SURVEY_TEST_POSTGRESQL (see `tests/postgresql.py`, which starts one).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from survey import config, create_app, upgrades
from tests import cast
from tests.strict import StrictClient
from tests.terminal import Terminal, open_terminal

# Each worker of the suite has a core of its own; threads beside it only wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ASKS = {"database_url", "hall"}
SECRET = "a secret of the tests, long enough to be taken"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """What asks no database anything is tested once, with SQLite."""
    if config.getoption("--database") == "sqlite":
        return
    asking = [item for item in items if ASKS & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[one for one in items if one not in asking])
    items[:] = asking


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: nothing may be left out unseen."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", ())) if reporter else 0
    if skipped and os.environ.get("CI") == "true":
        reporter.write_line(f"CI=true: {skipped} skipped tests are not accepted")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def settings_for(instance: Path, url: str, **more: object) -> config.Settings:
    return config.load(
        {}, instance=instance, database_url=url, secret_key=SECRET, **more
    )


def migrate(settings: config.Settings) -> None:
    app = create_app(settings)
    upgrades.migrate(app)
    dispose(app)


def dispose(app: Flask) -> None:
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without any row, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("empty")
    path = folder / "empty.sqlite"
    migrate(settings_for(folder, f"sqlite:///{path}"))
    # Folds the write-ahead log into the file, so that the file alone is complete.
    with sa.create_engine(f"sqlite:///{path}").connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.engine.dispose()
    return path


@pytest.fixture(scope="session")
def empty_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = os.environ["SURVEY_TEST_POSTGRESQL"]
    name = f"empty_{uuid4().hex}"
    with _admin(server) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = f"{server}/{name}"
    migrate(settings_for(tmp_path_factory.mktemp("empty"), url))
    yield name
    with _admin(server) as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def staged_sqlite(
    empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, cast.World]:
    """The same with the cast on stage, for every test that asks for the world."""
    path = tmp_path_factory.mktemp("staged") / "staged.sqlite"
    shutil.copy(empty_sqlite, path)
    return path, _put_on_stage(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def staged_postgresql(empty_postgresql: str) -> Iterator[tuple[str, cast.World]]:
    server = os.environ["SURVEY_TEST_POSTGRESQL"]
    name = f"staged_{uuid4().hex}"
    with _admin(server) as connection:
        connection.exec_driver_sql(
            f"CREATE DATABASE {name} TEMPLATE {empty_postgresql}"
        )
    yield name, _put_on_stage(f"{server}/{name}")
    with _admin(server) as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name}")


def _put_on_stage(url: str) -> cast.World:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with Session(engine) as session:
        return cast.enter(session)


def _admin(server: str) -> sa.Connection:
    engine = sa.create_engine(
        f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    return engine.connect()


@contextmanager
def database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Address of a migrated database, for SQLite in this folder: empty, or with the
    cast on stage where the test asks for the world."""
    is_staged = "world" in request.fixturenames
    if request.config.getoption("--database") == "sqlite":
        path = folder / "survey.sqlite"
        source = request.getfixturevalue("empty_sqlite")
        if is_staged:
            source, _ = request.getfixturevalue("staged_sqlite")
        shutil.copy(source, path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("empty_postgresql")
    if is_staged:
        template, _ = request.getfixturevalue("staged_postgresql")
    server = os.environ["SURVEY_TEST_POSTGRESQL"]
    name = f"test_{uuid4().hex}"
    with _admin(server) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield f"{server}/{name}"
    with _admin(server) as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a migrated, empty database that belongs to this test alone."""
    with database(request, tmp_path) as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> config.Settings:
    return settings_for(tmp_path, database_url)


class Remembered(BytecodeCache):
    """Templates compiled once for all the applications of a test run."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = Remembered()


def compile_once(compile_rule: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """Addresses compiled once for all the applications of a test run.

    Werkzeug builds two functions for each of them, which is nine tenths of the time
    that a new application takes; what it builds depends on nothing but these.
    """
    kept: dict[tuple[object, ...], dict[str, object]] = {}
    built = ("_parts", "_trace", "_converters", "_build", "_build_unknown")

    def compile(rule: Rule) -> None:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.endpoint, rule.subdomain, rule.build_only, defaults)
        if key not in kept:
            compile_rule(rule)
            kept[key] = {name: getattr(rule, name) for name in (*built, "arguments")}
        for name, value in kept[key].items():
            setattr(rule, name, value)

    return compile


Rule.compile = compile_once(Rule.compile)  # type: ignore[method-assign]


@pytest.fixture
def app(settings: config.Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.jinja_env.bytecode_cache = TEMPLATES
    app.config["TESTING"] = True
    app.config["RATELIMIT_ENABLED"] = False
    app.test_client_class = StrictClient
    yield app
    dispose(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session apart from the application's, so that a forgotten commit shows."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    # Deferred, so that a test that only looked keeps no request waiting.
    with Session(engine.execution_options(is_deferred=True)) as session:
        yield session


@pytest.fixture
def world(request: pytest.FixtureRequest, database_url: str) -> cast.World:
    """The fixed cast: units, procedures, an open wave; see `tests/cast.py`."""
    name = request.config.getoption("--database")
    staged: tuple[object, cast.World] = request.getfixturevalue(f"staged_{name}")
    return staged[1]


@pytest.fixture
def terminal(
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    """Types commands at this test's installation; see `tests/terminal.py`."""
    return open_terminal(tmp_path, database_url, monkeypatch, capsys)
