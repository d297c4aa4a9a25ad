"""Whole respondent flows beside bare inserts of one row per commit, equally durable."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Thread

import psycopg
import pysqlite3
import sqlalchemy as sa

from bench import scratch, server
from bench.browser import Browser
from bench.figures import Book, percentile
from bench.respondent import Respondent
from bench.scratch import Scratch
from bench.server import Server

CROWDS = (1, 8, 32)
CPU_LIMIT = 25.0
ROW = {
    "answers": {f"X{n}": "4" for n in range(24)},
    "facts": {f"F{n}": "yes" for n in range(40)},
}
INSERT = "INSERT INTO bare (id, body) VALUES ({0}, {0})"


@dataclass(frozen=True)
class Done:
    """What one respondent did after another."""

    times: list[float]
    requests: int
    began: float
    ended: float


def measure(book: Book) -> None:
    """Flows per second and server CPU per flow, on both databases."""
    with scratch.databases() as both:
        for name, address in both:
            book.title(f"flows: open a link, answer every page, send; {name}, durable")
            with scratch.installation(address) as office:
                _flows(book, name, office)


def _flows(book: Book, name: str, office: Scratch) -> None:
    with server.running(server.production(office)) as ours:
        sent = 0
        for respondents, is_dossier in ((4, True), (4, False)):  # warm
            sent += 40
            _crowd(ours, _tokens(office, is_dossier, 40), respondents)
        for respondents in CROWDS:
            flows = max(respondents, book.choose(160, 64))
            sent += flows
            label = f"{name}, {respondents} at once"
            tokens = _tokens(office, True, flows)
            _figures(book, f"{label}, dossier links", ours, tokens, respondents)
            bare = _bare_inserts(office, respondents, book.choose(2000, 400))
            book.add(f"{label}: bare inserts", bare, "/s", note="one row per commit")
        flows = book.choose(160, 64)
        tokens = _tokens(office, False, flows)
        _figures(book, f"{name}, 8 at once, one counter link", ours, tokens, 8)
    missing = sent + flows - _stored(office)
    book.add(f"{name}: acknowledged responses that are not stored", missing, limit=0)


def _figures(
    book: Book, label: str, ours: Server, tokens: list[str], respondents: int
) -> None:
    before = ours.cpu()
    done = _crowd(ours, tokens, respondents)
    cpu = (ours.cpu() - before) / len(tokens)
    seconds = max(one.ended for one in done) - min(one.began for one in done)
    requests = sum(one.requests for one in done) / len(tokens)
    times = [one for each in done for one in each.times]
    book.add(f"{label}: flows", len(tokens) / seconds, "/s")
    book.add(f"{label}: p95 of a flow", percentile(times, 95), "s")
    book.add(
        f"{label}: server CPU per flow",
        cpu * 1000,
        "ms",
        limit=CPU_LIMIT,
        note=f"{requests:.1f} requests, {cpu / requests * 1000:.2f} ms each",
    )


def _tokens(office: Scratch, is_dossier: bool, count: int) -> list[str]:
    return office.dossier_links(count) if is_dossier else [office.counter] * count


def _stored(office: Scratch) -> int:
    with office.session() as session:
        count = session.scalar(sa.text("SELECT count(*) FROM responses"))
    return int(count or 0)


def _crowd(ours: Server, tokens: list[str], respondents: int) -> list[Done]:
    """Some respondents at once, in a process of their own."""
    shares = [tokens[start::respondents] for start in range(respondents)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(answer_all, ours.port, shares).result()


def answer_all(port: int, shares: list[list[str]]) -> list[Done]:
    """Each share of tokens answered by one respondent, all at the same time."""
    done: list[Done] = []

    def work(number: int, tokens: list[str]) -> None:
        start, times, requests = time.monotonic(), [], 0
        for token in tokens:
            browser = Browser(port)
            began = time.monotonic()
            Respondent(browser, token, Random(f"{number} {token}")).answer()
            times.append(time.monotonic() - began)
            requests += browser.requests
            browser.close()
        done.append(Done(times, requests, start, time.monotonic()))

    _together([partial(work, *pair) for pair in enumerate(shares)])
    assert len(done) == len(shares), "a respondent failed"
    return done


def _together(works: list[Callable[[], None]]) -> None:
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _bare_inserts(office: Scratch, writers: int, rows: int) -> float:
    """Rows per second, each in a transaction of its own that is synced to disk."""
    body = json.dumps(ROW)
    url = sa.make_url(office.settings.engine_url)
    if not office.is_sqlite:
        address = url.set(drivername="postgresql").render_as_string(False)
        return _postgresql_inserts(address, writers, rows, body)
    with TemporaryDirectory(dir=office.settings.instance) as folder:
        return _sqlite_inserts(Path(folder) / "bare.sqlite", rows, body)


def _sqlite_inserts(path: Path, rows: int, body: str) -> float:
    # One writer: SQLite has one write lock, so more would only wait for it.
    connection = pysqlite3.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL").fetchall()
    connection.execute("PRAGMA synchronous=FULL").fetchall()
    connection.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, body TEXT)")
    began = time.monotonic()
    for number in range(rows):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(INSERT.format("?"), (f"{number}", body))
        connection.execute("COMMIT")
    rate = rows / (time.monotonic() - began)
    connection.close()
    return rate


def _postgresql_inserts(address: str, writers: int, rows: int, body: str) -> float:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, body TEXT)")

    def write(number: int) -> None:
        with psycopg.connect(address, autocommit=True) as own:
            for row in range(rows // writers):
                own.execute(INSERT.format("%s"), (f"{number}:{row}", body))

    began = time.monotonic()
    _together([partial(write, number) for number in range(writers)])
    return rows // writers * writers / (time.monotonic() - began)
