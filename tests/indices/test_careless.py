"""Careless answers: each function by hand, and whom the rules may not blame."""

from dataclasses import replace
from fractions import Fraction

import pytest

from survey.indices import IndicesError
from survey.indices.careless import (
    Form,
    Rules,
    contradictions,
    flags,
    jump,
    longest_run,
    pace,
    pattern_of,
    scatter,
    seconds_per_word,
    spread,
)

ELEMENTS = {
    "A": ("A1", "A2", "A3", "A4"),
    "B": ("B1", "B2", "B3", "B4"),
    "C": ("C1", "C2", "C3", "C4"),
}
CODES = tuple(code for codes in ELEMENTS.values() for code in codes)
RULES = Rules()
HIGH = {"outcome": "kept", "direction": "high", "from": "5", "to": "5", "still": True}
LOW = {"outcome": "kept", "direction": "low", "from": "1", "to": "1", "still": True}
MOVED = HIGH | {"outcome": "changed", "to": "2", "still": False}
AGREES = {"outcome": "agrees"}


def form(levels, *, percent=100, **more):
    """A form of these twelve levels, at this percent of the usual time."""
    words = dict.fromkeys(ELEMENTS, 400)
    usual = (400 * RULES.ms_per_word + 4 * RULES.ms_per_answer) / 1000
    seconds = dict.fromkeys(ELEMENTS, int(usual * percent / 100))
    return Form(
        elements=ELEMENTS,
        levels=range(1, 6),
        answers=dict(zip(CODES, levels, strict=True)),
        **{"words": words, "seconds": seconds, **more},
    )


@pytest.mark.parametrize(
    ("levels", "run"),
    [([], 0), ([3], 1), ([3, 3, 4], 2), ([1, 2, 2, 2, 1, 1], 3), ([5] * 9, 9)],
)
def test_the_longest_run(levels, run):
    assert longest_run(levels) == run


def test_an_answer_without_a_level_does_not_break_a_run():
    values = ["5", "5", "cannot_judge", "5", *["5"] * 8]
    rules = Rules(short_percent=100)
    assert "straight_line" in flags(rules, form(values, percent=60))


@pytest.mark.parametrize(
    ("levels", "variance"),
    [([], None), ([4], 0), ([1, 5], 4), ([1, 2, 3, 4, 5], 2), ([4, 4, 5], "2/9")],
)
def test_the_spread_within_the_person(levels, variance):
    assert spread(levels) == (None if variance is None else Fraction(variance))


@pytest.mark.parametrize(
    ("ratings", "step"),
    [
        ([], None),
        ([(3,), (5,)], None),  # from one element to the next nothing is compared
        ([(1, 5), (5,)], 4),
        ([(1, 2, 4), (5, 5)], 1),
    ],
)
def test_the_step_to_the_next_answer_of_an_element(ratings, step):
    assert jump(ratings) == step


@pytest.mark.parametrize(
    ("levels", "share"),
    [
        ([], None),
        ([5] * 9, 0),
        ([1] * 4 + [5] * 5, 0),
        ([1, 2, 3, 4, 5], "3/5"),
        ([4, 4, 5, 5, 3], "1/5"),
    ],
)
def test_the_share_of_answers_outside_the_two_usual_levels(levels, share):
    assert scatter(levels) == (None if share is None else Fraction(share))


def test_seconds_per_word():
    assert seconds_per_word(30, 100) == Fraction(3, 10)
    assert seconds_per_word(30, 0) is None
    for wrong in ((-1, 9), (9, -1)):
        with pytest.raises(IndicesError):
            seconds_per_word(*wrong)


def test_the_pace_is_that_of_the_words_and_answers_of_the_typical_page():
    rules = Rules(ms_per_word=100, ms_per_answer=5000)
    one = form(
        ["4"] * 12,
        words={"A": 100, "B": 400, "C": 0},
        seconds={"A": 15, "B": 60, "C": 1, "thong-tin": 1},
    )
    # A: 15 of 10 + 20 s, B: 60 of 40 + 20 s; C showed nothing, and facts do not count.
    assert pace(one, rules) == Fraction(50 + 100, 2)
    unanswered = ["blank", "not_asked", "not_applicable", "4", *["4"] * 8]
    one = form(unanswered, words={"A": 100}, seconds={"A": 15})
    assert pace(one, rules) == 100


def test_one_interrupted_page_does_not_hide_haste_nor_one_quick_page_make_it():
    hasty = form(["4", "5", "4", "4"] * 3, percent=20)
    late = replace(hasty, seconds=dict(hasty.seconds) | {"B": 600})
    assert flags(RULES, late) == ("fast",)
    calm = form(["4", "5", "4", "4"] * 3)
    quick = replace(calm, seconds=dict(calm.seconds) | {"B": 1})
    assert flags(RULES, quick) == ()


def test_without_times_or_words_nobody_is_fast():
    for missing in ({"seconds": {}}, {"words": {}}):
        one = form(["4", "5", "4", "4"] * 3, percent=1, **missing)
        assert pace(one, RULES) is None
        assert flags(RULES, one) == ()


def test_fast_is_below_half_the_usual_time_and_not_half():
    rules = Rules(ms_per_word=50, ms_per_answer=5000)  # 40 s a page
    for seconds, broken in ((19, ("fast",)), (20, ())):
        one = form(["4", "5", "4", "4"] * 3, seconds=dict.fromkeys(ELEMENTS, seconds))
        assert flags(rules, one) == broken


def test_contradictions_are_those_that_stand_at_the_end():
    assert contradictions({"P1": HIGH, "P2": MOVED, "P3": AGREES}) == (1, 3, False)
    assert contradictions({"P1": HIGH, "P2": LOW}) == (2, 2, True)
    assert contradictions({}) == (0, 0, False)


# ---------- whom the rules find, and whom they may not blame ----------

ERRATIC = [*"1524", *"3142", *"5132"]


@pytest.mark.parametrize("level", ["1", "3", "5"])
def test_one_level_throughout_is_no_fault_at_a_careful_pace(level):
    assert flags(RULES, form([level] * 12)) == ()


def test_one_level_throughout_is_flagged_in_a_short_time_or_against_the_facts():
    assert flags(RULES, form(["5"] * 12, percent=54)) == ("straight_line",)
    assert flags(RULES, form(["5"] * 12, percent=30)) == ("straight_line", "fast")
    many = {f"P{i}": HIGH for i in range(RULES.line_contrary_from)}
    assert flags(RULES, form(["5"] * 12, prompts=many)) == ("straight_line",)
    del many["P0"]
    assert flags(RULES, form(["5"] * 12, prompts=many)) == ()


def test_one_other_answer_ends_the_straight_line_unless_the_wave_says_otherwise():
    levels = ["5"] * 11 + ["4"]
    assert flags(RULES, form(levels, percent=54)) == ()
    assert flags(Rules(run_percent=90), form(levels, percent=54)) == ("straight_line",)


def test_a_business_angry_or_content_with_everything_may_contradict_facts_one_way():
    for level, side in (("5", HIGH), ("1", LOW)):
        against = {"P1": side, "P2": side, "P3": side, "P4": AGREES}
        assert flags(RULES, form([level] * 12, prompts=against)) == ()


def test_contradictions_both_ways_are_flagged():
    levels = ["4", "5", "2", "4"] * 3
    both = {"P1": HIGH, "P2": LOW, "P3": AGREES}
    assert flags(RULES, form(levels, prompts=both)) == ("contrary",)
    assert flags(Rules(contrary_from=3), form(levels, prompts=both)) == ()


def test_a_business_sharply_split_by_what_happened_is_not_erratic():
    assert flags(RULES, form([*"5515", *"5511", *"1555"])) == ()
    assert flags(RULES, form([*"5514", *"5421", *"1555"])) == ()


def test_who_uses_neighbouring_levels_is_not_erratic():
    assert flags(RULES, form([*"4354", *"3445", *"4534"])) == ()


def test_answers_all_over_the_scale_are_erratic_at_any_pace():
    assert flags(RULES, form(ERRATIC)) == ("erratic",)
    assert flags(RULES, form(ERRATIC, percent=900)) == ("erratic",)


@pytest.mark.parametrize(
    "higher", ["spread_percent", "jump_percent", "scatter_percent"]
)
def test_spread_steps_and_scatter_must_all_be_there(higher):
    assert flags(replace(RULES, **{higher: 90}), form(ERRATIC)) == ()


def test_too_few_ratings_show_no_pattern():
    rest = ["not_asked"] * 5
    assert flags(RULES, form([*"1524314", *rest])) == ()
    assert flags(RULES, form([*"5555555", *rest], percent=54)) == ()
    assert flags(RULES, form([*"15243145", *rest[1:]])) == ("erratic",)


def test_no_ratings_break_no_rule():
    assert flags(RULES, form(["cannot_judge"] * 12)) == ()


def test_the_third_equal_form_is_a_duplicate():
    levels = [*"4354", *"3445", *"4534"]
    assert flags(RULES, form(levels, equals=1)) == ()
    assert flags(RULES, form(levels, equals=2)) == ("duplicate",)


def test_a_scale_from_0_to_10_has_the_same_rules():
    wide = [*"0937", *"2816", *"9150"]
    one = replace(form(wide), levels=range(11))
    assert flags(RULES, one) == ("erratic",)
    near = replace(form([*"7876", *"6778", *"8767"]), levels=range(11))
    assert flags(RULES, near) == ()


def pattern(levels, **more):
    return pattern_of(form(levels).answers, **more)


def test_the_pattern_is_the_same_for_the_same_answers_and_no_others():
    levels = [*"4354", *"3445", *"4534"]
    one = pattern(levels)
    assert one == "5c98cebb1c8c674c"  # kept in the database: it may not change
    assert one == pattern_of(dict(reversed(form(levels).answers.items())))
    assert one != pattern([*"4354", *"3445", *"4543"])
    assert one != pattern([*"4354", *"3445", *"453", "blank"])


@pytest.mark.parametrize(
    ("levels", "means"),
    [
        (["5"] * 12, False),
        (["5"] * 6 + ["4"] * 6, False),  # two levels
        (["5"] * 7 + ["4", "4", "4", "4", "3"], False),  # five others
        (["5"] * 6 + ["4", "4", "4", "4", "4", "3"], True),
        (["not_asked"] * 12, False),
    ],
)
def test_equal_answers_that_many_content_businesses_give_have_no_pattern(levels, means):
    assert (pattern(levels) is not None) == means


def test_a_wave_may_ask_for_more_before_equal_answers_mean_something():
    levels = [*"4354", *"3445", *"4534"]
    assert pattern(levels, rules=Rules(pattern_levels=4)) is None
    assert pattern(levels, rules=Rules(pattern_others=8)) is None
