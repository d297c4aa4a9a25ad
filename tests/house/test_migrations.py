"""The migrations make exactly the tables that the models describe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

import survey
from survey.db import Base
from survey.upgrades import alembic, is_current, newest

MIGRATIONS = sorted((Path(survey.__file__).parent / "migrations").glob("*.py"))
BESIDE = "made_from_models"


@pytest.fixture
def engine(app: Flask) -> sa.Engine:
    with app.app_context():
        found: sa.Engine = app.extensions["sqlalchemy"].engine
    return found


@pytest.fixture
def made_from_models(engine: sa.Engine, tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    """An inspector of tables made from the models, and the schema they stand in."""
    if engine.dialect.name == "postgresql":
        beside = engine.execution_options(schema_translate_map={None: BESIDE})
        with beside.begin() as connection:
            connection.execute(sa.schema.CreateSchema(BESIDE))
            Base.metadata.create_all(connection)
        yield sa.inspect(engine), BESIDE
        return
    other = sa.create_engine(f"sqlite:///{tmp_path / 'models.sqlite'}")
    Base.metadata.create_all(other)
    yield sa.inspect(other), None
    other.dispose()


def described(inspector: Any, schema: str | None) -> dict[str, dict[str, Any]]:
    """Everything an inspector knows of our tables, without the schema's own name."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: plain(one)
                for key, one in value.items()
                if key not in ("referred_schema", "comment")
            }
        if isinstance(value, list):
            return sorted((plain(one) for one in value), key=repr)
        if isinstance(value, sa.types.TypeEngine):
            return repr(value)
        return re.sub(rf"{BESIDE}\.", "", " ".join(str(value).split()))

    return {
        table: {
            "columns": plain(inspector.get_columns(table, schema=schema)),
            "checks": plain(inspector.get_check_constraints(table, schema=schema)),
            "primary": plain(inspector.get_pk_constraint(table, schema=schema)),
            "foreign": plain(inspector.get_foreign_keys(table, schema=schema)),
            "unique": plain(inspector.get_unique_constraints(table, schema=schema)),
            "indexes": plain(inspector.get_indexes(table, schema=schema)),
        }
        for table in Base.metadata.tables
    }


def test_the_tables_are_those_of_the_models_with_every_constraint(
    engine: sa.Engine, made_from_models: tuple[Any, Any]
) -> None:
    migrated = described(sa.inspect(engine), None)
    modelled = described(*made_from_models)

    for table, parts in modelled.items():
        assert migrated[table] == parts, table


def test_alembic_finds_nothing_left_to_migrate(app: Flask) -> None:
    with app.app_context():
        assert alembic(app).compare_metadata() == []
        assert not alembic(app).needs_upgrade()


def test_tables_without_a_row_number_stay_so(app: Flask, engine: sa.Engine) -> None:
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL has no such thing to keep
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'"
        ).all()
    expected = {
        name
        for name, table in Base.metadata.tables.items()
        if table.dialect_options["sqlite"]["with_rowid"] is False
    }

    assert {name for (name,) in rows} == expected
    assert "responses" in expected


def test_the_way_down_leads_to_an_empty_database_and_up_again(
    app: Flask, engine: sa.Engine
) -> None:
    with app.app_context():
        alembic(app).downgrade("base")
    assert not is_current(app)
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]

    with app.app_context():
        alembic(app).upgrade()
    assert is_current(app)
    assert set(Base.metadata.tables) < set(sa.inspect(engine).get_table_names())


def test_there_is_one_newest_migration(app: Flask) -> None:
    with app.app_context():
        assert [one.revision for one in alembic(app).heads()] == [newest()]


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_a_migration_is_numbered_and_free_of_the_program(path: Path) -> None:
    # What the program is tomorrow must not change what a migration did yesterday.
    text = path.read_text(encoding="utf-8")

    assert re.fullmatch(r"\d{4}_[a-z0-9_]+", path.stem)
    assert f'revision = "{path.stem[:4]}"' in text
    assert not re.search(r"^\s*(from|import) survey", text, re.MULTILINE)
