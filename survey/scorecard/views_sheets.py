"""Pages of the sheets: the list, a new one, one of them, its settings and its steps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, formats, indices, web
from survey.accounts.forms import SelectChoice
from survey.db import db
from survey.models import (
    SHEET_STATES,
    Account,
    ScoreEvent,
    ScoreLine,
    ScoreSheet,
)
from survey.scorecard import basis, doors, reckoning, sheets, terms
from survey.scorecard.blueprint import bp
from survey.scorecard.forms import (
    GRADE_ROWS,
    ReasonForm,
    SettingsForm,
    SheetForm,
    day_or_none,
    grades_typed,
)
from survey.scorecard.reckoning import Reckoned
from survey.scorecard.terms import STATES, typed_form

SOON_DAYS = 14
"""From how many days before it a deadline is pointed out."""


def is_admin() -> bool:
    """Whether the account edits more than its own points and documents."""
    return accounts.current().role == "admin"


def actor() -> int:
    """Who acts, for the log."""
    return accounts.current().id


def before_of(sheet: ScoreSheet) -> ScoreSheet | None:
    """The agency's sheet of the year before."""
    return db.session.scalar(
        sa.select(ScoreSheet).where(
            ScoreSheet.unit_id == sheet.unit_id, ScoreSheet.year == sheet.year - 1
        )
    )


def title_of(sheet: ScoreSheet) -> str:
    """The name of a sheet, from its agency and year."""
    return str(_("%(unit)s, năm %(year)s", unit=sheet.unit.name, year=sheet.year))


@bp.get("/")
@accounts.requires(*doors.READERS)
def list_sheets() -> ResponseReturnValue:
    """Show the sheets with what each adds up to."""
    doors.enter()
    found = doors.sheets_in_reach(db.session)
    return render_template(
        "scorecard/sheets.html",
        rows=[reckoning.reckon(db.session, sheet) for sheet in found],
        is_admin=is_admin(),
    )


@bp.route("/moi", methods=["GET", "POST"])
@accounts.requires("admin")
def add_sheet() -> ResponseReturnValue:
    """Begin a sheet, empty or with the criteria of another."""
    doors.enter()
    form = SheetForm(data={"year": clock.today().year})
    units = {
        unit.id: unit
        for unit, _depth in accounts.units_in_reach(db.session)
        if unit.kind != "division"
    }
    known = {sheet.id: sheet for sheet in doors.sheets_in_reach(db.session)}
    form["unit"].choices = [
        SelectChoice(str(unit.id), unit.name)
        for unit in sorted(units.values(), key=lambda one: one.kind != "department")
    ]
    form["copied"].choices = [
        SelectChoice("", _("Không chép, tự nhập")),
        *(SelectChoice(str(one.id), title_of(one)) for one in known.values()),
    ]
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("scorecard/add_sheet.html", form=form), status
    unit = units[int(form["unit"].data)]
    copied = known[int(form["copied"].data)] if form["copied"].data else None
    kept: list[ScoreSheet] = []
    if not doors.done(
        form,
        lambda: kept.append(
            sheets.create(
                db.session,
                unit,
                form["year"].data,
                copied=copied,
                by=actor(),
                now=clock.now(),
            )
        ),
    ):
        return render_template("scorecard/add_sheet.html", form=form), 422
    flash(_("Đã lập phiếu."), "success")
    return redirect(url_for(".sheet", sheet_id=kept[0].id), code=303)


@bp.get("/<int:sheet_id>")
@accounts.requires(*doors.READERS)
def sheet(sheet_id: int) -> ResponseReturnValue:
    """Show a sheet: its points, what is at stake, the way to the next class."""
    found = doors.sheet(sheet_id)
    made = reckoning.reckon(db.session, found, before=before_of(found))
    return render_template(
        "scorecard/sheet.html",
        sheet=found,
        title=title_of(found),
        made=made,
        needed=reckoning.needed(made),
        warnings=warnings(made),
        deadlines=deadlines(found),
        steps=_steps(found),
        years=_years(found),
        national=sheets.national_points(found),
        historic=historic_of(found),
        is_admin=is_admin(),
        may_score=accounts.current().role in doors.SCORERS,
    )


def warnings(made: Reckoned) -> list[tuple[ScoreLine, str]]:
    """Lines whose points no longer rest on what they were computed from."""
    told = []
    for row in made.criteria:
        if sheets.is_outdated(row.line):
            told.append(
                (row.line, str(_("Quy tắc đã sửa sau khi chấm. Xin chấm lại.")))
            )
        words = basis.warning(db.session, made.sheet, row.line)
        if words is not None:
            told.append((row.line, words))
    return told


def deadlines(found: ScoreSheet) -> list[tuple[str, str, str]]:
    """The deadlines of a sheet: name, day, how far it is; a colour's name at the end
    of the last is for the tag."""
    states = (
        (_("Nộp tự đánh giá"), found.submit_by, "self"),
        (_("Giải trình, bổ sung tài liệu"), found.explain_by, "explaining"),
    )
    told = []
    for name, day, state in states:
        if day is None:
            continue
        is_over = SHEET_STATES.index(found.state) > SHEET_STATES.index(state)
        left = (day - clock.today()).days
        if is_over:
            words = _("đã xong")
        elif left < 0:
            words = _("quá hạn %(n)s ngày", n=-left)
        else:
            words = _("còn %(n)s ngày", n=left)
        told.append((name, formats.date_text(day, web.language()), words))
    return told


def _steps(found: ScoreSheet) -> list[tuple[str, bool, bool]]:
    """The steps of the cycle: name, whether it is done, whether it is the one on."""
    at = SHEET_STATES.index(found.state)
    return [
        (str(STATES[state]), place < at, place == at)
        for place, state in enumerate(SHEET_STATES)
    ]


def _years(found: ScoreSheet) -> list[Reckoned]:
    """The agency's sheets year by year, the latest first."""
    some = db.session.scalars(
        sa.select(ScoreSheet)
        .where(ScoreSheet.unit_id == found.unit_id)
        .order_by(ScoreSheet.year.desc())
    )
    return [reckoning.reckon(db.session, one) for one in some]


def historic_of(found: ScoreSheet) -> tuple[int, str] | None:
    """The points and the class of the 18-point sheet, where it is shown and filled."""
    if not found.shows_historic or not found.historic:
        return None
    points = indices.sheet_points(found.historic)
    grade = indices.grade_of(points, indices.SHEET_GRADES)
    return points, grade.title.get(web.language())


@bp.route("/<int:sheet_id>/sua", methods=["GET", "POST"])
@accounts.requires("admin")
def settings(sheet_id: int) -> ResponseReturnValue:
    """Set deadlines, the factor of the second appraisal and the classes."""
    found = doors.sheet(sheet_id, locks=request.method == "POST")
    form = SettingsForm(
        data={
            "submit_by": found.submit_by,
            "explain_by": found.explain_by,
            "second_factor": typed_form(found.second_factor),
            "second_mode": found.second_mode,
            "second_source": found.second_source,
            "grades_source": found.grades_source,
            "shows_historic": found.shows_historic,
        }
    )
    language = web.language()
    form["second_mode"].choices = [
        SelectChoice(mode, text.get(language))
        for mode, text in indices.APPRAISALS.items()
    ]
    typed = _grade_rows(form, found)
    if form.validate_on_submit() and doors.done(form, lambda: _set(found, form)):
        flash(_("Đã lưu thiết lập."), "success")
        return redirect(url_for(".sheet", sheet_id=sheet_id), code=303)
    return render_template(
        "scorecard/settings.html",
        sheet=found,
        title=title_of(found),
        form=form,
        typed=typed,
    ), 422 if form.errors or form.form_errors else 200


def _grade_rows(form: SettingsForm, found: ScoreSheet) -> list[tuple[str, str]]:
    if request.method == "POST":
        rows = form.pairs("grade_name", "grade_least")
    else:
        rows = [(name, typed_form(Decimal(least))) for name, least in found.grades]
    return rows + [("", "")] * max(GRADE_ROWS - len(rows), 0)


def _set(found: ScoreSheet, form: SettingsForm) -> None:
    changed: dict[str, Any] = {
        "submit_by": day_or_none(form["submit_by"].data),
        "explain_by": day_or_none(form["explain_by"].data),
        "second_factor": form.decimal("second_factor"),
        "second_mode": form["second_mode"].data,
        "second_source": form.text("second_source"),
        "grades": grades_typed(form.pairs("grade_name", "grade_least")),
        "grades_source": form.text("grades_source"),
        "shows_historic": bool(form["shows_historic"].data),
    }
    sheets.change_settings(db.session, found, changed, by=actor(), now=clock.now())


@bp.route("/<int:sheet_id>/chuyen", methods=["GET", "POST"])
@accounts.requires("admin")
def move_on(sheet_id: int) -> ResponseReturnValue:
    """Finish the step a sheet is in, after a look at what is still at stake."""
    found = doors.sheet(sheet_id, locks=request.method == "POST")
    sheets.require(found, *SHEET_STATES[:-1])
    form = ReasonForm()
    if form.validate_on_submit() and doors.done(
        form,
        lambda: sheets.move_on(db.session, found, by=actor(), now=clock.now()),
    ):
        flash(_("Đã chuyển sang bước “%(step)s”.", step=STATES[found.state]), "success")
        return redirect(url_for(".sheet", sheet_id=sheet_id), code=303)
    after = SHEET_STATES[SHEET_STATES.index(found.state) + 1]
    return render_template(
        "scorecard/move_on.html",
        sheet=found,
        title=title_of(found),
        form=form,
        after=STATES[after],
        made=reckoning.reckon(db.session, found),
    ), 422 if form.errors or form.form_errors else 200


@bp.route("/<int:sheet_id>/mo-lai", methods=["GET", "POST"])
@accounts.requires("admin")
def reopen(sheet_id: int) -> ResponseReturnValue:
    """Go back one step, with a reason."""
    found = doors.sheet(sheet_id, locks=request.method == "POST")
    sheets.require(found, *SHEET_STATES[1:])
    form = ReasonForm()
    if form.validate_on_submit() and doors.done(
        form,
        lambda: sheets.reopen(
            db.session, found, form.text("reason"), by=actor(), now=clock.now()
        ),
    ):
        flash(_("Đã mở lại bước “%(step)s”.", step=STATES[found.state]), "success")
        return redirect(url_for(".sheet", sheet_id=sheet_id), code=303)
    before = SHEET_STATES[SHEET_STATES.index(found.state) - 1]
    return render_template(
        "scorecard/reopen.html",
        sheet=found,
        title=title_of(found),
        form=form,
        before=STATES[before],
    ), 422 if form.errors or form.form_errors else 200


@bp.route("/<int:sheet_id>/xoa", methods=["GET", "POST"])
@accounts.requires("admin")
def remove_sheet(sheet_id: int) -> ResponseReturnValue:
    """Remove a sheet that was never handed in."""
    found = doors.sheet(sheet_id, locks=request.method == "POST")
    form = ReasonForm()
    if form.validate_on_submit() and doors.done(
        form, lambda: sheets.remove(db.session, found)
    ):
        flash(_("Đã xóa phiếu."), "success")
        return redirect(url_for(".list_sheets"), code=303)
    return render_template(
        "scorecard/remove_sheet.html", sheet=found, title=title_of(found), form=form
    ), 422 if form.form_errors else 200


@bp.get("/<int:sheet_id>/lich-su")
@accounts.requires(*doors.READERS)
def history(sheet_id: int) -> ResponseReturnValue:
    """Show what was done with a sheet, the latest first."""
    found = doors.sheet(sheet_id)
    rows = db.session.execute(
        sa.select(ScoreEvent, Account.email)
        .outerjoin(Account, Account.id == ScoreEvent.account_id)
        .where(ScoreEvent.sheet_id == found.id)
        .order_by(ScoreEvent.id.desc())
        .limit(500)
    ).all()
    return render_template(
        "scorecard/history.html",
        sheet=found,
        title=title_of(found),
        rows=rows,
        actions=terms.ACTIONS,
    )
