"""Pages of the documents behind a criterion, and their files."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from survey import accounts, clock, web
from survey.accounts.forms import clean
from survey.db import db
from survey.filetypes import MOST_BYTES, TYPES
from survey.models import ScoreEvidence, ScoreLine, ScoreSheet
from survey.scorecard import basis, doors, evidence, sheets
from survey.scorecard.blueprint import bp
from survey.scorecard.evidence import Document, Upload
from survey.scorecard.forms import DocumentForm, day_or_none
from survey.scorecard.views_lines import LINE, to_line
from survey.scorecard.views_sheets import actor, title_of

DOCUMENT = f"{LINE}/tai-lieu/<int:evidence_id>"


@bp.route(f"{LINE}/tai-lieu/moi", methods=["GET", "POST"])
@accounts.requires(*doors.SCORERS)
def add_document(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Add a document, or one that is still to be found."""
    sheet = doors.sheet(sheet_id, locks=request.method == "POST")
    return _edit(sheet, doors.line(sheet, line_id), None)


@bp.route(DOCUMENT, methods=["GET", "POST"])
@accounts.requires(*doors.SCORERS)
def edit_document(sheet_id: int, line_id: int, evidence_id: int) -> ResponseReturnValue:
    """Change a document, or put a newer file in the place of its file."""
    sheet = doors.sheet(sheet_id, locks=request.method == "POST")
    line = doors.line(sheet, line_id)
    return _edit(sheet, line, doors.document(line, evidence_id))


def _edit(
    sheet: ScoreSheet, line: ScoreLine, row: ScoreEvidence | None
) -> ResponseReturnValue:
    sheets.require(sheet, "self", "explaining")
    form = DocumentForm(data=_data(line, row))

    def act() -> None:
        evidence.put(
            db.session,
            sheet,
            line,
            row,
            Document(
                summary=form.text("summary"),
                number=form.text("number"),
                issued_on=day_or_none(form["issued_on"].data),
                issuer=form.text("issuer"),
                link=form.text("link"),
                is_stale=bool(form["is_stale"].data),
            ),
            _upload(form["file"].data),
            by=actor(),
            now=clock.now(),
        )

    if form.validate_on_submit() and doors.done(form, act):
        flash(_("Đã lưu tài liệu."), "success")
        return to_line(sheet, line)
    return render_template(
        "scorecard/edit_document.html",
        sheet=sheet,
        title=title_of(sheet),
        line=line,
        row=row,
        form=form,
        file=evidence.files_of(db.session, [row]).get(row.id) if row else None,
    ), 422 if form.errors or form.form_errors else 200


def _data(line: ScoreLine, row: ScoreEvidence | None) -> dict[str, Any]:
    if row is not None:
        return {
            "summary": row.summary,
            "number": row.number,
            "issued_on": row.issued_on,
            "issuer": row.issuer,
            "link": row.link,
            "is_stale": row.state == "stale",
        }
    kept = basis.kept_of(line)
    if kept is None:
        return {}
    # What the points rest on is a document of this installation.
    return {
        "summary": _("Kết quả khảo sát: %(wave)s", wave=kept.wave_title),
        "issuer": web.agency(),
        "link": url_for("results.wave", wave_id=kept.wave),
    }


def _upload(sent: Any) -> Upload | None:
    """The file that was sent, if one was."""
    if not isinstance(sent, FileStorage) or not sent.filename:
        return None
    # One byte more than is taken tells that there is too much.
    content = sent.stream.read(MOST_BYTES + 1)
    return Upload(str(clean(sent.filename)), content)


@bp.post(f"{DOCUMENT}/xoa")
@accounts.requires(*doors.SCORERS)
def remove_document(
    sheet_id: int, line_id: int, evidence_id: int
) -> ResponseReturnValue:
    """Remove a document with its file."""
    sheet = doors.sheet(sheet_id, locks=True)
    line = doors.line(sheet, line_id)
    row = doors.document(line, evidence_id)
    evidence.remove(db.session, sheet, line, row, by=actor(), now=clock.now())
    db.session.commit()
    flash(_("Đã xóa tài liệu."), "success")
    return to_line(sheet, line)


@bp.get(f"{DOCUMENT}/tep")
@accounts.requires(*doors.READERS)
def document_file(sheet_id: int, line_id: int, evidence_id: int) -> ResponseReturnValue:
    """Hand over the file of a document: to keep, never to be shown in the browser."""
    sheet = doors.sheet(sheet_id)
    line = doors.line(sheet, line_id)
    found = evidence.content_of(db.session, doors.document(line, evidence_id))
    if found is None:
        abort(404)
    file, content = found
    answer = Response(io.BytesIO(content), content_type=TYPES[file.kind])
    answer.content_length = len(content)
    answer.headers.set(
        "Content-Disposition",
        "attachment",
        filename=f"tai-lieu-{sheet.year}-{evidence_id}.{file.kind}",
    )
    return answer
