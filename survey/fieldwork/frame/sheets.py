"""Files of spreadsheets as offices save them, as lines of cells: CSV in whatever
alphabet, and XLSX; what cannot be read is refused with what to do instead."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any, Final, TypeAlias

from flask_babel import gettext as _

from survey.fieldwork.frame import alphabets, days
from survey.fieldwork.frame.alphabets import Alphabet
from survey.fieldwork.frame.faults import Fault, LoadError, refused

MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_SHEETS: Final = 20
PROBED: Final = 40
"""So many lines tell how a file is written, and where its table begins."""
SAMPLED: Final = 400
DELIMITERS: Final = (";", "\t", ",", "|")
_SEPARATOR: Final = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n|$)', re.IGNORECASE)

Line: TypeAlias = "tuple[int, Sequence[Any]]"
"""The number of a row as a spreadsheet shows it, and its cells."""


@dataclass(kw_only=True)
class Book:
    """A file that was opened: what it is, and its sheets."""

    encoding: str
    """As people call it; empty for a workbook, whose text is always Unicode."""
    alphabet: Alphabet | None
    """What its text is converted from; None when it is as it should be."""
    delimiter: str
    names: tuple[str, ...]
    """Of its sheets, the hidden ones left out; a CSV file has one without a name."""
    epoch: date
    _source: _Text | _Workbook

    def lines(self, name: str) -> Iterator[Line]:
        """The rows of a sheet from its first, blank ones too; from anew at each call.

        Raises:
            LoadError: the file is damaged.
        """
        lines = self._source.lines(name)
        if self.alphabet is None:
            return lines
        return _converted(lines, self.alphabet)

    def count(self, name: str) -> int:
        """About how many rows a sheet has; 0 when nothing tells."""
        return self._source.count(name)


def open_book(content: bytes) -> Book:
    """Open a CSV or XLSX file.

    Raises:
        LoadError: it is neither, or in an alphabet that cannot be told or converted.
    """
    if not content.strip():
        raise refused(_("Tệp trống. Xin chọn tệp có dữ liệu."))
    _refuse_other_kinds(content)
    source: _Text | _Workbook
    if content[:4] == b"PK\x03\x04":
        source, encoding, is_unicode = _Workbook(content), "", True
        names, delimiter, epoch = source.names, "", source.epoch
    else:
        text, encoding, is_unicode = _decoded(content)
        source = _Text(text)
        names, delimiter, epoch = ("",), source.delimiter, days.EPOCH_1900
    sample = _texts(
        chain.from_iterable(islice(source.lines(name), SAMPLED) for name in names)
    )
    alphabet = _alphabet(list(sample), is_unicode=is_unicode)
    return Book(
        encoding=alphabet.title if alphabet and not is_unicode else encoding,
        alphabet=alphabet,
        delimiter=delimiter,
        names=names,
        epoch=epoch,
        _source=source,
    )


def _refuse_other_kinds(content: bytes) -> None:
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise refused(
            _(
                "Đây là tệp Excel dạng cũ (.xls) hoặc có đặt mật khẩu. Trong Excel, "
                "xin bỏ mật khẩu nếu có, chọn “Lưu thành” rồi “Excel Workbook (.xlsx)”."
            )
        )
    if start.startswith(b"%pdf"):
        raise refused(
            _(
                "Đây là tệp PDF, không đọc được thành bảng. Xin xuất danh sách từ phần "
                "mềm một cửa dưới dạng Excel (.xlsx) hoặc CSV."
            )
        )
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")):
        raise refused(
            _(
                "Đây là trang web hoặc XML mang tên tệp Excel. Xin mở bằng Excel, chọn "
                "“Lưu thành” rồi “Excel Workbook (.xlsx)”."
            )
        )
    if start.startswith((b"{\\rtf",)):
        raise refused(_no_table())


def _no_table() -> str:
    return str(
        _("Tệp này không phải CSV hay XLSX. Xin lưu lại thành một trong hai dạng.")
    )


def _decoded(content: bytes) -> tuple[str, str, bool]:
    """The text, how people call its encoding, and whether that is Unicode."""
    # Excel calls the first "Unicode text" and the second "CSV UTF-8".
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding, title = "utf-16", "UTF-16"
    elif _is_mostly_zero(content[:400:2]):
        encoding, title = "utf-16-be", "UTF-16"
    elif _is_mostly_zero(content[1:400:2]):
        encoding, title = "utf-16-le", "UTF-16"
    elif b"\0" in content:
        raise refused(_no_table())
    else:
        encoding, title = "utf-8-sig", "UTF-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if title == "UTF-16":
            raise refused(_no_table()) from None
        return content.decode("latin-1"), "", False
    if "\0" in text:
        raise refused(_no_table())
    return text, title, True


def _is_mostly_zero(content: bytes) -> bool:
    """Whether these are the upper halves of a text in Latin letters."""
    return content.count(0) * 2 > len(content)


def _alphabet(texts: Sequence[str], *, is_unicode: bool) -> Alphabet | None:
    """What the text must be converted from.

    Raises:
        LoadError: it cannot be told, or is one that is not converted.
    """
    if alphabets.is_lost(texts):
        raise refused(
            _(
                "Tệp đã mất dấu tiếng Việt: nhiều chữ bị thay bằng dấu hỏi. Xin mở lại "
                "tệp gốc trong Excel, chọn “Lưu thành” rồi “CSV UTF-8” hoặc .xlsx."
            )
        )
    count, part = alphabets.spelled(texts)
    if is_unicode and (count == 0 or part >= 0.5):
        found = None
    else:
        fonts = alphabets.OF_FONTS if is_unicode else alphabets.OF_BYTES
        found = alphabets.told(texts, fonts)
    if found is not None and not found.is_converted:
        raise refused(
            _(
                "Chữ trong tệp gõ bằng bảng mã %(name)s nên đọc ra sai dấu. Xin dùng "
                "bộ gõ (Unikey: Ctrl+Shift+F6) chuyển sang Unicode rồi nạp lại.",
                name=found.title,
            )
        )
    if found is None and not is_unicode:
        raise refused(
            _(
                "Tệp không phải UTF-8 và không rõ là bảng mã nào (có thể là bảng mã cũ "
                "như Windows-1258, TCVN3, VNI). Trong Excel, xin chọn “Lưu thành” rồi "
                "“CSV UTF-8” hoặc .xlsx."
            )
        )
    return found


def _texts(lines: Iterable[Line]) -> Iterator[str]:
    return (cell for _number, line in lines for cell in line if isinstance(cell, str))


def _converted(lines: Iterable[Line], alphabet: Alphabet) -> Iterator[Line]:
    for number, line in lines:
        yield number, [_read(cell, alphabet) for cell in line]


def _read(cell: Any, alphabet: Alphabet) -> Any:
    if not isinstance(cell, str) or cell.isascii():
        return cell
    try:
        return alphabet.read(cell) if max(cell) < "\u0100" else cell
    except ValueError:
        return cell


class _Text:
    """The one sheet of a CSV file."""

    def __init__(self, text: str) -> None:
        said = _SEPARATOR.match(text)
        # A spreadsheet does not show this line, and counts from the next.
        self.text = text[said.end() :] if said else text
        self.delimiter = said[1] if said else self._told()

    def _told(self) -> str:
        """The delimiter that cuts most lines into the same number of cells."""
        best, found = (1, 1), DELIMITERS[0]
        for delimiter in DELIMITERS:
            reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter)
            widths: Counter[int] = Counter()
            try:
                widths.update(map(len, islice(reader, PROBED)))
            except csv.Error:
                continue
            wide = [(count, width) for width, count in widths.items() if width > 1]
            if wide and max(wide) > best:
                best, found = max(wide), delimiter
        return found

    def lines(self, name: str) -> Iterator[Line]:
        reader = csv.reader(
            io.StringIO(self.text, newline=""), delimiter=self.delimiter
        )
        try:
            yield from enumerate(reader, start=1)
        except csv.Error:
            raise LoadError(
                [
                    Fault(
                        reader.line_num,
                        _("dấu ngoặc kép hoặc xuống dòng không hợp lệ; xin sửa lại."),
                    )
                ]
            ) from None

    def count(self, name: str) -> int:
        return self.text.count("\n") or self.text.count("\r")


class _Workbook:
    """The sheets of an XLSX file that can be seen.

    It stays open as long as it is needed: opening it reads every text in it.
    """

    def __init__(self, content: bytes) -> None:
        _check_size(content)
        with _faults_told(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing styles are no matter of ours
            # Only here: it weighs on every worker, and few ever read a sheet.
            import openpyxl

            self.book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True
            )
            sheets = self.book.worksheets
            shown = [one for one in sheets if one.sheet_state == "visible"]
            self.counts = {one.title: one.max_row or 0 for one in shown[:MOST_SHEETS]}
        self.names = tuple(self.counts)
        is_1904 = self.book.epoch.year == 1904
        self.epoch = days.EPOCH_1904 if is_1904 else days.EPOCH_1900
        if not self.names:
            raise refused(_("Tệp trống. Xin chọn tệp có dữ liệu."))

    def lines(self, name: str) -> Iterator[Line]:
        with _faults_told():
            sheet: Any = self.book[name]
            # What a program wrote about its size may be wrong, and hide rows.
            sheet.reset_dimensions()
            yield from enumerate(sheet.iter_rows(values_only=True), start=1)

    def count(self, name: str) -> int:
        return self.counts[name]


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = {part.filename: part.file_size for part in packed.infolist()}
    except (zipfile.BadZipFile, ValueError) as error:
        raise _unreadable() from error
    if sum(parts.values()) > MOST_UNPACKED:
        raise refused(
            _("Tệp quá lớn sau khi giải nén. Xin chia thành nhiều tệp nhỏ hơn.")
        )
    if "content.xml" in parts or "word/document.xml" in parts:
        raise refused(
            _(
                "Đây là tệp OpenDocument (.ods) hoặc Word. Xin mở tệp, chọn “Lưu "
                "thành” rồi “Excel Workbook (.xlsx)”."
            )
        )


def _unreadable() -> LoadError:
    return refused(
        _("Không đọc được tệp Excel này; xin lưu lại thành .xlsx hoặc CSV UTF-8.")
    )


@contextmanager
def _faults_told() -> Iterator[None]:
    """Tell whatever is wrong with a workbook: a damaged one meets openpyxl with nearly
    every kind of error there is."""
    try:
        yield
    except LoadError:
        raise
    except Exception as error:
        raise _unreadable() from error
