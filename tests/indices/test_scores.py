"""Points and classes: the vectors of domain.md 6 to 8, every boundary, and slow but
plain recomputations."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import formats
from survey.indices import (
    APPRAISALS,
    FOUR_GRADES,
    SHEET_GRADES,
    SHEET_INDICATORS,
    Bands,
    Grade,
    Grades,
    IndicesError,
    banded_points,
    grade_of,
    handling_points,
    index_for_points,
    next_band,
    next_grade,
    reaction_points,
    satisfaction_group,
    second_appraisal,
    sheet_points,
    sipas_points,
)
from survey.questionnaire.schema import Text

hundredths = st.integers(min_value=0, max_value=10_000).map(
    lambda n: Decimal(n).scaleb(-2)
)


@pytest.mark.parametrize(
    ("score", "name"),
    [
        ("18", "Xuất sắc"),
        ("15", "Xuất sắc"),  # a system in use let exactly 15 fall through to "Yếu"
        ("14.99", "Tốt"),
        ("12", "Tốt"),
        ("11.99", "Khá"),
        ("9", "Khá"),
        ("8.99", "Trung bình"),
        ("6", "Trung bình"),
        ("5.99", "Yếu"),
        ("0", "Yếu"),
    ],
)
def test_the_classes_of_the_18_point_sheet_at_their_boundaries(score, name):
    assert grade_of(Decimal(score), SHEET_GRADES).title.vi == name


@pytest.mark.parametrize("score", [Decimal("18.01"), -1, Decimal("-0.01"), 15.0])
def test_a_score_off_the_sheet_has_no_class(score):
    with pytest.raises(IndicesError):
        grade_of(score, SHEET_GRADES)


@pytest.mark.parametrize(
    ("score", "name"),
    [
        ("100", "Tốt"),
        ("80", "Tốt"),
        ("79.999", "Khá"),
        ("65", "Khá"),
        ("50", "Trung bình"),
        ("49.99", "Yếu"),
        ("0", "Yếu"),
    ],
)
def test_the_four_classes_at_their_boundaries(score, name):
    assert grade_of(Decimal(score), FOUR_GRADES).title.vi == name


@given(st.lists(st.sampled_from([0, 1, 2]), min_size=9, max_size=9))
def test_a_sheet_of_nine_marks_has_the_class_of_a_plain_chain(marks):
    points = sheet_points(marks)
    names = ["Yếu"] * 6 + ["Trung bình"] * 3 + ["Khá"] * 3 + ["Tốt"] * 3
    names += ["Xuất sắc"] * 4
    assert grade_of(points, SHEET_GRADES).title.vi == names[points]
    step = next_grade(points, SHEET_GRADES)
    if step is None:
        assert points >= 15
    else:
        assert names[points + int(step.missing)] == step.grade.title.vi
        assert names[points + int(step.missing) - 1] == names[points]


@pytest.mark.parametrize("marks", [[2] * 8, [2] * 10, [3] + [2] * 8, [-1] + [2] * 8])
def test_a_sheet_needs_nine_marks_of_2_1_or_0(marks):
    with pytest.raises(IndicesError):
        sheet_points(marks)
    assert len(SHEET_INDICATORS) == 9


def grades_from(*least, maximum=100, names="ABCDEFG"):
    return Grades(
        maximum=Fraction(maximum),
        grades=tuple(
            Grade(code=name, title=Text(vi=name, en=name), least=Fraction(one))
            for name, one in zip(names, least, strict=False)
        ),
    )


@pytest.mark.parametrize("least", [(), (80,), (50, 80, 0), (50, 50, 0), (101, 0)])
def test_classes_that_leave_a_gap_or_cross_are_refused(least):
    with pytest.raises(IndicesError):
        grades_from(*least)


def test_two_classes_of_one_name_are_refused():
    with pytest.raises(IndicesError):
        grades_from(80, 50, 0, names="ABA")


@given(st.sets(st.integers(min_value=1, max_value=100), max_size=6), hundredths)
def test_a_class_is_the_highest_whose_threshold_is_reached(thresholds, score):
    grades = grades_from(*sorted(thresholds, reverse=True), 0)
    reached = [one for one in {*thresholds, 0} if one <= score]
    assert grade_of(score, grades).least == max(reached)
    step = next_grade(score, grades)
    missing = sorted(one for one in thresholds if one > score)
    if missing:
        assert (step.grade.least, step.missing) == (missing[0], missing[0] - score)
    else:
        assert step is None


@pytest.mark.parametrize(
    ("first", "second", "recovered", "whole"),
    [
        (0, 1, "0.70", "0.70"),
        (6, 9, "8.10", "6.30"),
        (6, 8, "7.40", "5.60"),  # the whole criterion can lose by being appraised again
        (6, 6, "6.00", "6.00"),  # nothing was gained, so nothing is multiplied
        (6, 4, "4.00", "4.00"),
        (0, 0, "0.00", "0.00"),
    ],
)
def test_the_factor_of_the_second_appraisal_in_both_readings(
    first, second, recovered, whole
):
    points = (
        second_appraisal(first, second),
        second_appraisal(first, second, "whole_criterion"),
    )
    assert [formats.decimal_text(one) for one in points] == [recovered, whole]
    assert set(APPRAISALS) == {"recovered_points", "whole_criterion"}


@given(hundredths, hundredths, hundredths.map(lambda one: one / 100))
def test_a_second_appraisal_lies_between_the_two_when_points_are_recovered(
    first, second, factor
):
    points = second_appraisal(first, second, factor=factor)
    assert min(first, second) <= points <= max(first, second)
    assert second_appraisal(first, second, factor=1) == second
    gained = max(Decimal(0), second - first)
    assert points == Fraction(second - gained) + Fraction(factor) * Fraction(gained)


@pytest.mark.parametrize(
    "given_",
    [(-1, 2), (1, -2), (1, 2, "other"), (1, 2, "recovered_points", 2), (1.0, 2)],
)
def test_an_appraisal_that_cannot_be_is_refused(given_):
    with pytest.raises(IndicesError):
        second_appraisal(*given_)


@pytest.mark.parametrize(
    ("good", "total", "printed"),
    [(0, 0, "6.00"), (3, 4, "4.50"), (4, 4, "6.00"), (0, 4, "0.00")],
)
def test_reactions_give_all_points_when_there_were_none(good, total, printed):
    assert formats.decimal_text(reaction_points(good, total)) == printed


@pytest.mark.parametrize(
    ("good", "total", "printed"),
    [
        (90, 100, "6.00"),
        (85, 100, "5.67"),
        (45, 100, "3.00"),
        (100, 100, "6.00"),
        (0, 0, "0.00"),  # unlike reactions: no dossier, no points
    ],
)
def test_handling_gives_all_points_from_nine_in_ten(good, total, printed):
    bad = total - good
    for late in (0, bad // 2, bad):
        points = handling_points(late, bad - late, total)
        assert formats.decimal_text(points) == printed


def test_a_dossier_late_and_disliked_counts_twice_but_never_below_0():
    assert handling_points(6, 6, 10) == 0
    assert handling_points(4, 1, 10) == Fraction(6 * 5, 9)


@given(st.data())
def test_handling_agrees_with_decimals(data):
    total = data.draw(st.integers(min_value=1, max_value=10**6))
    late = data.draw(st.integers(min_value=0, max_value=total))
    disliked = data.draw(st.integers(min_value=0, max_value=total))
    rate = max(Decimal(0), 1 - Decimal(late + disliked) / total)
    slow = min(Decimal(6), 6 * rate / Decimal("0.90"))
    assert abs(handling_points(late, disliked, total) - Fraction(slow)) < Fraction(
        1, 10**20
    )


@pytest.mark.parametrize("counts", [(-1, 0, 3), (0, 4, 3), (4, 0, 3), (0, 0, -1)])
def test_counts_of_dossiers_that_cannot_be_are_refused(counts):
    with pytest.raises(IndicesError):
        handling_points(*counts)
    with pytest.raises(IndicesError):
        reaction_points(4, 3)


def test_the_satisfaction_group_is_18_points_of_three_metrics():
    assert satisfaction_group([6, Decimal("4.50"), 6]) == Fraction(33, 2)
    for wrong in ([6, 6], [6, 6, 7], [6, 6, -1], [6, 6, 5.5]):
        with pytest.raises(IndicesError):
            satisfaction_group(wrong)


@given(hundredths, st.integers(min_value=1, max_value=20))
def test_the_index_for_points_gives_exactly_these_points(points, maximum):
    index = index_for_points(points, maximum)
    if points > maximum:
        assert index is None
    else:
        assert sipas_points(index, maximum) == points


BANDS = Bands.of([(80, 6), (90, 10), (70, 3)])


@pytest.mark.parametrize(
    ("index", "points", "next_least"),
    [
        ("100", 10, None),
        ("90", 10, None),
        ("89.999", 6, 90),
        ("80", 6, 90),
        ("70", 3, 80),
        ("69.99", 0, 70),
        ("0", 0, 70),
    ],
)
def test_a_band_is_reached_at_exactly_its_threshold(index, points, next_least):
    assert banded_points(Decimal(index), BANDS) == points
    above = next_band(Decimal(index), BANDS)
    assert (above and above.least) == next_least
    assert BANDS.maximum == 10


@given(
    st.dictionaries(
        st.integers(min_value=0, max_value=100), st.just(0), min_size=1, max_size=6
    ),
    hundredths,
)
def test_points_in_steps_are_those_of_the_highest_step_reached(thresholds, index):
    pairs = [(one, i) for i, one in enumerate(sorted(thresholds), start=1)]
    slow = max((points for least, points in pairs if least <= index), default=0)
    bands = Bands.of(pairs)
    assert banded_points(index, bands) == slow
    above = next_band(index, bands)
    assert (above is None) == (slow == len(pairs))
    assert above is None or banded_points(above.least, bands) == slow + 1


@pytest.mark.parametrize(
    "bands", [[], [(101, 1)], [(-1, 1)], [(50, -1)], [(90, 1), (80, 2)], [(90, 1)] * 2]
)
def test_bands_that_cross_or_leave_the_scale_are_refused(bands):
    with pytest.raises(IndicesError):
        Bands.of(bands)
