"""Files that appear whole or not at all, readable by their owner alone."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from survey.cli.faults import Refusal


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """An empty file in the folder of `target` that takes its name at the end."""
    folder = target.resolve().parent
    if not folder.is_dir():
        raise Refusal(f"không có thư mục {folder} / no such folder")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=folder)
    os.close(handle)
    made = Path(name)
    try:
        yield made
        _sync(made)
        made.replace(target)
        _sync(folder)
    finally:
        made.unlink(missing_ok=True)


@contextmanager
def writing(target: str) -> Iterator[IO[bytes]]:
    """An open file that becomes `target` at the end; "-" is standard output."""
    if target == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    if path.is_dir():
        raise Refusal(f"{path} là một thư mục / is a folder")
    with beside(path) as made, made.open("wb") as file:
        yield file


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
