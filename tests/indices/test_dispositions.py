"""What became of invited dossiers: each has one fate, and no small group shows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.indices import (
    DISPOSITIONS,
    Asked,
    Dispositions,
    Estimate,
    against_the_rest,
    disposed,
    hidden_with,
    response_rate_1,
    response_rate_2,
)

few = st.integers(0, 40)
asked = st.builds(
    Asked,
    links=few,
    complete=few,
    partial=few,
    break_off=few,
    undelivered=few,
    started=few,
    finished=few,
)


def test_the_worked_example_of_the_field_from_counters_to_rates():
    counted = Asked(
        links=120, complete=60, partial=6, break_off=4, undelivered=20,
        started=76, finished=70,
    )  # fmt: skip
    became = disposed(counted, is_over=True)
    assert became == Dispositions(
        complete=60, partial=6, refusal=10, non_contact=20, other=0, unknown=24
    )
    assert response_rate_1(became) == Estimate(50, 120)
    assert response_rate_2(became) == Estimate(55, 120)


@pytest.mark.parametrize(
    ("counted", "over", "parts"),
    [
        # Nothing heard yet; begun; begun and the wave over.
        (Asked(links=3), True, (0, 0, 0, 0, 0, 3)),
        (Asked(links=3, started=2), False, (0, 0, 0, 0, 0, 3)),
        (Asked(links=3, started=2), True, (0, 0, 2, 0, 0, 1)),
        # Begun more often than there are dossiers left, behind links since revoked.
        (Asked(links=3, started=9), True, (0, 0, 3, 0, 0, 0)),
        (Asked(links=3, undelivered=1, started=9), True, (0, 0, 2, 1, 0, 0)),
        (Asked(links=3, undelivered=9, started=9), True, (0, 0, 0, 3, 0, 0)),
        # Sent half empty, at any time.
        (Asked(links=3, break_off=1, started=1, finished=1), False, (0, 0, 1, 0, 0, 2)),
        # Begun before beginnings were counted.
        (Asked(links=3, complete=2, finished=2), True, (2, 0, 0, 0, 0, 1)),
    ],
)
def test_every_dossier_has_one_fate(counted, over, parts):
    became = disposed(counted, is_over=over)
    assert became == Dispositions(**dict(zip(DISPOSITIONS, parts, strict=True)))


def test_more_forms_than_dossiers_are_no_dispositions():
    assert disposed(Asked(links=2, complete=2, partial=1), is_over=False) is None


@given(asked, st.booleans())
def test_dispositions_add_up_to_the_invited_whatever_was_counted(counted, over):
    became = disposed(counted, is_over=over)
    assert (became is None) == (counted.sent > counted.links)
    if became is None:
        return
    assert became.invited == counted.links
    assert (became.complete, became.partial) == (counted.complete, counted.partial)
    if counted.links:
        one, two = response_rate_1(became).value, response_rate_2(became).value
        assert 0 <= one <= two <= 100
    later = disposed(counted, is_over=True)
    assert response_rate_2(later) == response_rate_2(became)
    assert later.refusal >= became.refusal


@given(asked, asked)
def test_rows_add_up_to_their_sum(one, two):
    both = [disposed(each, is_over=True) for each in (one, two)]
    if all(both):
        assert (both[0] + both[1]).invited == (one + two).links
        assert (one + two).sent == one.sent + two.sent


@given(st.dictionaries(few, few, max_size=8), st.integers(1, 10))
def test_nothing_hidden_can_be_had_by_subtraction(counts, least):
    hidden = hidden_with(counts, least)
    assert {key for key, count in counts.items() if 0 < count < least} <= hidden
    total = sum(counts[key] for key in hidden)
    if hidden and total < least:
        # Then the sum over all is small too, and is hidden itself.
        assert 0 < sum(counts.values()) < least
    if len(hidden) == 1:
        assert sum(counts.values()) == total, "it is the whole"
    assert not any(counts[key] == 0 for key in hidden)
    if not any(0 < count < least for count in counts.values()):
        assert hidden == set()


def test_the_smallest_that_will_do_covers_a_small_group():
    assert hidden_with({"a": 2, "b": 7, "c": 90}, 5) == {"a", "b"}
    assert hidden_with({"a": 1, "b": 1, "c": 90}, 5) == {"a", "b", "c"}
    assert hidden_with({"a": 3, "b": 3, "c": 90}, 5) == {"a", "b"}


def test_a_part_is_compared_with_all_others():
    part = Dispositions(complete=10, unknown=90)
    whole = part + Dispositions(complete=250, partial=50, unknown=300)
    found = against_the_rest(part, whole)
    assert (found.first, found.second) == (10, Fraction(50))
    assert found.verdict == "lower"
    assert against_the_rest(whole + part, whole + part + part).verdict == "higher"
    few_asked = Dispositions(unknown=4)
    assert against_the_rest(few_asked, few_asked + whole).verdict == "unknown"
