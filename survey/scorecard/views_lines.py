"""Pages of the criteria: one of them with its points in every step, and the editors."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock
from survey.accounts.forms import SelectChoice
from survey.db import db
from survey.models import ScoreLine, ScoreRule, ScoreSheet, Wave
from survey.scorecard import (
    basis,
    doors,
    evidence,
    explained,
    files,
    lines,
    reckoning,
    rules,
    sheets,
)
from survey.scorecard.blueprint import bp
from survey.scorecard.forms import (
    AppraisalForm,
    ExplanationForm,
    LineForm,
    PasteForm,
    ReasonForm,
    ScoreForm,
)
from survey.scorecard.terms import ScorecardError, typed_form, written
from survey.scorecard.views_sheets import actor, before_of, is_admin, title_of

SHEET = "/<int:sheet_id>"
LINE = f"{SHEET}/tieu-chi/<int:line_id>"


def to_line(sheet: ScoreSheet, line: ScoreLine) -> ResponseReturnValue:
    """Lead back to the page of a criterion."""
    address = url_for(".line", sheet_id=sheet.id, line_id=line.id)
    return redirect(address, code=303)


@bp.get(LINE)
@accounts.requires(*doors.READERS)
def line(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Show one criterion, with the forms of the step the sheet is in."""
    sheet = doors.sheet(sheet_id)
    return page(sheet, doors.line(sheet, line_id)), 200


def page(
    sheet: ScoreSheet,
    line: ScoreLine,
    *,
    score: ScoreForm | None = None,
    appraisal: AppraisalForm | None = None,
    explanation: ExplanationForm | None = None,
) -> str:
    """The page of a criterion, with forms as they were typed or as they are kept."""
    made = reckoning.reckon(db.session, sheet, before=before_of(sheet))
    row = next(one for one in made.rows if one.line.id == line.id)
    rule = rules.of(line.rule) if line.rule else None
    files = evidence.files_of(db.session, row.documents)
    today = clock.today()
    return render_template(
        "scorecard/line.html",
        sheet=sheet,
        title=title_of(sheet),
        row=row,
        line=line,
        rule=rule,
        rule_row=line.rule,
        steps=explained.steps(rule) if rule else [],
        boundaries=explained.boundaries(rule) if rule else [],
        kept=basis.kept_of(line),
        warning=basis.warning(db.session, sheet, line),
        is_outdated=sheets.is_outdated(line),
        files=files,
        old={one.id for one in row.documents if evidence.is_old(one, sheet.year)},
        score=score or _score_form(line),
        appraisal=appraisal or _appraisal_form(sheet, line),
        explanation=explanation
        or ExplanationForm(formdata=None, data={"words": line.explanation}),
        is_admin=is_admin(),
        may_score=accounts.current().role in doors.SCORERS,
        may_add=sheet.state == "self"
        or (
            sheet.state == "explaining" and not sheets.is_explaining_over(sheet, today)
        ),
        is_late=sheets.is_explaining_over(sheet, today),
        formula=basis.formula_title,
    )


def _score_form(line: ScoreLine) -> ScoreForm:
    has_typed = line.self_source == "value" and line.value is not None
    return ScoreForm(
        formdata=None,
        data={
            "points": _typed(line.self_points),
            "value": _typed(Decimal(line.value)) if has_typed and line.value else "",
            "note": line.self_note,
        },
    )


def _appraisal_form(sheet: ScoreSheet, line: ScoreLine) -> AppraisalForm:
    is_second = sheet.state == "second"
    points = line.second_points if is_second else line.first_points
    return AppraisalForm(
        formdata=None,
        data={
            "points": _typed(points),
            "reason": line.second_reason if is_second else line.first_reason,
        },
    )


def _typed(value: Decimal | None) -> str:
    return "" if value is None else typed_form(value)


@bp.post(f"{LINE}/tu-cham")
@accounts.requires(*doors.SCORERS)
def score(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Keep the own points of a criterion."""
    sheet = doors.sheet(sheet_id, locks=True)
    line = doors.line(sheet, line_id)
    form = ScoreForm()

    def act() -> None:
        value = form.decimal("value")
        lines.score(
            db.session,
            sheet,
            line,
            points=form.decimal("points"),
            value=None if value is None else Fraction(value),
            note=form.text("note"),
            by=actor(),
            now=clock.now(),
        )

    if form.validate_on_submit() and doors.done(form, act):
        told = written(line.self_points or 0)
        flash(_("Đã ghi %(points)s điểm.", points=told), "success")
        return to_line(sheet, line)
    return page(sheet, line, score=form), 422


@bp.post(f"{LINE}/bo-diem")
@accounts.requires(*doors.SCORERS)
def clear(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Take the own points of a criterion away."""
    sheet = doors.sheet(sheet_id, locks=True)
    line = doors.line(sheet, line_id)
    lines.clear(db.session, sheet, line, by=actor(), now=clock.now())
    db.session.commit()
    flash(_("Đã bỏ điểm tự chấm."), "success")
    return to_line(sheet, line)


@bp.get(f"{LINE}/tu-dot-khao-sat")
@accounts.requires(*doors.SCORERS)
def choose_wave(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Show what each figure of a wave would give, before one is kept."""
    sheet = doors.sheet(sheet_id)
    line = doors.line(sheet, line_id)
    sheets.require(sheet, "self")
    rule = _rule_for_surveys(line)
    some = basis.waves(db.session, sheet)
    asked = request.args.get("dot", "")
    wave = next((one for one in some if one.id == asked), None)
    rows = []
    if wave is not None:
        rows = [
            (one, None if one.value is None else rule.points(one.value))
            for one in basis.choices(db.session, sheet, wave)
        ]
    return render_template(
        "scorecard/choose_wave.html",
        sheet=sheet,
        title=title_of(sheet),
        line=line,
        waves=some,
        wave=wave,
        rows=rows,
    )


def _rule_for_surveys(line: ScoreLine) -> rules.Rule:
    rule = rules.of(line.rule) if line.rule else None
    if rule is None or not rule.takes_value or rule.measure != "survey":
        raise ScorecardError(
            _("Tiêu chí này không có quy tắc lấy chỉ số hài lòng của khảo sát.")
        )
    return rule


@bp.post(f"{LINE}/tu-dot-khao-sat")
@accounts.requires(*doors.SCORERS)
def score_from_wave(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Compute points from the index of a closed wave and keep what it rests on."""
    sheet = doors.sheet(sheet_id, locks=True)
    line = doors.line(sheet, line_id)
    asked = request.form.get("wave", "")
    wave = next(
        (one for one in basis.waves(db.session, sheet) if one.id == asked), None
    )
    if wave is None:
        raise ScorecardError(_("Xin chọn đợt khảo sát trong danh sách."))
    found = _kept(sheet, wave, request.form.get("figure", ""))
    lines.score(
        db.session,
        sheet,
        line,
        value=found.exact,
        note=line.self_note,
        basis=found.as_dict(),
        by=actor(),
        now=clock.now(),
    )
    db.session.commit()
    flash(
        _(
            "Đã tính %(points)s điểm từ chỉ số %(value)s.",
            points=written(line.self_points or 0),
            value=written(found.exact),
        ),
        "success",
    )
    return to_line(sheet, line)


def _kept(sheet: ScoreSheet, wave: Wave, figure: str) -> basis.Basis:
    found = basis.compute(db.session, sheet, wave, figure, on=clock.today())
    return basis.storable(found, sheet)


@bp.post(f"{LINE}/tham-dinh")
@accounts.requires("admin")
def appraise(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Write down the points of the appraisal that is on."""
    sheet = doors.sheet(sheet_id, locks=True)
    line = doors.line(sheet, line_id)
    form = AppraisalForm()

    def act() -> None:
        lines.appraise(
            db.session,
            sheet,
            line,
            form.decimal("points") or Decimal(0),
            form.text("reason"),
            by=actor(),
            now=clock.now(),
        )

    if form.validate_on_submit() and doors.done(form, act):
        flash(_("Đã ghi điểm thẩm định."), "success")
        return to_line(sheet, line)
    return page(sheet, line, appraisal=form), 422


@bp.post(f"{SHEET}/nhan-diem")
@accounts.requires("admin")
def accept(sheet_id: int) -> ResponseReturnValue:
    """Let the first appraisal give what the agency gave itself, where it has not said
    anything yet."""
    sheet = doors.sheet(sheet_id, locks=True)
    count = lines.accept(db.session, sheet, by=actor(), now=clock.now())
    db.session.commit()
    flash(
        _("Đã ghi điểm tự chấm làm điểm lần 1 cho %(n)s tiêu chí.", n=count), "success"
    )
    return redirect(url_for(".sheet", sheet_id=sheet_id), code=303)


@bp.post(f"{LINE}/giai-trinh")
@accounts.requires(*doors.SCORERS)
def explain(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Keep what the agency says to the first appraisal."""
    sheet = doors.sheet(sheet_id, locks=True)
    line = doors.line(sheet, line_id)
    form = ExplanationForm()

    def act() -> None:
        text = form.text("words")
        lines.explain(db.session, sheet, line, text, by=actor(), now=clock.now())

    if form.validate_on_submit() and doors.done(form, act):
        flash(_("Đã lưu giải trình."), "success")
        return to_line(sheet, line)
    return page(sheet, line, explanation=form), 422


@bp.route(f"{SHEET}/tieu-chi/moi", methods=["GET", "POST"])
@accounts.requires("admin")
def add_line(sheet_id: int) -> ResponseReturnValue:
    """Add a criterion or a group."""
    sheet = doors.sheet(sheet_id, locks=request.method == "POST")
    return _edit(sheet, None)


@bp.route(f"{LINE}/sua", methods=["GET", "POST"])
@accounts.requires("admin")
def edit_line(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Change a criterion or a group."""
    sheet = doors.sheet(sheet_id, locks=request.method == "POST")
    return _edit(sheet, doors.line(sheet, line_id))


def _edit(sheet: ScoreSheet, line: ScoreLine | None) -> ResponseReturnValue:
    sheets.require(sheet, "self")
    known = {
        str(row.id): row
        for row in lines.rule_choices(
            db.session, sheet, line.rule if line is not None else None
        )
    }
    form = LineForm(data=_line_data(line))
    form["rule"].choices = [
        SelectChoice("", _("Không có: điểm do người chấm nhập")),
        *(SelectChoice(key, _rule_name(row)) for key, row in known.items()),
    ]
    kept: list[ScoreLine] = []

    def act() -> None:
        kept.append(
            lines.put(
                db.session,
                sheet,
                line,
                code=form.text("code"),
                title=form.text("title"),
                maximum=form.decimal("maximum"),
                rule=known.get(form["rule"].data),
                by=actor(),
                now=clock.now(),
            )
        )

    if form.validate_on_submit() and doors.done(form, act):
        flash(_("Đã lưu tiêu chí %(code)s.", code=kept[0].code), "success")
        return to_line(sheet, kept[0])
    return render_template(
        "scorecard/edit_line.html",
        sheet=sheet,
        title=title_of(sheet),
        line=line,
        form=form,
    ), 422 if form.errors or form.form_errors else 200


def _line_data(line: ScoreLine | None) -> dict[str, str] | None:
    if line is None:
        return None
    return {
        "code": line.code,
        "title": line.title,
        "maximum": _typed(line.maximum),
        "rule": str(line.rule_id or ""),
    }


def _rule_name(row: ScoreRule) -> str:
    return files.version_of(row)


@bp.route(f"{SHEET}/tieu-chi/nhieu", methods=["GET", "POST"])
@accounts.requires("admin")
def paste_lines(sheet_id: int) -> ResponseReturnValue:
    """Add many criteria, copied from a spreadsheet."""
    sheet = doors.sheet(sheet_id, locks=request.method == "POST")
    sheets.require(sheet, "self")
    form = PasteForm()
    counted: list[int] = []

    def act() -> None:
        # As it was sent: the cells of a spreadsheet stand apart by tabs.
        text = request.form.get("listing", "")
        counted.append(
            lines.paste(db.session, sheet, text, by=actor(), now=clock.now())
        )

    if form.validate_on_submit() and doors.done(form, act):
        flash(_("Đã thêm %(n)s dòng.", n=counted[0]), "success")
        return redirect(url_for(".sheet", sheet_id=sheet_id), code=303)
    return render_template(
        "scorecard/paste_lines.html",
        sheet=sheet,
        title=title_of(sheet),
        form=form,
        typed=request.form.get("listing", ""),
        rules=lines.rule_choices(db.session, sheet),
    ), 422 if form.errors or form.form_errors else 200


@bp.post(f"{LINE}/xoa")
@accounts.requires("admin")
def remove_line(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Remove a criterion with its documents."""
    sheet = doors.sheet(sheet_id, locks=True)
    line = doors.line(sheet, line_id)
    code = line.code
    lines.remove(db.session, sheet, line, by=actor(), now=clock.now())
    db.session.commit()
    flash(_("Đã xóa tiêu chí %(code)s.", code=code), "success")
    return redirect(url_for(".sheet", sheet_id=sheet_id), code=303)


@bp.route(f"{LINE}/khong-ap-dung", methods=["GET", "POST"])
@accounts.requires("admin")
def leave_out(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Let a criterion, or all of a group, not apply this year."""
    sheet = doors.sheet(sheet_id, locks=request.method == "POST")
    line = doors.line(sheet, line_id)
    sheets.require(sheet, "self")
    form = ReasonForm()

    def act() -> None:
        lines.leave_out(
            db.session,
            sheet,
            line,
            form.text("reason"),
            by=actor(),
            now=clock.now(),
        )

    if form.validate_on_submit() and doors.done(form, act):
        flash(_("Đã ghi không áp dụng trong năm."), "success")
        return to_line(sheet, line)
    return render_template(
        "scorecard/leave_out.html",
        sheet=sheet,
        title=title_of(sheet),
        line=line,
        form=form,
        count=len(lines.leaves(db.session, sheet, line)),
    ), 422 if form.errors or form.form_errors else 200


@bp.post(f"{LINE}/ap-dung")
@accounts.requires("admin")
def take_in(sheet_id: int, line_id: int) -> ResponseReturnValue:
    """Let what was left out apply again."""
    sheet = doors.sheet(sheet_id, locks=True)
    line = doors.line(sheet, line_id)
    lines.take_in(db.session, sheet, line, by=actor(), now=clock.now())
    db.session.commit()
    flash(_("Tiêu chí áp dụng trở lại, chưa có điểm."), "success")
    return to_line(sheet, line)
