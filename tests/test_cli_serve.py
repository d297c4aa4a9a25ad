"""The production server as it runs: it answers, logs no secret, and stops cleanly."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from survey.cli.serve import masked
from tests import cast
from tests.terminal import Terminal

START = "import sys; from survey.cli import main; main(sys.argv[1:])"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(log: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", START, "serve", "--port", str(port)],
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        until = time.monotonic() + 20
        while "serving on" not in log.read_text(encoding="utf-8"):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def status_of(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=10
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_the_server_answers_logs_no_token_and_stops_when_told(
    terminal: Terminal, session: Session, world: cast.World, tmp_path: Path
) -> None:
    terminal("wave", "list")  # sets the environment of this installation
    token = cast.link(session, world.wave, world.trade)
    session.rollback()
    port, log = free_port(), tmp_path / "log"
    origin = f"http://127.0.0.1:{port}"

    with server(log, port) as process:
        assert status_of(f"{origin}/") == 200
        assert status_of(f"{origin}/p/{token}?source=poster") < 500
        assert status_of(f"{origin}/p/{'A' * 5000}") == 414
        assert status_of(f"{origin}/", Host="evil.example") == 400
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0

    lines = log.read_text(encoding="utf-8")
    assert "/p/…" in lines
    assert token not in lines
    assert "source=poster" not in lines
    assert "python-urllib" not in lines.lower()
    for line in lines.splitlines():
        if " GET " in line:
            assert "127.0.0.1" not in line
            assert re.search(r" \d{3} \d+ \d", line)


def test_a_second_server_on_the_same_port_is_refused_in_one_line(
    terminal: Terminal,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = terminal("serve", "--port", taken.getsockname()[1])

    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "--port" in said.err


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/p/ABC", "/p/…"),
        ("/p/ABC/gioi-thieu", "/p/…/gioi-thieu"),
        ("/p/", "/p/"),
        ("/lich/ABC.ics", "/lich/…"),
        ("/ket-qua/dn-quy-3", "/ket-qua/dn-quy-3"),
        ("/", "/"),
    ],
)
def test_a_token_is_masked_wherever_a_path_is_logged(path: str, logged: str) -> None:
    assert masked(path) == logged
