"""What a file is that staff hand in, told by its content and never by its name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MOST_BYTES: Final = 10 * 1024 * 1024
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "docx": f"{_OFFICE}.wordprocessingml.document",
        "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
        "jpg": "image/jpeg",
        "png": "image/png",
    }
)
"""The kinds that are taken, with their media types."""
_BEGINNINGS: Final = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
)
_PACKAGES: Final = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}


def kind_of(content: bytes) -> str | None:
    """The kind of a file.

    Returns:
        A key of TYPES; None for every other kind, and for an Office file that holds a
        program (macros).
    """
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        # Only the list at its end is read; nothing is unpacked.
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any("vba" in one.lower() for one in names):
        return None
    return next((kind for part, kind in _PACKAGES.items() if part in names), None)
