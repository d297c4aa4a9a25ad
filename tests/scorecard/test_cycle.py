"""Step by step: what each step locks, what going back asks for, and rules that never
change once they were handed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.models import ScoreEvent, ScoreLine, ScoreRule, ScoreSheet, Unit
from survey.scorecard import evidence, lines, rulebook, sheets
from survey.scorecard.evidence import Document
from survey.scorecard.terms import ScorecardError
from tests import cast
from tests.scorecard import office
from tests.scorecard.office import NOW, WHO, line_of, linear, made_sheet, score_all

pytestmark = pytest.mark.usefixtures("speaking")


@pytest.fixture
def sheet(session: Session, world: cast.World) -> ScoreSheet:
    return made_sheet(session, world)


def test_each_step_locks_what_belongs_to_the_step_before(session, sheet) -> None:
    score_all(session, sheet)
    line = line_of(session, sheet, "1.1")
    document = Document(summary="Một", link="/ket-qua/")
    kept = evidence.put(session, sheet, line, None, document, None, **WHO)
    refused = {
        "score": lambda: lines.score(session, sheet, line, points=Decimal(1), **WHO),
        "put": lambda: lines.put(
            session, sheet, line, code="1.1", title="y", maximum=Decimal(1), rule=None,
            **WHO,
        ),
        "leave": lambda: lines.leave_out(session, sheet, line, "x", **WHO),
        "remove": lambda: lines.remove(session, sheet, line, **WHO),
        "add": lambda: evidence.put(session, sheet, line, None, document, None, **WHO),
        "edit": lambda: evidence.put(session, sheet, line, kept, document, None, **WHO),
        "drop": lambda: evidence.remove(session, sheet, line, kept, **WHO),
        "appraise": lambda: lines.appraise(
            session, sheet, line, Decimal(1), "x", **WHO
        ),
        "explain": lambda: lines.explain(session, sheet, line, "x", **WHO),
        "settings": lambda: sheets.change_settings(session, sheet, {
            "submit_by": None, "explain_by": None, "second_factor": Decimal("0.5"),
            "grades": [],
        }, **WHO),
    }  # fmt: skip
    open_in = {
        "self": {"score", "put", "leave", "remove", "add", "edit", "drop", "settings"},
        "submitted": {"appraise", "settings"},
        "explaining": {"add", "explain", "settings"},
        "second": {"appraise", "settings"},
        "published": set(),
    }
    for state, may in open_in.items():
        for name, act in refused.items():
            if name in may:
                continue
            with pytest.raises(ScorecardError):
                act()
        if state != "published":
            if state == "submitted":
                lines.accept(session, sheet, **WHO)
            sheets.move_on(session, sheet, **WHO)
    with pytest.raises(ScorecardError, match="không còn bước"):
        sheets.move_on(session, sheet, **WHO)


def test_a_step_is_not_left_before_it_is_finished(session, sheet) -> None:
    with pytest.raises(ScorecardError, match=r"Chưa có điểm tự chấm: 1\.1, 1\.2, 3\.1"):
        sheets.move_on(session, sheet, **WHO)
    score_all(session, sheet)
    sheets.move_on(session, sheet, **WHO)
    with pytest.raises(ScorecardError, match="Chưa có điểm thẩm định lần 1"):
        sheets.move_on(session, sheet, **WHO)


def test_fewer_points_than_asked_need_a_reason(session, sheet) -> None:
    score_all(session, sheet)
    sheets.move_on(session, sheet, **WHO)
    line = line_of(session, sheet, "1.1")
    with pytest.raises(ScorecardError) as caught:
        lines.appraise(session, sheet, line, Decimal(1), "", **WHO)
    assert caught.value.field == "reason"
    with pytest.raises(ScorecardError) as caught:
        lines.appraise(session, sheet, line, Decimal("1.51"), "x", **WHO)
    assert caught.value.field == "points"


def test_going_back_needs_a_reason_and_is_remembered(session, sheet) -> None:
    score_all(session, sheet)
    office.accept_all(session, sheet)
    with pytest.raises(ScorecardError) as caught:
        sheets.reopen(session, sheet, "", **WHO)
    assert caught.value.field == "reason"
    sheets.reopen(session, sheet, "Nhập nhầm điểm 1.1", **WHO)
    assert sheet.state == "self"
    last = session.scalars(sa.select(ScoreEvent).order_by(ScoreEvent.id.desc())).first()
    assert (last.action, "Nhập nhầm điểm 1.1" in last.detail) == ("reopened", True)
    assert line_of(session, sheet, "1.1").first_points == Decimal("1.50")
    with pytest.raises(ScorecardError, match="bước đầu tiên"):
        sheets.reopen(session, sheet, "x", **WHO)


def test_after_the_deadline_nothing_is_explained_or_added_until_it_is_moved(
    session, sheet
) -> None:
    score_all(session, sheet)
    office.accept_all(session, sheet)
    sheets.move_on(session, sheet, **WHO)
    line = line_of(session, sheet, "1.1")
    sheet.explain_by = NOW.date() - timedelta(days=1)
    document = Document(summary="Muộn", link="/ket-qua/")
    with pytest.raises(ScorecardError, match="hết hạn"):
        lines.explain(session, sheet, line, "x", **WHO)
    with pytest.raises(ScorecardError, match="hết hạn"):
        evidence.put(session, sheet, line, None, document, None, **WHO)
    sheet.explain_by = NOW.date()  # the last day itself is in time
    lines.explain(session, sheet, line, "Đã có văn bản", **WHO)
    evidence.put(session, sheet, line, None, document, None, **WHO)
    assert line.explanation == "Đã có văn bản"


def test_a_rule_that_was_handed_in_never_changes(session, sheet) -> None:
    first = office.newest_rule(session)
    assert first.frozen_at is None
    changed = rulebook.change(session, first, linear(title="Sửa tên"), now=NOW)
    assert (changed.id, changed.version) == (first.id, 1)
    score_all(session, sheet)
    sheets.move_on(session, sheet, **WHO)
    session.refresh(first)
    assert first.frozen_at == NOW
    newer = rulebook.change(session, first, linear("12"), now=NOW)
    assert (newer.version, newer.maximum) == (2, 12)
    session.refresh(first)
    assert (first.maximum, first.title) == (10, "Sửa tên")
    assert line_of(session, sheet, "3.1").rule_id == first.id
    with pytest.raises(ScorecardError, match="phiên bản cũ"):
        rulebook.change(session, first, linear("11"), now=NOW)
    for row in (first, newer):
        if row is first:
            with pytest.raises(ScorecardError):
                rulebook.remove(session, row)
        else:
            rulebook.remove(session, row)


def test_a_rule_that_lines_use_keeps_its_maximum_and_a_changed_one_is_scored_again(
    session, world
) -> None:
    rule = office.steps(("90", "5"), ("80", "4"))
    sheet = made_sheet(session, world, criteria="1; Đúng hạn; ; theo-bac", rule=rule)
    line = line_of(session, sheet, "1")
    lines.score(session, sheet, line, value=Fraction(85), **WHO)
    row = office.newest_rule(session, "theo-bac")
    with pytest.raises(ScorecardError, match="đang dùng quy tắc này"):
        rulebook.change(session, row, office.steps(("90", "6"), ("80", "4")), now=NOW)
    rulebook.change(session, row, office.steps(("90", "5"), ("86", "4")), now=NOW)
    session.expire_all()
    assert sheets.is_outdated(line)
    with pytest.raises(ScorecardError, match="Quy tắc đã sửa sau khi chấm"):
        sheets.move_on(session, sheet, **WHO)
    lines.score(session, sheet, line, value=Fraction(85), **WHO)
    assert line.self_points == 0
    sheets.move_on(session, sheet, **WHO)


def test_loading_adds_changes_and_versions_and_the_same_file_again_does_nothing(
    session, sheet
) -> None:
    score_all(session, sheet)
    sheets.move_on(session, sheet, **WHO)
    other = office.steps(("90", "5"))
    loaded = rulebook.load(session, [linear("12"), other], now=NOW)
    assert (loaded.versioned, loaded.added) == (("hai-long",), ("theo-bac",))
    loaded = rulebook.load(
        session, [linear("12"), replace(other, title="Khác")], now=NOW
    )
    assert (loaded.same, loaded.changed) == (("hai-long",), ("theo-bac",))
    codes = [(row.code, row.version) for row in rulebook.latest(session)]
    assert codes == [("hai-long", 2), ("theo-bac", 1)]


def test_only_a_sheet_that_was_never_handed_in_can_be_removed(session, sheet) -> None:
    score_all(session, sheet)
    sheets.move_on(session, sheet, **WHO)
    sheets.reopen(session, sheet, "x", **WHO)
    with pytest.raises(ScorecardError, match="từng nộp"):
        sheets.remove(session, sheet)
    unit = session.get_one(Unit, sheet.unit_id)
    other = sheets.create(session, unit, 2030, copied=sheet, **WHO)
    sheets.remove(session, other)
    session.commit()
    assert session.scalar(sa.select(sa.func.count(ScoreSheet.id))) == 1
    assert session.scalar(sa.select(sa.func.count(ScoreLine.id))) == 5


def test_a_rule_out_of_force_or_of_the_sample_is_not_offered(session, sheet) -> None:
    def offered() -> list[str]:
        return [row.code for row in lines.rule_choices(session, sheet)]

    past = linear(code="cu", valid_to=date(2025, 12, 31))
    rulebook.add(session, past, now=NOW)
    rulebook.add(session, linear(code="mau", is_sample=True), now=NOW)
    assert offered() == ["hai-long"]
    kept = session.scalars(sa.select(ScoreRule).where(ScoreRule.code == "cu")).one()
    found = lines.rule_choices(session, sheet, kept)
    assert [row.code for row in found] == ["hai-long", "cu"]
