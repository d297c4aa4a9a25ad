"""What the function of a kind is given: its session, its files, its progress."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from survey import clock, web
from survey.db import LateSession, db
from survey.jobs import queue
from survey.jobs.kinds import Cancelled

PAUSE_SECONDS: Final = 0.5
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Work:
    """One job, seen by the function that does it.

    `session` locks SQLite only from its first write to its commit. What is written
    and not committed is committed when the function returns, together with the word
    that the job is done.
    """

    def __init__(self, claimed: queue.Claim) -> None:
        """Begin the work that was claimed."""
        self.session = LateSession(db.engine, current_app.extensions["writer"][1])
        self.params: dict[str, Any] = claimed.params
        self.job_id = claimed.id
        self.language = claimed.language
        self._claimed = claimed
        self._place = queue.folder(web.settings(), claimed.id)
        # Of this try alone, so that one that comes back cannot spoil another's.
        self._making = self._place / f"making-{claimed.tries}"
        self._told: dict[str, Any] = {}
        self._written_at = -PAUSE_SECONDS
        self._is_over = False
        event.listen(self.session, "before_commit", self._check_before_commit)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and holds nobody up: for long looking."""
        with Session(db.engine.execution_options(is_deferred=True)) as session:
            yield session

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is; to be called often.

        While `session` holds SQLite's lock nothing can be told, and nobody can cancel.

        Raises:
            Cancelled: the person cancelled it; let it pass.
        """
        now = time.monotonic()
        if now - self._written_at < PAUSE_SECONDS or self.session.is_locking:
            return
        self._written_at = now
        total = max(total, 0)
        done = min(max(done, 0), total)
        if not queue.beat(self._claimed, clock.now(), done=done, total=total):
            raise Cancelled

    def file(self, name: str) -> Path:
        """Where to write a result file; it is there for others once the job is done.

        Raises:
            ValueError: not a plain name of ASCII letters, digits, dots and dashes.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a result file")
        self._making.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._making / name

    def given(self, name: str) -> Path:
        """A file that came with the job."""
        return self._place / queue.GIVEN / name

    def tell(self, **values: Any) -> None:
        """Add to what the page shows when the job is done."""
        self._told.update(values)

    def finish(self) -> None:
        """Commit what was done together with the word that it is done.

        Raises:
            Cancelled: it was cancelled or taken over before that.
        """
        made = sorted(self._making.glob("*"))
        for path in made:
            _keep(path)
        result = {**self._told, "files": {one.name: one.stat().st_size for one in made}}
        # The row is ours until the commit: nobody else can publish files meanwhile.
        if not queue.say_done(self.session, self._claimed, result, clock.now()):
            raise Cancelled
        for path in made:
            path.replace(self._place / path.name)
        self._is_over = True
        self.session.commit()
        shutil.rmtree(self._place / queue.GIVEN, ignore_errors=True)

    def close(self) -> None:
        """Undo what was not committed, and leave no half files behind."""
        self.session.close()
        shutil.rmtree(self._making, ignore_errors=True)

    def _check_before_commit(self, session: Session) -> None:
        if self._is_over or session.in_nested_transaction():
            return
        if not queue.still_mine(session, self._claimed, clock.now()):
            raise Cancelled


def _keep(path: Path) -> None:
    # A name without its content, after a power cut, would be half a file.
    with path.open("rb") as file:
        os.fsync(file.fileno())
