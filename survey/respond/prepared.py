"""Pages rendered once per questionnaire version and language, with gaps for what is
the respondent's: the texts never change within a version, and rendering them is nearly
the whole cost of a page.

A template marks a gap with `{{ slot("name") }}`, and a part that may be left out with
`{% call part("name") %}…{% endcall %}`. `Prepared.of(html).fill({…})` puts values in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias, cast

from markupsafe import Markup, escape

# Control characters cannot stand in the texts: the loader and the forms refuse them.
_OPEN, _CLOSE = "\x02", "\x03"
_SLOT, _BEGIN, _END = "s", "b", "e"

Values = Mapping[str, str | bool]


def slot(name: str) -> Markup:
    """A gap that `fill` closes with a value, escaped; nothing where there is none."""
    return Markup(f"{_OPEN}{_SLOT}{name}{_CLOSE}")  # noqa: S704 - our own marks


def part(name: str, caller: Callable[[], str]) -> Markup:
    """A part that `fill` keeps only when the value of its name is true."""
    marks = f"{_OPEN}{_BEGIN}{name}{_CLOSE}", f"{_OPEN}{_END}{_CLOSE}"
    return Markup(caller().join(marks))  # noqa: S704 - our own marks


@dataclass(frozen=True, slots=True)
class _Gap:
    name: str


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    pieces: tuple[Piece, ...]


Piece: TypeAlias = "str | _Gap | _Part"


class Prepared:
    """A page cut at its gaps."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = tuple(pieces)

    @classmethod
    def of(cls, html: str) -> Prepared:
        """Cut rendered HTML at its marks."""
        stack: list[tuple[str, list[Piece]]] = [("", [])]
        text, *marked = html.split(_OPEN)
        stack[-1][1].append(text)
        for item in marked:
            mark, _, text = item.partition(_CLOSE)
            kind, name = mark[0], mark[1:]
            if kind == _SLOT:
                stack[-1][1].append(_Gap(name))
            elif kind == _BEGIN:
                stack.append((name, []))
            else:
                closed, pieces = stack.pop()
                stack[-1][1].append(_Part(closed, tuple(pieces)))
            if text:
                stack[-1][1].append(text)
        return cls(stack[0][1])

    def narrowed(self, values: Values) -> Prepared:
        """The same page with the gaps and parts named in `values` closed for good."""
        return Prepared(_joined(_narrowed(self._pieces, values)))

    def fill(self, values: Values) -> str:
        """The page with these values in its gaps.

        Args:
            values: text of each gap, and True for each part to keep. Text is escaped
                unless it is Markup; a gap without a value stays empty, a part without
                one is left out.
        """
        found: list[str] = []
        _fill(self._pieces, values, found)
        return "".join(found)


def _fill(pieces: tuple[Piece, ...], values: Values, found: list[str]) -> None:
    for piece in pieces:
        if isinstance(piece, str):
            found.append(piece)
        elif value := values.get(piece.name):
            if isinstance(piece, _Gap):
                found.append(escape(value))
            else:
                _fill(piece.pieces, values, found)


def _narrowed(pieces: Iterable[Piece], values: Values) -> Iterator[Piece]:
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
        elif piece.name not in values:
            if isinstance(piece, _Part):
                inner = tuple(_joined(_narrowed(piece.pieces, values)))
                yield _Part(piece.name, inner)
            else:
                yield piece
        elif value := values[piece.name]:
            if isinstance(piece, _Part):
                yield from _narrowed(piece.pieces, values)
            else:
                yield str(escape(value))


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    for is_text, group in groupby(pieces, lambda piece: isinstance(piece, str)):
        if is_text:
            yield "".join(cast(Iterable[str], group))
        else:
            yield from group
