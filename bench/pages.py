"""A page of the form against a bare Flask application that renders the same bytes."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread

from bench import bare, scratch, server
from bench.browser import Browser
from bench.figures import Book, percentile
from bench.respondent import Respondent
from bench.server import Server

CONNECTIONS = 4
PAGES = ("A", "B", "C", "D", "E")
LIMIT = 2.0


@dataclass
class Runs:
    """The runs of one rival: seconds of processor time, rates, times of requests."""

    cpu: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


def measure(book: Book) -> None:
    """Form pages: rate, p95, and processor time beside the bare application."""
    book.title("pages: a page of the form beside a bare application, same bytes")
    with (
        scratch.installation() as office,
        server.running(server.production(office)) as ours,
        TemporaryDirectory(prefix="survey-bare-") as folder,
    ):
        browser, page, html = _largest_page(ours.port, office.counter)
        bare.prepare(Path(folder), html)
        rival = Server(
            [sys.executable, "-m", "bench.bare", str(server.free_port()), folder],
            office.environment,
            port=0,
            folder=Path(folder),
        )
        rival.port = int(rival.command[3])
        with server.running(rival):
            _compare(book, ours, rival, browser, page, len(html))


def _largest_page(port: int, token: str) -> tuple[Browser, str, bytes]:
    """A respondent who has reached the check page, and the element page it weighs."""
    browser = Browser(port)
    respondent = Respondent(browser, token, Random(7))
    here = respondent.begin()
    while not here.endswith("xem-lai"):
        here = respondent.fill(here)
    pages = {name: browser.get(f"/p/{token}/{name}").body for name in PAGES}
    name = max(pages, key=lambda name: len(pages[name]))
    return browser, f"/p/{token}/{name}", pages[name]


def _compare(
    book: Book, ours: Server, rival: Server, browser: Browser, page: str, size: int
) -> None:
    visitor = Browser(rival.port)
    rivals = {
        "form": (ours, browser.request(b"GET", page)),
        "rendered": (rival, visitor.request(b"GET", bare.RENDERED)),
        "constant": (rival, visitor.request(b"GET", bare.CONSTANT)),
    }
    runs = {name: Runs() for name in rivals}
    for which, asked in rivals.values():  # warm
        _load(which, asked, 200)
    # Short runs that take turns: what else the machine does then strikes all alike.
    for _ in range(book.choose(30, 6)):
        for name, (which, asked) in rivals.items():
            began, before = time.monotonic(), which.cpu()
            requests = 600
            times = _load(which, asked, requests)
            runs[name].cpu.append((which.cpu() - before) / requests)
            runs[name].rates.append(requests / (time.monotonic() - began))
            runs[name].times += times
    for name, run in runs.items():
        note = f"{size:,} bytes, element page {page[-1]}" if name == "form" else ""
        label = f"bare, {name}" if name != "form" else "form page"
        book.add(f"{label}: requests per second", median(run.rates), "/s", note=note)
        book.add(f"{label}: p95", percentile(run.times, 95) * 1000, "ms")
        book.add(f"{label}: server CPU per request", median(run.cpu) * 1000, "ms")
    form = runs["form"].cpu
    for name, limit in (("rendered", LIMIT), ("constant", None)):
        ratios = [a / b for a, b in zip(form, runs[name].cpu, strict=True)]
        book.add(
            f"form page: CPU times that of the bare page, {name}",
            median(ratios),
            limit=limit,
            note=f"median of {len(ratios)} pairs, which span "
            f"{min(ratios):.2f} to {max(ratios):.2f}",
        )


def _load(which: Server, asked: bytes, requests: int) -> list[float]:
    """Ask for the same page over some connections; how long each request took."""
    times: list[float] = []

    def visit() -> None:
        browser = Browser(which.port)
        for _ in range(requests // CONNECTIONS):
            began = time.perf_counter()
            answer = browser.exchange(asked)
            times.append(time.perf_counter() - began)
            assert answer.status == 200, answer.body[-300:]
        browser.close()

    visitors = [Thread(target=visit) for _ in range(CONNECTIONS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(times) == requests, "a visitor failed"
    return times
