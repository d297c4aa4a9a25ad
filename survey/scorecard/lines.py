"""The criteria of a sheet: which there are, their points in each step, and the years in
which one is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock
from survey.accounts.forms import clean
from survey.models import ScoreLine, ScoreRule, ScoreSheet
from survey.scorecard import rulebook, rules, sheets
from survey.scorecard.terms import (
    ScorecardError,
    read_number,
    source_words,
    written,
)

MOST_LINES: Final = 400
_CODE: Final = re.compile(r"[^\W_]{1,6}(\.[^\W_]{1,6}){0,5}")


def parent_of(code: str, known: Mapping[str, ScoreLine]) -> ScoreLine | None:
    """The nearest line above a code: of 5.1.2 that is 5.1, or else 5."""
    parts = code.split(".")
    for length in range(len(parts) - 1, 0, -1):
        found = known.get(".".join(parts[:length]))
        if found is not None:
            return found
    return None


def below(line: ScoreLine, all_lines: Sequence[ScoreLine]) -> list[ScoreLine]:
    """The lines under a group, at any depth; nothing under a criterion."""
    return [one for one in all_lines if one.code.startswith(f"{line.code}.")]


def rule_choices(
    session: Session, sheet: ScoreSheet, kept: ScoreRule | None = None
) -> list[ScoreRule]:
    """The rules that can be given to a line: in force in the sheet's year, the newest
    version of each, and the one it has."""
    found = [
        row
        for row in rulebook.latest(session)
        if rules.is_valid_in(rules.of(row), sheet.year)
        and (sheet.is_sample or not row.is_sample)
    ]
    if kept is not None and kept.id not in {row.id for row in found}:
        found.append(kept)
    return found


def put(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine | None,
    *,
    code: str,
    title: str,
    maximum: Decimal | None,
    rule: ScoreRule | None,
    by: int | None,
    now: datetime,
) -> ScoreLine:
    """Add a criterion or a group, or make one read so.

    Args:
        maximum: None for a group, or for what the rule says.
    Raises:
        ScorecardError: a part that cannot be, with its field; or the step is over.
    """
    sheets.require(sheet, "self")
    if rule is not None and maximum is None:
        maximum = rule.maximum
    _check(session, sheet, line, code, title, maximum, rule)
    is_new = line is None
    if line is None:
        line = ScoreLine(
            sheet_id=sheet.id, self_source="none", is_applicable=True, basis={}
        )
        session.add(line)
    elif (line.maximum, line.rule_id) != (maximum, rule.id if rule else None):
        _clear(line)
    line.code, line.title, line.maximum = code, title, maximum
    line.rule_id = rule.id if rule else None
    session.flush()
    session.expire(line, ["rule"])
    if rule is not None and rule.kind == "not_applicable":
        line.is_applicable = False
        line.left_out_reason = f"{rule.title} – {source_words(rule.source)}"[:500]
        _clear(line)
    action = "line_added" if is_new else "line_changed"
    sheets.log(session, sheet, action, title, line=line, by=by, now=now)
    session.flush()
    return line


def _clear(line: ScoreLine) -> None:
    line.self_points, line.self_source = None, "none"
    line.value, line.basis, line.self_note = None, {}, ""
    line.first_points = line.second_points = None
    line.first_reason = line.second_reason = ""


def _check(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine | None,
    code: str,
    title: str,
    maximum: Decimal | None,
    rule: ScoreRule | None,
) -> None:
    if not _CODE.fullmatch(code) or len(code) > 20:
        raise ScorecardError(
            _("Mã như 5, 5.1 hay 5.1.2: chữ và số, cách nhau bằng dấu chấm."), "code"
        )
    if not 1 <= len(title) <= 300:
        raise ScorecardError(_("Xin nhập tên tiêu chí, tối đa 300 ký tự."), "title")
    others = {
        one.code: one for one in sheets.lines_of(session, sheet) if one is not line
    }
    if code in others:
        raise ScorecardError(_("Mã này đã có trong phiếu."), "code")
    if len(others) >= MOST_LINES:
        raise ScorecardError(
            _("Phiếu có tối đa %(most)s tiêu chí.", most=MOST_LINES), "code"
        )
    _check_points(maximum, rule)
    _check_tree(line, code, maximum, others)


def _check_points(maximum: Decimal | None, rule: ScoreRule | None) -> None:
    if maximum is not None and not 0 < maximum <= rules.MOST:
        raise ScorecardError(
            _("Điểm tối đa phải lớn hơn 0 và không quá 100."), "maximum"
        )
    if rule is None:
        return
    if maximum is None:
        raise ScorecardError(
            _("Tiêu chí có quy tắc thì phải có điểm tối đa."), "maximum"
        )
    if rule.maximum not in (None, maximum):
        raise ScorecardError(
            _(
                "Quy tắc này có điểm tối đa %(most)s. Xin nhập đúng số đó, hoặc bỏ "
                "trống.",
                most=written(rule.maximum or 0),
            ),
            "maximum",
        )


def _check_tree(
    line: ScoreLine | None,
    code: str,
    maximum: Decimal | None,
    others: Mapping[str, ScoreLine],
) -> None:
    parent = parent_of(code, others)
    if parent is not None and parent.maximum is not None:
        raise ScorecardError(
            _(
                "%(code)s đã có điểm tối đa nên không thể có tiêu chí thành phần.",
                code=parent.code,
            ),
            "code",
        )
    if maximum is not None and any(one.startswith(f"{code}.") for one in others):
        raise ScorecardError(
            _("Nhóm có tiêu chí thành phần thì không có điểm tối đa riêng."), "maximum"
        )
    if line is not None and line.code != code:
        had = [one for one in others if one.startswith(f"{line.code}.")]
        if had:
            raise ScorecardError(
                _("Nhóm đang có tiêu chí thành phần nên không đổi mã được."), "code"
            )


def paste(
    session: Session, sheet: ScoreSheet, text: str, *, by: int | None, now: datetime
) -> int:
    """Add the criteria of a list copied from a spreadsheet; how many.

    Args:
        text: a line for each: code, title, maximum (empty for a group) and the code of
            a rule (may be absent), separated by a tab or a semicolon.
    Raises:
        ScorecardError: a line that cannot be, named by its number; nothing is added.
    """
    known = {row.code: row for row in rule_choices(session, sheet)}
    added = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        cells = [clean(cell) for cell in re.split(r"\t|;", raw)] + ["", "", ""]
        code, title, maximum, rule = cells[:4]
        try:
            if rule and rule not in known:
                raise ScorecardError(_("Không có quy tắc mang mã này."))
            put(
                session,
                sheet,
                None,
                code=code,
                title=title,
                maximum=read_number(maximum) if maximum else None,
                rule=known.get(rule),
                by=by,
                now=now,
            )
        except ScorecardError as error:
            raise ScorecardError(
                _("Dòng %(n)s: %(why)s", n=number, why=str(error)), "listing"
            ) from None
        added += 1
    if not added:
        raise ScorecardError(_("Xin dán ít nhất một dòng."), "listing")
    return added


def remove(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Remove a criterion with its documents, or an empty group.

    Raises:
        ScorecardError: a group with criteria, or the step is over.
    """
    sheets.require(sheet, "self")
    if below(line, sheets.lines_of(session, sheet)):
        raise ScorecardError(_("Xin xóa các tiêu chí thành phần của nhóm trước."))
    sheets.log(session, sheet, "line_removed", line.title, line=line, by=by, now=now)
    session.execute(sa.delete(ScoreLine).where(ScoreLine.id == line.id))


def leave_out(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    reason: str,
    *,
    by: int | None,
    now: datetime,
) -> int:
    """Let a criterion, or all of a group, not apply this year; how many criteria.

    They leave the points and the maximum alike.

    Raises:
        ScorecardError: no reason, or the step is over.
    """
    sheets.require(sheet, "self")
    if not reason:
        raise ScorecardError(
            _("Xin nêu lý do và văn bản cho phép (số, ngày, cơ quan)."), "reason"
        )
    some = leaves(session, sheet, line)
    for one in some:
        _clear(one)
        one.is_applicable, one.left_out_reason = False, reason
    sheets.log(session, sheet, "left_out", reason, line=line, by=by, now=now)
    session.flush()
    return len(some)


def take_in(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Let what was left out apply again; it has no points then.

    Raises:
        ScorecardError: its rule says that it is not scored, or the step is over.
    """
    sheets.require(sheet, "self")
    for one in leaves(session, sheet, line):
        if one.rule is not None and one.rule.kind == "not_applicable":
            raise ScorecardError(
                _("Quy tắc của tiêu chí này là không chấm. Xin đổi quy tắc trước.")
            )
        one.is_applicable, one.left_out_reason = True, ""
    sheets.log(session, sheet, "taken_in", line=line, by=by, now=now)
    session.flush()


def leaves(session: Session, sheet: ScoreSheet, line: ScoreLine) -> list[ScoreLine]:
    """The criteria of a group at any depth, or the criterion itself."""
    if line.maximum is not None:
        return [line]
    return [
        one
        for one in below(line, sheets.lines_of(session, sheet))
        if one.maximum is not None
    ]


def score(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    *,
    points: Decimal | None = None,
    value: Fraction | None = None,
    note: str = "",
    basis: Mapping[str, Any] | None = None,
    by: int | None,
    now: datetime,
) -> None:
    """Give a criterion its own points: typed, or what its rule gives for a value.

    Args:
        points: typed ones, for a rule that takes no value.
        value: exact, in percent, for a rule that does.
        basis: of an index of a wave, what it was computed from.
    Raises:
        ScorecardError: what was given does not fit the rule or the maximum.
    """
    sheets.require(sheet, "self")
    if line.maximum is None or not line.is_applicable:
        raise ScorecardError(_("Tiêu chí này không chấm điểm."))
    rule = rules.of(line.rule) if line.rule is not None else None
    if rule is not None and rule.takes_value:
        if value is None:
            raise ScorecardError(
                _("Xin nhập chỉ số; điểm được tính theo quy tắc."), "value"
            )
        if basis and rule.measure != "survey":
            raise ScorecardError(
                _(
                    "Quy tắc này lấy “số liệu khác”, không được lấy chỉ số của đợt "
                    "khảo sát."
                )
            )
        points = rule.points(value)
    else:
        value = None
        if basis or points is None:
            raise ScorecardError(_("Xin nhập điểm tự chấm."), "points")
    if not 0 <= points <= line.maximum:
        raise ScorecardError(
            _("Điểm từ 0 đến %(most)s.", most=written(line.maximum)), "points"
        )
    told = sheets.points_words(line.self_points, points)
    line.self_points = points
    line.value = None if value is None else str(value)
    line.self_source = "wave" if basis else "value" if value is not None else "typed"
    line.basis = dict(basis or {})
    line.self_note = note
    sheets.log(session, sheet, "self_points", told, line=line, by=by, now=now)
    session.flush()


def clear(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Take the own points of a criterion away.

    Raises:
        ScorecardError: the step is over.
    """
    sheets.require(sheet, "self")
    _clear(line)
    sheets.log(session, sheet, "self_cleared", line=line, by=by, now=now)
    session.flush()


def appraise(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    points: Decimal,
    reason: str,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Write down what the first or the second appraisal gave a criterion.

    Raises:
        ScorecardError: no appraisal is on, more than the maximum, or points were
            taken away without a reason.
    """
    sheets.require(sheet, "submitted", "second")
    if line.maximum is None or not line.is_applicable:
        raise ScorecardError(_("Tiêu chí này không chấm điểm."))
    if not 0 <= points <= line.maximum:
        raise ScorecardError(
            _("Điểm từ 0 đến %(most)s.", most=written(line.maximum)), "points"
        )
    name = "first" if sheet.state == "submitted" else "second"
    before = line.self_points if name == "first" else line.first_points
    if before is not None and points < before and not reason:
        raise ScorecardError(_("Điểm thấp hơn trước đó thì cần nêu lý do."), "reason")
    told = sheets.points_words(getattr(line, f"{name}_points"), points)
    setattr(line, f"{name}_points", points)
    setattr(line, f"{name}_reason", reason)
    detail = f"{told} {reason}".strip()
    sheets.log(session, sheet, f"{name}_points", detail, line=line, by=by, now=now)
    session.flush()


def accept(
    session: Session, sheet: ScoreSheet, *, by: int | None, now: datetime
) -> int:
    """Give every criterion that has no points of the first appraisal yet its own
    points; how many.

    Raises:
        ScorecardError: the first appraisal is not on.
    """
    sheets.require(sheet, "submitted")
    waiting = [
        line
        for line in sheets.lines_of(session, sheet)
        if line.is_applicable
        and line.self_points is not None
        and line.first_points is None
    ]
    for line in waiting:
        appraise(
            session, sheet, line, line.self_points or Decimal(0), "", by=by, now=now
        )
    return len(waiting)


def explain(
    session: Session,
    sheet: ScoreSheet,
    line: ScoreLine,
    text: str,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Keep what the agency says to the points of the first appraisal.

    Raises:
        ScorecardError: the step is over, or its deadline.
    """
    sheets.require(sheet, "explaining")
    sheets.require_in_time(sheet, clock.local(now).date())
    line.explanation = text
    sheets.log(session, sheet, "explanation", text[:200], line=line, by=by, now=now)
    session.flush()
