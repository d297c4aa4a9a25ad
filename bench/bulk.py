"""An office with three years of responses, loaded in bulk: rows and counters as sending
that many forms would leave them, without sending any."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.scratch import Scratch
from survey import catalogue, demo, tallies
from survey.db import db, in_chunks
from survey.indices import statuses_in
from survey.models import (
    ARMS,
    CHANNELS,
    ORIGINS,
    Invitation,
    Procedure,
    Response,
    Subtotal,
    Tally,
    Unit,
    Wave,
)
from survey.tallies import Cell
from survey.tallies.adding import summed
from survey.tallies.keys import KEPT, KINDS

UNITS, PROCEDURES, FIELDS, WAVES = 60, 250, 12, 12
FIRST_YEAR: Final = 2024
TEMPLATES: Final = 300
MOST_LIKE: Final = 4
"""Different forms in one cell; the others are like one of these."""
BODIES: Final = ("answers", "facts", "generals", "prompts", "seconds")
_CHANNELS = (0.15, 0.55, 0.1, 0.1, 0.1)
_ORIGINS = (0.6, 0.2, 0.08, 0.07, 0.05)


@dataclass(frozen=True, kw_only=True)
class Large:
    """What was built: ids of waves in order, and one of everything to filter by."""

    waves: tuple[str, ...]
    unit: str
    department: str
    procedure: str
    field: str
    month: str


@dataclass(frozen=True, kw_only=True)
class _Form:
    """A form that others are like."""

    row: dict[str, Any]
    counts: int


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A cell, how many forms it has, and like which."""

    cell: Cell
    n: int
    forms: tuple[_Form, ...]

    @property
    def counts(self) -> int:
        """The counters of all its forms."""
        whole, rest = divmod(self.n, len(self.forms))
        return sum(
            form.counts * (whole + (place < rest))
            for place, form in enumerate(self.forms)
        )


def build(office: Scratch, size: int, *, bodies: bool) -> Large:
    """Add twelve quarters with so many responses in all, the last one open.

    Args:
        bodies: whether responses have answers and facts; pages read none.
    """
    draw = numpy.random.default_rng(1)
    with office.session() as session:
        unlike = _forms(office, session)
        units, procedures = _catalogue(session)
        waves = _waves(session)
        large = _chosen(session, units, procedures, waves)
        places_of = _places(draw, size, unlike, units, procedures, waves)
        session.commit()
        with _loading(session, office) as load:
            every: list[_Place] = []
            for wave, places in zip(waves, places_of, strict=True):
                _load_counts(load, places, is_open=wave is waves[-1])
                every += places
            load(Response, _rows(draw, every, waves[0].questionnaire_id, bodies))
    return large


def _forms(office: Scratch, session: Session) -> dict[bool, list[_Form]]:
    """Forms of the sample, flagged ones and others, with what each counts."""
    office.respond(TEMPLATES)
    wave = session.get_one(Wave, office.wave)
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    found: dict[bool, list[_Form]] = defaultdict(list)
    for one in session.scalars(sa.select(Response).where(Response.wave_id == wave.id)):
        row = {name: getattr(one, name) for name in ("status", "flags", *BODIES)}
        counts = tallies.counts_of(questionnaire, **row)
        found[bool(row["flags"])].append(_Form(row=row, counts=counts))
    return found


def _catalogue(session: Session) -> tuple[list[Unit], list[Procedure]]:
    top = session.get_one(Wave, demo.WAVE).unit
    parents = [
        Unit(code=f"BD-{i:02}", name=f"Ban {i:02}", kind="department", parent=top)
        for i in range(UNITS // 6)
    ]
    below = [
        Unit(
            code=f"BP-{i:02}", name=f"Phòng {i:02}", kind="division",
            parent=parents[i % len(parents)],
        )
        for i in range(UNITS - len(parents))
    ]  # fmt: skip
    session.add_all([*parents, *below])
    session.flush()
    procedures = [
        Procedure(
            code=f"9.{i:06}",
            name=f"Thủ tục thứ {i:03} của bộ số liệu đo",
            field=f"Lĩnh vực {i % FIELDS:02}",
            unit_id=below[i % len(below)].id,
            working_days=5 + i % 20,
        )
        for i in range(PROCEDURES)
    ]
    session.add_all(procedures)
    session.flush()
    return [*parents, *below], procedures


def _waves(session: Session) -> list[Wave]:
    sample = session.get_one(Wave, demo.WAVE)
    waves = []
    for i in range(WAVES):
        year, quarter = FIRST_YEAR + i // 4, i % 4
        month = 3 * quarter + 1
        waves.append(
            Wave(
                id=f"do-{year}-q{quarter + 1}",
                title=f"Quý {quarter + 1} năm {year}",
                questionnaire_id=sample.questionnaire_id,
                unit_id=sample.unit_id,
                opens_on=date(year, month, 1),
                closes_on=date(year, month + 2, 28),
                state="open" if i == WAVES - 1 else "closed",
                careless=sample.careless,
                folded_percent=10,
            )
        )
    session.add_all(waves)
    session.flush()
    return waves


def _chosen(
    session: Session,
    units: Sequence[Unit],
    procedures: Sequence[Procedure],
    waves: Sequence[Wave],
) -> Large:
    last = waves[-1]
    return Large(
        waves=tuple(wave.id for wave in waves),
        unit=units[-1].code,
        department=units[0].code,
        procedure=procedures[0].code,
        field=procedures[0].field or "",
        month=f"{last.opens_on:%Y-%m}",
    )


def _places(
    draw: numpy.random.Generator,
    size: int,
    forms: dict[bool, list[_Form]],
    units: Sequence[Unit],
    procedures: Sequence[Procedure],
    waves: Sequence[Wave],
) -> Iterator[list[_Place]]:
    """Of each wave its cells: procedures are asked for very unequally."""
    often = 1 / numpy.arange(1, PROCEDURES + 1) ** 0.7
    axes = (
        often / often.sum(), _CHANNELS, _ORIGINS, (0.3, 0.4, 0.3), (0.95, 0.05),
        (0.9, 0.1),
    )  # fmt: skip
    chances = numpy.array(axes[0])
    for axis in axes[1:]:
        chances = numpy.multiply.outer(chances, axis)
    shape, flat = chances.shape, chances.ravel() / chances.sum()
    for wave in waves:
        months = [f"{wave.opens_on:%Y}-{wave.opens_on.month + i:02}" for i in range(3)]
        counts = draw.multinomial(size // len(waves), flat)
        places = []
        for index in numpy.flatnonzero(counts):
            p, c, o, m, f, a = (int(i) for i in numpy.unravel_index(index, shape))
            cell = Cell(
                wave_id=wave.id,
                unit_id=procedures[p].unit_id,
                procedure_id=procedures[p].id,
                channel=CHANNELS[c],
                origin=ORIGINS[o],
                month=months[m],
                is_flagged=bool(f),
                arm=ARMS[a],
            )
            n, like = int(counts[index]), forms[bool(f)]
            chosen = [like[(int(index) + i) % len(like)] for i in range(MOST_LIKE)]
            places.append(_Place(cell=cell, n=n, forms=tuple(chosen[:n])))
        yield places


class _Load:
    """Puts rows into a table past everything that would slow it down."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    def __call__(self, noun: Any, rows: Iterable[dict[str, Any]]) -> None:
        """Load rows, each with every column of the table."""
        columns = list(noun.__table__.columns)
        writers = [
            one.type.dialect_impl(self._connection.dialect).bind_processor(
                self._connection.dialect
            )
            for one in columns
        ]
        names = [one.name for one in columns]

        def written() -> Iterator[tuple[Any, ...]]:
            for row in rows:
                yield tuple(
                    write(row[name])
                    # What is text already stands for JSON.
                    if write is not None and not isinstance(row[name], str)
                    else row[name]
                    for name, write in zip(names, writers, strict=True)
                )

        driver: Any = self._connection.connection.driver_connection
        listed = ", ".join(names)
        if self._is_sqlite:
            places = ", ".join("?" * len(names))
            sql = f"INSERT INTO {noun.__tablename__} ({listed}) VALUES ({places})"  # noqa: S608
            for chunk in in_chunks(written(), 20_000):
                driver.executemany(sql, chunk)
            return
        with driver.cursor() as cursor:
            sql = f"COPY {noun.__tablename__} ({listed}) FROM STDIN"
            with cursor.copy(sql) as copy:
                for row in written():
                    copy.write_row(row)


@contextmanager
def _loading(session: Session, office: Scratch) -> Iterator[_Load]:
    """Nothing is synced, and indexes are made at the end."""
    connection = session.connection()
    table: Any = Response.__table__
    indexes = list(table.indexes)
    if office.is_sqlite:
        driver: Any = connection.connection.driver_connection
        driver.execute("COMMIT")
        # In a write-ahead log everything would be written twice.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            driver.execute(f"PRAGMA {pragma}").fetchall()
        driver.execute("BEGIN IMMEDIATE")
    for index in indexes:
        index.drop(connection)
    yield _Load(connection)
    for index in indexes:
        index.create(connection)
    session.commit()
    session.close()
    with office.app.app_context(), db.engine.connect() as own:
        if office.is_sqlite:
            own.exec_driver_sql("ANALYZE")
            own.commit()
        else:
            alone = own.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("VACUUM ANALYZE")


def _load_counts(load: _Load, places: Sequence[_Place], *, is_open: bool) -> None:
    cells = {place.cell: place.counts for place in places}
    load(Tally, ({**cell._asdict(), "counts": cells[cell]} for cell in sorted(cells)))
    sums = summed(cells, KEPT if is_open else KINDS)
    load(Subtotal, ({**key._asdict(), "counts": sums[key]} for key in sorted(sums)))
    asked: dict[tuple[str, int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell, counts in cells.items():
        if cell.origin == "dossier":
            row = asked[cell.wave_id, cell.unit_id, cell.procedure_id]
            for i, number in enumerate(statuses_in(counts)):
                row[i] += number
    load(
        Invitation,
        (
            {
                "wave_id": wave, "unit_id": unit, "procedure_id": procedure,
                "links": 3 * sum(row), "complete": row[0], "partial": row[1],
                "break_off": row[2],
            }
            for (wave, unit, procedure), row in sorted(asked.items())
        ),
    )  # fmt: skip


def _rows(
    draw: numpy.random.Generator,
    places: Sequence[_Place],
    questionnaire: str,
    bodies: bool,
) -> Iterator[dict[str, Any]]:
    """The responses in the order of their ids, which is no other order."""
    order = numpy.repeat(
        numpy.arange(len(places), dtype=numpy.int32), [place.n for place in places]
    )
    draw.shuffle(order)
    seen = numpy.zeros(len(places), dtype=numpy.int32)
    texts: dict[int, dict[str, str]] = {}
    nothing = dict.fromkeys(BODIES, "{}")
    for number, at in enumerate(order):
        place = places[int(at)]
        form = place.forms[seen[at] % len(place.forms)]
        seen[at] += 1
        if id(form) not in texts:
            texts[id(form)] = (
                {name: _text(form.row[name]) for name in BODIES} if bodies else nothing
            )
        cell = place.cell
        yield {
            "id": f"{number:016x}",
            "receipt_hash": f"{number:064x}",
            "wave_id": cell.wave_id,
            "questionnaire_id": questionnaire,
            "unit_id": cell.unit_id,
            "procedure_id": cell.procedure_id,
            "channel": cell.channel,
            "origin": cell.origin,
            "month": cell.month,
            "language": "vi",
            "status": form.row["status"],
            "flags": form.row["flags"],
            "arm": cell.arm,
            "pattern": None,
            "comment": None,
            "is_sample": False,
            **texts[id(form)],
        }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
