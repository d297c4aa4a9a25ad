"""CSV as spreadsheets and programs read it: UTF-8 with a mark, commas, a decimal point,
and no text that becomes a formula."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from survey.exports import words
from survey.exports.guard import neutralised
from survey.exports.report import Report
from survey.exports.tables import Cell, Table, core, figures, selection_text

ROWS_AT_ONCE: Final = 500
MOST_REMEMBERED: Final = 10_000
_TO_QUOTE: Final = frozenset(',"\r\n')


class _Written(dict[str | int | None, str]):
    """A cell as it stands between commas; remembered, because codes come again."""

    def __missing__(self, cell: str | int | None) -> str:
        if isinstance(cell, str):
            written = _quoted(neutralised(cell))
        else:
            written = "" if cell is None else str(cell)
        # A column of unique texts must not fill the memory.
        if len(self) < MOST_REMEMBERED:
            self[cell] = written
        return written


def _quoted(text: str) -> str:
    """RFC 4180: in quotes if it holds a comma, a quote or a line break."""
    if _TO_QUOTE.isdisjoint(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def stream(
    head: Sequence[str], rows: Iterable[Sequence[str | int | None]]
) -> Iterator[bytes]:
    """The rows as pieces of a CSV file, never more than some hundred at a time.

    Lines are joined here from cells written once, not by the csv module, which looks
    at every character of every cell again and takes six times as long.
    """
    written = _Written().__getitem__
    yield codecs.BOM_UTF8
    lines = [",".join(map(written, head))]
    for row in rows:
        lines.append(",".join(map(written, row)))
        if len(lines) >= ROWS_AT_ONCE:
            yield _joined(lines)
            lines = []
    if lines:
        yield _joined(lines)


def _joined(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode()


def table_csv(table: Table) -> bytes:
    """One table as a whole file."""
    head = [column.head for column in table.columns]
    return b"".join(stream(head, map(_texts, table.rows)))


def report_csv(report: Report) -> bytes:
    """The report as one table: the set of each row, its figures, and its origin."""
    lang = report.language
    full = figures(report)
    tables = [(words.FULL_SET, full)]
    apart = core(report)
    if apart is not None:
        tables.append((words.CORE_SET, apart))
    origin = (
        f"{report.formula_title} ({report.formula})",
        selection_text(report),
        report.wave,
        report.questionnaire,
    )
    head = [
        words.SET.get(lang),
        *(column.head for column in full.columns),
        words.FORMULA.get(lang),
        words.SELECTION.get(lang),
        words.WAVE_CODE.get(lang),
        words.QUESTIONNAIRE.get(lang),
    ]
    rows = (
        (name.get(lang), *_texts(row), *origin)
        for name, table in tables
        for row in table.rows
    )
    return b"".join(stream(head, rows))


def _texts(row: Iterable[Cell]) -> list[str | int | None]:
    """The cells with decimals as texts: 5.00 equals 5, but is not written alike."""
    return [f"{cell:f}" if isinstance(cell, Decimal) else cell for cell in row]
