"""The installation a command works on: its settings, its database, its lists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey import config, create_app, tallies
from survey.cli.faults import Refusal
from survey.cli.words import speak_both
from survey.config import SQLITE_FILE, Settings
from survey.db import db
from survey.models import Procedure, Unit, Wave
from survey.upgrades import is_current, migrate

DATABASES = (("sqlite", "pysqlite"), ("postgresql", "psycopg"))


def application(settings: Settings | None = None, *, is_new: bool = False) -> Flask:
    """The application of this installation; only one that is new is begun with it."""
    settings = settings or config.load()
    _check_address(settings)
    has_room = bool(settings.database_url) or settings.instance.is_dir()
    if not (has_room if is_new else is_set_up(settings)):
        raise Refusal(
            f"chưa cài đặt ở {settings.instance.resolve()}; hãy chạy: survey init, "
            "hoặc đặt SURVEY_INSTANCE / not set up there: run survey init or set "
            "SURVEY_INSTANCE"
        )
    app = create_app(settings)
    command = click.get_current_context(silent=True)
    if command is not None:
        command.call_on_close(lambda: release(app))
    return app


def is_set_up(settings: Settings) -> bool:
    """Whether there is a database to open: opening one that is not there makes it."""
    if settings.database_url:
        return True
    return (settings.instance / SQLITE_FILE).exists()


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


def bring_up(app: Flask) -> None:
    """Bring the database to the newest migration, and count anew what an earlier
    version counted otherwise; nothing happens at the newest."""
    migrate(app)
    with work(app) as session:
        for wave in tallies.outdated(session):
            click.echo(f"Đếm lại / counting anew: {wave.id} …")
            tallies.renew(session, wave)
            session.commit()


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
