"""The first page in a fresh Chromium: bytes, requests, movement, and a slow line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    CDPSession,
    Page,
    ViewportSize,
    sync_playwright,
)

from bench import scratch, server
from bench.figures import Book
from bench.server import HOST

KILOBYTES_LIMIT = 60.0
REQUESTS_LIMIT = 6
SECONDS_LIMIT = 2.5
SLOW_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
PHONE: ViewportSize = {"width": 360, "height": 740}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Kept by the page itself, from before its first paint.
WATCH = """
window.moved = 0;
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) window.moved += shift.value;
}).observe({type: "layout-shift", buffered: true});
window.painted = 0;
new PerformanceObserver(list => {
  for (const paint of list.getEntries()) window.painted = paint.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
"""
TIMES = """() => {
  const way = performance.getEntriesByType("navigation")[0];
  return {
    moved: window.moved,
    painted: window.painted,
    parsed: way.domContentLoadedEventEnd,
    loaded: way.loadEventEnd,
    fonts: document.fonts.size ? [...document.fonts].every(f => f.status == "loaded")
                               : false,
  };
}"""


@dataclass
class Wire:
    """What went over the wire for one page."""

    hosts: dict[str, int] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    bytes: float = 0.0

    def watch(self, wire: CDPSession) -> None:
        """Count from now on."""
        wire.on("Network.requestWillBeSent", self._sent)
        wire.on("Network.loadingFinished", self._finished)
        wire.send("Network.enable")

    def _sent(self, event: Any) -> None:
        parts = urlsplit(event["request"]["url"])
        if parts.scheme == "data":
            return
        self.hosts[parts.netloc] = self.hosts.get(parts.netloc, 0) + 1
        self.paths.append(parts.path)

    def _finished(self, event: Any) -> None:
        self.bytes += event["encodedDataLength"]


def measure(book: Book) -> None:
    """Size and steadiness of the first page, and when it can be used."""
    book.title("firstpage: the introduction in a fresh Chromium of 360 px")
    with (
        scratch.installation() as office,
        server.running(server.production(office)) as ours,
    ):
        address = f"http://{HOST}:{ours.port}/p/{office.counter}"
        wire, _ = _visit(address, is_slow=False)
        foreign = sum(
            n for host, n in wire.hosts.items() if host != urlsplit(address).netloc
        )
        names = ", ".join(path.rsplit("/", 1)[-1][:24] for path in wire.paths)
        book.add("bytes over the wire", wire.bytes / 1000, "kB", limit=KILOBYTES_LIMIT)
        book.add("requests", len(wire.paths), limit=REQUESTS_LIMIT, note=names)
        book.add("requests to another host", foreign, limit=0)
        slow = [_visit(address, is_slow=True)[1] for _ in range(book.choose(5, 2))]
        moved = max(times["moved"] for times in slow)
        book.add("layout shift at 400 kbit/s", moved, limit=0)
        usable = [max(times["painted"], times["parsed"]) for times in slow]
        book.add(
            "usable at 400 kbit/s, 150 ms: painted and parsed",
            median(usable) / 1000,
            "s",
            limit=SECONDS_LIMIT,
        )
        loaded = median(times["loaded"] for times in slow)
        book.add("the same: everything loaded", loaded / 1000, "s", limit=SECONDS_LIMIT)


def _visit(address: str, *, is_slow: bool) -> tuple[Wire, dict[str, float]]:
    """Open an address in a browser that has never been anywhere."""
    wire = Wire()
    with _fresh() as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        session = context.new_cdp_session(page)
        wire.watch(session)
        if is_slow:
            session.send("Network.emulateNetworkConditions", SLOW_LINE)
        page.goto(address, wait_until="load")
        return wire, _settled(page)


def _settled(page: Page) -> dict[str, float]:
    # Late fonts and icons may still move the page or come over the wire.
    page.wait_for_timeout(1500)
    times: dict[str, float] = page.evaluate(TIMES)
    return times


@contextmanager
def _fresh() -> Iterator[BrowserContext]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    with (
        TemporaryDirectory(prefix="survey-chromium-") as profile,
        sync_playwright() as p,
    ):
        context = p.chromium.launch_persistent_context(
            profile, executable_path=program, args=FLAGS, viewport=PHONE
        )
        try:
            yield context
        finally:
            context.close()
