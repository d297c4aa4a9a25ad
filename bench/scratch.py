"""A scratch installation: the sample office with an open wave and links of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from survey import (
    accounts,
    catalogue,
    clock,
    codes,
    config,
    create_app,
    demo,
    keyholes,
    tallies,
    upgrades,
)
from survey.config import Settings
from survey.db import db
from survey.models import Dossier, Link, Wave
from tests import postgresql

SECRET = "a secret of the measurements, long enough to be taken"
STAFF = "do-luong@example.gov.vn"
PASSWORD = "Con thuyền nhỏ giữa vịnh xanh"
SEED = 2026


@dataclass(frozen=True, kw_only=True)
class Scratch:
    """An installation that a measurement may use up."""

    settings: Settings
    app: Flask
    wave: str
    counter: str
    """Token of a counter link of the whole office."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it stands on SQLite."""
        return self.settings.engine_url.startswith("sqlite")

    @property
    def environment(self) -> dict[str, str]:
        """What the command `survey` needs to find this installation."""
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("SURVEY_")},
            "SURVEY_INSTANCE": str(self.settings.instance),
            "SURVEY_DATABASE_URL": self.settings.database_url,
            "SURVEY_SECRET_KEY": self.settings.secret_key,
        }

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session on the database of the installation, committed at the end."""
        with session_of(self.app) as session:
            yield session
        # A connection that stays open here would be one more reader of the file.
        with self.app.app_context():
            db.engine.dispose()

    def dossier_links(self, count: int) -> list[str]:
        """Make dossiers like those of the sample, with a single-use link each."""
        with self.session() as session:
            return _dossier_links(session, self.wave, count)

    def respond(self, count: int) -> None:
        """Add synthetic responses."""
        with self.session() as session:
            wave = session.get_one(Wave, self.wave)
            made = demo.respond(
                session, wave, responses=count, seed=SEED, today=clock.today()
            )
            for _ in made:
                session.commit()

    def add_staff(self) -> None:
        """Make the account STAFF, which may read every result."""
        with self.session() as session:
            accounts.add_account(
                session, STAFF, role="admin", password=PASSWORD, now=clock.now()
            )


@contextmanager
def session_of(app: Flask) -> Iterator[Session]:
    """A session outside any request."""
    with app.app_context():
        g.language = "vi"
        with db.session as session:
            yield session
            session.commit()


def furnish(settings: Settings) -> Scratch:
    """Migrate an installation and put the sample office into it."""
    app = create_app(settings)
    with app.app_context():
        upgrades.migrate(app)
    with session_of(app) as session:
        catalogue.publish_packaged(session, now=clock.now())
        wave = demo.furnish(session, today=clock.today())
        token = demo.counter_link(session, wave, today=clock.today())
        demo.dossiers(session, wave, seed=SEED, today=clock.today())
        scratch = Scratch(settings=settings, app=app, wave=wave.id, counter=token)
    with app.app_context():
        db.engine.dispose()
    return scratch


@contextmanager
def installation(server: str = "", folder: Path | None = None) -> Iterator[Scratch]:
    """A scratch installation, gone afterwards.

    Args:
        server: address of a PostgreSQL server without a database; "" for SQLite.
        folder: keep the installation here instead.
    """
    with tempfile.TemporaryDirectory(prefix="survey-bench-") as gone:
        instance = folder or Path(gone)
        instance.mkdir(parents=True, exist_ok=True)
        with _database(server) as url:
            yield furnish(
                config.load({}, instance=instance, database_url=url, secret_key=SECRET)
            )


@contextmanager
def _database(server: str) -> Iterator[str]:
    if not server:
        yield ""
        return
    name = f"bench_{uuid4().hex}"
    admin = sa.create_engine(
        f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def databases() -> Iterator[tuple[tuple[str, str], ...]]:
    """Both databases by name: SQLite, and a PostgreSQL server that syncs to disk."""
    with postgresql.server(durable=True) as address:
        yield (("SQLite", ""), ("PostgreSQL", address))


def _dossier_links(session: Session, wave_id: str, count: int) -> list[str]:
    samples = session.execute(
        sa.select(Dossier, Link.unit_id)
        .join(Link, Link.dossier_id == Dossier.id)
        .where(Dossier.wave_id == wave_id, Dossier.code.startswith("MAU-"))
        .order_by(Dossier.id)
    ).all()
    tokens = []
    for number in range(count):
        like, unit_id = samples[number % len(samples)]
        dossier = Dossier(
            wave_id=wave_id,
            code=f"BENCH-{uuid4().hex}",
            procedure_id=like.procedure_id,
            channel=like.channel,
            outcome=like.outcome,
            facts=like.facts,
            is_sample=True,
        )
        session.add(dossier)
        session.flush()
        token = codes.new_token()
        link = Link(
            wave_id=wave_id,
            kind="dossier",
            token_hash=codes.hashed(token),
            unit_id=unit_id,
            procedure_id=like.procedure_id,
            dossier_id=dossier.id,
            made_on=clock.today(),
            is_sample=True,
        )
        session.add(link)
        session.flush()
        keyholes.cut(session, [link.id])
        tallies.invite(session, wave_id, unit_id, like.procedure_id, links=1)
        tokens.append(token)
    return tokens
