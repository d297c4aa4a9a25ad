"""A production server on the test's own database, and a real Chromium before it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.orm import Session

from survey import accounts, clock
from survey.models import Wave
from tests import cast

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
    today = clock.today()
    for wave in session.query(Wave):
        wave.opens_on = date(today.year, 1, 1)
        wave.closes_on = today + timedelta(days=30)
    email = "can.bo@khanhhoa.gov.vn"
    accounts.add_account(
        session, email, role="admin", password=PASSWORD, now=clock.now()
    )
    session.commit()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "SURVEY_INSTANCE": str(tmp_path),
        "SURVEY_DATABASE_URL": database_url,
        "SURVEY_PUBLIC_URL": address,
    }
    log = (tmp_path / "server.log").open("wb")
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
        yield Office(address, tmp_path, email, PASSWORD)
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = next(
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
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
                if message.type == "error" and "status of 4" not in message.text
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
