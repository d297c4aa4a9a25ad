"""Starts a throw-away PostgreSQL server, runs a command with its address, stops it.

Usage: python tests/postgresql.py COMMAND [ARGUMENT …]
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _programs() -> Path:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        sys.exit("PostgreSQL is not installed; `make test` as root installs it")
    return found[-1].parent


@contextmanager
def server(durable: bool = False) -> Iterator[str]:
    """A running server in a temporary folder; its address without a database."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="survey-postgresql-") as folder:
        # The server refuses to run as root; Debian's package brings this account.
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if become:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL}
        subprocess.run(
            [
                *become,
                programs / "initdb",
                "-D",
                data,
                "-U",
                "survey",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            **run,
        )
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=200"
        if not durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        control = [
            *become,
            programs / "pg_ctl",
            "-D",
            data,
            "-l",
            f"{folder}/log",
            "-w",
        ]
        subprocess.run([*control, "-o", options, "start"], **run)
        try:
            yield f"postgresql+psycopg://survey@127.0.0.1:{port}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **run)


if __name__ == "__main__":
    # An end by signal must stop the server too, so it becomes an ordinary exit.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server() as address:
        environment = {**os.environ, "SURVEY_TEST_POSTGRESQL": address}
        sys.exit(subprocess.run(sys.argv[1:], env=environment).returncode)
