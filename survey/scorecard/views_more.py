"""Pages beside the criteria: what-if, print, files, QĐ 766, the 18-point sheet."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, indices, web
from survey.db import db
from survey.models import ScoreSheet
from survey.scorecard import (
    basis,
    doors,
    explained,
    files,
    reckoning,
    rules,
    sheets,
)
from survey.scorecard.blueprint import bp
from survey.scorecard.forms import COUNTS, NationalForm
from survey.scorecard.reckoning import Reckoned, Row, WhatIf
from survey.scorecard.rules import Rule
from survey.scorecard.terms import ScorecardError, read_number
from survey.scorecard.views_sheets import actor, before_of, historic_of, title_of

SHEET = "/<int:sheet_id>"


@bp.get(f"{SHEET}/thu")
@accounts.requires(*doors.READERS)
def what_if(sheet_id: int) -> ResponseReturnValue:
    """Show what an index would bring, and which one the next class needs."""
    sheet = doors.sheet(sheet_id)
    made = reckoning.reckon(db.session, sheet)
    choices = _by_value(made)
    asked = request.args.get("tieu-chi", "")
    row = next((one for one, _rule in choices if one.line.code == asked), None)
    typed = request.args.get("chi-so", "")
    found, fault = _tried(made, row, typed)
    return render_template(
        "scorecard/what_if.html",
        sheet=sheet,
        title=title_of(sheet),
        made=made,
        needed=reckoning.needed(made),
        choices=choices,
        sensitivity=[(one, rule, _next_step(one, rule)) for one, rule in choices],
        previews=_previews(sheet, choices),
        asked=asked,
        typed=typed,
        found=found,
        fault=fault,
    ), 422 if fault else 200


def _by_value(made: Reckoned) -> list[tuple[Row, Rule]]:
    """The criteria whose points follow from a value, with their rules."""
    found = []
    for row in made.criteria:
        if row.line.is_applicable and row.line.rule is not None:
            rule = rules.of(row.line.rule)
            if rule.takes_value:
                found.append((row, rule))
    return found


def _tried(
    made: Reckoned, row: Row | None, typed: str
) -> tuple[WhatIf | None, str | None]:
    if row is None or not typed.strip():
        return None, None
    try:
        return reckoning.what_if(made, row, Fraction(read_number(typed))), None
    except ScorecardError as error:
        return None, str(error)


def _next_step(row: Row, rule: Rule) -> tuple[Fraction, Decimal] | None:
    if row.line.value is None:
        return None
    return rule.next_step(Fraction(row.line.value))


def _previews(
    sheet: ScoreSheet, choices: list[tuple[Row, Rule]]
) -> list[tuple[basis.Basis, list[tuple[str, Decimal]]]]:
    """Waves that are still open: what their index as it is now would give."""
    found = []
    some = [(row, rule) for row, rule in choices if rule.measure == "survey"]
    for wave in basis.waves(db.session, sheet) if some else []:
        if wave.state != "open":
            continue
        try:
            now = basis.compute(
                db.session, sheet, wave, basis.OVERALL, on=clock.today()
            )
        except ScorecardError:
            continue  # too few answers to show an index
        found.append(
            (now, [(row.line.code, rule.points(now.exact)) for row, rule in some])
        )
    return found


@bp.get(f"{SHEET}/in")
@accounts.requires(*doors.READERS)
def print_sheet(sheet_id: int) -> ResponseReturnValue:
    """Show the whole sheet with its documents on one page, to be printed."""
    sheet = doors.sheet(sheet_id)
    made = reckoning.reckon(db.session, sheet, before=before_of(sheet))
    return render_template(
        "scorecard/print.html",
        sheet=sheet,
        title=title_of(sheet),
        made=made,
        documents=files.documents(made),
        method=files.method(made),
        marks=files.marks(made),
        heading=files.heading(made),
        national=sheets.national_points(sheet),
        historic=historic_of(sheet),
    )


@bp.get(f"{SHEET}/tai-ve.<any(csv, xlsx):format>")
@accounts.requires(*doors.READERS)
def download(sheet_id: int, format: str) -> ResponseReturnValue:
    """Hand the sheet over as a file."""
    sheet = doors.sheet(sheet_id)
    made = reckoning.reckon(db.session, sheet, before=before_of(sheet))
    web.log.info(
        "score sheet downloaded",
        account=accounts.current().id,
        sheet=sheet.id,
        format=format,
    )
    write = files.csv if format == "csv" else files.xlsx
    answer = Response(write(made), content_type=files.TYPES[format])
    name = files.file_name(made, format)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.route(f"{SHEET}/nhom-766", methods=["GET", "POST"])
@accounts.requires(*doors.SCORERS)
def national(sheet_id: int) -> ResponseReturnValue:
    """Type in the satisfaction group of QĐ 766, apart from the points."""
    sheet = doors.sheet(sheet_id, locks=request.method == "POST")
    sheets.require(sheet, "self")
    form = NationalForm(data=dict(sheet.national))

    def act() -> None:
        counts = {name: form[name].data for name in COUNTS}
        source = form.text("source")
        sheets.set_national(
            db.session, sheet, counts, source, by=actor(), now=clock.now()
        )

    if form.validate_on_submit() and doors.done(form, act):
        flash(_("Đã lưu số liệu theo Quyết định 766/QĐ-TTg."), "success")
        return redirect(url_for(".sheet", sheet_id=sheet_id), code=303)
    return render_template(
        "scorecard/national.html",
        sheet=sheet,
        title=title_of(sheet),
        form=form,
        points=sheets.national_points(sheet),
    ), 422 if form.errors or form.form_errors else 200


@bp.route(f"{SHEET}/phieu-18-diem", methods=["GET", "POST"])
@accounts.requires("admin")
def historic(sheet_id: int) -> ResponseReturnValue:
    """Type in the marks of the historic 18-point sheet, where it is switched on."""
    sheet = doors.sheet(sheet_id, locks=request.method == "POST")
    if not sheet.shows_historic:
        abort(404)
    sheets.require(sheet, "self")
    language = web.language()
    fault = None
    marks = list(sheet.historic)
    if request.method == "POST":
        sent = [request.form.get(f"mark-{place}", "") for place in range(9)]
        marks = [int(one) for one in sent if one in ("0", "1", "2")]
        if marks and len(marks) < len(sent):
            fault = str(_("Xin chọn điểm cho cả chín chỉ số."))
            marks = [int(one) if one in ("0", "1", "2") else -1 for one in sent]
        else:
            sheets.set_historic(db.session, sheet, marks, by=actor(), now=clock.now())
            db.session.commit()
            flash(_("Đã lưu phiếu 18 điểm."), "success")
            return redirect(url_for(".sheet", sheet_id=sheet_id), code=303)
    grades = [
        explained.grade_words(grade, above)
        for grade, above in zip(
            indices.SHEET_GRADES.grades,
            (None, *indices.SHEET_GRADES.grades),
            strict=False,
        )
    ]
    return render_template(
        "scorecard/historic.html",
        sheet=sheet,
        title=title_of(sheet),
        indicators=[one.get(language) for one in indices.SHEET_INDICATORS],
        marks=marks,
        fault=fault,
        grades=grades,
    ), 422 if fault else 200
