"""Text that a spreadsheet would take for a formula, made harmless without losing any
of it."""

from __future__ import annotations

import unicodedata
from typing import Final

MARK: Final = "'"
"""Put in front in CSV; a spreadsheet reads what follows as text."""

_STARTS: Final = frozenset("=+-@\N{MINUS SIGN}")
_BREAKS: Final = frozenset("\t\r\n")
# Letters and signs that show nothing, but are no blanks to Unicode.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Mn", "Zs", "Zl", "Zp"})


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet may read a text as a formula.

    That is the case after a leading tab or line break, and for = + - @ and their
    full-width and small twins, also behind blanks and invisible characters, which
    some programs strip.
    """
    for symbol in text:
        if symbol.isascii() and symbol.isalnum():
            return False
        if symbol in _BREAKS:
            return True
        if _shows_nothing(symbol):
            continue
        return unicodedata.normalize("NFKC", symbol)[:1] in _STARTS
    return False


def neutralised(text: str) -> str:
    """The text for a CSV cell: as it is, or behind an apostrophe if formula-like."""
    return MARK + text if is_formula_like(text) else text


def _shows_nothing(symbol: str) -> bool:
    return (
        symbol.isspace()
        or symbol in _BLANK_LETTERS
        or unicodedata.category(symbol) in _INVISIBLE
    )
