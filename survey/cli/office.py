"""The installation a command works on: its settings, its database, its lists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey import config, create_app
from survey.cli.faults import Refusal
from survey.cli.words import speak_both
from survey.config import Settings
from survey.db import db
from survey.models import Procedure, Unit, Wave
from survey.upgrades import is_current

DATABASES = (("sqlite", "pysqlite"), ("postgresql", "psycopg"))


def application(settings: Settings | None = None) -> Flask:
    """The application of this installation."""
    settings = settings or config.load()
    if not settings.database_url and not settings.instance.is_dir():
        raise Refusal(
            f"chưa có thư mục {settings.instance}; hãy chạy: survey init / "
            "not set up yet, run: survey init"
        )
    _check_address(settings)
    app = create_app(settings)
    command = click.get_current_context(silent=True)
    if command is not None:
        command.call_on_close(lambda: release(app))
    return app


def _check_address(settings: Settings) -> None:
    try:
        dialect = sa.make_url(settings.engine_url).get_dialect()
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError):
        known = False
    else:
        known = (dialect.name, dialect.driver) in DATABASES
    if not known:
        raise Refusal(
            "SURVEY_DATABASE_URL phải có dạng / must read "
            "postgresql+psycopg://USER:PASSWORD@HOST/NAME, hoặc bỏ trống / or be empty"
        )


def require_current(app: Flask) -> None:
    """Refuse to work on a database that lacks migrations."""
    if not is_current(app):
        raise Refusal(
            "cơ sở dữ liệu chưa được nâng cấp; hãy chạy: survey init / "
            "the database lacks migrations, run: survey init"
        )


@contextmanager
def work(app: Flask | None = None) -> Iterator[Session]:
    """A session on the migrated database; what was done is committed at the end."""
    app = app or application()
    require_current(app)
    with app.app_context():
        speak_both()
        with db.session as session:
            yield session
            session.commit()


@contextmanager
def reading(app: Flask | None = None) -> Iterator[Session]:
    """A session that only looks: one snapshot, and no writer waits for it."""
    app = app or application()
    require_current(app)
    with app.app_context():
        speak_both()
        with Session(db.engine.execution_options(is_deferred=True)) as session:
            yield session


def release(app: Flask) -> None:
    """Close every connection, so that the database is nobody's for a moment."""
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose()


def wave_of(session: Session, wave_id: str) -> Wave:
    """The wave of this id; refused with the ids there are when it is unknown."""
    found = session.get(Wave, wave_id)
    if found is None:
        known = ", ".join(session.scalars(sa.select(Wave.id).order_by(Wave.id)))
        raise Refusal(
            f"không có đợt khảo sát {wave_id!r} / no such wave; "
            f"hiện có / there are: {known or '–'}"
        )
    return found


def unit_of(session: Session, code: str) -> Unit:
    """The unit of this code."""
    found = session.scalar(sa.select(Unit).where(Unit.code == code))
    if found is None:
        raise Refusal(f"không có đơn vị mang mã {code!r} / no such unit")
    return found


def procedure_of(session: Session, code: str) -> Procedure:
    """The procedure of this code."""
    found = session.scalar(sa.select(Procedure).where(Procedure.code == code))
    if found is None:
        raise Refusal(f"không có thủ tục mang mã {code!r} / no such procedure")
    return found
