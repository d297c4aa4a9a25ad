"""A sheet for a year: what it adds up to, what each step locks, who had to say why."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey import indices
from survey.models import ScoreLine, ScoreRule, ScoreSheet, Unit
from survey.scorecard import evidence, lines, reckoning, rulebook, rules, sheets
from survey.scorecard.evidence import Document
from survey.scorecard.reckoning import reckon
from survey.scorecard.terms import ScorecardError
from tests import cast
from tests.scorecard import office
from tests.scorecard.office import NOW, WHO, line_of, linear, made_sheet, score_all

pytestmark = pytest.mark.usefixtures("speaking")


@pytest.fixture
def sheet(session: Session, world: cast.World) -> ScoreSheet:
    return made_sheet(session, world)


def test_groups_follow_from_the_codes_and_add_up(session, sheet) -> None:
    score_all(session, sheet, c1_1="1", c1_2="1.75")
    made = reckon(session, sheet)
    told = [
        (row.line.code, row.depth, row.maximum, row.points["self"]) for row in made.rows
    ]
    assert told == [
        ("1", 0, Fraction("3.5"), Fraction("2.75")),
        ("1.1", 1, Fraction("1.5"), 1),
        ("1.2", 1, 2, Fraction("1.75")),
        ("3", 0, 10, Fraction("8.42")),
        ("3.1", 1, 10, Fraction("8.42")),
    ]
    total = made.total
    assert (total.earned, total.maximum) == (Fraction("11.17"), Fraction("13.5"))
    assert total.index == Fraction(1117, 1350) * 100
    assert total.grade.title.vi == "Tốt"


def test_codes_stand_in_the_order_of_their_numbers(session, sheet) -> None:
    for code in ("10", "2", "1.10", "1.9"):
        lines.put(
            session,
            sheet,
            None,
            code=code,
            title="x",
            maximum=Decimal(1),
            rule=None,
            **WHO,
        )
    codes = [line.code for line in sheets.lines_of(session, sheet)]
    assert codes == ["1", "1.1", "1.2", "1.9", "1.10", "2", "3", "3.1", "10"]


def test_thanh_hoa_2023(session: Session, world: cast.World) -> None:
    """68.32 points of 84 that apply are 81.33 %, not 68.32 %."""
    sheet = made_sheet(
        session, world, criteria="1; Phần áp dụng; 84\n2; Phần không áp dụng; 16"
    )
    line = line_of(session, sheet, "1")
    lines.score(session, sheet, line, points=Decimal("68.32"), **WHO)
    part = line_of(session, sheet, "2")
    lines.leave_out(session, sheet, part, "Không có nhiệm vụ này", **WHO)
    total = reckon(session, sheet).total
    assert (total.earned, total.maximum) == (Fraction("68.32"), 84)
    assert sheets.written(total.index) == "81,33"


def test_the_year_in_which_satisfaction_is_taken_out(session, sheet) -> None:
    """As in 2021: points and maximum go, documents stay, and it can come back."""
    score_all(session, sheet, c1_1="1.5", c1_2="1")
    before = reckon(session, sheet).total
    evidence.put(
        session, sheet, line_of(session, sheet, "3.1"), None,
        Document(summary="Kết quả", link="/ket-qua/x"), None, **WHO,
    )  # fmt: skip
    group = line_of(session, sheet, "3")
    with pytest.raises(ScorecardError) as caught:
        lines.leave_out(session, sheet, group, "", **WHO)
    assert caught.value.field == "reason"
    reason = "Tỉnh dừng khảo sát năm 2021, hướng dẫn của Sở Nội vụ số 1/SNV"
    assert lines.leave_out(session, sheet, group, reason, **WHO) == 1
    made = reckon(session, sheet)
    assert before.maximum - made.total.maximum == 10
    assert made.total.index == Fraction(250, 350) * 100
    assert made.total.missing == 0
    assert (made.rows[3].maximum, made.rows[3].points["self"]) == (0, None)
    row = made.rows[-1]
    assert (row.line.left_out_reason, len(row.documents)) == (reason, 1)
    sheets.move_on(session, sheet, **WHO)  # nothing is asked of what is left out
    sheets.reopen(session, sheet, "Khảo sát lại", **WHO)
    lines.take_in(session, sheet, group, **WHO)
    assert reckon(session, sheet).total.missing == 1


def test_a_rule_that_says_so_takes_its_criterion_out(session, sheet) -> None:
    rule = rulebook.add(
        session,
        rules.made(code="dung-2021", title="Dừng khảo sát", kind="not_applicable",
                   source="Văn bản 1/UBND"),
        now=NOW,
    )  # fmt: skip
    line = line_of(session, sheet, "3.1")
    lines.put(
        session,
        sheet,
        line,
        code="3.1",
        title="x",
        maximum=Decimal(10),
        rule=rule,
        **WHO,
    )
    assert (line.is_applicable, line.left_out_reason) == (
        False,
        "Dừng khảo sát – Văn bản 1/UBND",
    )
    with pytest.raises(ScorecardError, match="không chấm"):
        lines.take_in(session, sheet, line, **WHO)


def test_a_sheet_without_classes_has_none_and_no_way_up(session, sheet) -> None:
    sheet.grades = []
    score_all(session, sheet)
    made = reckon(session, sheet)
    assert (made.total.grade, made.total.above) == (None, None)
    assert reckoning.needed(made) == ()


@pytest.mark.parametrize(
    ("mode", "factor", "expected"),
    [
        ("recovered_points", "0.70", "8.10"),
        ("whole_criterion", "0.70", "6.30"),
        ("recovered_points", "1.00", "9.00"),
        ("recovered_points", "0.00", "6.00"),
    ],
)
def test_the_second_appraisal_counts_by_the_sheets_factor_and_mode(
    session, world, mode, factor, expected
) -> None:
    sheet = made_sheet(session, world, criteria="1; Một tiêu chí; 10")
    line = line_of(session, sheet, "1")
    sheet.second_mode, sheet.second_factor = mode, Decimal(factor)
    lines.score(session, sheet, line, points=Decimal(9), **WHO)
    sheets.move_on(session, sheet, **WHO)
    lines.appraise(session, sheet, line, Decimal(6), "Thiếu văn bản", **WHO)
    for _ in range(2):
        sheets.move_on(session, sheet, **WHO)
    assert reckon(session, sheet).total.earned == 6  # until it is appraised again
    lines.appraise(session, sheet, line, Decimal(9), "", **WHO)
    made = reckon(session, sheet)
    assert made.total.earned == Fraction(expected)
    sheets.move_on(session, sheet, **WHO)
    assert (sheet.state, reckon(session, sheet).total.earned) == (
        "published",
        Fraction(expected),
    )


def test_points_without_a_document_are_at_stake_and_thirty_percent_of_them_for_good(
    session, sheet
) -> None:
    score_all(session, sheet, c1_1="1.5", c1_2="1")
    made = reckon(session, sheet)
    assert [(row.line.code, row.stake.now) for row in made.without_documents] == [
        ("3.1", Fraction("8.42")),
        ("1.1", Fraction("1.5")),
        ("1.2", 1),
    ]
    assert made.stake.now == Fraction("10.92")
    assert made.stake.by_second == Fraction("10.92") * Fraction(3, 10)
    put = {"session": session, "sheet": sheet, "row": None, "upload": None, **WHO}
    for code, document in (
        ("1.1", Document(summary="Có", link="/ket-qua/")),
        ("1.2", Document(summary="Còn thiếu")),
        ("3.1", Document(summary="Cũ", link="/ket-qua/", is_stale=True)),
    ):
        evidence.put(line=line_of(session, sheet, code), document=document, **put)
    left = [row.line.code for row in reckon(session, sheet).without_documents]
    assert left == ["3.1", "1.2"]


def test_before_anything_is_scored_all_of_a_criterion_is_at_stake(
    session, sheet
) -> None:
    made = reckon(session, sheet)
    assert made.stake.now == Fraction("13.5")
    assert (made.total.given, made.total.missing) == (0, 3)


def test_what_the_class_above_needs_is_enough_and_two_hundredths_less_is_not(
    session, sheet
) -> None:
    score_all(session, sheet, c1_1="1", c1_2="1", c3_1="60")
    made = reckon(session, sheet)
    assert (made.total.grade.title.vi, made.total.above.grade.title.vi) == (
        "Trung bình",
        "Khá",
    )
    (need,) = reckoning.needed(made)
    assert (need.row.line.code, need.value) == ("3.1", Decimal("67.80"))
    row = need.row
    reached = reckoning.what_if(made, row, Fraction(need.value))
    missed = reckoning.what_if(made, row, Fraction(need.value) - Fraction(1, 10))
    assert reached.total.grade.title.vi == "Khá"
    assert missed.total.grade.title.vi == "Trung bình"
    assert reached.change == Fraction("0.78")
    session.expire_all()
    assert line_of(session, sheet, "3.1").value == "60"  # trying keeps nothing


def test_a_class_that_one_criterion_cannot_bring_is_said_to_be_out_of_reach(
    session, sheet
) -> None:
    score_all(session, sheet, c1_1="0", c1_2="0", c3_1="10")
    sheet.grades = [["Tốt", "90"], ["Yếu", "0"]]
    (need,) = reckoning.needed(reckon(session, sheet))
    assert (need.points, need.value) == (None, None)


@given(
    own=st.integers(0, 10_000),
    others=st.integers(0, 1000),
    maximum=st.integers(1, 1000),
    threshold=st.integers(1, 10_000),
)
def test_the_needed_index_brings_the_class_whenever_it_can_be_had(
    own: int, others: int, maximum: int, threshold: int
) -> None:
    """One linear criterion beside 100 points of others, of which some are earned."""
    rule = linear(str(Decimal(maximum) / 10))
    stored = ScoreRule(version=1, steps=[], rounds_first=False, source="")
    for name in ("code", "title", "kind", "measure", "maximum"):
        setattr(stored, name, getattr(rule, name))
    line = ScoreLine(code="1", maximum=rule.maximum, is_applicable=True, rule=stored)
    grades = sheets.grades_from([["Cao", str(Decimal(threshold) / 100)], ["Thấp", "0"]])
    points = Fraction(rule.points(Fraction(own, 100)))
    most = Fraction(rule.maximum) + 100
    row = reckoning.Row(
        line=line, depth=0, maximum=Fraction(rule.maximum), points={"self": points}
    )
    total = reckoning.total_of(points + Fraction(others, 10), most, grades)
    made = reckoning.Reckoned(
        sheet=ScoreSheet(state="self"),
        rows=(row,),
        totals={"self": total},
        grades=grades,
    )
    for need in reckoning.needed(made):
        if need.value is None:
            best = reckoning.what_if(made, row, Fraction(100))
            assert best.total.grade.title.vi == "Thấp"
        else:
            reached = reckoning.what_if(made, row, Fraction(need.value))
            assert reached.total.grade.title.vi == "Cao"


def test_a_pasted_list_is_taken_whole_or_not_at_all(session, sheet) -> None:
    before = len(sheets.lines_of(session, sheet))
    for text, words in (
        ("7; Một; 1\n7.1; Dưới một tiêu chí; 1", "Dòng 2: 7 đã có điểm tối đa"),
        ("7; Một; nhiều", "Dòng 1: Xin nhập một số"),
        ("1.1; Trùng; 1", "Dòng 1: Mã này đã có"),
        ("1; Nhóm; 5", "Dòng 1: Mã này đã có"),
        ("7; Một; 12; hai-long", "điểm tối đa 10,00"),
        ("7; Một; 1; khong-co", "Không có quy tắc"),
        ("7..1; Mã lạ; 1", "Mã như 5"),
        ("  \n", "ít nhất một dòng"),
    ):
        with pytest.raises(ScorecardError, match=words) as caught:
            lines.paste(session, sheet, text, **WHO)
        assert caught.value.field == "listing"
        session.rollback()
    assert len(sheets.lines_of(session, sheet)) == before
    count = lines.paste(
        session, sheet, "7\tCột cách nhau bằng tab\t1,25\n\n8;Nhóm", **WHO
    )
    assert (count, line_of(session, sheet, "7").maximum) == (2, Decimal("1.25"))


def test_a_new_year_is_begun_with_the_criteria_of_the_last_and_without_its_points(
    session, sheet
) -> None:
    score_all(session, sheet)
    sheets.move_on(session, sheet, **WHO)
    rulebook.change(
        session, office.newest_rule(session), linear(title="Tên mới"), now=NOW
    )
    unit = session.get_one(Unit, sheet.unit_id)
    following = sheets.create(session, unit, 2027, copied=sheet, **WHO)
    copied = sheets.lines_of(session, following)
    assert [line.code for line in copied] == ["1", "1.1", "1.2", "3", "3.1"]
    assert {line.self_points for line in copied} == {None}
    assert copied[-1].rule.version == 2
    assert (following.grades, following.submit_by) == (office.GRADES, None)
    made = reckon(session, following, before=sheet)
    assert made.rows[-1].previous.self_points == Decimal("8.42")
    with pytest.raises(ScorecardError) as caught:
        sheets.create(session, unit, 2027, **WHO)
    assert caught.value.field == "year"


@pytest.mark.parametrize(
    "grades",
    [
        [["Tốt", "80"]],
        [["Tốt", "80"], ["Yếu", "5"]],
        [["Tốt", "80"], ["Tốt", "0"]],
        [["Tốt", "101"], ["Yếu", "0"]],
        [["Tốt", "80"], ["Khá", "80"], ["Yếu", "0"]],
    ],
)
def test_classes_must_fall_to_nothing(grades) -> None:
    with pytest.raises(ScorecardError) as caught:
        sheets.grades_from(grades)
    assert caught.value.field == "grades"


@pytest.mark.parametrize(
    ("marks", "points", "name"),
    [
        ([2] * 9, 18, "Xuất sắc"),
        ([2] * 7 + [1, 0], 15, "Xuất sắc"),  # exactly 15 does not fall through
        ([2] * 7 + [0, 0], 14, "Tốt"),
        ([2] * 6 + [0] * 3, 12, "Tốt"),
        ([1] * 9, 9, "Khá"),
        ([1] * 6 + [0] * 3, 6, "Trung bình"),
        ([1] * 5 + [0] * 4, 5, "Yếu"),
        ([0] * 9, 0, "Yếu"),
    ],
)
def test_the_18_point_sheet_is_off_until_it_is_asked_for(
    session, sheet, marks, points, name
) -> None:
    with pytest.raises(ScorecardError, match="không bật"):
        sheets.set_historic(session, sheet, marks, **WHO)
    sheet.shows_historic = True
    sheets.set_historic(session, sheet, marks, **WHO)
    found = indices.grade_of(indices.sheet_points(sheet.historic), indices.SHEET_GRADES)
    assert (sum(sheet.historic), found.title.vi) == (points, name)
    assert reckon(session, sheet).total.earned == 0  # never part of the points


def test_the_group_of_766_stands_apart_from_the_points(session, sheet) -> None:
    assert sheets.national_points(sheet) == {}
    counts = {
        "reactions": 4, "on_time": 3, "content": 4,
        "dossiers": 100, "late": 10, "disliked": 5,
    }  # fmt: skip
    sheets.set_national(session, sheet, counts, "Cổng DVCQG, 01/8/2026", **WHO)
    points = sheets.national_points(sheet)
    assert {code: sheets.written(value) for code, value in points.items()} == {
        "5.2": "4,50",
        "5.3": "6,00",
        "5.4": "5,67",
        "sum": "16,17",
    }
    assert reckon(session, sheet).total.earned == 0
    with pytest.raises(ScorecardError) as caught:
        sheets.set_national(session, sheet, {**counts, "late": 101}, "x", **WHO)
    assert caught.value.field == "late"
    nothing = dict.fromkeys(counts, 0)
    sheets.set_national(session, sheet, nothing, "x", **WHO)
    assert list(sheets.national_points(sheet).values()) == [6, 6, 0, 12]


@pytest.mark.parametrize(
    "change",
    [
        {"self_points": Decimal("1.51"), "self_source": "typed"},
        {"self_points": Decimal("-0.01"), "self_source": "typed"},
        {"self_points": Decimal(1)},  # from nowhere
        {"first_points": Decimal(2)},
        {"second_points": Decimal(2)},
        {"is_applicable": False},  # without a reason
        {"maximum": Decimal(0)},
        {"code": "1.2"},
    ],
)
def test_the_database_refuses_what_cannot_be(session, sheet, change) -> None:
    line = line_of(session, sheet, "1.1")
    for name, value in change.items():
        setattr(line, name, value)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_points_of_three_decimals_are_not_stored(session, sheet) -> None:
    line = line_of(session, sheet, "1.1")
    line.self_points, line.self_source = Decimal("0.125"), "typed"
    with pytest.raises(sa.exc.StatementError, match="two decimals"):
        session.flush()
    session.rollback()
