"""CSV as spreadsheets and programs read it: UTF-8 with a mark, and no text that becomes
a formula.

What people open is written as the Excel of their language reads it: in Vietnamese with
semicolons and a decimal comma, in English with commas and a point. What programs read,
raw answers and links, has commas and points in every language.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from survey.exports import dispositions, facts, words
from survey.exports.guard import neutralised
from survey.exports.report import DispositionRow, Entry, FactQuestion, Report
from survey.exports.tables import (
    Cell,
    Table,
    core,
    entries_text,
    figures,
    marks,
    rounded,
    selection_text,
    unflagged_cells,
    unflagged_columns,
)
from survey.formats import date_text

ROWS_AT_ONCE: Final = 500
MOST_REMEMBERED: Final = 10_000
_TO_QUOTE: Final = frozenset(',;"\r\n')
FOR_PROGRAMS: Final = ","
FOR_EXCEL: Final = {"vi": ";", "en": ","}
"""What stands between cells, by language. With semicolons goes a decimal comma."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number already written out, which no guard against formulas may touch."""

    text: str


CsvCell: TypeAlias = str | int | Numeral | None


class _Written(dict[CsvCell, str]):
    """A cell as it stands in its row; remembered, because codes come again."""

    def __init__(self, separator: str) -> None:
        super().__init__()
        self._point = "," if separator == ";" else "."

    def __missing__(self, cell: CsvCell) -> str:
        if isinstance(cell, Numeral):
            written = cell.text.replace(".", self._point)
        elif isinstance(cell, str):
            written = _quoted(neutralised(cell))
        else:
            written = "" if cell is None else str(cell)
        # A column of unique texts must not fill the memory.
        if len(self) < MOST_REMEMBERED:
            self[cell] = written
        return written


def _quoted(text: str) -> str:
    """RFC 4180: in quotes if it holds a separator, a quote or a line break."""
    if _TO_QUOTE.isdisjoint(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def stream(
    head: Sequence[str],
    rows: Iterable[Sequence[CsvCell]],
    separator: str = FOR_PROGRAMS,
) -> Iterator[bytes]:
    """The rows as pieces of a CSV file, never more than some hundred at a time.

    Lines are joined here from cells written once, not by the csv module, which looks
    at every character of every cell again and takes six times as long.
    """
    written = _Written(separator).__getitem__
    yield codecs.BOM_UTF8
    lines = [separator.join(map(written, head))]
    for row in rows:
        lines.append(separator.join(map(written, row)))
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
    return b"".join(stream(head, map(written_out, table.rows)))


def report_csv(report: Report) -> bytes:
    """The report as one table: each row with its set, what kind of data it is of, its
    figures and where they come from, so that a row copied elsewhere still says so.
    """
    lang = report.language
    full = figures(report)
    tables = [(words.FULL_SET, full, report.rows)]
    apart = core(report)
    if apart is not None and report.core is not None:
        tables.append((words.CORE_SET, apart, (report.core,)))
    nature = "; ".join(marks(report)) or words.REAL.get(lang)
    made_on = report.generated_on
    origin = written_out(
        (
            nature,
            f"{report.formula_title} ({report.formula})",
            selection_text(report),
            report.wave,
            report.questionnaire,
            None if made_on is None else date_text(made_on, lang),
            rounded(report.response_rate),
            entries_text((*report.participation, *report.flags)),
            *dispositions.cells(next(iter(report.dispositions), None)),
        )
    )
    head = [
        words.SET.get(lang),
        *(column.head for column in full.columns),
        *(column.head for column in unflagged_columns(report)),
        words.NATURE.get(lang),
        words.FORMULA.get(lang),
        words.SELECTION.get(lang),
        words.WAVE_CODE.get(lang),
        words.QUESTIONNAIRE.get(lang),
        words.GENERATED.get(lang),
        words.RESPONSE_RATE.get(lang),
        words.PARTICIPATION.get(lang),
        *(column.head for column in dispositions.columns(lang)),
    ]
    rows = (
        (
            name.get(lang),
            *written_out((*row, *unflagged_cells(report, figure))),
            *origin,
        )
        for name, table, several in tables
        for row, figure in zip(table.rows, several, strict=True)
    )
    return b"".join(stream(head, rows, FOR_EXCEL[lang]))


def dispositions_csv(
    rows: Iterable[DispositionRow], language: str, *, origin: Iterable[Entry]
) -> bytes:
    """What became of the invited dossiers, a place a row.

    Args:
        origin: stands behind each row, so that one copied elsewhere still says what
            it is of.
    """
    return _with_origin(dispositions.table(rows, language), origin, language)


def facts_csv(
    questions: Iterable[FactQuestion], language: str, *, origin: Iterable[Entry]
) -> bytes:
    """The facts of a selection, an answer a row; `origin` as for `dispositions_csv`."""
    return _with_origin(facts.table(questions, language), origin, language)


def _with_origin(table: Table, origin: Iterable[Entry], language: str) -> bytes:
    origin = tuple(origin)
    texts = tuple(entry.full for entry in origin)
    heads = (column.head for column in table.columns)
    return b"".join(
        stream(
            (*heads, *(entry.name for entry in origin)),
            ((*written_out(row), *texts) for row in table.rows),
            FOR_EXCEL[language],
        )
    )


def origin_of(
    *, wave: str, scope: str, marks: Iterable[str], language: str
) -> tuple[Entry, ...]:
    """What every row of a file says of itself: kind of data, scope, wave."""
    nature = "; ".join(marks) or words.REAL.get(language)
    return tuple(
        Entry(name=name.get(language), text=text)
        for name, text in (
            (words.NATURE, nature),
            (words.SELECTION, scope),
            (words.WAVE_CODE, wave),
        )
    )


def written_out(row: Iterable[Cell]) -> list[CsvCell]:
    """The cells with decimals as numerals: 5.00 equals 5, but is not written alike."""
    return [Numeral(f"{cell:f}") if isinstance(cell, Decimal) else cell for cell in row]
