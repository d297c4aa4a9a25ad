"""Lists from a spreadsheet as rows of text: CSV as offices save it, and XLSX; whatever
is wrong is told with the number of its row.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _

from survey import web
from survey.formats import nfc

MOST_ROWS: Final = 100_000
MOST_FAULTS: Final = 50
MOST_UNPACKED: Final = 200 * 1024 * 1024
_DELIMITERS: Final = (";", "\t", ",")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a list, and where; row 1 is the heading, 0 the whole file."""

    row: int
    message: str

    def __str__(self) -> str:
        if self.row == 0:
            return self.message
        return str(_("Dòng %(row)s: %(message)s", row=self.row, message=self.message))


class LoadError(Exception):
    """A list cannot be taken; nothing of it was. `faults` says why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults[:MOST_FAULTS])))
        self.faults = tuple(faults)


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


def read(content: bytes, columns: Sequence[Column]) -> list[Row]:
    """The rows of a CSV or XLSX file.

    Raises:
        LoadError: it is neither, is not UTF-8, lacks a column, or is too long.
    """
    cells = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    try:
        head = next(cells)
    except StopIteration:
        raise _refused(_("Tệp trống. Xin chọn tệp có dữ liệu.")) from None
    places = _places(head, columns)
    rows = []
    for number, line in enumerate(cells, start=2):
        if number > MOST_ROWS + 1:
            raise _refused(
                _(
                    "Tệp có quá nhiều dòng; xin chia thành nhiều tệp, mỗi tệp nhiều "
                    "nhất %(most)s dòng.",
                    most=MOST_ROWS,
                )
            )
        row = _row(number, line, places)
        if any(row.values.values()):
            rows.append(row)
    if not rows:
        raise _refused(
            _("Tệp chỉ có dòng tiêu đề, chưa có dữ liệu. Xin điền từ dòng thứ hai.")
        )
    return rows


def _refused(message: str) -> LoadError:
    return LoadError([Fault(0, message)])


def _csv(content: bytes) -> Iterator[Sequence[Any]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error:
        raise LoadError(
            [
                Fault(
                    reader.line_num,
                    _("dấu ngoặc kép hoặc xuống dòng không hợp lệ; xin sửa lại."),
                )
            ]
        ) from None


def _decoded(content: bytes) -> str:
    # Excel calls the first "Unicode text" and the second "CSV UTF-8".
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    encoding = "utf-16" if is_wide else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise _refused(
            _(
                "Tệp không phải UTF-8 (có thể là bảng mã cũ như Windows-1258, TCVN3, "
                "VNI). Trong Excel, xin chọn “Lưu thành” rồi “CSV UTF-8” hoặc .xlsx."
            )
        ) from None
    if "\0" in text:
        raise _refused(
            _("Tệp này không phải CSV hay XLSX. Xin lưu lại thành một trong hai dạng.")
        )
    return text


def _xlsx(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise _refused(
                _("Tệp quá lớn sau khi giải nén. Xin chia thành nhiều tệp nhỏ hơn.")
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing styles are no matter of ours
            # Only here: it weighs on every worker, and few ever read a sheet.
            import openpyxl

            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True
            )
            try:
                yield from book.worksheets[0].iter_rows(values_only=True)
            finally:
                book.close()
    except LoadError:
        raise
    # openpyxl meets a damaged file with nearly every kind of error there is.
    except Exception as error:
        raise _refused(
            _("Không đọc được tệp Excel này; xin lưu lại thành .xlsx hoặc CSV UTF-8.")
        ) from error


def _plain(head: Any) -> str:
    text = nfc(str(head or "")).casefold()
    return re.sub(r"[\s_*]+", " ", re.sub(r"\(.*?\)", "", text)).strip()


def _places(head: Sequence[Any], columns: Sequence[Column]) -> dict[int, Column]:
    """Which column of the list stands where in the file."""
    names = {
        _plain(name): column
        for column in columns
        for name in (column.field, *column.heads)
    }
    places: dict[int, Column] = {}
    faults = []
    for place, title in enumerate(head):
        column = names.get(_plain(title))
        if column is None:
            continue
        if column in places.values():
            faults.append(
                Fault(
                    1,
                    _(
                        "cột “%(name)s” có hai lần; xin bỏ bớt một.",
                        name=column.head(web.language()),
                    ),
                )
            )
        places[place] = column
    faults += [
        Fault(1, _("thiếu cột “%(name)s”.", name=column.head(web.language())))
        for column in columns
        if column.is_required and column not in places.values()
    ]
    if faults:
        raise LoadError(faults)
    return places


def _row(number: int, line: Sequence[Any], places: Mapping[int, Column]) -> Row:
    values: dict[str, str] = {}
    row = Row(number, values)
    for place, column in places.items():
        cell = line[place] if place < len(line) else None
        if column.is_code and isinstance(cell, float):
            row.refuse(
                _(
                    "cột “%(name)s” đang ở dạng số nên có thể mất số 0 ở cuối; xin đổi "
                    "cột sang dạng Văn bản (Text) rồi nhập lại mã.",
                    name=column.head(web.language()),
                )
            )
        values[column.field] = _text(cell)
        if column.is_required and not values[column.field]:
            row.refuse(_("cột “%(name)s” còn trống.", name=column.head(web.language())))
    return row


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = "".join(s if s >= " " else " " for s in nfc(str(cell)))
    return " ".join(text.split())


def date_of(text: str) -> date | None:
    """A date as 2026-08-31 or 31/08/2026, also with dots or dashes; None if neither."""
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text, re.ASCII)
    local = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text, re.ASCII)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if local:
            return date(int(local[3]), int(local[2]), int(local[1]))
    except ValueError:
        pass
    return None
