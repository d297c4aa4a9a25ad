"""A production server on the test's own database, and a real Chromium before it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey import accounts, clock, create_app
from survey.models import Response, Wave
from survey.respond import drafts
from tests import cast
from tests.conftest import database, dispose, settings_for
from tests.respond.office import dossier_link

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "một mật khẩu dài của kiểm thử"
OPEN_PAGE = Callable[..., Page]
# A refusal is an answer; a network is only lost where a test cuts it.
EXPECTED = re.compile(r"status of 4|net::ERR_(INTERNET_DISCONNECTED|CONNECTION_RESET)")


@dataclass(frozen=True)
class Office:
    """A running installation and who may sign in to it."""

    address: str
    instance: Path
    email: str
    password: str


@pytest.fixture
def office(
    tmp_path: Path, database_url: str, world: cast.World, session: Session
) -> Iterator[Office]:
    """The cast on stage, waves open today, an administrator, a server."""
    email = "can.bo@khanhhoa.gov.vn"
    accounts.add_account(
        session, email, role="admin", password=PASSWORD, now=clock.now()
    )
    _open_waves(session)
    with _serving(tmp_path, database_url) as address:
        yield Office(address, tmp_path, email, PASSWORD)


@dataclass(frozen=True)
class Hall:
    """An installation that stands for many journeys, each with links of its own."""

    address: str
    world: cast.World
    engine: Engine

    def session(self) -> Session:
        """A session of its own, to be used in a `with`."""
        return Session(self.engine.execution_options(is_deferred=True))

    def counter(self, wave: str = "") -> str:
        """The address of a new code on a wall."""
        with self.session() as session:
            name = wave or self.world.wave
            token = cast.link(session, name, self.world.trade)
        return f"{self.address}/p/{token}"

    def dossier(self, facts: dict[str, str] | None = None) -> str:
        """The address of a new code for one dossier."""
        with self.session() as session:
            token = dossier_link(session, self.world, facts=facts)
        return f"{self.address}/p/{token}"

    def count(self) -> int:
        """How many responses have arrived."""
        with self.session() as session:
            return session.query(Response).count()

    def stored(self, receipt: str) -> Response:
        """The response behind a receipt."""
        with self.session() as session:
            found = session.query(Response).filter_by(
                receipt_hash=drafts.receipt_hash(receipt)
            )
            return found.one()


@pytest.fixture(scope="session")
def hall(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hall]:
    """One server and one database for all journeys that look at their own form only.

    Starting them takes longer than filling in a form.
    """
    folder = tmp_path_factory.mktemp("hall")
    with database(request, folder) as url:
        app = create_app(settings_for(folder, url))
        with app.app_context():
            engine = app.extensions["sqlalchemy"].engine
        with Session(engine) as session:
            world = cast.enter(session)
            _open_waves(session)
        with _serving(folder, url) as address:
            yield Hall(address, world, engine)
        dispose(app)


def _open_waves(session: Session) -> None:
    today = clock.today()
    for wave in session.query(Wave):
        wave.opens_on = date(today.year, 1, 1)
        wave.closes_on = today + timedelta(days=30)
    session.commit()


@contextmanager
def _serving(folder: Path, database_url: str) -> Iterator[str]:
    """A production server of one worker; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "SURVEY_INSTANCE": str(folder),
        "SURVEY_DATABASE_URL": database_url,
        "SURVEY_PUBLIC_URL": address,
    }
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(
        [
            sys.executable, "-c", "from survey.cli import main; main()",
            "serve", "--port", str(port), "--workers", "1",
        ],
        env=environment,
        stdout=log,
        stderr=log,
    )  # fmt: skip
    try:
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if server.poll() is not None:
            break
        try:
            with urlopen(f"{address}/readyz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    pytest.fail("the server did not start")


def chromium() -> str:
    """The browser of this machine."""
    return next(
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OPEN_PAGE]:
    """Opens pages in fresh contexts: a width, and scripts on or off.

    Whatever a page asks of another host, or writes as an error, fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(width: int = 360, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            accept_downloads=True,
            locale="vi-VN",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not EXPECTED.search(message.text)
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("http://127.0.0.1:", "data:", "blob:"))
                else complaints.append(request.url)
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
