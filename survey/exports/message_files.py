"""Files of messages, a row for each business: CSV for a gateway, XLSX for a person who
sends by hand or merges the list with another."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from survey.exports import csv
from survey.exports.guard import is_formula_like

LINK_HEAD: Final = "Đường dẫn"
DOSSIER_HEAD: Final = "Mã hồ sơ"
PHONE_HEAD: Final = "Điện thoại"
EMAIL_HEAD: Final = "Thư điện tử"


class _Head(NamedTuple):
    """Head of a column, and its width on the sheet."""

    text: str
    width: int
    is_wrapped: bool = False


_HEADS: Final = (
    _Head(DOSSIER_HEAD, 24),
    _Head(PHONE_HEAD, 15),
    _Head(EMAIL_HEAD, 28),
    _Head("Tin nhắn ngắn (SMS)", 48, is_wrapped=True),
    _Head("Số ký tự", 9),
    _Head("Tiêu đề thư", 34, is_wrapped=True),
    _Head("Nội dung đầy đủ (Zalo, thư điện tử)", 70),
    _Head(LINK_HEAD, 60),
    _Head("Mã gõ tay", 28),
    _Head("Mở đến hết ngày", 13),
    _Head("Đơn vị", 30, is_wrapped=True),
    _Head("Thủ tục", 44, is_wrapped=True),
)
_DIGITS: Final = re.compile(r"[+(]?\d[\d .()-]{6,20}")
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_BRAND: Final = "#0b4f6c"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What goes to one business."""

    dossier: str
    phone: str
    email: str
    sms: str
    sms_length: int
    subject: str
    body: str
    url: str
    code: str
    until: str
    unit: str
    procedure: str

    def row(self) -> tuple[str | int, ...]:
        """Its cells, in the order of the heads."""
        return (
            self.dossier, _dialled(self.phone), self.email, self.sms, self.sms_length,
            self.subject, self.body, self.url, self.code, self.until, self.unit,
            self.procedure,
        )  # fmt: skip


def _dialled(phone: str) -> str:
    """A telephone number as gateways take it: digits alone. A leading + would be
    guarded against as a formula, and then dial nothing."""
    if _DIGITS.fullmatch(phone):
        return "".join(symbol for symbol in phone if symbol.isdigit())
    return phone


def letters_csv(letters: Iterable[Letter]) -> bytes:
    """The rows as CSV."""
    heads = [head.text for head in _HEADS]
    return b"".join(csv.stream(heads, (letter.row() for letter in letters)))


def letters_xlsx(
    letters: Iterable[Letter], *, title: str, notes: Sequence[str]
) -> bytes:
    """The rows as a workbook, and a second sheet that says how to use them."""
    target = io.BytesIO()
    import xlsxwriter  # here: few write a sheet, and every worker would hold it

    book = xlsxwriter.Workbook(target, _OPTIONS)
    look = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
    head = book.add_format(
        {**look, "bold": True, "font_color": "#ffffff", "bg_color": _BRAND,
         "border": 1, "text_wrap": True, "valign": "vcenter"}
    )  # fmt: skip
    plain = {
        (wraps, guarded): book.add_format(
            {**look, "border": 1, "text_wrap": wraps, "quote_prefix": guarded}
        )
        for wraps in (False, True)
        for guarded in (False, True)
    }
    sheet = book.add_worksheet(title)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    for at, one in enumerate(_HEADS):
        sheet.set_column(at, at, one.width)
        sheet.write_string(0, at, one.text, head)
    last = 0
    for last, letter in enumerate(letters, start=1):
        # Of one height: a full text with its paragraphs would fill a screen a row.
        sheet.set_row(last, 48)
        for at, (cell, one) in enumerate(zip(letter.row(), _HEADS, strict=True)):
            if isinstance(cell, int):
                sheet.write_number(last, at, cell, plain[False, False])
            else:
                shape = plain[one.is_wrapped, is_formula_like(cell)]
                sheet.write_string(last, at, cell, shape)
    sheet.autofilter(0, 0, last, len(_HEADS) - 1)
    _tell_how(book, title, notes, look)
    book.close()
    return target.getvalue()


def _tell_how(
    book: Any, title: str, notes: Sequence[str], look: Mapping[str, Any]
) -> None:
    """The second sheet."""
    sheet = book.add_worksheet("Cách dùng")
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 72)
    strong = book.add_format({**look, "bold": True, "font_size": 14})
    wrapped = book.add_format({**look, "text_wrap": True})
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, title, strong)
    for at, note in enumerate(notes, start=1):
        # Three lines: programs do not grow a row that was written by a program.
        sheet.set_row(at, 50)
        sheet.write_string(at, 0, note, wrapped)
