"""Many links made while others write: in parts, each committed by itself, and none of
them shown before the last one is there.

On SQLite one transaction for a hundred thousand links would keep every business that
sends its form waiting for seconds. So the batch is written down first as unfinished:
nothing else is made in its wave meanwhile, no page shows it, its tokens are told to
nobody. What a dead process left unfinished is removed before anything new is made.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import keyholes, web
from survey.db import db, in_chunks
from survey.fieldwork.links import making
from survey.fieldwork.links.making import Tokens, Wanted
from survey.models import Batch, Keyhole, Link, Wave

ROWS: Final = 1_000
"""Written and committed at once; what a writer waits for."""
PAUSE_SECONDS: Final = 0.03
"""Between two parts, so that SQLite, which has no queue, lets the others in."""
_UNSEEN: Final[Any] = {"synchronize_session": False}


def make_in_parts(
    session: Session,
    wave: Wave,
    find: Callable[[], Sequence[Wanted]],
    *,
    batch: Tokens,
    now: datetime,
    by: int | None = None,
    note: str | None = None,
    keep_key: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Batch:
    """Make links of dossiers in parts; the last one, with the count, is left to the
    caller to commit.

    Args:
        find: which links are wanted; asked once nobody else makes any in this wave.
        batch, by, note, keep_key, progress: as `making.make_links` takes them.
    Raises:
        FieldworkError: as `making.make_links` does; nothing is left of the batch then.
    """
    with _alone(is_patient=True):
        sweep_locked(session)
        made = _announced(session, wave, batch, now=now, by=by, note=note)
        batch_id = made.id
        session.commit()
        try:
            wanted = list(find())
            making.check_wanted(session, wave, wanted)
            secret = making.reckoned(batch, "dossier", len(wanted), progress)
            made.size = len(wanted)
            if keep_key:
                made.key, made.key_until = batch.key, now + making.key_life()
            _store(session, wave, made, wanted, secret)
        except Exception:
            session.rollback()
            # Of its own: that of a job that was cancelled commits nothing any more.
            with Session(db.engine) as own:
                _discard(own, batch_id)
            raise
        making.finish(session, made, wanted, now=now, by=by, are_new=True)
        made.is_whole = True
        session.flush()
        return made


def _announced(session: Session, wave: Wave, batch: Tokens, **more: Any) -> Batch:
    """The batch as it begins: whoever makes links in this wave sees it from now on."""
    making.lock_wave(session, wave)
    made = Batch(
        wave_id=wave.id,
        kind="dossier",
        size=0,
        note=more["note"],
        made_at=more["now"],
        made_by=more["by"],
        is_sample=wave.is_sample,
        is_whole=False,
    )
    session.add(made)
    session.flush()
    return made


def _store(
    session: Session,
    wave: Wave,
    made: Batch,
    wanted: Sequence[Wanted],
    secret: Sequence[tuple[str | None, str]],
) -> None:
    first = 0
    for some in in_chunks(list(zip(wanted, secret, strict=True)), ROWS):
        making.store(session, wave, made, some, first=first)
        keyholes.cut_part(session, made.id, range(first, first + len(some)))
        first += len(some)
        _let_others_in(session)


def _let_others_in(session: Session) -> None:
    session.commit()
    if session.get_bind().dialect.name == "sqlite":
        time.sleep(PAUSE_SECONDS)


def sweep(session: Session) -> int:
    """Remove what is left of batches that nobody makes any more; how many there were.

    Commits part by part. None while something is being made.
    """
    with _alone(is_patient=False) as is_alone:
        return sweep_locked(session) if is_alone else 0


def sweep_locked(session: Session) -> int:
    """As `sweep`, for who makes links."""
    left = session.scalars(sa.select(Batch.id).where(~Batch.is_whole)).all()
    session.rollback()
    for batch_id in left:
        _discard(session, batch_id)
    return len(left)


def _discard(session: Session, batch_id: int) -> None:
    while ids := session.scalars(
        sa.select(Link.id).where(Link.batch_id == batch_id).limit(ROWS)
    ).all():
        for noun, column in ((Keyhole, Keyhole.link_id), (Link, Link.id)):
            session.execute(
                sa.delete(noun).where(column.in_(ids)), execution_options=_UNSEEN
            )
        _let_others_in(session)
    session.execute(sa.delete(Batch).where(Batch.id == batch_id))
    session.commit()


@contextmanager
def _alone(*, is_patient: bool) -> Iterator[bool]:
    """Whether nobody else of this installation makes links in parts; it is kept so
    meanwhile, and ends with the process, however that ends."""
    place = web.settings().instance
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / "making.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if is_patient else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
