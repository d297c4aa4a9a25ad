"""Pages rendered once per questionnaire version and language, with gaps for what is
the respondent's: the texts never change within a version, and rendering them is nearly
the whole cost of a page.

A template marks a gap with `{{ slot("name") }}`, and a part that may be left out with
`{% call part("name") %}…{% endcall %}`. `Prepared.of(html).fill({…})` puts values in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup, escape

# Control characters cannot stand in the texts: the loader and the forms refuse them.
CHECKED = Markup(" checked")
SELECTED = Markup(" selected")
_OPEN, _CLOSE = "\x02", "\x03"
_TEXT, _SLOT, _BEGIN, _END = "", "s", "b", "e"

Values = Mapping[str, str | bytes | bool]


def slot(name: str) -> Markup:
    """A gap that `fill` closes with a value, escaped; nothing where there is none."""
    return Markup(f"{_OPEN}{_SLOT}{name}{_CLOSE}")  # noqa: S704 - our own marks


def part(name: str, caller: Callable[[], str]) -> Markup:
    """A part that `fill` keeps only when the value of its name is true."""
    marks = f"{_OPEN}{_BEGIN}{name}{_CLOSE}", f"{_OPEN}{_END}{_CLOSE}"
    return Markup(caller().join(marks))  # noqa: S704 - our own marks


class _Token(NamedTuple):
    """Text, a gap, or where a part begins or ends.

    Text is encoded once and shared by all that a page is narrowed to.
    """

    mark: str
    name: str = ""
    text: bytes = b""


class _Part(NamedTuple):
    """The pieces from `first` to before `after` stand only if `name` has a value."""

    name: str
    first: int
    after: int


class Prepared:
    """A page cut at its gaps: pieces of UTF-8, and an empty one for each gap.

    Filling it costs as much as there are values. Gaps are many more: one for every
    answer that could have been chosen.
    """

    __slots__ = ("_gaps", "_parts", "_pieces", "_tokens")

    def __init__(self, tokens: Iterable[_Token]) -> None:
        self._tokens = tuple(tokens)
        self._pieces: list[bytes] = []
        # Where each gap is: most are in one place, and a tuple of one is small.
        self._gaps: dict[str, tuple[int, ...]] = {}
        self._parts: list[_Part] = []
        opened: list[tuple[str, int]] = []
        for mark, name, text in self._tokens:
            place = len(self._pieces)
            if mark == _BEGIN:
                opened.append((name, place))
            elif mark == _END:
                self._parts.append(_Part(*opened.pop(), place))
            else:
                if mark == _SLOT:
                    self._gaps[name] = (*self._gaps.get(name, ()), place)
                self._pieces.append(text)

    @classmethod
    def of(cls, html: str) -> Prepared:
        """Cut rendered HTML at its marks."""
        text, *marked = html.split(_OPEN)
        tokens = [_text(text)]
        for item in marked:
            mark, _, text = item.partition(_CLOSE)
            tokens.append(_Token(mark[0], mark[1:]))
            if text:
                tokens.append(_text(text))
        return cls(tokens)

    def narrowed(self, values: Values) -> Prepared:
        """The same page with the gaps and parts named in `values` closed for good.

        There are hundreds of them, so they keep no more than filling needs: what is
        narrowed is not narrowed again.
        """
        found = Prepared(_narrowed(self._tokens, values))
        del found._tokens
        return found

    def fill(self, values: Values) -> str:
        """As `encoded`, as text."""
        return self.encoded(values).decode()

    def encoded(self, values: Values) -> bytes:
        """The page with these values in its gaps.

        Args:
            values: text of each gap, and True for each part to keep. Text is escaped
                unless it is Markup, or bytes of our own that `encoded_text` made; a gap
                without a value stays empty, a part without one is left out.
        """
        pieces, gaps = self._pieces.copy(), self._gaps
        for name, value in values.items():
            if value and name in gaps:
                text = value if type(value) is bytes else encoded_text(value)
                for place in gaps[name]:
                    pieces[place] = text
        for name, first, after in self._parts:
            if not values.get(name):
                pieces[first:after] = [b""] * (after - first)
        return b"".join(pieces)


def encoded_text(value: Any) -> bytes:
    """A value as it stands in a gap: escaped unless it is Markup."""
    # Of Markup itself every method makes Markup again.
    text = value if type(value) is Markup else escape(value)
    return str.encode(text)


def _text(text: str) -> _Token:
    return _Token(_TEXT, text=text.encode())


def _narrowed(tokens: Iterable[_Token], values: Values) -> Iterator[_Token]:
    # Per part that is open: whether its marks stay, and whether what is in it does.
    opened = [(True, True)]
    for token in tokens:
        mark, name, _ = token
        _, stands = opened[-1]
        if mark == _BEGIN:
            stays = stands and name not in values
            opened.append((stays, stands and bool(values.get(name, True))))
            if stays:
                yield token
        elif mark == _END:
            stays, _ = opened.pop()
            if stays:
                yield token
        elif stands and mark == _SLOT and name in values:
            yield _text(escape(values[name] or ""))
        elif stands:
            yield token
