"""Rows of a list as texts by field; whatever is wrong is told with the row's number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey.fieldwork.frame import heads
from survey.fieldwork.frame.faults import Fault, LoadError, refused
from survey.fieldwork.frame.heads import Column, Data, Passed, Table
from survey.fieldwork.frame.sheets import Book, open_book

MOST_ROWS: Final = 100_000
# What a cell shows in place of a value that its formula could not find.
_BROKEN: Final = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!")
)


@dataclass
class Row:
    """One row: texts by field, and the faults found in it."""

    number: int
    values: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The text of a field, "" when absent."""
        return self.values.get(name, "")

    def refuse(self, message: str) -> None:
        """Note a fault of this row."""
        self.faults.append(Fault(self.number, message))


def read(content: bytes, columns: Sequence[Column]) -> tuple[list[Row], list[str]]:
    """The rows of a CSV or XLSX file, found by their heads, and what to know of it.

    Raises:
        LoadError: it is neither, cannot be read, lacks a column, or is too long.
    """
    book = open_book(content)
    table = heads.find_table(book, columns)
    places = table.known(columns)
    if faults := heads.missing(table, columns, places):
        raise LoadError(faults)
    data = data_of(table, columns, places)
    rows = list(rows_of(data, columns))
    return rows, notices(book, data.passed)


def data_of(table: Table, columns: Sequence[Column], places: Mapping[str, int]) -> Data:
    """The rows of data of a table whose columns are known."""
    required = [column.field for column in columns if column.is_required]
    return Data(table=table, places=places, required=required)


def rows_of(data: Data, columns: Sequence[Column]) -> Iterator[Row]:
    """The rows of data as texts by field.

    Raises:
        LoadError: there is none, there are too many, or the file is damaged.
    """
    chosen = [
        (column, data.places[column.field], data.name(column))
        for column in columns
        if column.field in data.places
    ]
    count = 0
    for number, line in data:
        row = _row(number, line, chosen)
        if not any(row.values.values()):
            continue
        count += 1
        if count > MOST_ROWS:
            raise refused(
                _(
                    "Tệp có quá nhiều dòng; xin chia thành nhiều tệp, mỗi tệp nhiều "
                    "nhất %(most)s dòng.",
                    most=MOST_ROWS,
                )
            )
        yield row
    if not count:
        raise refused(
            _("Tệp chỉ có dòng tiêu đề, chưa có dữ liệu. Xin điền từ dòng thứ hai.")
        )


def _row(
    number: int, line: Sequence[Any], chosen: Sequence[tuple[Column, int, str]]
) -> Row:
    values: dict[str, str] = {}
    row = Row(number, values)
    for column, place, name in chosen:
        cell = line[place] if place < len(line) else None
        text = values[column.field] = text_of(cell)
        if column.is_code and isinstance(cell, float):
            row.refuse(
                _(
                    "cột “%(name)s” đang ở dạng số nên có thể mất số 0 ở cuối; xin đổi "
                    "cột sang dạng Văn bản (Text) rồi nhập lại mã.",
                    name=name,
                )
            )
        elif text in _BROKEN:
            row.refuse(
                _(
                    "cột “%(name)s” có công thức báo lỗi %(error)s; xin sửa ô đó.",
                    name=name,
                    error=text,
                )
            )
        elif column.is_required and not text:
            row.refuse(_("cột “%(name)s” còn trống.", name=name))
    return row


def text_of(cell: Any) -> str:
    """A cell as text: NFC, in one line, a date as ISO; "" for none."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        # By far the most cells are plain already.
        if cell.isascii() and cell.isprintable() and cell == cell.strip():
            return cell if "  " not in cell else heads.shown(cell)
        return heads.shown(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return heads.shown(cell)


def notices(book: Book, passed: Passed) -> list[str]:
    """What a person should know of how a file was read, in sentences."""
    told = []
    if book.alphabet is not None:
        told.append(
            _(
                "Chữ trong tệp đã được chuyển từ bảng mã %(name)s sang Unicode; xin "
                "xem lại các tên có dấu.",
                name=book.alphabet.title,
            )
        )
    for count, words in (
        (passed.repeated, _l("Đã bỏ qua %(n)s dòng tiêu đề lặp lại.")),
        (passed.headings, _l("Đã bỏ qua %(n)s dòng tên nhóm.")),
        (passed.sums, _l("Đã bỏ qua %(n)s dòng tổng cộng.")),
        (passed.footers, _l("Đã bỏ qua %(n)s dòng dưới dòng tổng cộng.")),
    ):
        if count:
            told.append(str(words) % {"n": count})
    return told


def stop_at_faults(rows: Sequence[Row]) -> None:
    """Refuse a list of which any row has a fault.

    Raises:
        LoadError: with every fault.
    """
    faults = [fault for row in rows for fault in row.faults]
    if faults:
        raise LoadError(faults)


def refuse_doubles(row: Row, name: str, first: dict[str, int]) -> None:
    """Note as a fault that a row has the code of another; `first` is where it was."""
    value = row.get(name)
    if value and first.setdefault(value, row.number) != row.number:
        row.refuse(
            _(
                "mã “%(code)s” đã có ở dòng %(row)s; xin giữ lại một dòng.",
                code=value,
                row=first[value],
            )
        )


def refuse_long(row: Row, **most: int) -> None:
    """Note as faults the texts that are longer than so many characters."""
    for name, length in most.items():
        if len(row.get(name)) > length:
            row.refuse(
                _("“%(text)s…” dài quá %(n)s ký tự.", text=row.get(name)[:20], n=length)
            )
