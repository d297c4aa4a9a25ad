"""The results page and the raw download, with few responses and with very many."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event, Thread

import sqlalchemy as sa

from bench import scratch, server
from bench.browser import Browser
from bench.figures import Book
from bench.memory import sign_in
from bench.scratch import Scratch
from bench.server import HOST, Server
from survey.models import Response

PAGE_LIMIT = 150.0
GROWTH_LIMIT = 1.5
CSV_LIMIT = 3.0
CSV_GROWTH_LIMIT = 16.0
"""MB by which a worker may grow while it streams: some chunks, not the rows."""
ASKED = 15
PAGES = {
    "results page": "",
    "results page of one channel": "?kenh=online",
    "guidance page": "/huong-dan",
}
"""Addresses below that of the wave. Only one channel is read from single cells."""
GROWING = "results page of one channel"


@dataclass(frozen=True, kw_only=True)
class Download:
    """How a download went."""

    seconds: float
    first_byte: float
    size: int
    rows: int
    growth: float


def measure(book: Book, data: Path | None = None) -> None:
    """The results page at two sizes, and the raw CSV of a size between."""
    few, middle, many = (
        (1_000, 10_000, 100_000) if book.is_quick else (10_000, 100_000, 1_000_000)
    )
    book.title(
        f"results: the page with {few:,} and {many:,} responses, CSV of {middle:,}"
    )
    with scratch.installation() as office:
        office.add_staff()
        office.respond(few)
        first = _pages(book, office, few)
        _grow(book, office, middle)
        _csv(book, office, middle)
        second = first
        if data is None:
            _grow(book, office, many)
            second = _pages(book, office, many)
    if data is not None:
        with scratch.installation(folder=data) as kept:
            if not _stored(kept):
                kept.add_staff()
            _grow(book, kept, many)
            second = _pages(book, kept, many)
    for name in PAGES:
        book.add(
            f"{name}: time with many over time with few",
            second[name] / first[name],
            limit=None if name == GROWING else GROWTH_LIMIT,
        )


def _stored(office: Scratch) -> int:
    with office.session() as session:
        query = sa.select(sa.func.count()).select_from(Response)
        return session.scalar(query) or 0


def _grow(book: Book, office: Scratch, size: int) -> None:
    missing = size - _stored(office)
    if missing > 0:
        book.say(f"making {missing:,} responses")
        office.respond(missing)


def _pages(book: Book, office: Scratch, size: int) -> dict[str, float]:
    """The median time of every page, in ms."""
    with server.running(server.production(office)) as ours:
        return {
            name: _page(book, ours, name, f"/ket-qua/{office.wave}{path}", size)
            for name, path in PAGES.items()
        }


def _page(book: Book, ours: Server, name: str, path: str, size: int) -> float:
    staff = sign_in(ours.port)
    for _ in range(4):  # warm, on both workers
        assert staff.get(path).status == 200
        staff.close()
    times, before = [], ours.cpu()
    for _ in range(ASKED):
        began = time.perf_counter()
        answer = staff.get(path)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200
    cpu = (ours.cpu() - before) / ASKED * 1000
    book.add(
        f"{name}, {size:,} responses: median of {ASKED}",
        median(times),
        "ms",
        limit=PAGE_LIMIT,
        note=f"{cpu:.0f} ms of CPU, {len(answer.body):,} bytes",
    )
    return median(times)


def _csv(book: Book, office: Scratch, size: int) -> None:
    with server.running(server.production(office)) as ours:
        staff = sign_in(ours.port)
        path = f"/ket-qua/{office.wave}/tai-ve.csv?kind=raw"
        _download(ours, staff, path)  # warm
        loads = [_download(ours, staff, path) for _ in range(3)]
    best = min(loads, key=lambda one: one.seconds)
    assert best.rows == size + 1, f"{best.rows} rows"
    book.add(
        f"raw CSV, {size:,} responses",
        best.seconds,
        "s",
        limit=CSV_LIMIT,
        note=f"{best.size / 1e6:.1f} MB, best of {len(loads)}",
    )
    book.add("raw CSV: first byte", best.first_byte, "s")
    growth = min(one.growth for one in loads)
    book.add("raw CSV: growth of the worker", growth, "MB", limit=CSV_GROWTH_LIMIT)


def _download(ours: Server, staff: Browser, path: str) -> Download:
    connection = http.client.HTTPConnection(HOST, ours.port, timeout=120)
    before, peak, done = _largest(ours), [0.0], Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], _largest(ours))

    watcher = Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": staff.cookies})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read(500)
    answer.read(1)
    first_byte = time.perf_counter() - began
    size, rows = 1, 0
    while piece := answer.read(1 << 16):
        size += len(piece)
        rows += piece.count(b"\n")
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    connection.close()
    return Download(
        seconds=seconds,
        first_byte=first_byte,
        size=size,
        rows=rows,
        growth=peak[0] - before,
    )


def _largest(ours: Server) -> float:
    return max(rss for rss, _ in ours.memory())
