"""The size of the workers after a day's mixed work."""

from __future__ import annotations

from random import Random

from bench import scratch, server
from bench.browser import Browser
from bench.figures import Book
from bench.respondent import Respondent
from bench.server import Server

REQUESTS = 2000
LIMIT = 100.0
EVERY_FLOW = (
    "/",
    "/xac-minh",
    "/tro-nang",
    "/dang-nhap",
    "/p/KHONG-CO-MA-NAY",
    "/readyz",
)


def measure(book: Book) -> None:
    """Resident size of each worker after respondents, strangers and signed-in staff."""
    book.title(f"memory: the workers after {REQUESTS} mixed requests")
    with scratch.installation() as office:
        office.respond(book.choose(2000, 200))
        office.add_staff()
        with server.running(server.production(office)) as ours:
            at_start = [f"{rss:.0f}" for rss, _ in ours.memory()]
            tokens = office.dossier_links(REQUESTS // 30)
            _work(ours, office.counter, tokens, office.wave)
            sizes = ours.memory()
    largest = max(rss for rss, _ in sizes)
    book.add(
        "largest worker, resident",
        largest,
        "MB",
        limit=LIMIT,
        note=f"{' and '.join(at_start)} MB at the start",
    )
    book.add(
        "largest worker, its share of shared pages", max(p for _, p in sizes), "MB"
    )


def _work(ours: Server, counter: str, dossiers: list[str], wave: str) -> None:
    staff = sign_in(ours.port)
    done, random = 0, Random(1)
    while done < REQUESTS:
        token = dossiers.pop() if dossiers and random.random() < 0.5 else counter
        browser = Browser(ours.port)
        Respondent(browser, token, random).answer()
        for path in EVERY_FLOW:
            browser.get(path)
        done += browser.requests
        browser.close()
        pages = [f"/ket-qua/{wave}", "/dot-khao-sat/"]
        if random.random() < 0.3:  # downloads are bounded per person and minute
            pages.append(f"/ket-qua/{wave}/tai-ve.xlsx")
        for path in pages:
            answer = staff.get(path)
            assert answer.status == 200, (path, answer.status)
            done += 1


def sign_in(port: int) -> Browser:
    """A browser in which a member of staff has signed in."""
    browser = Browser(port)
    form = browser.get("/dang-nhap")
    fields = [
        *Respondent.hidden(form.body),
        ("email", scratch.STAFF),
        ("password", scratch.PASSWORD),
    ]
    answer = browser.post("/dang-nhap", fields)
    assert answer.status == 303, answer.body[-500:]
    return browser
