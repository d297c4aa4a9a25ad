"""The typefaces of prints: how wide a text runs, and which face has a letter.

Be Vietnam Pro for what hangs and is handed out, as on screen; Liberation Serif, for
Times New Roman, for letters. A letter that a face lacks comes from Liberation Serif.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from threading import RLock
from typing import Any, Final

from survey.formats import nfc

FONTS: Final = Path(__file__).parent.parent / "fonts"
MM: Final = 72 / 25.4
"""Points in a millimetre."""
GLUE: Final = "\N{NO-BREAK SPACE}"
"""Between words that stay on one line."""
NO_GLYPH: Final = "□"
"""Stands for a letter that no face of ours has, an emoji above all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is read of a font once, as plain values that threads may share."""

    units: int
    """Of the font's own measure in its size."""
    glyphs: dict[str, int]
    """Glyph numbers by letter."""
    widths: dict[str, float]
    """Advance widths of letters, in parts of the size."""
    above: float
    below: float
    """How far letters with their marks reach from the line, in parts of the size."""
    capital: float
    box: tuple[float, float, float, float]
    angle: float


@dataclass(frozen=True, slots=True)
class Face:
    """One typeface; of two with the same file one may be slanted."""

    file: str
    slant: float = 0.0

    @property
    def path(self) -> Path:
        """Where its font lies."""
        return FONTS / self.file

    @property
    def measures(self) -> Measures:
        """The measures of its font."""
        return _measures(self.file)

    def width(self, text: str, size: float) -> float:
        """How wide a text runs, in mm, its size in points."""
        return _ems(self, text) * size / MM

    def outline(self, letter: str) -> str:
        """A letter as the path of an SVG, in units of the font, upwards."""
        return _outline(self.file, letter)


@lru_cache(maxsize=16384)
def _ems(face: Face, text: str) -> float:
    widths, spare = face.measures.widths, FACES["serif"].measures.widths
    return sum([widths.get(one) or spare.get(one, 0.0) for one in text])


# The library of fonts reads a table when it is asked for, and not for two at once.
_one_reader = RLock()


@cache
def _font(file: str) -> Any:
    # Imported late: pages that print nothing need not carry the library of fonts.
    from fontTools.ttLib import TTFont

    return TTFont(FONTS / file, lazy=True)


@cache
def _measures(file: str) -> Measures:
    with _one_reader:
        font = _font(file)
        number, head = font.getReverseGlyphMap(), font["head"]
        units: int = head.unitsPerEm
        letters = {chr(code): name for code, name in font.getBestCmap().items()}
        advances = font["hmtx"].metrics
        x_min, y_min = head.xMin / units, head.yMin / units
        return Measures(
            units=units,
            glyphs={one: number[name] for one, name in letters.items()},
            widths={one: advances[name][0] / units for one, name in letters.items()},
            above=font["hhea"].ascent / units,
            below=-font["hhea"].descent / units,
            capital=font["OS/2"].sCapHeight / units,
            box=(x_min, y_min, head.xMax / units, head.yMax / units),
            angle=font["post"].italicAngle,
        )


@lru_cache(maxsize=1024)
def _outline(file: str, letter: str) -> str:
    from fontTools.pens.svgPathPen import SVGPathPen

    with _one_reader:
        font = _font(file)
        glyphs = font.getGlyphSet()
        pen = SVGPathPen(glyphs)
        glyphs[font.getBestCmap()[ord(letter)]].draw(pen)
        return str(pen.getCommands())


FACES: Final = {
    "sans": Face("BeVietnamPro-Regular.ttf"),
    "sans-bold": Face("BeVietnamPro-Bold.ttf"),
    "serif": Face("LiberationSerif-Regular.ttf"),
    "serif-bold": Face("LiberationSerif-Bold.ttf"),
    "serif-italic": Face("LiberationSerif-Italic.ttf"),
    # The family's own bold italic of many machines lacks the letters of Vietnamese.
    "serif-bold-italic": Face("LiberationSerif-Bold.ttf", slant=0.2),
}


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """A text as it can be set: NFC, on one line, each letter in a face of ours."""
    known = FACES["serif"].measures.widths
    letters = []
    for one in re.sub(rf"[^\S{GLUE}]+", " ", nfc(text)).strip():
        kind = unicodedata.category(one)
        # What turns the direction of writing, or is not seen, is no letter.
        if kind in {"Cc", "Cf", "Cs"}:
            continue
        if one in known:
            letters.append(one)
        elif kind not in {"Mn", "Me", "Sk"}:
            letters.append(NO_GLYPH)
    return "".join(letters)


def pieces(face: str, text: str) -> Iterator[tuple[str, str]]:
    """A text cut where a letter has to come from Liberation Serif."""
    own = FACES[face].measures.widths
    for is_own, part in groupby(text, key=lambda one: one in own):
        yield (face if is_own else "serif"), "".join(part)


@lru_cache(maxsize=8192)
def lines(
    text: str, face: str, size: float, width: float, indent: float = 0.0
) -> tuple[str, ...]:
    """A clean text broken into lines no wider than `width` mm, the first by `indent`.

    A word that is wider than a line is broken behind a mark of an address where it has
    one, else between two letters.
    """
    measure = FACES[face].width
    done: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer, size) <= width - (0.0 if done else indent):
            line = longer
            continue
        if line:
            done.append(line)
        *whole, line = _broken(word, face, size, width)
        done.extend(whole)
    return (*done, line)


def _broken(word: str, face: str, size: float, width: float) -> list[str]:
    measure = FACES[face].width
    parts = []
    while measure(word, size) > width and len(word) > 1:
        fits = 1
        while measure(word[: fits + 1], size) <= width:
            fits += 1
        mark = max(word.rfind(one, 0, fits) for one in "-/.?") + 1
        end = mark if mark > fits // 3 else fits
        parts.append(word[:end])
        word = word[end:]
    return [*parts, word]


@lru_cache(maxsize=2048)
def balanced(text: str, face: str, size: float, width: float) -> tuple[str, ...]:
    """The same number of lines, about as long as one another: for what is centred."""
    best = lines(text, face, size, width)
    for part in range(95, 40, -5):
        narrower = lines(text, face, size, width * part / 100)
        if len(narrower) > len(best):
            break
        best = narrower
    return best


def clipped(text: str, face: str, size: float, width: float) -> str:
    """A line cut to a width after a whole word, with dots that say so."""
    measure = FACES[face].width
    while " " in text and measure(f"{text}…", size) > width:
        text = text.rpartition(" ")[0]
    while text and measure(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,;–-')}…"
