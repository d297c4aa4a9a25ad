"""Pages rendered once per questionnaire version and language, with gaps for what is
the respondent's: the texts never change within a version, and rendering them is nearly
the whole cost of a page.

A template marks a gap with `{{ slot("name") }}`, and a part that may be left out with
`{% call part("name") %}…{% endcall %}`. `Prepared(html).fill({...})` puts values in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
    pieces: tuple[str | _Gap | _Part, ...]


class Prepared:
    """A page cut at its gaps."""

    __slots__ = ("_pieces",)

    def __init__(self, html: str) -> None:
        stack: list[tuple[str, list[str | _Gap | _Part]]] = [("", [])]
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
        self._pieces = tuple(stack[0][1])

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


def _fill(
    pieces: tuple[str | _Gap | _Part, ...], values: Values, found: list[str]
) -> None:
    for piece in pieces:
        if isinstance(piece, str):
            found.append(piece)
        elif value := values.get(piece.name):
            if isinstance(piece, _Gap):
                found.append(escape(value))
            else:
                _fill(piece.pieces, values, found)
