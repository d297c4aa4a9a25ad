"""The sheet of an agency for a year: its steps, what each step locks, its settings and
its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import indices, web
from survey.formats import date_text
from survey.indices import Grade, Grades
from survey.models import SHEET_STATES, ScoreEvent, ScoreLine, ScoreSheet, Unit
from survey.questionnaire.schema import Text
from survey.scorecard import rulebook, rules
from survey.scorecard.terms import SETTINGS, STATES, ScorecardError, written

MOST_GRADES: Final = 8


def of(session: Session, sheet_id: int, *, locks: bool = False) -> ScoreSheet | None:
    """The sheet; with `locks` nobody else changes it until the end of the transaction,
    so that a step cannot be left while something of it is written."""
    return session.get(ScoreSheet, sheet_id, with_for_update=locks or None)


def lines_of(session: Session, sheet: ScoreSheet) -> list[ScoreLine]:
    """The criteria of a sheet in the order of their codes."""
    query = sa.select(ScoreLine).where(ScoreLine.sheet_id == sheet.id)
    return sorted(session.scalars(query), key=lambda line: code_key(line.code))


def code_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """The place of a code: 5.2 before 5.10, numbers before letters."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in code.split(".")
    )


def create(
    session: Session,
    unit: Unit,
    year: int,
    *,
    copied: ScoreSheet | None = None,
    is_sample: bool = False,
    by: int | None,
    now: datetime,
) -> ScoreSheet:
    """A new sheet, empty or with the criteria and settings of another one.

    Of another sheet no points, no documents and no deadlines are taken; each rule comes
    in its newest version.

    Raises:
        ScorecardError: the agency has one for this year.
    """
    if not 2000 <= year <= 2100:
        raise ScorecardError(_("Xin nhập năm từ 2000 đến 2100."), "year")
    taken = sa.exists().where(ScoreSheet.unit_id == unit.id, ScoreSheet.year == year)
    if session.scalar(sa.select(taken)):
        raise ScorecardError(_("Cơ quan này đã có phiếu của năm đó."), "year")
    sheet = ScoreSheet(unit_id=unit.id, year=year, made_at=now, is_sample=is_sample)
    session.add(sheet)
    if copied is not None:
        _copy_settings(copied, sheet)
    session.flush()
    if copied is not None:
        _copy_lines(session, copied, sheet)
    log(session, sheet, "made", by=by, now=now)
    return sheet


def _copy_settings(source: ScoreSheet, sheet: ScoreSheet) -> None:
    for name in (
        "second_factor",
        "second_mode",
        "second_source",
        "grades",
        "grades_source",
        "shows_historic",
    ):
        setattr(sheet, name, getattr(source, name))


def _copy_lines(session: Session, source: ScoreSheet, sheet: ScoreSheet) -> None:
    newest = {row.code: row for row in rulebook.latest(session)}
    for line in lines_of(session, source):
        rule = newest[line.rule.code] if line.rule else None
        if rule is not None and rule.maximum not in (None, line.maximum):
            rule = line.rule  # the newest has another maximum: a person must choose
        session.add(
            ScoreLine(
                sheet_id=sheet.id,
                code=line.code,
                title=line.title,
                maximum=line.maximum,
                rule_id=rule.id if rule else None,
            )
        )
    session.flush()


def change_settings(
    session: Session,
    sheet: ScoreSheet,
    changed: Mapping[str, Any],
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Set deadlines, the factor of the second appraisal, classes and their sources.

    Raises:
        ScorecardError: the sheet is published, or the settings cannot be.
    """
    if sheet.state == "published":
        raise ScorecardError(_("Phiếu đã công bố nên không sửa được thiết lập."))
    factor = changed["second_factor"]
    if not 0 <= factor <= 1:
        raise ScorecardError(_("Hệ số từ 0 đến 1."), "second_factor")
    first, last = changed["submit_by"], changed["explain_by"]
    if first is not None and last is not None and last < first:
        raise ScorecardError(
            _("Hạn giải trình không được trước hạn nộp."), "explain_by"
        )
    if changed["grades"]:
        grades_from(changed["grades"])
    told = [
        f"{SETTINGS[name]}: {_told(getattr(sheet, name))} → {_told(value)}"
        for name, value in changed.items()
        if getattr(sheet, name) != value
    ]
    for name, value in changed.items():
        setattr(sheet, name, value)
    if told:
        log(session, sheet, "settings", "; ".join(told), by=by, now=now)
    session.flush()


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Có") if value else _("Không"))
    if isinstance(value, date):
        return date_text(value, web.language())
    if isinstance(value, Decimal):
        return written(value)
    if isinstance(value, list):
        return ", ".join(f"{name} ≥ {least}" for name, least in value) or "–"
    if isinstance(value, str) and value in indices.APPRAISALS:
        return indices.APPRAISALS[value].get(web.language())
    return "–" if value in (None, "") else str(value)


def grades_from(pairs: Sequence[Sequence[str]]) -> Grades:
    """Classes from pairs of a name and the least index that reaches it.

    Raises:
        ScorecardError: they do not fall to 0, or a name stands twice.
    """
    try:
        return Grades(
            maximum=Fraction(100),
            grades=tuple(
                Grade(
                    code=str(place),
                    title=Text(vi=name, en=name),
                    least=Fraction(least),
                )
                for place, (name, least) in enumerate(pairs)
            ),
        )
    except indices.IndicesError:
        raise ScorecardError(
            _(
                "Xếp loại phải từ cao xuống thấp, loại thấp nhất bắt đầu từ 0, mốc cao "
                "nhất không quá 100, tên không trùng nhau."
            ),
            "grades",
        ) from None


def grades_of(sheet: ScoreSheet) -> Grades | None:
    """The classes of a sheet; None while nobody has said any."""
    return grades_from(sheet.grades) if sheet.grades else None


def require(sheet: ScoreSheet, *states: str) -> None:
    """Refuse what does not belong to the step the sheet is in.

    Raises:
        ScorecardError: the sheet is in none of these states.
    """
    if sheet.state not in states:
        raise ScorecardError(
            _(
                "Phiếu đang ở bước “%(state)s”, nên phần này đã khóa. Cần sửa thì "
                "quản trị mở lại bước trước, có nêu lý do.",
                state=STATES[sheet.state],
            )
        )


def move_on(
    session: Session, sheet: ScoreSheet, *, by: int | None, now: datetime
) -> None:
    """Finish the step the sheet is in; what belongs to it is locked from then on.

    Raises:
        ScorecardError: the step is not finished; the message says what is missing.
    """
    lines = [
        line
        for line in lines_of(session, sheet)
        if line.maximum is not None and line.is_applicable
    ]
    if sheet.state == "self":
        _check_self(lines)
        used = {line.rule_id for line in lines if line.rule_id is not None}
        rulebook.freeze(session, used, now=now)
    elif sheet.state == "submitted":
        missing = [line.code for line in lines if line.first_points is None]
        if missing:
            raise ScorecardError(
                _("Chưa có điểm thẩm định lần 1: %(codes)s.", codes=_listed(missing))
            )
    elif sheet.state == "published":
        raise ScorecardError(_("Phiếu đã công bố, không còn bước nào."))
    before = sheet.state
    sheet.state = SHEET_STATES[SHEET_STATES.index(before) + 1]
    told = f"{STATES[before]} → {STATES[sheet.state]}"
    log(session, sheet, "moved_on", told, by=by, now=now)
    session.flush()


def _check_self(lines: Sequence[ScoreLine]) -> None:
    if not lines:
        raise ScorecardError(_("Phiếu chưa có tiêu chí nào để chấm."))
    missing = [line.code for line in lines if line.self_points is None]
    if missing:
        raise ScorecardError(
            _("Chưa có điểm tự chấm: %(codes)s.", codes=_listed(missing))
        )
    outdated = [line.code for line in lines if is_outdated(line)]
    if outdated:
        raise ScorecardError(
            _(
                "Quy tắc đã sửa sau khi chấm, xin chấm lại: %(codes)s.",
                codes=_listed(outdated),
            )
        )


def is_outdated(line: ScoreLine) -> bool:
    """Whether a line's points are not what its rule now gives for its value."""
    if line.rule is None or line.value is None or line.self_points is None:
        return False
    rule = rules.of(line.rule)
    return rule.takes_value and rule.points(Fraction(line.value)) != line.self_points


def _listed(codes: Sequence[str]) -> str:
    more = len(codes) - 10
    words = ", ".join(codes[:10])
    return words if more <= 0 else _("%(codes)s và %(n)s nữa", codes=words, n=more)


def reopen(
    session: Session, sheet: ScoreSheet, reason: str, *, by: int | None, now: datetime
) -> None:
    """Go back one step, with a reason; what was written in the step stays.

    Raises:
        ScorecardError: no reason, or the first step.
    """
    if sheet.state == "self":
        raise ScorecardError(_("Phiếu đang ở bước đầu tiên."))
    if not reason:
        raise ScorecardError(_("Xin nêu lý do mở lại."), "reason")
    before = sheet.state
    sheet.state = SHEET_STATES[SHEET_STATES.index(before) - 1]
    told = f"{STATES[before]} → {STATES[sheet.state]}: {reason}"
    log(session, sheet, "reopened", told, by=by, now=now)
    session.flush()


def remove(session: Session, sheet: ScoreSheet) -> None:
    """Remove a sheet that was never handed in, with all that hangs on it.

    Raises:
        ScorecardError: it was handed in once.
    """
    was_in = sa.exists().where(
        ScoreEvent.sheet_id == sheet.id, ScoreEvent.action == "moved_on"
    )
    if session.scalar(sa.select(was_in)):
        raise ScorecardError(_("Phiếu đã từng nộp nên không xóa được."))
    session.execute(sa.delete(ScoreSheet).where(ScoreSheet.id == sheet.id))


def is_explaining_over(sheet: ScoreSheet, today: date) -> bool:
    """Whether the deadline for explanations has passed."""
    return sheet.explain_by is not None and today > sheet.explain_by


def require_in_time(sheet: ScoreSheet, today: date) -> None:
    """Refuse explanations and documents after their deadline.

    Raises:
        ScorecardError: the sheet is at that step and its deadline has passed.
    """
    if sheet.state == "explaining" and is_explaining_over(sheet, today):
        raise ScorecardError(
            _("Đã hết hạn giải trình. Quản trị có thể gia hạn ở thiết lập của phiếu.")
        )


def set_national(
    session: Session,
    sheet: ScoreSheet,
    counts: Mapping[str, int],
    source: str,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Keep the typed counts of the satisfaction group of QĐ 766.

    Args:
        counts: `reactions`, `on_time`, `content`, `dossiers`, `late`, `disliked`.
    Raises:
        ScorecardError: a part is more than its whole, or the step is over.
    """
    require(sheet, "self")
    for part, whole in (
        ("on_time", "reactions"),
        ("content", "reactions"),
        ("late", "dossiers"),
        ("disliked", "dossiers"),
    ):
        if counts[part] > counts[whole]:
            raise ScorecardError(_("Số này không được lớn hơn tổng số."), part)
    sheet.national = {**counts, "source": source}
    log(session, sheet, "national", source, by=by, now=now)
    session.flush()


def national_points(sheet: ScoreSheet) -> dict[str, Fraction]:
    """The three metrics of the satisfaction group of QĐ 766 and their sum, unrounded;
    nothing while no counts were typed.

    Source: domain.md section 8; reproduces published values, not the legal text.
    """
    kept = sheet.national
    if not kept:
        return {}
    points = {
        "5.2": indices.reaction_points(kept["on_time"], kept["reactions"]),
        "5.3": indices.reaction_points(kept["content"], kept["reactions"]),
        "5.4": indices.handling_points(
            kept["late"], kept["disliked"], kept["dossiers"]
        ),
    }
    return {**points, "sum": indices.satisfaction_group(tuple(points.values()))}


def set_historic(
    session: Session,
    sheet: ScoreSheet,
    marks: Sequence[int],
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Keep the marks of the 18-point sheet, or none.

    Raises:
        ScorecardError: the sheet does not show it, a mark that cannot be.
    """
    require(sheet, "self")
    if not sheet.shows_historic:
        raise ScorecardError(_("Phiếu này không bật phần phiếu 18 điểm."))
    if marks:
        try:
            indices.sheet_points(marks)
        except indices.IndicesError:
            raise ScorecardError(_("Mỗi chỉ số được 2, 1 hoặc 0 điểm.")) from None
    sheet.historic = list(marks)
    log(session, sheet, "historic", str(sum(marks)), by=by, now=now)
    session.flush()


def log(
    session: Session,
    sheet: ScoreSheet,
    action: str,
    detail: str = "",
    *,
    line: ScoreLine | None = None,
    by: int | None,
    now: datetime,
) -> None:
    """Add to the history of a sheet."""
    session.add(
        ScoreEvent(
            sheet_id=sheet.id,
            action=action,
            line_code=line.code if line else None,
            detail=detail[:600],
            happened_at=now,
            account_id=by,
        )
    )


def points_words(before: Decimal | None, after: Decimal | None) -> str:
    """A change of points for the log."""
    told = ("–" if one is None else written(one) for one in (before, after))
    return " → ".join(told)
