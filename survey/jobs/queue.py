"""The queue: jobs as rows, of which one process at a time takes one at a time.

Who takes a job counts its `tries` up, and whatever it writes afterwards names that
number: a process that was thought dead and comes back writes nothing more.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

import sqlalchemy as sa
from flask import g
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import accounts, web
from survey.config import Settings
from survey.db import Base, db
from survey.models import Job

STALE: Final = timedelta(seconds=60)
"""After so long without a sign of life a process is thought dead."""
STUCK: Final = timedelta(minutes=10)
TRIES: Final = 3
KEPT: Final = timedelta(hours=24)
ORPHANED: Final = timedelta(hours=1)
UNFINISHED: Final = ("queued", "running")
GIVEN: Final = "given"
_JOB: Final = Base.metadata.tables[Job.__tablename__]
_TURN: Final = 4_119_260_407  # any number that nothing else in this database locks
_LONGEST_TITLE: Final = 200


class Claim(NamedTuple):
    """A job that this process may do: `tries` tells its claim from earlier ones."""

    id: str
    tries: int
    kind: str
    params: dict[str, Any]
    language: str

    @property
    def is_mine(self) -> sa.ColumnElement[bool]:
        """In a query of jobs: this one, and nobody cancelled or took it."""
        return sa.and_(
            _JOB.c.id == self.id,
            _JOB.c.state == "running",
            _JOB.c.tries == self.tries,
        )


def folder(settings: Settings, job_id: str | None = None) -> Path:
    """Where a job keeps its files; without an id, where all of them do."""
    place = settings.instance / "jobs"
    return place / job_id if job_id else place


def enqueue(
    session: Session,
    kind: str,
    params: Mapping[str, Any] | None = None,
    *,
    title: str,
    now: datetime,
    wave_id: str | None = None,
    keep: timedelta = KEPT,
    given: Mapping[str, bytes] | None = None,
) -> Job:
    """Queue work of a kind for the signed-in account; commit, then `wake()`.

    Args:
        params: what the work needs to know; no tokens and nothing about persons.
        keep: how long its result is kept after it ended.
        given: files it needs, by name; they go when it is done.
    """
    asking = g.get("visitor")
    job = Job(
        id=uuid4().hex,
        kind=kind,
        title=title[:_LONGEST_TITLE],
        wave_id=wave_id,
        account_id=asking.account.id if asking else None,
        params=dict(params or {}),
        language=web.language(),
        state="queued",
        made_at=now,
        delete_at=now + keep,
    )
    session.add(job)
    session.flush()
    place = folder(web.settings(), job.id) / GIVEN
    for name, content in (given or {}).items():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return job


def is_anything(now: datetime) -> tuple[bool, bool]:
    """Whether a job waits for a process now, and whether any is unfinished at all."""
    waits = sa.select(sa.func.count()).where(_waits(now)).scalar_subquery()
    unfinished = sa.select(sa.func.count()).where(_JOB.c.state.in_(UNFINISHED))
    # Looking must not lock SQLite.
    with db.engine.execution_options(is_deferred=True).connect() as connection:
        one, all_of_them = connection.execute(
            sa.select(waits, unfinished.scalar_subquery())
        ).one()
    return bool(one), bool(all_of_them)


def _waits(now: datetime) -> sa.ColumnElement[bool]:
    return (_JOB.c.state == "queued") | _is_stale(now)


def _is_stale(now: datetime) -> sa.ColumnElement[bool]:
    return (_JOB.c.state == "running") & (_JOB.c.beat_at < now - STALE)


def _nobody_works(now: datetime) -> sa.ColumnElement[bool]:
    others = _JOB.alias()
    return ~sa.exists().where(
        others.c.state == "running", others.c.beat_at >= now - STALE
    )


def claim(now: datetime) -> Claim | None:
    """Take the job that waits longest; None when none waits or one is being done."""
    first = (
        sa.select(_JOB.c.id)
        .where(_waits(now))
        .order_by(_JOB.c.made_at, _JOB.c.id)
        .limit(1)
        .scalar_subquery()
    )
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Two who claim two jobs would not see each other; SQLite has one writer.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
        _give_up(connection, now)
        row = connection.execute(
            sa.update(_JOB)
            .where(_JOB.c.id == first, _waits(now), _nobody_works(now))
            .values(
                state="running",
                tries=_JOB.c.tries + 1,
                beat_at=now,
                done=0,
                total=0,
                result={},
                fault=None,
            )
            .returning(
                _JOB.c.id, _JOB.c.tries, _JOB.c.kind, _JOB.c.params, _JOB.c.language
            )
        ).one_or_none()
    return Claim(*row) if row is not None else None


def _give_up(connection: sa.Connection, now: datetime) -> None:
    """Fail jobs whose process died at every try."""
    worn_out = sa.and_(_is_stale(now), _JOB.c.tries % TRIES == 0)
    for job_id, language in connection.execute(
        sa.select(_JOB.c.id, _JOB.c.language).where(worn_out)
    ).all():
        with force_locale(language):
            words = _(
                "Việc này đã dừng giữa chừng %(n)s lần, có thể vì máy chủ thiếu bộ "
                "nhớ. Xin chia nhỏ rồi làm lại, hoặc báo người quản trị.",
                n=TRIES,
            )
        connection.execute(
            sa.update(_JOB)
            .where(_JOB.c.id == job_id)
            .values(state="failed", fault=words, ended_at=now)
        )


def beat(claimed: Claim, now: datetime, **values: Any) -> bool:
    """Give a sign of life, and how far it is; False when the job is no longer ours."""
    with db.engine.begin() as connection:
        result = connection.execute(
            sa.update(_JOB).where(claimed.is_mine).values(beat_at=now, **values)
        )
    return bool(result.rowcount)


def still_mine(session: Session, claimed: Claim, now: datetime) -> bool:
    """As `beat`, in the transaction of the work itself: nothing can come between."""
    result: Any = session.execute(
        sa.update(_JOB).where(claimed.is_mine).values(beat_at=now)
    )
    return bool(result.rowcount)


def say_done(
    session: Session, claimed: Claim, result: Mapping[str, Any], now: datetime
) -> bool:
    """Write that a job is done, in the transaction of its work; False if not ours."""
    job = session.execute(
        sa.select(_JOB.c.total, _JOB.c.made_at, _JOB.c.delete_at).where(claimed.is_mine)
    ).one_or_none()
    if job is None:
        return False
    updated: Any = session.execute(
        sa.update(_JOB)
        .where(claimed.is_mine)
        .values(
            state="done",
            done=job.total,
            result=dict(result),
            ended_at=now,
            delete_at=now + (job.delete_at - job.made_at),
        )
    )
    return bool(updated.rowcount)


def say_failed(claimed: Claim, fault: str, now: datetime) -> None:
    """Write that a job failed, and what to do next."""
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(_JOB)
            .where(claimed.is_mine)
            .values(state="failed", fault=fault, ended_at=now)
        )


def give_back(claimed: Claim, *, is_its_fault: bool) -> None:
    """Let a job wait again; a try is charged to it only when it was its fault."""
    tries = claimed.tries if is_its_fault else _fresh(claimed.tries)
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(_JOB)
            .where(claimed.is_mine)
            .values(state="queued", tries=tries, done=0, total=0)
        )


def _fresh(tries: int) -> int:
    # Never counted down: a process that comes back must not be taken for a later one.
    return -(-tries // TRIES) * TRIES


def cancel(session: Session, job: Job, now: datetime) -> bool:
    """End a job that is not over; False when it was over already."""
    result: Any = session.execute(
        sa.update(Job)
        .where(Job.id == job.id, Job.state.in_(UNFINISHED))
        .values(state="cancelled", ended_at=now)
    )
    return bool(result.rowcount)


def begin_again(session: Session, job: Job, now: datetime) -> bool:
    """Queue a job once more that failed or was cancelled; False when it was not."""
    result: Any = session.execute(
        sa.update(Job)
        .where(Job.id == job.id, Job.state.in_(("failed", "cancelled")))
        .values(
            state="queued",
            tries=_fresh(job.tries),
            done=0,
            total=0,
            fault=None,
            made_at=now,
            ended_at=None,
            delete_at=now + (job.delete_at - job.made_at),
        )
    )
    return bool(result.rowcount)


def count_stuck(session: Session, now: datetime) -> int:
    """How many jobs wait for long, or lost their process long ago."""
    long_ago = now - STUCK
    is_forgotten = (Job.state == "queued") & (Job.made_at < long_ago)
    is_dead = (Job.state == "running") & (Job.beat_at < long_ago)
    stuck = sa.select(sa.func.count(Job.id)).where(
        is_dead | is_forgotten, _nobody_works(now)
    )
    return session.scalar(stuck) or 0


def may_see(job: Job) -> bool:
    """Whether a job is the signed-in account's, which may see those of the office."""
    asking = accounts.current()
    is_office = asking.role == "admin" and asking.unit_id is None
    return job.account_id == asking.id or is_office


def delete_expired(session: Session, settings: Settings, now: datetime) -> int:
    """Delete the jobs that are past their time with their files; commits."""
    ids = session.scalars(
        sa.select(Job.id).where(Job.delete_at <= now, Job.state.not_in(UNFINISHED))
    ).all()
    for job_id in ids:
        # Files first: they may hold what a row never does.
        shutil.rmtree(folder(settings, job_id), ignore_errors=True)
    session.execute(sa.delete(Job).where(Job.id.in_(ids)))
    session.commit()
    known = set(session.scalars(sa.select(Job.id)))
    session.rollback()
    for place in folder(settings).glob("*/"):
        age = now.timestamp() - place.stat().st_mtime
        if place.name not in known and age > ORPHANED.total_seconds():
            shutil.rmtree(place, ignore_errors=True)
    return len(ids)
