"""Who does the work: a process of its own, started when there is some, that does one
job after another and leaves when nothing waits."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess  # nosec B404
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import structlog
from flask import Flask, current_app, g
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from survey import clock, web
from survey.config import Settings
from survey.db import db
from survey.jobs import kinds, queue
from survey.jobs.kinds import Cancelled, JobError
from survey.jobs.work import Work

IDLE_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.5
BEAT_SECONDS: Final = 10.0
NICE: Final = 10
OOM_SCORE: Final = "500"
BEHIND: Final = '"$@" </dev/null >/dev/null &'
COMMAND: Final = "from survey.cli import main; main(['work'])"

log = structlog.get_logger("survey")


class Stopped(BaseException):
    """The machine or the operator wants this process to end."""


def wake() -> None:
    """Start a process that does what is queued, if none is at work; never raises.

    In tests nothing is started: they do the work themselves with `run_all`.
    """
    if current_app.testing:
        return
    chosen = web.settings()
    try:
        with _alone(chosen) as is_alone:
            pass
        if is_alone:
            _start(chosen)
    except (OSError, subprocess.SubprocessError) as error:
        # The job waits: the next one who looks at it, or `survey tidy`, tries again.
        log.error("no worker", error=str(error))


def _start(chosen: Settings) -> None:
    # By a shell that leaves at once, so that the process is nobody's child here: a
    # server that forks and reaps would otherwise have to know about it.
    subprocess.run(  # noqa: S603  # nosec B603
        ["/bin/sh", "-c", BEHIND, "sh", sys.executable, "-c", COMMAND],
        env=_environment(chosen),
        start_new_session=True,
        check=True,
        timeout=10,
    )


def _environment(chosen: Settings) -> dict[str, str]:
    """Of this process, with its settings as they are, wherever they came from."""
    environment = dict(os.environ)
    for setting in fields(chosen):
        value = getattr(chosen, setting.name)
        name = f"SURVEY_{setting.name.upper()}"
        environment[name] = str(value.resolve() if isinstance(value, Path) else value)
    return environment


@contextmanager
def _alone(chosen: Settings) -> Iterator[bool]:
    """Whether no other process works for this folder; it is kept so meanwhile."""
    place = queue.folder(chosen)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / "worker.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


class Worker:
    """Does one job after another in this process."""

    def __init__(self, app: Flask, *, is_own_process: bool = False) -> None:
        """Work for an installation.

        Args:
            is_own_process: signals end its work.
        """
        self.app = app
        self.is_own_process = is_own_process
        self._at_work = False
        self._wants_end = False

    def work_off(self, idle_seconds: float) -> int:
        """Do what is queued, until nothing was for so long; how many jobs were done.

        Does nothing when another process of this folder is at work. It waits also for
        what others do, because they may die of it.
        """
        done = 0
        try:
            while not self._wants_end:
                with _alone(self.app.config["SURVEY"]) as is_alone:
                    if not is_alone:
                        return done
                    done += self._drain(idle_seconds)
                # Who queued a job while the door was still locked started nobody.
                with self.app.app_context():
                    waits, _any = queue.is_anything(clock.now())
                if not waits:
                    return done
        except Stopped:
            self._wants_end = True
        return done

    def run_all(self) -> int:
        """Do what is queued now; how many jobs that were."""
        done = 0
        while self.run_one():
            done += 1
        return done

    def run_one(self) -> bool:
        """Claim a job and do it; False when none could be claimed."""
        with self.app.app_context():
            claimed = queue.claim(clock.now())
            if claimed is not None:
                g.language = claimed.language
                self._do(claimed)
        return claimed is not None

    def _drain(self, idle_seconds: float) -> int:
        done = 0
        idle_since = time.monotonic()
        while not self._wants_end:
            with self.app.app_context():
                waits, is_unfinished = queue.is_anything(clock.now())
            if waits and self.run_one():
                done += 1
            if waits or is_unfinished:
                idle_since = time.monotonic()
            if time.monotonic() - idle_since >= idle_seconds:
                break
            if not waits:
                time.sleep(LOOK_SECONDS)
        self._clear()
        return done

    def _clear(self) -> None:
        with (
            self.app.app_context(),
            suppress(SQLAlchemyError),
            Session(db.engine) as session,
        ):
            queue.delete_expired(session, self.app.config["SURVEY"], clock.now())

    def _do(self, claimed: queue.Claim) -> None:
        log.info("job begun", job=claimed.id, kind=claimed.kind, tries=claimed.tries)
        work = Work(claimed)
        try:
            ended = self._outcome(work, claimed)
        finally:
            work.close()
        if isinstance(ended, str):
            queue.say_failed(claimed, ended, clock.now())
            log.info("job failed", job=claimed.id)
        elif ended is not None:
            is_its_fault = not isinstance(ended, Stopped)
            queue.give_back(claimed, is_its_fault=is_its_fault)
            log.info("job given back", job=claimed.id)
            if not is_its_fault:
                raise ended

    def _outcome(
        self, work: Work, claimed: queue.Claim
    ) -> str | Stopped | DBAPIError | None:
        """Do the work: None when it is over, a fault in words, or why to try again."""
        found = kinds.find(claimed.kind)
        try:
            if found is None:
                raise LookupError(f"no kind of job {claimed.kind!r}")
            self._at_work = True
            with self._beating(claimed):
                found.do(work)
                work.finish()
            self._at_work = False
        except Cancelled:
            log.info("job left", job=claimed.id)
        except JobError as error:
            return str(error)
        except Stopped as stopped:
            return stopped
        except Exception as error:
            log.exception("job failure", job=claimed.id, kind=claimed.kind)
            if isinstance(error, OperationalError) and claimed.tries % queue.TRIES:
                return error  # the database was away or locked: that passes
            return str(
                _(
                    "Hệ thống gặp lỗi khi làm việc này; lỗi đã được ghi lại. Xin bấm "
                    "“Làm lại”. Nếu vẫn lỗi, xin báo người quản trị."
                )
            )
        finally:
            self._at_work = False
        return None

    @contextmanager
    def _beating(self, claimed: queue.Claim) -> Iterator[None]:
        """Give signs of life from beside, however long the work is silent."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(BEAT_SECONDS):
                with self.app.app_context(), suppress(SQLAlchemyError):
                    is_ours = queue.beat(claimed, clock.now())
                    if not is_ours and self.is_own_process:
                        main = threading.main_thread().ident or 0
                        signal.pthread_kill(main, signal.SIGUSR1)

        beside = threading.Thread(target=beat, daemon=True)
        beside.start()
        try:
            yield
        finally:
            over.set()
            beside.join()

    def heed_signals(self) -> None:
        """Let SIGTERM and SIGINT end this process with its job queued again."""

        def end(number: int, frame: Any) -> None:
            self._wants_end = True
            if self._at_work:
                raise Stopped

        def leave(number: int, frame: Any) -> None:
            if self._at_work:
                raise Cancelled

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGUSR1, leave)


def resume(app: Flask) -> None:
    """Start a process if an earlier one left something undone."""
    with app.app_context():
        _waits, is_unfinished = queue.is_anything(clock.now())
        if is_unfinished:
            wake()


def take_up(app: Flask) -> int:
    """Do what is queued and nobody does, in this process; how many jobs were done."""
    return Worker(app).work_off(0)


def run_all(app: Flask) -> int:
    """Do in this process what is queued; how many jobs that were (for tests)."""
    return Worker(app).run_all()


def work_off(app: Flask, *, idle_seconds: float = IDLE_SECONDS) -> int:
    """Do what is queued as a process of its own, modestly; how many jobs were done."""
    with suppress(OSError):
        os.nice(NICE)
    with suppress(OSError):
        # When memory runs out this process goes first, not the server.
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE, encoding="ascii")
    worker = Worker(app, is_own_process=True)
    worker.heed_signals()
    return worker.work_off(idle_seconds)
