"""XLSX written row by row: text stays text, numbers stay numbers, ready to print."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO, Any, Final, NamedTuple

from survey.exports import dispositions, facts, words
from survey.exports.guard import is_formula_like
from survey.exports.report import Report
from survey.exports.tables import (
    Cell,
    Column,
    Table,
    core,
    figures,
    heading,
    marks,
    method,
    sensitivity,
)

MOST_ROWS: Final = 1_048_575
"""Rows that a sheet holds below its head."""

_WIDTHS: Final = {"text": 11.0, "wide": 42.0, "count": 11.0, "percent": 13.0}
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)
_BRAND: Final = "#0b4f6c"
_TINT: Final = "#e6f0f4"


class _Book:
    """A workbook and the formats that its sheets share."""

    def __init__(self, target: IO[bytes]) -> None:
        import xlsxwriter  # here: few write a sheet, and every worker would hold it

        self.book = xlsxwriter.Workbook(target, _OPTIONS)
        # Two makings of the same content are the same file.
        self.book.set_properties({"created": _MADE})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def format(self, **properties: Any) -> Any:
        """One format per set of properties: a workbook keeps every one it is given."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(
                {"font_name": "Times New Roman", "font_size": 11, **properties}
            )
        return self._formats[key]

    def sheet(self, name: str, *, landscape: bool) -> Any:
        """An A4 sheet, one page wide, numbered at its foot."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.6, right=0.4, top=0.7, bottom=0.7)
        sheet.set_footer("&C&P/&N")
        return sheet

    def put(self, sheet: Any, at: tuple[int, int], cell: Cell, **look: Any) -> None:
        """Write one cell; a text that looks like a formula is marked as text."""
        if cell is None:
            if look:
                sheet.write_blank(*at, None, self.format(**look))
        elif isinstance(cell, str):
            if is_formula_like(cell):
                look["quote_prefix"] = True
            sheet.write_string(*at, cell, self.format(**look))
        elif isinstance(cell, Decimal):
            # Rounded already: the float prints the same two decimals.
            look["num_format"] = "0.00"
            sheet.write_number(*at, float(cell), self.format(**look))
        else:
            look["num_format"] = "#,##0"
            sheet.write_number(*at, cell, self.format(**look))

    def head(self, sheet: Any, row: int, columns: Sequence[Column]) -> None:
        """The head of a table."""
        for at, column in enumerate(columns):
            look = {
                "bold": True,
                "font_color": "#ffffff",
                "bg_color": _BRAND,
                "border": 1,
                "text_wrap": True,
                "valign": "vcenter",
                "align": "left" if column.kind in ("text", "wide") else "center",
            }
            self.put(sheet, (row, at), column.head, **look)

    def rows(self, sheet: Any, first: int, table: Table) -> None:
        """The body of a table, its sums in bold."""
        for number, row in enumerate(table.rows):
            look: dict[str, Any] = {"border": 1, "valign": "top"}
            if number in table.strong:
                look |= {"bold": True, "bg_color": _TINT}
            for at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                wrap = {"text_wrap": True} if column.kind == "wide" else {}
                self.put(sheet, (first + number, at), cell, **look, **wrap)

    def widths(self, sheet: Any, columns: Sequence[Column]) -> None:
        """The widths of the columns, which must be known before the first row."""
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS[column.kind])


def report_xlsx(report: Report) -> bytes:
    """The report as a workbook: figures, the core set, sensitivity, response rates,
    facts, the method."""
    target = io.BytesIO()
    book = _Book(target)
    _figures_sheet(book, report, figures(report))
    apart = core(report)
    if apart is not None:
        codes = ", ".join(report.core_criteria)
        note = f"{words.CORE_SET.get(report.language)}: {codes}"
        _figures_sheet(book, report, apart, (note,))
    flags = [f"{entry.name}: {entry.full}" for entry in report.flags]
    _figures_sheet(book, report, sensitivity(report), flags)
    if report.dispositions:
        rates = dispositions.table(report.dispositions, report.language)
        _figures_sheet(book, report, rates, dispositions.formulas(report.language))
    if report.facts:
        _figures_sheet(book, report, facts.table(report.facts, report.language))
    _method_sheet(book, method(report))
    book.book.close()
    return target.getvalue()


def tables_xlsx(
    title: str,
    tables: Iterable[Table],
    *,
    marks: Iterable[str],
    heading: Sequence[str],
    method: Table,
) -> bytes:
    """Tables of one report as a workbook, each under the same head, then the method."""
    target = io.BytesIO()
    book = _Book(target)
    for table in tables:
        _table_sheet(book, table, _Head(title, tuple(marks), tuple(heading)))
    _method_sheet(book, method)
    book.book.close()
    return target.getvalue()


class _Head(NamedTuple):
    """What stands above the table of a sheet."""

    title: str
    marks: tuple[str, ...]
    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


def _figures_sheet(
    book: _Book, report: Report, table: Table, notes: Iterable[str] = ()
) -> None:
    _table_sheet(
        book,
        table,
        _Head(
            words.REPORT_TITLE.get(report.language),
            marks(report),
            tuple(f"{entry.name}: {entry.full}" for entry in heading(report)),
            tuple(notes),
        ),
    )


def _table_sheet(book: _Book, table: Table, head: _Head) -> None:
    sheet = book.sheet(table.title, landscape=True)
    book.widths(sheet, table.columns)
    title = {"bold": True, "font_size": 14, "font_color": _BRAND}
    lines: list[tuple[str, dict[str, Any]]] = [
        (head.title, title),
        *((mark, {"bold": True, "font_color": "#a02020"}) for mark in head.marks),
        *((line, {}) for line in head.lines),
        *((note, {"bold": True}) for note in head.notes),
    ]
    for at, (line, look) in enumerate(lines):
        book.put(sheet, (at, 0), line, **look)
    row = len(lines) + 1
    sheet.set_row(row, 62)
    book.head(sheet, row, table.columns)
    sheet.freeze_panes(row + 1, 3)
    sheet.repeat_rows(row)
    book.rows(sheet, row + 1, table)


def _method_sheet(book: _Book, table: Table) -> None:
    sheet = book.sheet(table.title, landscape=False)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    book.head(sheet, 0, table.columns)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    for number, row in enumerate(table.rows, start=1):
        for at, cell in enumerate(row):
            look = {"border": 1, "valign": "top", "text_wrap": True, "bold": at == 0}
            book.put(sheet, (number, at), cell, **look)


def raw_xlsx(
    target: IO[bytes],
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    codebook: Table,
    language: str,
    is_rehearsal: bool = False,
) -> None:
    """Write raw answers and their codebook into an open file, in constant memory."""
    book = _Book(target)
    name = words.SHEET_RAW_REHEARSAL if is_rehearsal else words.SHEET_RAW
    sheet = book.sheet(name.get(language), landscape=True)
    columns = tuple(Column(name, "text") for name in head)
    book.widths(sheet, columns)
    sheet.set_column(0, 0, 24)
    book.head(sheet, 0, columns)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    number = 0
    plain, guarded = book.format(), book.format(quote_prefix=True)
    for number, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            if cell is None:
                continue
            if isinstance(cell, str):
                look = guarded if is_formula_like(cell) else plain
                sheet.write_string(number, at, cell, look)
            else:
                sheet.write_number(number, at, cell, plain)
    sheet.autofilter(0, 0, number, len(head) - 1)
    codes = book.sheet(codebook.title, landscape=False)
    codes.set_column(0, 0, 24)
    codes.set_column(1, 1, 60)
    codes.set_column(2, 2, 24)
    codes.set_column(3, 3, 60)
    book.head(codes, 0, codebook.columns)
    codes.freeze_panes(1, 0)
    book.rows(codes, 1, codebook)
    book.book.close()
