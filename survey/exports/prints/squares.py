"""QR codes as squares, with the strongest correction that telephones can still see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import segno

QUIET: Final = 4
"""Squares left white on each side (ISO/IEC 18004)."""
LEAST: Final = 0.5
"""Millimetres: below this, cameras of cheap telephones lose squares on matt paper."""
LEVELS: Final = ("h", "q")
"""A damaged code is still read with about 30 or 25 per cent of it gone."""
MASK: Final = 0
"""The same pattern is laid over the squares of every code. Looking for the best of the
eight takes six times as long, and no decoder read the best ones better when blotted,
turned, shrunk and blurred: at the edge of what is read, this one did as well."""


class PrintError(Exception):
    """An address is too long for a code of that size to be read."""


@dataclass(frozen=True, slots=True)
class Squares:
    """The squares of a code, row by row, dark ones 1; without its quiet zone."""

    url: str
    rows: tuple[bytes, ...]

    @property
    def whole(self) -> int:
        """How many squares its side has, the quiet zone with it."""
        return len(self.rows) + 2 * QUIET

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Dark squares that touch in a row: column and row of the first, how many."""
        for y, row in enumerate(self.rows, QUIET):
            x = 0
            while (start := row.find(1, x)) >= 0:
                x = row.find(0, start)
                x = len(row) if x < 0 else x
                yield start + QUIET, y, x - start


def squares(url: str, side: float) -> Squares:
    """The code of an address for a square of `side` mm, its quiet zone included.

    Raises:
        PrintError: the address is too long for squares of 0.5 mm on that side.
    """
    made = segno.make(
        url,
        error=_level(len(url.encode()), side),
        mask=MASK,
        micro=False,
        boost_error=False,
    )
    return Squares(url, tuple(bytes(row) for row in made.matrix))


@lru_cache(maxsize=256)
def _level(length: int, side: float) -> str:
    for level in LEVELS:
        # Letters that no denser mode takes: as long as an address of that length.
        made = segno.make(
            "a" * length, error=level, mask=MASK, micro=False, boost_error=False
        )
        if side / (made.symbol_size(border=QUIET)[0]) >= LEAST:
            return level
    raise PrintError(f"an address of {length} letters is too long for {side:.0f} mm")
