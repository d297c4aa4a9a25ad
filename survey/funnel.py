"""The funnel: how many links were made, opened, begun and finished, counted by unit,
procedure and day, by batch where that points to nobody, and never by person.

A batch may be a single dossier's link: a row of its own that changed together with a
response, or in the order in which responses came, would join the two. So what is begun
and finished behind dossiers' links is counted for all of them together; how far one
batch has come follows from its keyholes and drafts. Openings are counted by batch, but
all openings of a day are written anew together, in the order of their keys.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from multiprocessing.util import Finalize
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from survey import web
from survey.db import AnyConnection, Base, Statement
from survey.models import ALL_DOSSIERS, NO_BATCH, NO_PROCEDURE, Funnel, Wave

STEPS: Final = ("made", "opened", "started", "finished")
FLUSH_SECONDS: Final = 15.0
_TABLE: Final = Base.metadata.tables[Funnel.__tablename__]


class Cell(NamedTuple):
    """The key of a funnel, in the order of its columns."""

    wave_id: str
    batch_id: int
    unit_id: int
    procedure_id: int
    day: date

    @classmethod
    def of(
        cls,
        wave_id: str,
        batch_id: int | None,
        unit_id: int,
        procedure_id: int | None,
        day: date,
    ) -> Cell:
        """The cell of a link's batch, unit and procedure, which it may lack."""
        return cls(
            wave_id, batch_id or NO_BATCH, unit_id, procedure_id or NO_PROCEDURE, day
        )

    def of_all_dossiers(self) -> Cell:
        """The same without a batch: where what dossiers answer is counted."""
        return self._replace(batch_id=ALL_DOSSIERS)


def _upsert(insert: Any) -> Statement:
    statement = insert(_TABLE)
    return Statement(
        statement.on_conflict_do_update(
            index_elements=list(Cell._fields),
            set_={
                step: getattr(Funnel, step) + statement.excluded[step] for step in STEPS
            },
        ),
        *Cell._fields,
        *STEPS,
    )


_ADD: Final = {
    name: _upsert(insert)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def add(
    session: Session | AnyConnection,
    cell: Cell,
    *,
    made: int = 0,
    opened: int = 0,
    started: int = 0,
    finished: int = 0,
) -> None:
    """Count steps of one cell, in the transaction that is under way.

    Who adds to several cells does so in their order, so that two cannot wait for each
    other; a form that is sent adds here last, after its tallies.
    """
    connection = session.connection() if isinstance(session, Session) else session
    steps = {"made": made, "opened": opened, "started": started, "finished": finished}
    _ADD[connection.dialect.name].run(connection, {**cell._asdict(), **steps})


class Opens:
    """Openings that this process counted and has not written yet.

    Looking at a page writes nothing: what was looked at is written some seconds later,
    and once more when the process ends. A process that is killed forgets the last of
    them; they are an estimate anyway, for a link is also opened by programs that
    preview it and by people who come back.
    """

    def __init__(self, app: Flask) -> None:
        """Begin to count for an application; a thread writes unless it is tested."""
        self._app = app
        self._lock = threading.Lock()
        self._counted: Counter[Cell] = Counter()
        if not app.testing:
            threading.Thread(target=self._write_for_ever, daemon=True).start()
            # Also where a process of the server ends, which asks no `atexit`.
            Finalize(None, self.flush, exitpriority=1)

    def add(self, cell: Cell) -> None:
        """Count one opening."""
        with self._lock:
            self._counted[cell] += 1

    def flush(self) -> None:
        """Write what was counted; what cannot be written now is kept for later."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        days: dict[tuple[str, date], dict[Cell, int]] = defaultdict(dict)
        for cell, count in counted.items():
            days[cell.wave_id, cell.day][cell] = count
        for (wave_id, day), opened in sorted(days.items()):
            try:
                engine = self._app.extensions["writer"][0]
                with engine.begin() as connection:
                    _write_day(connection, wave_id, day, opened)
            except IntegrityError:
                pass  # the wave was removed meanwhile
            except DBAPIError as error:
                web.log.warning("openings not written yet", error=str(error.orig))
                with self._lock:
                    self._counted.update(opened)

    def _write_for_ever(self) -> None:
        pause = threading.Event()
        while not pause.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except Exception:
                web.log.exception("openings not written")


def opened(cell: Cell) -> None:
    """Count that a link was opened, without writing anything in this request."""
    _opens_of(current_app._get_current_object()).add(cell)  # type: ignore[attr-defined]


def flush(app: Flask) -> None:
    """Write the openings that this process counted."""
    _opens_of(app).flush()


_making: Final = threading.Lock()


def _opens_of(app: Flask) -> Opens:
    kept: Opens | None = app.extensions.get("opens")
    if kept is None:
        with _making:
            # Made at the first opening, so after the server made its processes.
            kept = app.extensions.setdefault("opens", app.extensions.get("opens"))
            if kept is None:
                kept = app.extensions["opens"] = Opens(app)
    return kept


def _write_day(
    connection: sa.Connection, wave_id: str, day: date, opened: Mapping[Cell, int]
) -> None:
    """Add openings to a day, and write all rows by batch of that day anew.

    So no row tells by its place or its transaction when its own link was opened.
    """
    # One after the other, and after a rehearsal that is being emptied; forms that are
    # being sent need not wait.
    connection.execute(
        sa.select(Wave.id).where(Wave.id == wave_id).with_for_update(key_share=True)
    )
    found = connection.execute(
        sa.delete(_TABLE)
        .where(
            _TABLE.c.wave_id == wave_id,
            _TABLE.c.day == day,
            _TABLE.c.batch_id > NO_BATCH,
        )
        .returning(*_TABLE.c)
    )
    cells = {Cell(*row[:5]): list(row[5:]) for row in found}
    for cell, count in opened.items():
        cells.setdefault(cell, [0] * len(STEPS))[STEPS.index("opened")] += count
    for cell in sorted(cells):
        # Added, not set: another process may have written the row meanwhile.
        add(connection, cell, **dict(zip(STEPS, cells[cell], strict=True)))
