"""The report of a large wave as DOCX and PDF, beside the same cells by the libraries
alone."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import partial
from html import escape

from docx import Document as empty
from sqlalchemy.orm import Session

from bench import scratch
from bench.figures import Book
from survey import figures
from survey.db import db
from survey.exports.pdf import pdf
from survey.models import Wave

LIMIT = 15.0
AGENCY = "Sở Công Thương"


def measure(book: Book) -> None:
    """Both files of one wave; the limit holds for 100,000 responses."""
    count = book.choose(100_000, 5_000)
    book.title(f"papers: report of {count:,} responses")
    with scratch.installation() as office:
        office.respond(count)
        with office.app.app_context(), Session(db.engine) as session:
            wave = session.get_one(Wave, office.wave)
            for format in ("docx", "pdf"):
                target = io.BytesIO()
                seconds = _timed(partial(_write, session, wave, format, target))
                size = f"{len(target.getvalue()) / 1024:.0f} KB"
                book.add(f"report, {format}", seconds, "s", limit=LIMIT, note=size)
            target = io.BytesIO()
            _write(session, wave, "docx", target)
    tables = _cells(target)
    book.add("the same cells, python-docx alone", _timed(lambda: _docx(tables)), "s")
    book.add("the same cells, WeasyPrint alone", _timed(lambda: _pdf(tables)), "s")


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _write(session: Session, wave: Wave, format: str, target: io.BytesIO) -> None:
    figures.write(
        session, wave.id, target, format=format, agency=AGENCY, on=wave.closes_on
    )


def _cells(made: io.BytesIO) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in empty(made).tables
    ]


def _docx(tables: list[list[list[str]]]) -> None:
    made = empty()
    for rows in tables:
        table = made.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    made.save(io.BytesIO())


def _pdf(tables: list[list[list[str]]]) -> None:
    parts = ["<!doctype html><html lang=vi><title>x</title>"]
    for rows in tables:
        parts.append("<table>")
        for row in rows:
            cells = "".join(f"<td>{escape(text)}</td>" for text in row)
            parts.append(f"<tr>{cells}</tr>")
        parts.append("</table>")
    pdf("".join(parts))
