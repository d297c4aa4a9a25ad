"""Small groups: what may be shown of them."""

import pytest

from survey.indices import (
    Display,
    Groups,
    IndicesError,
    Thresholds,
    display,
    two_groups,
    words_for,
)
from survey.questionnaire.schema import Level, Scale, Text


def scale_of(codes, satisfied_from):
    words = Text(vi="mức", en="level")
    levels = tuple(Level(code=code, label=words) for code in codes)
    return Scale(levels=levels, satisfied_from=satisfied_from)


FIVE = scale_of(range(1, 6), 4)


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (0, "none"),
        (1, "hidden"),
        (4, "hidden"),
        (5, "counts"),
        (9, "counts"),
        (10, "index"),
        (29, "index"),
        (30, "rank"),
        (10**6, "rank"),
    ],
)
def test_more_is_shown_as_a_group_grows(n, shown):
    assert display(n, Thresholds()) == shown


def test_the_thresholds_are_settings():
    thresholds = Thresholds(hide_below=10, index_from=20, rank_from=20)
    shown = [display(n, thresholds) for n in (0, 9, 10, 19, 20)]
    assert shown == ["none", "hidden", "counts", "counts", "rank"]


@pytest.mark.parametrize("numbers", [(0, 10, 30), (5, 4, 30), (5, 10, 9), (-1, 0, 1)])
def test_thresholds_that_do_not_rise_are_refused(numbers):
    with pytest.raises(IndicesError):
        Thresholds(**dict(zip(Thresholds.__slots__, numbers, strict=True)))


def test_a_negative_group_is_refused():
    with pytest.raises(IndicesError):
        display(-1, Thresholds())


@pytest.mark.parametrize(
    ("counts", "groups"),
    [
        ({1: 1, 2: 1, 4: 2, 5: 1, None: 1}, Groups(3, 2)),
        ({3: 1, 5: 4}, Groups(4, 1)),
        ({4: 2, 5: 3}, None),  # all satisfied: everyone's answer would be known
        ({1: 2, 3: 3, None: 9}, None),
        ({}, None),
    ],
)
def test_two_groups_are_shown_only_when_both_have_answers(counts, groups):
    assert two_groups(counts, FIVE) == groups


def test_two_groups_on_a_scale_from_0_to_10():
    assert two_groups({0: 2, 7: 1, 8: 3}, scale_of(range(11), 8)) == Groups(3, 3)


@pytest.mark.parametrize("counts", [{6: 1}, {1: -1}])
def test_two_groups_of_impossible_counts_are_refused(counts):
    with pytest.raises(IndicesError):
        two_groups(counts, FIVE)


@pytest.mark.parametrize(
    ("shown", "vietnamese"),
    [
        (Display.NONE, "không phát sinh"),
        (Display.HIDDEN, "dưới 5 phiếu"),
        (Display.COUNTS, "chưa đủ để so sánh"),
    ],
)
def test_words_stand_where_an_index_may_not(shown, vietnamese):
    words = words_for(shown, Thresholds())
    assert words.get("vi") == vietnamese
    assert words.get("en") != vietnamese


def test_the_words_name_the_threshold_that_is_set():
    words = words_for(Display.HIDDEN, Thresholds(hide_below=7))
    assert words.get("vi") == "dưới 7 phiếu"
    assert words.get("en") == "fewer than 7 responses"


def test_no_words_stand_where_the_index_is_shown():
    assert words_for(Display.INDEX, Thresholds()) is None
    assert words_for(Display.RANK, Thresholds()) is None
