"""What stands on a printed page and where: texts, bars and codes, in millimetres from
its upper left corner; and paragraphs set so that none ever runs into another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from survey.exports.prints import typefaces
from survey.exports.prints.squares import Squares
from survey.exports.prints.typefaces import FACES, MM

Align: TypeAlias = Literal["left", "center", "right", "justify"]
Colour: TypeAlias = tuple[float, float, float]

BLACK: Final = (0.0, 0.0, 0.0)
WHITE: Final = (1.0, 1.0, 1.0)
WIDEST: Final = 3.0
"""No space of a line that fills its width gets more millimetres than these."""
STEPS: Final = 12
"""In so many steps a column of paragraphs goes from its full to its least sizes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Letters in one face on one line; `y` is the line they stand on."""

    x: float
    y: float
    text: str
    face: str
    size: float
    colour: Colour = BLACK
    spread: float = 0.0
    """Millimetres more at each space, where a line fills its width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A filled rectangle; a line is a thin one."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR code; its quiet zone lies within its side."""

    x: float
    y: float
    side: float
    squares: Squares

    @property
    def module(self) -> float:
        """The side of one square."""
        return self.side / self.squares.whole


Shape: TypeAlias = Run | Bar | Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Shapes that are read together: a paragraph, a picture, or decoration."""

    role: Literal["H1", "H2", "P", "Figure", "Artifact"]
    shapes: Sequence[Shape]
    language: str = ""
    instead: str = ""
    """What a picture says to those who do not see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page; its parts in reading order, each a card or all that is on it."""

    width: float
    height: float
    parts: Sequence[Sequence[Mark]]

    @property
    def shapes(self) -> Iterator[Shape]:
        """All shapes, in the order in which they are drawn."""
        for part in self.parts:
            for mark in part:
                yield from mark.shapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Para:
    """A paragraph to be set.

    Its size may go down to `least` where room is short; then, if it `gives_way`, its
    last lines go and dots say so.
    """

    text: str
    size: float
    least: float = 0.0
    face: str = "sans"
    gives_way: bool = False
    leading: float = 1.32
    before: float = 0.0
    """Millimetres above it, unless it is the first."""
    align: Align = "left"
    indent: float = 0.0
    on_one_line: bool = False
    """Gets as small as it must to stay on one line: a code."""
    colour: Colour = BLACK
    role: Literal["H1", "H2", "P"] = "P"
    language: str = ""

    def at(self, step: int) -> Para:
        """Itself at a step from its full (0) to its least (STEPS) size."""
        if not self.least:
            return self
        size = self.size - (self.size - self.least) * step / STEPS
        return replace(self, size=size, before=self.before * (1 - step / STEPS / 2))


@dataclass(frozen=True, slots=True)
class _Set:
    para: Para
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return len(self.lines) * self.line_height

    @property
    def line_height(self) -> float:
        return self.para.size * self.para.leading / MM


@dataclass(frozen=True, slots=True)
class Column:
    """Paragraphs that were set, and can be put anywhere."""

    width: float
    paras: Sequence[_Set]

    @property
    def height(self) -> float:
        """From the top of the first line to the foot of the last."""
        between = sum(one.para.before for one in self.paras[1:])
        return sum(one.height for one in self.paras) + between

    def at(self, x: float, y: float) -> Iterator[Mark]:
        """The marks of its paragraphs, its upper left corner at a place."""
        for number, one in enumerate(self.paras):
            para = one.para
            y += para.before if number else 0.0
            shapes: list[Run] = []
            for place, line in enumerate(one.lines):
                is_last = place == len(one.lines) - 1
                indent = 0.0 if place else para.indent
                left = self.width - indent - FACES[para.face].width(line, para.size)
                spread = _spread(para, line, left, is_last=is_last)
                start = {"center": left / 2, "right": left}.get(para.align, 0.0)
                shapes += _runs(para, line, x + indent + start, y, spread)
                y += one.line_height
            yield Mark(role=para.role, shapes=shapes, language=para.language)


def column(paras: Iterable[Para], width: float, height: float = math.inf) -> Column:
    """Set paragraphs one below the other.

    Args:
        height: room for all of them.
    Returns:
        A column that is never higher than that: sizes go down first, then what gives
        way loses lines, and at last all of it gets as small as it must.
    """
    said = [one for one in map(_cleaned, paras) if one.text]
    for step in range(STEPS + 1):
        done = Column(width, [_set(one.at(step), width) for one in said])
        if done.height <= height:
            return done
    done = _shortened(done, height)
    while done.height > height:
        done = Column(width, [_smaller(one, width) for one in done.paras])
    return done


def _cleaned(para: Para) -> Para:
    text = typefaces.clean(para.text)
    return para if text == para.text else replace(para, text=text)


def _set(para: Para, width: float, most: int | None = None) -> _Set:
    if para.on_one_line:
        whole = FACES[para.face].width(para.text, para.size)
        if whole > width:
            para = replace(para, size=para.size * width / whole)
        return _Set(para, (para.text,))
    if para.align == "center":
        lines = typefaces.balanced(para.text, para.face, para.size, width)
    else:
        lines = typefaces.lines(para.text, para.face, para.size, width, para.indent)
    if most is not None and len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        last = typefaces.clipped(rest, para.face, para.size, width)
        lines = (*lines[: most - 1], last)
    return _Set(para, lines)


def _shortened(done: Column, height: float) -> Column:
    """Lines taken from whatever gives way and is longest, as many as it needs."""
    paras = list(done.paras)
    while (shorter := Column(done.width, paras)).height > height:
        lengths = [len(one.lines) * one.para.gives_way for one in paras]
        longest = max(lengths, default=0)
        if longest < 2:
            break
        place = lengths.index(longest)
        paras[place] = _set(paras[place].para, done.width, most=longest - 1)
    return shorter


def _smaller(one: _Set, width: float) -> _Set:
    para = replace(one.para, size=one.para.size * 0.95, before=one.para.before * 0.9)
    return _set(para, width, most=len(one.lines) if para.gives_way else None)


def _spread(para: Para, line: str, left: float, *, is_last: bool) -> float:
    spaces = line.count(" ")
    if para.align != "justify" or is_last or not spaces:
        return 0.0
    # A line that a long address left nearly empty stays as it is.
    return left / spaces if left <= spaces * WIDEST else 0.0


def _runs(para: Para, line: str, x: float, y: float, spread: float) -> Iterator[Run]:
    of = FACES[para.face].measures
    free = para.leading - (of.above + of.below)
    y += para.size * (free / 2 + of.above) / MM
    for face, piece in typefaces.pieces(para.face, line):
        yield Run(
            x=x,
            y=y,
            text=piece.replace(typefaces.GLUE, " "),
            face=face,
            size=para.size,
            colour=para.colour,
            spread=spread,
        )
        x += FACES[face].width(piece, para.size) + spread * piece.count(" ")
