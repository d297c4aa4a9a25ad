"""Dossiers in, links and prints out: each beside the least that the same rows, codes or
cells can cost here."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any

import openpyxl
import pysqlite3
import segno
import sqlalchemy as sa
import xlsxwriter
from flask import g

from bench import scratch, server
from bench.browser import Browser
from bench.figures import Book
from bench.memory import sign_in
from bench.scratch import Scratch
from bench.server import Server
from survey import accounts, clock, codes, jobs
from survey.db import LateSession, db
from survey.fieldwork import frame, links
from survey.fieldwork.prints import jobs_of_prints
from survey.models import Batch, Dossier, Job, Link, Procedure, Wave

IMPORT_LIMIT = 30.0
LINKS_LIMIT = 20.0
WAIT_LIMIT = 0.3
PAGE_LIMIT = 150.0
PRINT_LIMIT = 60.0
GROWTH_LIMIT = 32.0
"""MB that a file of many cards may take more than one of a few: pages, not the file."""
FEW_CARDS = 100
ASKED = 15
HEADS = (
    "STT", "Mã hồ sơ", "Mã thủ tục", "Hình thức nộp", "Hình thức nhận kết quả",
    "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả", "Tình trạng",
    "Số lần bổ sung", "Tên doanh nghiệp", "Ghi chú",
)  # fmt: skip
FILED = ("trực tiếp", "nộp trực tuyến", "bưu chính công ích")
ENDS = ("đã trả kết quả", "đã trả kết quả", "đã trả kết quả", "từ chối", "trả lại")
Cell = str | int | date


@dataclass
class Held:
    """How long others had to wait who wanted to write into a file of SQLite."""

    longest: float = 0.0
    over: Event = field(default_factory=Event)


def measure(book: Book) -> None:
    """Imports, links and the registry on both databases, prints on SQLite."""
    dossiers = book.choose(50_000, 5_000)
    cards = book.choose(5_000, 500)
    book.title(
        f"distribution: {dossiers:,} dossiers from CSV and from XLSX, {2 * dossiers:,} "
        f"links, {cards:,} cards"
    )
    with scratch.databases() as both:
        for name, address in both:
            with scratch.installation(server=address) as office:
                office.add_staff()
                _import(book, name, office, dossiers)
                batch = _links(book, name, office, 2 * dossiers)
                _registry(book, name, office, batch)
                if office.is_sqlite:
                    _print(book, office, cards)


@contextmanager
def _working(office: Scratch) -> Iterator[LateSession]:
    """A session as long work has it."""
    with office.app.app_context():
        g.language = "vi"
        with LateSession(db.engine, office.app.extensions["writer"][1]) as session:
            yield session
        db.engine.dispose()


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = do()
    return time.perf_counter() - began, found


@contextmanager
def _held(office: Scratch) -> Iterator[Held]:
    """Ask all the time to write, as a business does that sends its form."""
    held = Held()
    if not office.is_sqlite:
        yield held
        return
    path = sa.make_url(office.settings.engine_url).database

    def knock() -> None:
        wire = pysqlite3.connect(path, timeout=120, isolation_level=None)
        while not held.over.wait(0.02):
            began = time.perf_counter()
            wire.execute("BEGIN IMMEDIATE")
            wire.execute("ROLLBACK")
            held.longest = max(held.longest, time.perf_counter() - began)
        wire.close()

    knocker = Thread(target=knock)
    knocker.start()
    try:
        yield held
    finally:
        held.over.set()
        knocker.join()


def _import(book: Book, name: str, office: Scratch, count: int) -> None:
    with _working(office) as session:
        known = session.scalars(sa.select(Procedure.code).order_by(Procedure.id)).all()
    makers = {"CSV": _as_csv, "XLSX": _as_xlsx}
    readers = {"CSV": _read_csv, "XLSX": _read_xlsx}
    for kind, as_file in makers.items():
        content = as_file(list(_rows(kind, known, count)))
        with _held(office) as held:
            seconds, added = _timed(partial(_load, office, content))
        assert added == count, added
        reading, read = _timed(partial(readers[kind], content))
        assert read == count + 1, read
        storing = _bare(office, Dossier.__table__, count)
        book.add(
            f"{name}, {kind}: {count:,} dossiers imported",
            seconds,
            "s",
            limit=IMPORT_LIMIT,
            note=f"bare reading {reading:.1f} s and bare inserts {storing:.1f} s",
        )
        if office.is_sqlite:
            book.add(f"{name}, {kind}: longest wait to write", held.longest, "s")
        again, added = _timed(partial(_load, office, content))
        assert added == 0, added
        book.add(f"{name}, {kind}: the same file once more", again, "s")


def _load(office: Scratch, content: bytes) -> int:
    with _working(office) as session:
        wave = session.get_one(Wave, office.wave)
        loaded = frame.load_dossiers(session, wave, content)
        session.commit()
    return loaded.added


def _rows(kind: str, procedures: Sequence[str], count: int) -> Iterator[list[Cell]]:
    today = clock.today()
    for number in range(count):
        filed = today - timedelta(days=20 + number % 40)
        yield [
            number + 1,
            f"{kind}-{number:06}",
            procedures[number % len(procedures)],
            FILED[number % len(FILED)],
            "bản điện tử",
            filed,
            filed + timedelta(days=7),
            filed + timedelta(days=5 + number % 6),
            ENDS[number % len(ENDS)],
            number % 3,
            f"Công ty TNHH Thương mại và Dịch vụ số {number}",
            "",
        ]


def _as_csv(rows: list[list[Cell]]) -> bytes:
    """As Excel in Vietnamese writes it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    for row in rows:
        writer.writerow(
            f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell for cell in row
        )
    return text.getvalue().encode("utf-8-sig")


def _as_xlsx(rows: list[list[Cell]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADS)
    for at, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, cell, day)
            else:
                sheet.write(at, column, cell)
    book.close()
    return out.getvalue()


def _read_csv(content: bytes) -> int:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return sum(1 for _row in csv.reader(text, delimiter=";"))


def _read_xlsx(content: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = sum(1 for _row in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return rows


def _bare(office: Scratch, table: Any, count: int) -> float:
    """Seconds to insert the newest rows of a table into a copy without any index."""
    with office.app.app_context():
        with db.engine.connect() as connection:
            rows = [
                tuple(row)
                for row in connection.exec_driver_sql(
                    f"SELECT * FROM {table.name} ORDER BY id DESC LIMIT {count}"  # noqa: S608
                )
            ]
        mark = "?" if office.is_sqlite else "%s"
        marks = ", ".join([mark] * len(rows[0]))
        with db.engine.begin() as connection:
            connection.exec_driver_sql(
                f"CREATE TABLE bare_rows AS SELECT * FROM {table.name} WHERE 1 = 0"  # noqa: S608
            )
        began = time.perf_counter()
        with db.engine.begin() as connection:
            connection.exec_driver_sql(
                f"INSERT INTO bare_rows VALUES ({marks})",  # noqa: S608
                [_plain(row) for row in rows],
            )
        seconds = time.perf_counter() - began
        with db.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE bare_rows")
        db.engine.dispose()
    return seconds


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    # PostgreSQL's driver reads JSON as dictionaries and takes only texts back.
    return tuple(json.dumps(cell) if isinstance(cell, dict) else cell for cell in row)


def _links(book: Book, name: str, office: Scratch, count: int) -> int:
    """Make a link for every dossier; the id of the batch."""

    def make() -> int:
        with _working(office) as session:
            wave = session.get_one(Wave, office.wave)
            made = links.make_in_parts(
                session,
                wave,
                lambda: links.bare_wanted(session, wave, None, count),
                batch=links.new_tokens(),
                now=clock.now(),
                keep_key=True,
            )
            assert made.size == count, made.size
            batch_id = made.id
            session.commit()
        return batch_id

    with _held(office) as held:
        seconds, batch_id = _timed(make)

    def hash_all() -> int:
        secret, key = scratch.SECRET.encode(), links.new_key()
        return sum(
            len(codes.hashed(codes.token_from(secret, f"{key}:{place}")))
            for place in range(count)
        )

    hashing, _digits = _timed(hash_all)
    storing = _bare(office, Link.__table__, count)
    book.add(
        f"{name}: {count:,} links made, hashed and stored",
        seconds,
        "s",
        limit=LINKS_LIMIT,
        note=f"bare codes and hashes {hashing:.1f} s, bare inserts {storing:.1f} s",
    )
    if office.is_sqlite:
        book.add(
            f"{name}, links: longest wait to write", held.longest, "s", limit=WAIT_LIMIT
        )
    return int(batch_id)


def _registry(book: Book, name: str, office: Scratch, batch: int) -> None:
    at = f"/dot-khao-sat/{office.wave}"
    pages = {
        "registry": f"{at}/duong-dan",
        "registry of one state": f"{at}/duong-dan?state=active",
        "batch": f"{at}/lo/{batch}",
        "wave": at,
    }
    with server.running(server.production(office)) as ours:
        staff = sign_in(ours.port)
        floor = _page(ours, staff, "/quan-tri/mat-khau")[0]
        for page, path in pages.items():
            milliseconds, note = _page(ours, staff, path)
            book.add(
                f"{name}: page of the {page}, median of {ASKED}",
                milliseconds,
                "ms",
                limit=None if page == "wave" else PAGE_LIMIT,
                note=f"{note}; a bare form {floor:.0f} ms",
            )


def _page(ours: Server, staff: Browser, path: str) -> tuple[float, str]:
    for _ in range(4):  # warm, on both workers
        answer = staff.get(path)
        assert answer.status == 200, (path, answer.status)
        staff.close()
    times, before = [], ours.cpu()
    for _ in range(ASKED):
        seconds, answer = _timed(lambda: staff.get(path))
        assert answer.status == 200
        times.append(seconds * 1000)
    cpu = (ours.cpu() - before) / ASKED * 1000
    return median(times), f"{cpu:.0f} ms of CPU, {len(answer.body):,} bytes"


def _print(book: Book, office: Scratch, count: int) -> None:
    with _working(office) as session:
        wave = session.get_one(Wave, office.wave)
        one = links.Wanted(kind="dossier", unit_id=wave.unit_id)
        sizes = {FEW_CARDS: 0, count: 0}
        for size in sizes:
            made = links.make_links(
                session,
                wave,
                [one] * size,
                batch=links.new_tokens(),
                now=clock.now(),
                keep_key=True,
            )
            sizes[size] = made.id
        session.commit()
    drawing, _codes = _timed(lambda: [_code(number) for number in range(count)])
    for kind in ("the-8", "the-24"):
        _seconds, few, _size = _printed(office, sizes[FEW_CARDS], kind)
        seconds, many, size = _printed(office, sizes[count], kind)
        book.add(
            f"{count:,} cards ({kind}) in one PDF, with its process",
            seconds,
            "s",
            limit=PRINT_LIMIT,
            note=f"{size / 1e6:.1f} MB; bare codes {drawing:.1f} s",
        )
        book.add(
            f"{kind}: memory beyond that of {FEW_CARDS} cards",
            many - few,
            "MB",
            limit=GROWTH_LIMIT,
            note=f"peak {many:.0f} MB",
        )


def _code(number: int) -> Any:
    token = codes.token_from(scratch.SECRET.encode(), str(number))
    return segno.make(f"https://khaosat.example.gov.vn/p/{token}", error="q").matrix


def _printed(office: Scratch, batch_id: int, kind: str) -> tuple[float, float, int]:
    """Seconds, peak MB and bytes of a print that a process of its own makes."""
    with _working(office) as session:
        batch = session.get_one(Batch, batch_id)
        staff = accounts.find_account(session, scratch.STAFF)
        assert staff is not None
        job_id = jobs.enqueue(
            session,
            jobs_of_prints.PRINT,
            {
                "batch": batch.id,
                "size": batch.size,
                "wave": batch.wave_id,
                "print": kind,
                "by": staff.id,
            },
            title=kind,
            wave_id=batch.wave_id,
            now=clock.now(),
        ).id
        session.commit()
    survey = Path(sys.executable).with_name("survey")
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(survey), "work", "--once"],
        env=office.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0.0
    while process.poll() is None:
        # Of the program itself; what `wait4` tells begins with the size of its parent.
        with suppress(OSError, LookupError):
            peak = _high_water(process.pid)
        time.sleep(0.01)
    seconds = time.perf_counter() - began
    assert process.returncode == 0, process.returncode
    with _working(office) as session:
        job = session.get_one(Job, job_id)
        assert job.state == "done", job.fault
        (size,) = job.result["files"].values()
    return seconds, peak, size


def _high_water(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)
