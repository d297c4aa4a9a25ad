"""On what the figures were measured."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import pysqlite3

from tests import postgresql


def line() -> str:
    """Processor, cores, load, and the versions that decide."""
    load = os.getloadavg()[0]
    return (
        f"{_processor()}, {os.cpu_count()} cores, load {load:.1f}; "
        f"Python {platform.python_version()}, SQLite {pysqlite3.sqlite_version}, "
        f"PostgreSQL {_postgresql()}"
    )


def _processor() -> str:
    for row in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = row.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _postgresql() -> str:
    program = postgresql._programs() / "initdb"
    told = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=True
    )
    return told.stdout.split()[2]
