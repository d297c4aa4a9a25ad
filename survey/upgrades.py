"""Migrations: whether the database has them all, and how they are carried out.

Alembic is imported when a migration runs, not when pages are served: it would cost
every worker ten megabytes.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Flask

from survey.db import Base, db

if TYPE_CHECKING:
    from flask_alembic import Alembic

FOLDER = Path(__file__).parent / "migrations"
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def newest() -> str:
    """The number of the newest migration; its file begins with it."""
    return max(path.stem[:4] for path in FOLDER.glob("[0-9]*.py"))


def is_current(app: Flask) -> bool:
    """Whether the database has every migration."""
    with app.app_context():
        # Only looked at: Alembic would wait for the right to write.
        looking = db.engine.execution_options(is_deferred=True)
    with looking.connect() as connection:
        if not sa.inspect(connection).has_table(_VERSION.name):
            return False
        kept = connection.scalars(sa.select(_VERSION.c.version_num)).all()
    return list(kept) == [newest()]


def migrate(app: Flask) -> None:
    """Bring the database to the newest migration; nothing happens at the newest."""
    with app.app_context():
        alembic(app).upgrade()


def alembic(app: Flask) -> Alembic:
    """Alembic for this application, for what migrations alone need."""
    from flask_alembic import Alembic

    if "alembic_tool" not in app.extensions:
        app.config["ALEMBIC"] = {"script_location": "migrations"}
        tool = Alembic(metadatas=Base.metadata, run_mkdir=False, command_name="")
        tool.init_app(app)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        app.extensions["alembic_tool"] = tool
    found: Alembic = app.extensions["alembic_tool"]
    return found
