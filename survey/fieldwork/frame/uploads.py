"""Files that wait between being handed in and being loaded: in a folder of the
installation, for whoever handed them in alone, for a day at most."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from survey.config import Settings

KEPT: Final = timedelta(hours=24)
_ID: Final = re.compile(r"[0-9a-f]{32}")
_ABOUT: Final = "about.json"


@dataclass(frozen=True)
class Upload:
    """A file that was handed in, and what is known of it so far."""

    place: Path

    @property
    def id(self) -> str:
        """Its name in addresses, which nobody can guess."""
        return self.place.name

    @property
    def content(self) -> bytes:
        """The file as it came."""
        return (self.place / "content").read_bytes()

    @property
    def size(self) -> int:
        """Of the file, in bytes."""
        return (self.place / "content").stat().st_size

    @property
    def rows(self) -> Path:
        """Where its checked rows are written, a line each."""
        return self.place / "rows.jsonl"

    @property
    def bad_rows(self) -> Path:
        """Where its bad rows are written, as CSV."""
        return self.place / "bad.csv"

    def about(self) -> dict[str, Any]:
        """Whose it is, what it is called, what was chosen and found."""
        found: dict[str, Any] = json.loads(
            (self.place / _ABOUT).read_text(encoding="utf-8")
        )
        return found

    def note(self, **values: Any) -> None:
        """Write down what was chosen or found; None takes a note away."""
        try:
            about = self.about()
        except FileNotFoundError:
            about = {}
        known = {**about, **values}
        kept = {name: value for name, value in known.items() if value is not None}
        beside = self.place / f".{secrets.token_hex(4)}"
        write(beside, json.dumps(kept, ensure_ascii=False).encode())
        beside.replace(self.place / _ABOUT)

    def drop(self) -> None:
        """Delete it with everything that was made of it."""
        shutil.rmtree(self.place, ignore_errors=True)


def write(path: Path, content: bytes) -> None:
    """Write a file that only this account of the machine may read."""
    with os.fdopen(opened(path), "wb") as file:
        file.write(content)


def opened(path: Path) -> int:
    """A descriptor of a new file that only this account of the machine may read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def keep(
    settings: Settings,
    content: bytes,
    *,
    name: str,
    wave_id: str,
    account_id: int,
    now: datetime,
) -> Upload:
    """Keep a file that was handed in; those of yesterday go."""
    sweep(settings, now)
    upload = Upload(_folder(settings) / secrets.token_hex(16))
    upload.place.mkdir(mode=0o700, parents=True)
    write(upload.place / "content", content)
    about: Mapping[str, Any] = {
        "name": Path(name.replace("\\", "/")).name[:100],
        "wave": wave_id,
        "account": account_id,
        "made_at": now.timestamp(),
    }
    upload.note(**about)
    return upload


def find(
    settings: Settings,
    upload_id: str,
    *,
    wave_id: str,
    account_id: int | None,
    now: datetime,
) -> Upload | None:
    """A file of this account for this wave; None when there is none, or no more.

    Args:
        account_id: None for work that goes on in the account's name.
    """
    if not _ID.fullmatch(upload_id):
        return None
    upload = Upload(_folder(settings) / upload_id)
    try:
        about = upload.about()
    except (FileNotFoundError, ValueError):
        return None
    is_theirs = account_id is None or about["account"] == account_id
    is_fresh = now.timestamp() - about["made_at"] < KEPT.total_seconds()
    return upload if about["wave"] == wave_id and is_theirs and is_fresh else None


def sweep(settings: Settings, now: datetime) -> int:
    """Delete the files that were handed in a day ago; how many those were."""
    gone = 0
    for place in _folder(settings).glob("*/"):
        try:
            made_at = Upload(place).about()["made_at"]
        except (FileNotFoundError, ValueError, KeyError):
            # Half made: by someone who hands one in now, or who was cut off.
            made_at = place.stat().st_mtime
        if now.timestamp() - made_at >= KEPT.total_seconds():
            shutil.rmtree(place, ignore_errors=True)
            gone += 1
    return gone


def _folder(settings: Settings) -> Path:
    return settings.instance / "uploads"
