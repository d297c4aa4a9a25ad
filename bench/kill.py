"""The server killed again and again under respondents who write down what they were
told: what was acknowledged is stored, exactly once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from threading import Event, Lock, Thread
from typing import TypeVar

import sqlalchemy as sa

from bench import scratch, server
from bench.browser import Browser, Lost
from bench.figures import Book
from bench.respondent import LAST_PAGE, Respondent
from bench.scratch import Scratch
from bench.server import Server
from survey import tallies
from survey.models import Response, Wave
from survey.respond.drafts import receipt_hash

Answered = TypeVar("Answered")

KILLS = 20
RESPONDENTS = 16
SECONDS_BETWEEN = (0.3, 1.2)
READY_LIMIT = 5.0
SECONDS_TO_RETRY = 60.0


@dataclass
class Notebook:
    """What all respondents together wrote down."""

    receipts: list[str] = field(default_factory=list)
    """As the page of thanks showed them."""
    retried: int = 0
    """Forms whose last click got no reply and was repeated."""
    failures: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the forms."""

    kills: int
    acknowledged: int
    retried: int
    lost: int
    """Receipts without a response."""
    doubled: int
    """Receipts that two forms share."""
    unexplained: int
    """Responses without a receipt."""
    wrong_cells: int
    """Cells of the tally that differ from the responses, or invitations from links."""
    failures: list[str]
    seconds_to_ready: list[float]


def measure(book: Book) -> None:
    """Kill on both databases; nothing acknowledged may be lost or doubled."""
    kills = book.choose(KILLS, 4)
    with scratch.databases() as both:
        for name, address in both:
            book.title(
                f"kill: {kills} times -9 under {RESPONDENTS} respondents; {name}"
            )
            with scratch.installation(address) as office:
                _report(book, run(office, kills=kills, respondents=RESPONDENTS))


def _report(book: Book, outcome: Outcome) -> None:
    note = f"{outcome.retried} clicks repeated after a lost reply"
    book.add("acknowledged receipts", outcome.acknowledged, note=note)
    book.add("acknowledged and not stored", outcome.lost, limit=0)
    book.add("stored twice", outcome.doubled, limit=0)
    book.add("stored and never acknowledged", outcome.unexplained, limit=0)
    book.add("cells that differ from the responses", outcome.wrong_cells, limit=0)
    first = outcome.failures[0][:80] if outcome.failures else ""
    book.add("respondents who were refused", len(outcome.failures), limit=0, note=first)
    slowest = max(outcome.seconds_to_ready)
    book.add("ready again, slowest", slowest, "s", limit=READY_LIMIT)


def run(office: Scratch, *, kills: int, respondents: int, seed: int = 1) -> Outcome:
    """Let respondents answer while the server is killed; then compare.

    Every second kill takes the whole process group, the others one worker.
    """
    before = len(_stored(office))
    ours, notebook = server.production(office), Notebook()
    times = [ours.start()]
    try:
        # More single-use links than can be used up; the poster takes any number.
        tokens = office.dossier_links(respondents * (kills + 2) * 4)
        with _answering(ours, office.counter, tokens, notebook, respondents):
            random = Random(seed)
            for number in range(kills):
                time.sleep(random.uniform(*SECONDS_BETWEEN))
                if number % 2:
                    ours.kill_worker(number // 2)
                else:
                    ours.kill()
                    times.append(ours.start())
            time.sleep(SECONDS_BETWEEN[1])
    finally:
        ours.stop()
    return _compare(office, notebook, kills=kills, before=before, times=times)


@contextmanager
def _answering(
    ours: Server, counter: str, tokens: list[str], notebook: Notebook, respondents: int
) -> Iterator[None]:
    """Respondents who answer form after form until the block ends, then finish."""
    closing = Event()
    shares = [tokens[start::respondents] for start in range(respondents)]

    def work(number: int, links: list[str]) -> None:
        random = Random(number)
        while not closing.is_set():
            # Half of the forms are of dossiers, half of the poster.
            token = links.pop() if links and random.random() < 0.5 else counter
            try:
                _answer(ours.port, token, random, notebook)
            except Exception as error:
                with notebook.lock:
                    notebook.failures.append(repr(error))
                return

    threads = [Thread(target=work, args=pair) for pair in enumerate(shares)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        closing.set()
        for thread in threads:
            thread.join()


def _answer(port: int, token: str, random: Random, notebook: Notebook) -> None:
    """Answer one form, asking again whenever no reply came."""
    browser = Browser(port)
    respondent = Respondent(browser, token, random)
    here = _until_answered(respondent.begin)
    while not here.endswith("/cam-on"):
        if here.endswith(LAST_PAGE):
            here, was_lost = _send(respondent, here)
            with notebook.lock:
                notebook.retried += was_lost
        else:
            here = _until_answered(partial(respondent.fill, here))
    receipt = _until_answered(respondent.receipt)
    browser.close()
    with notebook.lock:
        notebook.receipts.append(receipt)


def _send(respondent: Respondent, path: str) -> tuple[str, bool]:
    """The last click; the very same bytes again until it is acknowledged."""
    page = _until_answered(
        lambda: respondent.expect(respondent.browser.get(path), 200, 303)
    )
    if page.status == 303:
        return page.location, False
    fields = respondent.hidden(page.body)
    lost = []

    def click() -> str:
        try:
            return respondent.expect(
                respondent.browser.post(path, fields), 303
            ).location
        except Lost:
            lost.append(path)
            raise

    return _until_answered(click), bool(lost)


def _until_answered(ask: Callable[[], Answered]) -> Answered:
    """Ask again until an answer comes, as a patient person would."""
    until = time.monotonic() + SECONDS_TO_RETRY
    while True:
        try:
            return ask()
        except Lost:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _stored(office: Scratch) -> list[str]:
    with office.session() as session:
        return list(session.scalars(sa.select(Response.receipt_hash)))


def _compare(
    office: Scratch,
    notebook: Notebook,
    *,
    kills: int,
    before: int,
    times: list[float],
) -> Outcome:
    stored = Counter(_stored(office))
    told = Counter(receipt_hash(receipt) for receipt in notebook.receipts)
    with office.session() as session:
        wave = session.get_one(Wave, office.wave)
        wrong = len(tallies.differences(session, wave))
        wrong += len(tallies.differences_invited(session, wave))
    return Outcome(
        kills=kills,
        acknowledged=len(notebook.receipts),
        retried=notebook.retried,
        lost=len(told.keys() - stored.keys()),
        doubled=sum(count > 1 for count in told.values()),
        unexplained=stored.total() - before - len(told.keys() & stored.keys()),
        wrong_cells=wrong,
        failures=notebook.failures,
        seconds_to_ready=times,
    )
