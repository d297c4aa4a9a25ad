"""The production server: Granian with threads, quiet about tokens and addresses.

Granian reads requests and writes answers outside Python: with the threads of gunicorn
each request cost more processor time than what this program does for it.
"""

from __future__ import annotations

import ctypes
import gc
import os
import re
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any

import click
from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from survey import jobs
from survey.cli.faults import Refusal
from survey.cli.office import application, require_current
from survey.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WORKERS = 2
THREADS = 8
"""Most threads of a worker. They come when they are needed and go when they are not;
clients that send half a form and wait take one each, so put nginx in front."""
STDOUT = 1
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGE = 256 * 1024
"""Bytes; what is larger goes back to the system as soon as it is free."""
SPARE = 1024 * 1024
"""Bytes that a worker keeps at the end of its heap for what comes next."""
MOST_OF_HEAD = 32 * 1024
"""Bytes of the address and all headers together; more is refused unread."""
MOST_OF_PATH = 4094
_TOKEN = re.compile(r"^/(p|lich)/[^/]+")


def masked(path: str) -> str:
    """A path as it may stand in a log: a token is a secret that opens a form, or a
    calendar."""
    return _TOKEN.sub(r"/\1/…", path)


class Logged:
    """Writes one line for each request: when, what, how it went, how much, how long.

    Neither the address nor the browser of a person, so that no line can be joined to an
    answer. An address longer than any of ours goes no further.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        began = time.perf_counter()
        told = "500 -"

        def respond(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            nonlocal told
            told = f"{status[:3]} {dict(headers).get('Content-Length', '-')}"
            return start_response(status, headers, *error)

        try:
            if len(environ["PATH_INFO"]) > MOST_OF_PATH:
                respond("414 URI Too Long", [("Content-Length", "0")])
                return []
            return self.app(environ, respond)
        finally:
            path = masked(environ["PATH_INFO"][:MOST_OF_PATH])
            if not path.isprintable():
                path = ascii(path)  # a line break in an address must not forge a line
            now = datetime.now().astimezone().isoformat(" ", "seconds")
            seconds = time.perf_counter() - began
            line = f"{now} {environ['REQUEST_METHOD']} {path} {told} {seconds:.6f}\n"
            with suppress(OSError):  # nobody reads any more
                os.write(STDOUT, line.encode(errors="replace"))


class Server(MPServer):
    """Granian, which says when it serves."""

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        super()._spawn_workers(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        # Not before: a worker forked beside a thread inherits the locks it holds, which
        # nobody will open there, and stops at its first request.
        where = (self.bind_addr, self.bind_port)
        Thread(target=_announce, args=where, daemon=True).start()


def server(*, host: str, port: int, workers: int) -> Server:
    """The server, told everything here and nothing by files or the environment."""
    return Server(
        "survey",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=THREADS,
        backlog=1024,
        http1_settings=HTTP1Settings(max_buffer_size=MOST_OF_HEAD),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        # A browser keeps connections open that nobody waits for.
        workers_kill_timeout=5,
    )


def run(app: Flask, *, host: str, port: int, workers: int) -> None:
    """Serve an application, made once and shared by the workers forked from here."""
    _thrifty_heap()
    one = server(host=host, port=port, workers=workers)
    one.on_startup(_ready)
    one.serve(target_loader=partial(_in_worker, app))


def _ready() -> None:
    # Shared pages stay shared when the collector has nothing to mark in them.
    gc.collect()
    gc.freeze()
    # What a request leaves behind goes by counting references; looking for cycles
    # at every few hundred objects walks the prepared pages again and again.
    gc.set_threshold(20_000, 10, 10)


def _announce(host: str, port: int) -> None:
    """Say that the server serves, once it does: workers listen each by itself."""
    while True:
        with suppress(OSError), socket.create_connection((host, port), 1):
            break
        time.sleep(0.05)
    click.echo(
        f"Đang phục vụ tại / serving on http://{host}:{port} (Ctrl+C để dừng / to stop)"
    )


def _in_worker(app: Flask, target: str) -> Logged:
    # A connection opened before the fork must not be used on both sides of it.
    if "sqlalchemy" in app.extensions:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)
    return Logged(app)


def _thrifty_heap() -> None:
    """Let a worker hold little more memory than it uses; other systems than Linux with
    glibc know no such settings.

    Python lets one thread work at a time, so a heap for each, the way of glibc, gains
    nothing: one saves 5 MB. And glibc would take the 19 MB that checking a password
    needs for the measure of what is worth keeping, and never give them back.
    """
    with suppress(OSError, AttributeError):
        tune = ctypes.CDLL(None).mallopt
        tune(M_ARENA_MAX, 1)
        tune(M_MMAP_THRESHOLD, LARGE)
        tune(M_TRIM_THRESHOLD, SPARE)


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                f"không mở được {host}:{port} ({os.strerror(error.errno or 0)}); "
                "hãy chọn cổng khác: --port / choose another port"
            ) from error


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=WORKERS, show_default=True, type=click.IntRange(1, 64)
)
def serve(host: str, port: int, workers: int) -> None:
    """Chạy máy chủ. / Run the production server.

    Trong thực tế đặt sau nginx (xem deploy/). / Put nginx in front (see deploy/).
    """
    app = application()
    require_current(app)
    _refuse_taken(host, port)
    jobs.resume(app)
    run(app, host=host, port=port, workers=workers)
