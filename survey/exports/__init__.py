"""HOW IT IS HANDED OVER: a report, and raw answers, as CSV, XLSX and JSON. Pure: it
knows neither the web nor the database, and computes nothing."""

from __future__ import annotations

from survey.exports.csv import (
    FOR_EXCEL,
    dispositions_csv,
    facts_csv,
    origin_of,
    report_csv,
    stream,
    table_csv,
)
from survey.exports.guard import is_formula_like, neutralised
from survey.exports.json import report_json
from survey.exports.report import (
    DispositionRow,
    Entry,
    FactChoice,
    FactQuestion,
    Figure,
    Level,
    Report,
    Unflagged,
)
from survey.exports.tables import Cell, Column, Table
from survey.exports.xlsx import MOST_ROWS, raw_xlsx, report_xlsx

__all__ = [
    "FOR_EXCEL",
    "MOST_ROWS",
    "Cell",
    "Column",
    "DispositionRow",
    "Entry",
    "FactChoice",
    "FactQuestion",
    "Figure",
    "Level",
    "Report",
    "Table",
    "Unflagged",
    "dispositions_csv",
    "facts_csv",
    "is_formula_like",
    "neutralised",
    "origin_of",
    "raw_xlsx",
    "report_csv",
    "report_json",
    "report_xlsx",
    "stream",
    "table_csv",
]
