"""Pages of the rules: the list, one of them with a preview, the editor, the file."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, web
from survey.db import db
from survey.models import ScoreRule
from survey.scorecard import doors, explained, rule_files, rulebook, rules, terms
from survey.scorecard.blueprint import bp
from survey.scorecard.forms import STEP_ROWS, RuleForm, day_or_none, steps_typed
from survey.scorecard.rules import Rule
from survey.scorecard.terms import ScorecardError, read_number, typed_form, written

MORE_ROWS = 4


@bp.errorhandler(ScorecardError)
def refused(error: ScorecardError) -> ResponseReturnValue:
    """Say why something cannot be done, and what to do instead."""
    db.session.rollback()
    return web.refusal(
        422,
        _("Chưa thực hiện được"),
        str(error),
        link=(_("Về danh sách phiếu tự chấm"), url_for("scorecard.list_sheets")),
    )


@bp.context_processor
def words() -> dict[str, object]:
    """Names that the pages of the scorecard use."""
    return {"terms": terms, "written": written}


def may_edit_rules() -> bool:
    """Whether the account may change the rules, which all sheets share."""
    return accounts.current().role == "admin" and doors.is_whole()


@bp.get("/quy-tac/")
@accounts.requires(*doors.READERS)
def list_rules() -> ResponseReturnValue:
    """Show the newest version of every rule."""
    doors.enter()
    return render_template(
        "scorecard/rules.html",
        rows=rulebook.latest(db.session),
        may_edit=may_edit_rules(),
    )


@bp.get("/quy-tac.toml")
@accounts.requires(*doors.READERS)
def rules_file() -> ResponseReturnValue:
    """Hand over the newest rules as a file that can be loaded again."""
    doors.enter()
    text = rule_files.written(rules.of(row) for row in rulebook.latest(db.session))
    answer = Response(text, content_type="application/toml; charset=utf-8")
    answer.headers.set(
        "Content-Disposition", "attachment", filename="quy-tac-cham-diem.toml"
    )
    return answer


@bp.get("/quy-tac/<int:rule_id>")
@accounts.requires(*doors.READERS)
def rule(rule_id: int) -> ResponseReturnValue:
    """Show one version: what it gives, at its boundaries, for a typed value."""
    row = doors.rule(rule_id)
    found = rules.of(row)
    typed = request.args.get("chi-so", "")
    tried, fault = _tried(found, typed)
    versions = rulebook.versions(db.session, row.code)
    return render_template(
        "scorecard/rule.html",
        row=row,
        is_newest=versions[0].id == row.id,
        versions=versions,
        rule=found,
        steps=explained.steps(found),
        boundaries=explained.boundaries(found),
        examples=explained.examples(found),
        typed=typed,
        tried=tried,
        fault=fault,
        may_edit=may_edit_rules(),
    ), 422 if fault else 200


def _tried(found: Rule, typed: str) -> tuple[str | None, str | None]:
    """What a typed value gives, or what is wrong with it."""
    if not typed.strip() or not found.takes_value:
        return None, None
    try:
        value = read_number(typed)
        points = found.points(Fraction(value))
    except ScorecardError as error:
        return None, str(error)
    told = _(
        "Chỉ số %(value)s được %(points)s điểm.",
        value=written(value),
        points=written(points),
    )
    return told, None


@bp.route("/quy-tac/moi", methods=["GET", "POST"])
@accounts.requires("admin")
def add_rule() -> ResponseReturnValue:
    """Add a rule."""
    return _edit(None)


@bp.route("/quy-tac/<int:rule_id>/sua", methods=["GET", "POST"])
@accounts.requires("admin")
def edit_rule(rule_id: int) -> ResponseReturnValue:
    """Change a rule; of one that was handed in, make a new version."""
    return _edit(doors.rule(rule_id))


def _edit(row: ScoreRule | None) -> ResponseReturnValue:
    doors.enter()
    if not may_edit_rules():
        abort(403)
    form = RuleForm(data=_data(row))
    typed = _rows(form, row)
    if "more" in request.form:
        typed += [("", "")] * MORE_ROWS
        return _page(form, row, typed), 200
    if not form.validate_on_submit():
        return _page(form, row, typed), 422 if form.errors else 200
    kept: list[ScoreRule] = []

    def act() -> None:
        made = _made(form, row)
        now = clock.now()
        if row is None:
            kept.append(rulebook.add(db.session, made, now=now))
        else:
            kept.append(rulebook.change(db.session, row, made, now=now))

    before = row.id if row else None
    if not doors.done(form, act):
        return _page(form, row, typed), 422
    if before not in (None, kept[0].id):
        flash(
            _(
                "Phiên bản cũ đã dùng trong phiếu đã nộp nên được giữ nguyên; đã tạo "
                "phiên bản %(version)s.",
                version=kept[0].version,
            ),
            "success",
        )
    else:
        flash(_("Đã lưu quy tắc."), "success")
    return redirect(url_for(".rule", rule_id=kept[0].id), code=303)


def _data(row: ScoreRule | None) -> dict[str, Any] | None:
    if row is None:
        return None
    found = rules.of(row)
    return {
        "code": found.code,
        "title": found.title,
        "kind": found.kind,
        "measure": found.measure,
        "maximum": "" if found.maximum is None else typed_form(found.maximum),
        "rounds_first": found.rounds_first,
        "source": found.source,
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
    }


def _rows(form: RuleForm, row: ScoreRule | None) -> list[tuple[str, str]]:
    """The steps as they stand in the table, with room for more."""
    if request.method == "POST":
        found = form.pairs("least", "step_points")
        wanted = len(form.column("least"))
    else:
        steps = rules.of(row).steps if row else ()
        found = [(typed_form(least), typed_form(points)) for least, points in steps]
        wanted = STEP_ROWS
    return found + [("", "")] * max(wanted - len(found), 1)


def _made(form: RuleForm, row: ScoreRule | None) -> Rule:
    kind = form["kind"].data
    stepped = kind in rules.STEPPED
    return rules.made(
        code=form.text("code"),
        title=form.text("title"),
        kind=kind,
        measure=form["measure"].data,
        maximum=None if stepped else form.decimal("maximum"),
        # Steps that a rule of another kind would not look at are not kept.
        steps=steps_typed(form.pairs("least", "step_points")) if stepped else (),
        rounds_first=bool(form["rounds_first"].data),
        source=form.text("source"),
        valid_from=day_or_none(form["valid_from"].data),
        valid_to=day_or_none(form["valid_to"].data),
        is_sample=row.is_sample if row else False,
    )


def _page(form: RuleForm, row: ScoreRule | None, typed: list[tuple[str, str]]) -> str:
    return render_template("scorecard/edit_rule.html", form=form, row=row, typed=typed)


@bp.post("/quy-tac/<int:rule_id>/xoa")
@accounts.requires("admin")
def remove_rule(rule_id: int) -> ResponseReturnValue:
    """Remove a version that nothing uses."""
    row = doors.rule(rule_id)
    if not may_edit_rules():
        abort(403)
    rulebook.remove(db.session, row)
    db.session.commit()
    flash(_("Đã xóa quy tắc."), "success")
    return redirect(url_for(".list_rules"), code=303)
