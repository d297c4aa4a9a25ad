"""The production server on a scratch installation, and what it costs the machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.scratch import Scratch

HOST = "127.0.0.1"
WORKERS = 2
TICKS = os.sysconf("SC_CLK_TCK")
SECONDS_TO_START = 30.0


class ServerFailed(Exception):
    """A server did not start; the message holds what it said."""


@dataclass
class Server:
    """A server in a process group of its own."""

    command: list[str]
    environment: Mapping[str, str]
    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        """The process that starts the workers."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> float:
        """Start and wait until it answers; the seconds that took."""
        began = time.monotonic()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.monotonic() - began < SECONDS_TO_START:
            if self.process.poll() is not None:
                break
            if self._answers():
                return time.monotonic() - began
            time.sleep(0.02)
        said = (self.folder / "server.log").read_text(encoding="utf-8")[-2000:]
        raise ServerFailed(said)

    def _answers(self) -> bool:
        # An answer, not only a connection: the socket listens before the workers do.
        with suppress(OSError), socket.create_connection((HOST, self.port), 2) as wire:
            wire.sendall(
                b"GET /healthz HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n"
                % (HOST.encode(), self.port)
            )
            return wire.recv(12).startswith(b"HTTP/1.1 ")
        return False

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text(encoding="ascii").split()]

    def cpu(self) -> float:
        """Seconds of processor time that the workers have used so far."""
        return sum(_ticks(pid) for pid in self.workers()) / TICKS

    def memory(self) -> list[tuple[float, float]]:
        """Resident and proportional size of each worker, in MB."""
        return [
            (_size(pid, "Rss") / 1024, _size(pid, "Pss") / 1024)
            for pid in self.workers()
        ]

    def kill(self) -> None:
        """End the whole process group as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_worker(self, number: int = 0) -> None:
        """End one worker; the server starts another."""
        workers = self.workers()
        if workers:
            with suppress(ProcessLookupError):
                os.kill(workers[number % len(workers)], signal.SIGKILL)

    def stop(self) -> None:
        """Stop in order, or else kill."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()


def _ticks(pid: int) -> int:
    text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    # The name stands in brackets and may itself hold blanks.
    values = text.rpartition(")")[2].split()
    return int(values[11]) + int(values[12])


def _size(pid: int, name: str) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    for row in text.splitlines():
        if row.startswith(f"{name}:"):
            return int(row.split()[1])
    raise LookupError(name)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def production(scratch: Scratch, workers: int = WORKERS) -> Server:
    """The server of `survey serve` for an installation, not yet started."""
    port = free_port()
    survey = Path(sys.executable).with_name("survey")
    return Server(
        command=[str(survey), "serve", "--port", str(port), "--workers", str(workers)],
        environment={
            **scratch.environment,
            "SURVEY_PUBLIC_URL": f"http://{HOST}:{port}",
        },
        port=port,
        folder=scratch.settings.instance,
    )


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Start a server, and stop it whatever happens."""
    server.start()
    try:
        yield server
    finally:
        server.stop()
