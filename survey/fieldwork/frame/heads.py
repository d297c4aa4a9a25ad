"""Where the table of a sheet begins, which of its columns are known, and which of its
rows are no data: titles, numbering, heads once more, sums and signatures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Any, Final

from flask_babel import gettext as _

from survey import web
from survey.fieldwork.frame import alphabets
from survey.fieldwork.frame.faults import Fault, refused
from survey.fieldwork.frame.sheets import PROBED, Book, Line
from survey.formats import nfc

MOST_HEADS: Final = 200
_NUMBERING: Final = re.compile(r"\(?[0-9A-ZĐ]{1,3}\)?(?:=.*)?")
_SUM: Final = re.compile(
    r"(?:tổng cộng|tổng số|total)\b|(?:tổng|cộng)\s*:?\s*(?:\d|$)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list: its field, and the headings under which it is found: first
    the usual Vietnamese one, last the English one."""

    field: str
    heads: tuple[str, ...]
    is_required: bool = False
    is_code: bool = False
    """Never a number: as one, 2.000450 would have become 2.00045."""

    def head(self, language: str) -> str:
        """The heading that a reader of this language is told."""
        return self.heads[-1 if language == "en" else 0]

    @property
    def names(self) -> tuple[str, ...]:
        """Under which it is found, compared by `plain`: the likelier ones first."""
        return tuple(plain(name) for name in (self.field, *self.heads))


def plain(head: Any) -> str:
    """A heading as it is compared: letters and digits, without marks and brackets."""
    return bare(re.sub(r"\(.*?\)", "", str(head or "")))


def bare(text: str) -> str:
    """The letters and digits of a text, small and without marks: however it is typed,
    "Đã giải quyết" is "dagiaiquyet"."""
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(part for part in parts if part.isalnum())


def shown(cell: Any) -> str:
    """A cell of text in one line."""
    text = "".join(s if s >= " " else " " for s in nfc(str(cell)))
    return " ".join(text.split())


@dataclass(frozen=True, kw_only=True)
class Table:
    """Where a table stands in a book."""

    book: Book
    sheet: str
    row: int
    """The number of the row with the heads, of two rows the lower one."""
    heads: tuple[str, ...]
    """As a person sees them, those of two rows joined; "" where there is none."""
    keys: tuple[tuple[str, ...], ...]
    """What may be the name of each column, by `plain`, the likeliest first."""

    @property
    def heads_sha256(self) -> str:
        """By what an office's choice of columns is found again."""
        text = "\n".join(keys[0] if keys else "" for keys in self.keys)
        return sha256(text.encode()).hexdigest()

    def known(self, columns: Sequence[Column]) -> dict[str, int]:
        """Where the columns of a list stand, as far as their heads are known.

        Of two columns for one field that with the likelier name is taken.
        """
        return {
            field: places[0] for field, places in _matches(self.keys, columns).items()
        }

    def doubled(self, columns: Sequence[Column]) -> list[Column]:
        """The columns of a list that stand twice under one and the same name."""
        found = _matches(self.keys, columns)
        return [
            column
            for column in columns
            if len({self.keys[place][0] for place in found.get(column.field, ())})
            < len(found.get(column.field, ()))
        ]


def _matches(
    keys: Sequence[Sequence[str]], columns: Sequence[Column]
) -> dict[str, list[int]]:
    """The places where a field may stand, the likeliest first."""
    ranks = {
        name: (column.field, rank)
        for column in columns
        for rank, name in reversed(list(enumerate(column.names)))
    }
    found: dict[str, list[tuple[int, int]]] = {}
    for place, names in enumerate(keys):
        for name in names:
            if name in ranks:
                column, rank = ranks[name]
                found.setdefault(column, []).append((rank, place))
                break
    return {
        column: [place for _rank, place in sorted(ranked)]
        for column, ranked in found.items()
    }


def find_table(
    book: Book,
    columns: Sequence[Column],
    *,
    sheet: str | None = None,
    row: int | None = None,
) -> Table:
    """Where the table is: in the sheet and row that hold most of the known heads.

    Args:
        sheet, row: where a person says that it is.
    Raises:
        LoadError: there is no row that could be it.
    """
    names = [sheet] if sheet in book.names else book.names
    best: tuple[int, Table] | None = None
    for name in names:
        found = _in_sheet(book, name, columns, row)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        raise refused(_("Tệp trống. Xin chọn tệp có dữ liệu."))
    _refuse_typewriter(book, best[1].sheet, columns)
    return best[1]


def _in_sheet(
    book: Book, sheet: str, columns: Sequence[Column], row: int | None
) -> tuple[int, Table] | None:
    lines = [one for one in islice(book.lines(sheet), row or PROBED) if any(one[1])]
    best: tuple[int, Table] | None = None
    before: Line | None = None
    for number, line in lines:
        candidates = [_single(line)]
        if before is not None and before[0] == number - 1:
            candidates.append(_joined(before[1], line))
        before = (number, line)
        if row is not None and number != row:
            continue
        for heads, keys in candidates:
            score = len(_matches(keys, columns))
            if best is None or score > best[0]:
                table = Table(
                    book=book, sheet=sheet, row=number, heads=heads, keys=keys
                )
                best = (score, table)
    if best is not None and best[0] == 0 and row is None:
        return 0, _guessed(book, sheet, lines)
    return best


def _guessed(book: Book, sheet: str, lines: Sequence[Line]) -> Table:
    """The first row that is nearly as full as the fullest: no head in it is known."""

    def filled(line: Sequence[Any]) -> int:
        return sum(cell not in (None, "") for cell in line)

    most = max(filled(line) for _number, line in lines)
    number, line = next(one for one in lines if filled(one[1]) * 2 > most)
    heads, keys = _single(line)
    return Table(book=book, sheet=sheet, row=number, heads=heads, keys=keys)


def _single(line: Sequence[Any]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    heads = tuple(shown(cell)[:200] if cell else "" for cell in line[:MOST_HEADS])
    return heads, tuple((plain(head),) for head in heads)


def _joined(
    upper: Sequence[Any], lower: Sequence[Any]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The heads of two rows: a cell merged over several columns heads each of them."""
    above, below = _single(upper)[0], _single(lower)[0]
    heads, keys = [], []
    spanning = ""
    for place in range(max(len(above), len(below))):
        top = above[place] if place < len(above) else ""
        own = below[place] if place < len(below) else ""
        spanning = top or (spanning if own else "")
        both = f"{spanning} – {own}" if spanning and own else own or top
        heads.append(both)
        keys.append((plain(own), plain(spanning + own)) if own else (plain(top),))
    return tuple(heads), tuple(keys)


def _refuse_typewriter(book: Book, sheet: str, columns: Sequence[Column]) -> None:
    """Tell a file in VIQR, which any program takes for plain English."""
    usual = {head for column in columns for head in column.heads}
    typed = {alphabets.as_viqr(head).casefold() for head in usual}
    typed -= {head.casefold() for head in usual}
    for _number, line in islice(book.lines(sheet), PROBED):
        if typed & {shown(cell).casefold() for cell in line if isinstance(cell, str)}:
            raise refused(
                _(
                    "Chữ trong tệp gõ theo kiểu VIQR (“Ma~ ho^` so+”). Xin dùng bộ gõ "
                    "(Unikey: Ctrl+Shift+F6) chuyển sang Unicode rồi nạp lại."
                )
            )


def missing(
    table: Table, columns: Sequence[Column], places: Mapping[str, int]
) -> list[Fault]:
    """What is wrong with the heads, told as faults of their row."""
    language = web.language()
    twice = [
        _("cột “%(name)s” có hai lần; xin bỏ bớt một.", name=column.head(language))
        for column in table.doubled(columns)
    ]
    absent = [
        _("thiếu cột “%(name)s”.", name=column.head(language))
        for column in columns
        if column.is_required and column.field not in places
    ]
    return [Fault(table.row, str(message)) for message in (*twice, *absent)]


@dataclass
class Passed:
    """Rows that were passed over because they are no data."""

    repeated: int = 0
    """Heads once more, as on every printed page."""
    headings: int = 0
    """One text alone in a row, above those it belongs to."""
    sums: int = 0
    footers: int = 0
    """Below the sum, without what every row of data has."""


@dataclass(kw_only=True)
class Data:
    """The rows of data of a table."""

    table: Table
    places: Mapping[str, int]
    required: Sequence[str]
    passed: Passed = field(default_factory=Passed)

    def __iter__(self) -> Iterator[Line]:
        """Every row of data with its number; `passed` counts the others.

        Raises:
            LoadError: the file is damaged.
        """
        self.passed = Passed()
        heads = set(self._head_lines())
        is_over = False
        for number, line in self.table.book.lines(self.table.sheet):
            if number <= self.table.row or not any(_filled(line)):
                continue
            if number == self.table.row + 1 and _is_numbering(line):
                continue
            if self._own(line) in heads:
                self.passed.repeated += 1
            elif _is_sum(line) and self._lacks_something(line):
                self.passed.sums += 1
                is_over = True
            elif is_over and self._lacks_something(line):
                self.passed.footers += 1
            elif self._is_heading(line):
                self.passed.headings += 1
            else:
                yield number, line

    def name(self, column: Column) -> str:
        """What the file itself calls a column; our own word where it has none."""
        place = self.places.get(column.field, MOST_HEADS)
        theirs = self.table.heads[place : place + 1]
        return "".join(theirs) or column.head(web.language())

    def _head_lines(self) -> Iterator[tuple[Any, ...]]:
        rows = islice(self.table.book.lines(self.table.sheet), self.table.row)
        for number, line in rows:
            own = self._own(line)
            if number >= self.table.row - 1 and any(_filled(own)):
                yield own

    def _own(self, line: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(_cell(line, place) for place in self.places.values())

    def _lacks_something(self, line: Sequence[Any]) -> bool:
        return any(
            _cell(line, self.places[name]) in (None, "")
            for name in self.required
            if name in self.places
        )

    def _is_heading(self, line: Sequence[Any]) -> bool:
        filled = [place for place, is_filled in enumerate(_filled(line)) if is_filled]
        return (
            len(filled) == 1
            and len(self.places) > 1
            and filled[0] not in self.places.values()
        )


def _cell(line: Sequence[Any], place: int) -> Any:
    return line[place] if place < len(line) else None


def _filled(line: Iterable[Any]) -> Iterator[bool]:
    return (
        bool(cell.strip()) if isinstance(cell, str) else cell is not None
        for cell in line
    )


def _is_numbering(line: Sequence[Any]) -> bool:
    cells = [str(cell).strip() for cell in line if cell not in (None, "")]
    return len(cells) > 2 and all(_NUMBERING.fullmatch(cell) for cell in cells)


def _is_sum(line: Sequence[Any]) -> bool:
    first = next((cell for cell in line if cell not in (None, "")), "")
    return isinstance(first, str) and _SUM.match(shown(first)) is not None
