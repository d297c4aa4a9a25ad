"""The documents behind a line: what each is, its file kept in the database, whether it
is there, still to be found, or too old."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, filetypes, web
from survey.models import (
    ScoreEvidence,
    ScoreFile,
    ScoreLine,
    ScoreSheet,
)
from survey.scorecard import sheets
from survey.scorecard.terms import ScorecardError

MOST_DOCUMENTS: Final = 40
"""Of one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is said of a document; number, day and issuer may be missing."""

    summary: str
    number: str = ""
    issued_on: date | None = None
    issuer: str = ""
    link: str = ""
    is_stale: bool = False
    """It is there, but a newer one is needed."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


def kind_of(content: bytes) -> str:
    """The type of a file, by what is in it and never by its name.

    Returns:
        A key of `filetypes.TYPES`.
    Raises:
        ScorecardError: empty, too large, or of a kind that is not taken.
    """
    if not content:
        raise ScorecardError(_("Tệp này rỗng."), "file")
    if len(content) > filetypes.MOST_BYTES:
        raise ScorecardError(
            _("Tệp lớn hơn 10 MB. Xin nén hoặc tách tệp rồi tải lại."), "file"
        )
    kind = filetypes.kind_of(content)
    if kind is None:
        raise ScorecardError(
            _("Chỉ nhận tệp PDF, DOCX, XLSX, JPG hoặc PNG, không có macro."), "file"
        )
    return kind


def of_lines(
    session: Session, lines: Sequence[ScoreLine]
) -> dict[int, list[ScoreEvidence]]:
    """The documents by id of their line, in the order they were added."""
    found: dict[int, list[ScoreEvidence]] = {line.id: [] for line in lines}
    if not found:
        return found
    # By the sheets, not by the lines: one of them may have hundreds.
    query = (
        sa.select(ScoreEvidence)
        .join(ScoreLine, ScoreLine.id == ScoreEvidence.line_id)
        .where(ScoreLine.sheet_id.in_({line.sheet_id for line in lines}))
        .order_by(ScoreEvidence.id)
    )
    for row in session.scalars(query):
        if row.line_id in found:
            found[row.line_id].append(row)
    return found


def files_of(session: Session, some: Sequence[ScoreEvidence]) -> dict[int, ScoreFile]:
    """The files by id of their document, without their content."""
    ids = [one.id for one in some if one.has_file]
    if not ids:
        return {}
    query = sa.select(ScoreFile).where(ScoreFile.evidence_id.in_(ids))
    return {row.evidence_id: row for row in session.scalars(query)}


def put(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    row: ScoreEvidence | None,
    document: Document,
    upload: Upload | None,
    *,
    by: int | None,
    now: datetime,
) -> ScoreEvidence:
    """Add a document, or make one read so; a new file takes the place of the old one.

    A document without file and link is one still to be found.

    Raises:
        ScorecardError: a part that cannot be, or the step is over.
    """
    _require(sheet, row, now)
    if line.maximum is None:
        raise ScorecardError(_("Tài liệu thuộc về tiêu chí, không thuộc về nhóm."))
    link = _checked_link(document.link)
    kind = kind_of(upload.content) if upload is not None else None
    if link and (upload is not None or (row is not None and row.has_file)):
        raise ScorecardError(
            _("Chọn một: tải tệp lên, hoặc dẫn đến trang của phần mềm."), "link"
        )
    is_new = row is None
    if row is None:
        if len(of_lines(session, [line])[line.id]) >= MOST_DOCUMENTS:
            raise ScorecardError(
                _("Mỗi tiêu chí có tối đa %(most)s tài liệu.", most=MOST_DOCUMENTS)
            )
        row = ScoreEvidence(line_id=line.id, added_in=sheet.state, has_file=False)
    row.summary, row.number = document.summary, document.number
    row.issued_on, row.issuer = document.issued_on, document.issuer
    row.link = link
    row.has_file = row.has_file or upload is not None
    is_there = row.has_file or link != ""
    row.state = "missing"
    if is_there:
        row.state = "stale" if document.is_stale else "present"
    session.add(row)
    session.flush()
    if upload is not None and kind is not None:
        _store(session, row, upload, kind)
    action = "evidence_added" if is_new else "evidence_changed"
    sheets.log(
        session, sheet, action, f"{row.number} {row.summary}".strip(),
        line=line, by=by, now=now,
    )  # fmt: skip
    session.flush()
    return row


def _checked_link(link: str) -> str:
    """A page of this installation, or nothing."""
    if not link:
        return ""
    if web.local_path(link) is None or len(link) > 300:
        raise ScorecardError(
            _("Xin nhập địa chỉ một trang của phần mềm này, ví dụ /ket-qua/quy-1."),
            "link",
        )
    return link


def _store(session: Session, row: ScoreEvidence, upload: Upload, kind: str) -> None:
    session.merge(
        ScoreFile(
            evidence_id=row.id,
            name=upload.name[:200] or f"tai-lieu.{kind}",
            kind=kind,
            size=len(upload.content),
            sha256=hashlib.sha256(upload.content).hexdigest(),
            content=upload.content,
        )
    )
    session.flush()


def _require(sheet: ScoreSheet, row: ScoreEvidence | None, now: datetime) -> None:
    sheets.require(sheet, "self", "explaining")
    sheets.require_in_time(sheet, clock.local(now).date())
    is_locked = (
        row is not None and sheet.state == "explaining" and row.added_in == "self"
    )
    if is_locked and row is not None and row.state != "missing":
        raise ScorecardError(
            _("Tài liệu đã nộp cùng phiếu nên đã khóa. Xin thêm tài liệu mới.")
        )


def remove(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    row: ScoreEvidence,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Remove a document with its file.

    Raises:
        ScorecardError: it was handed in, or the step is over.
    """
    _require(sheet, row, now)
    told = f"{row.number} {row.summary}".strip()
    sheets.log(session, sheet, "evidence_removed", told, line=line, by=by, now=now)
    session.execute(sa.delete(ScoreEvidence).where(ScoreEvidence.id == row.id))


def is_old(row: ScoreEvidence, year: int) -> bool:
    """Whether a document was issued before the year it is to prove."""
    return row.issued_on is not None and row.issued_on.year < year


def content_of(session: Session, row: ScoreEvidence) -> tuple[ScoreFile, bytes] | None:
    """The file of a document with its content; None without one."""
    found = session.get(ScoreFile, row.id)
    return None if found is None else (found, found.content)
