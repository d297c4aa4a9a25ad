"""Every page of the results room, with many filters, over three years of responses."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import Final
from urllib.parse import quote

from bench import bulk, scratch, server
from bench.browser import Browser
from bench.bulk import Large
from bench.figures import Book
from bench.memory import sign_in
from bench.scratch import Scratch
from bench.server import Server
from survey import tallies
from survey.models import Wave

PAGE_LIMIT: Final = 150.0
GROWTH_LIMIT: Final = 1.5
MEMORY_LIMIT: Final = 256.0
ASKED: Final = 5

PAGES: Final = (
    "",
    "/do-nhay",
    "/ty-le-tra-loi",
    "/cach-tinh",
    "/giai-thich",
    "/thuc-te",
    "/uu-tien",
    "/tai-ve",
    "/huong-dan",
)
"""Addresses below that of a wave; whoever adds a page of results adds it here."""
FILTERS: Final = (
    "",
    "don-vi={unit}",
    "don-vi={department}",
    "thu-tuc={procedure}",
    "linh-vuc={field}",
    "kenh=online",
    "nguon=dossier",
    "nguon=unverified",
    "thang={month}",
    "don-vi={department}&kenh=online",
    "don-vi={unit}&kenh=online&nguon=dossier&thang={month}",
    "linh-vuc={field}&kenh=online",
    "linh-vuc={field}&nguon=unverified&thang={month}",
    "thu-tuc={procedure}&kenh=online&nguon=dossier",
    "kenh=online&nguon=dossier",
    "kenh=online&nguon=unverified&thang={month}",
)
"""Each page is asked for with each of these."""
MORE: Final[tuple[str, ...]] = ()
"""Whole addresses with filters of their own: comparisons, splits, series."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """The median times of addresses, in ms."""

    by: dict[str, float]

    @property
    def slowest(self) -> str:
        """The address that took longest."""
        return max(self.by, key=self.by.__getitem__)


def measure(book: Book) -> None:
    """Every page and filter at two sizes on both databases."""
    sizes = (20_000, 200_000) if book.is_quick else (1_000_000, 10_000_000)
    book.title(f"office: every page with {sizes[0]:,} and {sizes[1]:,} responses")
    with scratch.databases() as databases:
        for name, address in databases:
            few, many = (_of_size(book, name, address, size) for size in sizes)
            grown = {path: many.by[path] / max(few.by[path], 20) for path in few.by}
            worst = max(grown, key=grown.__getitem__)
            book.add(
                f"{name}: time with {sizes[1]:,} over time with {sizes[0]:,}",
                grown[worst],
                limit=GROWTH_LIMIT,
                note=worst,
            )


def _of_size(book: Book, name: str, address: str, size: int) -> Times:
    with scratch.installation(address) as office:
        began = time.perf_counter()
        # What pages never read would take ten gigabytes.
        has_bodies = size <= 1_000_000
        large = bulk.build(office, size, bodies=has_bodies)
        office.add_staff()
        book.say(f"{name}: {size:,} responses in {time.perf_counter() - began:.0f} s")
        if has_bodies:
            _check(office, large)
        with server.running(server.production(office)) as ours:
            times = _times(ours, large)
            largest = max(rss for rss, _ in ours.memory())
    title = f"{name}, {size:,} responses"
    for path in sorted(times.by, key=times.by.__getitem__)[-4:]:
        book.add(f"{title}: {path}"[:58], times.by[path], "ms", note=path)
    book.add(
        f"{title}: slowest of {len(times.by)} addresses",
        times.by[times.slowest],
        "ms",
        limit=PAGE_LIMIT if has_bodies else PAGE_LIMIT * GROWTH_LIMIT,
        note=times.slowest,
    )
    book.add(f"{title}: largest worker", largest, "MB", limit=MEMORY_LIMIT)
    return times


def _check(office: Scratch, large: Large) -> None:
    """What was loaded in bulk is what sending the forms would have counted."""
    with office.session() as session:
        wrong = tallies.check(session, session.get_one(Wave, large.waves[0]))
    assert not wrong.cells, wrong.cells[:3]
    assert not wrong.sums, wrong.sums[:3]


def _times(ours: Server, large: Large) -> Times:
    staff = sign_in(ours.port)
    values = {
        name: quote(getattr(large, name))
        for name in ("unit", "department", "procedure", "field", "month")
    }
    paths = [
        f"{page}?{chosen}".rstrip("?").format(**values)
        for page in PAGES
        for chosen in FILTERS
    ]
    paths += [path.format(**values) for path in MORE]
    found = {}
    for path in paths:
        address = f"/ket-qua/{large.waves[-1]}{path}"
        if _asked(staff, address) is None:
            continue
        found[path or "/"] = median(
            taken for _ in range(ASKED) if (taken := _asked(staff, address)) is not None
        )
    return Times(by=found)


def _asked(staff: Browser, address: str) -> float | None:
    """The time of one answer, in ms; None where such a page has no such filter."""
    began = time.perf_counter()
    answer = staff.get(address)
    taken = (time.perf_counter() - began) * 1000
    if answer.status in (400, 404):
        return None
    assert answer.status == 200, (address, answer.status)
    return taken
