"""The production server: gunicorn with threads, quiet about tokens and addresses."""

from __future__ import annotations

import ctypes
import gc
import os
import re
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from survey.cli.faults import Refusal
from survey.cli.office import application, require_current
from survey.db import db

WORKERS = 2
THREADS = 4
STDOUT = 1
M_ARENA_MAX = -8  # malloc.h
_TOKEN = re.compile(r"^/p/[^/]+")


def masked(path: str) -> str:
    """A path as it may stand in a log: a token is a secret that opens a form."""
    return _TOKEN.sub("/p/…", path)


class QuietLogger(Logger):  # type: ignore[misc]
    """gunicorn's log, with the token of a link masked in every line."""

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Write one line: when, what, how it went, how much, how long.

        Neither the address nor the browser of a person, so that no line can be joined
        to an answer. Written here because gunicorn first gathers all that any line
        could hold, and then takes a record through all of `logging`: together a fifth
        of what a bare page costs.
        """
        status = str(resp.status).partition(" ")[0]
        path = masked(environ.get("PATH_INFO", ""))
        if not path.isprintable():
            path = ascii(path)  # a line break in an address must not forge a line
        line = f"{self.now()} {req.method} {path} {status} {resp.sent} {request_time}\n"
        with suppress(OSError):  # nobody reads any more
            os.write(STDOUT, line.encode())


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything here and nothing by files or the environment."""

    def __init__(self, app: Flask, **options: Any) -> None:
        self.app = app
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take our options, and no others."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made once and shared by the workers it is forked to."""
        return self.app


def options(app: Flask, *, host: str, port: int, workers: int) -> dict[str, Any]:
    """gunicorn's settings for this application."""

    def forget_connections(server: Any, worker: Any) -> None:
        # A connection opened before the fork must not be used on both sides of it.
        with app.app_context():
            db.engine.dispose(close=False)

    def ready(server: Any) -> None:
        # Shared pages stay shared when the collector has nothing to mark in them.
        gc.freeze()
        # What a request leaves behind goes by counting references; looking for cycles
        # at every few hundred objects walks the prepared pages again and again.
        gc.set_threshold(20_000, 20, 50)
        click.echo(
            f"Đang phục vụ tại / serving on http://{host}:{port} "
            "(Ctrl+C để dừng / to stop)"
        )

    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "preload_app": True,
        "post_fork": forget_connections,
        "when_ready": ready,
        "timeout": 60,
        # A browser keeps connections open that nobody waits for.
        "graceful_timeout": 5,
        "keepalive": 5,
        "backlog": 1024,
        "limit_request_line": 4094,
        "limit_request_fields": 60,
        "limit_request_field_size": 8190,
        # Whom to believe about https is SURVEY_TRUSTED_PROXIES' to say, not gunicorn's.
        "forwarded_allow_ips": "",
        "logger_class": QuietLogger,
        "loglevel": "warning",
        "accesslog": "-",
        "errorlog": "-",
        "proc_name": "survey",
        "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108  # nosec B108
        "control_socket_disable": True,
    }


def _share_heap() -> None:
    """Let the threads of a worker take memory from one heap; 5 MB less for each worker.

    Python lets one thread work at a time, so a heap for each, the way of glibc, gains
    nothing. Other systems know no such setting.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


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
    _share_heap()
    Server(app, **options(app, host=host, port=port, workers=workers)).run()
