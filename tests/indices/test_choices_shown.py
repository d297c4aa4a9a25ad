"""Choices with a few responses are hidden, and cannot be had by subtraction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.indices import Thresholds
from survey.indices.choices_shown import hidden_choices, small_choices

USUAL = Thresholds()


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"yes": 20, "no": 40}, ""),
        ({"yes": 0, "no": 40}, ""),
        ({"yes": 3, "no": 40}, "no yes"),
        ({"a": 3, "b": 40, "c": 9, "d": 0}, "a c"),
        ({"a": 1, "b": 2, "c": 9, "d": 40}, "a b c"),  # a + b are a small group too
        ({"a": 2, "b": 3, "c": 9, "d": 40}, "a b"),
        ({"a": 4, "b": 0}, "a"),
    ],
)
def test_a_small_choice_takes_the_next_smallest_with_it(counts, hidden):
    assert hidden_choices(counts, USUAL) == frozenset(hidden.split())


def test_what_a_wider_selection_has_more_is_not_given_away():
    inside, outside = {"yes": 30, "no": 40}, {"yes": 32, "no": 90}

    assert hidden_choices(inside, USUAL, wider=[outside]) == {"yes", "no"}
    assert hidden_choices(inside, USUAL, wider=[inside]) == frozenset()


counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=2)


@given(counts)
def test_the_hidden_choices_together_are_never_a_small_group(given_counts):
    hidden = hidden_choices(given_counts, USUAL)
    shown = sum(n for code, n in given_counts.items() if code not in hidden)
    left = sum(given_counts.values()) - shown

    for code, count in given_counts.items():
        assert code in hidden or not 0 < count < USUAL.hide_below
    if hidden and shown:
        assert left >= USUAL.hide_below
        assert len(hidden) > 1


def test_of_several_answers_only_the_small_ones_are_hidden():
    assert small_choices({"a": 3, "b": 50, "c": 0}, USUAL) == {"a"}
