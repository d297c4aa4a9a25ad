"""Results as files: the verb that a page's download and the command line both call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import IO, Final

from sqlalchemy.orm import Session

from survey import exports
from survey.exports import Entry, Report, official
from survey.exports.official.document import Document
from survey.exports.pdf import PdfError
from survey.exports.tables import marks, selection_text
from survey.figures import filters as address
from survey.figures.build import report
from survey.figures.facts import facts
from survey.figures.filters import Filters
from survey.figures.papers import paper
from survey.figures.raw import XLSX_ROWS, Fetch, Raw, count
from survey.models import Wave

REPORTS: Final[dict[str, Callable[[Report], bytes]]] = {
    "csv": exports.report_csv,
    "xlsx": exports.report_xlsx,
    "json": exports.report_json,
}
PAPERS: Final[dict[str, Callable[[Document], bytes]]] = {
    "docx": official.docx,
    "pdf": official.pdf,
}
FORMATS: Final = {
    "report": (*REPORTS, *PAPERS),
    "raw": ("csv", "xlsx"),
    "dispositions": ("csv",),
    "facts": ("csv",),
    "codes": ("csv",),
}
"""What can be written, by kind."""
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_STEMS: Final = {
    ("guidance", "vi"): "huong-dan",
    ("guidance", "en"): "guidance",
    ("report", "vi"): "ket-qua",
    ("report", "en"): "results",
    ("dispositions", "vi"): "ty-le-tra-loi",
    ("dispositions", "en"): "response-rates",
    ("facts", "vi"): "thuc-te",
    ("facts", "en"): "facts",
    ("raw", "vi"): "phieu-tra-loi",
    ("raw", "en"): "responses",
    ("codes", "vi"): "bang-ma",
    ("codes", "en"): "codes",
}
# In the name too: raw answers have no place for a mark that programs would not trip on.
_REHEARSAL: Final = {"vi": "DIEN-TAP", "en": "REHEARSAL"}


class ResultsError(Exception):
    """Results cannot be written as asked; the message says what to do instead."""


class TooManyRows(ResultsError):
    """More responses than one XLSX is made of."""


def file_name(
    wave: Wave, kind: str, language: str, format: str, *, scope: str = ""
) -> str:
    """The name of a download; of our own making, so that it is safe anywhere.

    Args:
        scope: what was chosen, as `filters.stem` puts it; "" for everything.
    """
    safe = "".join(
        one if one.isascii() and (one.isalnum() or one in "-_") else "-"
        for one in wave.id
    )
    parts = [_STEMS[kind, language], safe]
    if wave.state == "rehearsal":
        parts.insert(0, _REHEARSAL[language])
    if scope and kind != "codes":
        parts.append(scope)
    return f"{'_'.join((*parts, language))}.{format}"


def write(
    session: Session,
    wave_id: str,
    target: IO[bytes],
    *,
    format: str,
    kind: str = "report",
    language: str = "vi",
    agency: str,
    superior: str = "",
    on: date,
    filters: Filters | None = None,
    reach: Collection[int] | None = None,
    late_days: int = 0,
) -> None:
    """Write the results of a wave into an open binary file.

    Args:
        format: "csv", "xlsx", "json", "docx" or "pdf", as `FORMATS` has them.
        kind: "report", "dispositions" (response rates), "facts", "raw" (one row per
            response) or "codes" (what raw codes mean).
        agency, superior: the names of the office and of the one above it to print.
        on: the day to print.
        filters: the part of the wave; all of it if absent.
        reach: ids of the units whose results may be read; None for all.
        late_days: how long after the last day a form begun in time is still taken.
    Raises:
        ResultsError: no such wave, kind or format, or too much for this format; or
            this machine cannot make PDFs.
    """
    if format not in FORMATS.get(kind, ()):
        raise ResultsError(f"không có {kind!r} ở định dạng {format!r}")
    wave = session.get(Wave, wave_id)
    if wave is None:
        raise ResultsError(f"không có đợt khảo sát nào mang mã {wave_id!r}")
    filters = filters or Filters()
    if format in PAPERS:
        document = paper(
            session,
            wave,
            filters,
            language=language,
            agency=agency,
            superior=superior,
            reach=reach,
            on=on,
            late_days=late_days,
        )
        target.write(_printed(document, format))
        return
    if kind in _OF_REPORT:
        made = report(
            session,
            wave,
            filters,
            language=language,
            agency=agency,
            reach=reach,
            on=on,
            late_days=late_days,
        )
        told = facts(session, wave, filters, language=language, reach=reach)
        make = _OF_REPORT[kind] or REPORTS[format]
        target.write(make(replace(made, facts=told)))
        return
    chosen = address.selection(session, filters, reach=reach)
    raw = Raw(session, wave, chosen)
    if kind == "codes":
        target.write(exports.table_csv(raw.codebook(language)))
        return

    def fetch(query: object) -> list[object]:
        return list(session.execute(query))  # type: ignore[call-overload]

    if format == "csv":
        for piece in stream(raw, fetch):
            target.write(piece)
        return
    if count(session, wave, chosen) > XLSX_ROWS:
        raise TooManyRows(
            f"có hơn {XLSX_ROWS} phiếu: xin tải CSV, hoặc chọn phạm vi nhỏ hơn"
        )
    exports.raw_xlsx(
        target,
        raw.head,
        raw.rows(fetch),
        codebook=raw.codebook(language),
        language=language,
        is_rehearsal=wave.state == "rehearsal",
    )


def _printed(document: Document, format: str) -> bytes:
    try:
        return PAPERS[format](document)
    except PdfError as error:
        raise ResultsError(str(error)) from error


def _rates_csv(made: Report) -> bytes:
    return exports.dispositions_csv(
        made.dispositions, made.language, origin=_origin(made)
    )


def _facts_csv(made: Report) -> bytes:
    return exports.facts_csv(made.facts, made.language, origin=_origin(made))


def _origin(made: Report) -> tuple[Entry, ...]:
    return exports.origin_of(
        wave=made.wave,
        scope=selection_text(made),
        marks=marks(made),
        language=made.language,
    )


_OF_REPORT: Final[Mapping[str, Callable[[Report], bytes] | None]] = {
    "report": None,
    "dispositions": _rates_csv,
    "facts": _facts_csv,
}
"""What is written of a report in one way; None where the format decides."""


def stream(raw: Raw, fetch: Fetch) -> Iterator[bytes]:
    """The raw answers as pieces of CSV."""
    return exports.stream(raw.head, raw.rows(fetch))
