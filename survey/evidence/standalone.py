"""The one script that stands in every evidence file: the check and its signatures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_IMPORT: Final = "from survey.evidence.ed25519 import is_signed\n"
_FUTURE: Final = "from __future__ import annotations\n"


def script() -> bytes:
    """`verify.py` with `ed25519.py` in the place where it imports it."""
    check, signatures = (
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("verify.py", "ed25519.py")
    )
    _, _, signatures = signatures.partition(_FUTURE)
    return check.replace(_IMPORT, signatures).encode()
