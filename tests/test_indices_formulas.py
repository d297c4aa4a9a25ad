"""The three indices and the two poolings, on tables worked by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import formats
from survey.indices import (
    FORMULAS,
    POOLINGS,
    Estimate,
    IndicesError,
    mean_percent,
    normalised_mean,
    pool_by_answers,
    pool_by_criteria,
    pooled,
    satisfied_share,
)
from survey.questionnaire.schema import Level, Scale, Text


def scale_of(codes, satisfied_from):
    words = Text(vi="mức", en="level")
    levels = tuple(Level(code=code, label=words) for code in codes)
    return Scale(levels=levels, satisfied_from=satisfied_from)


FIVE = scale_of(range(1, 6), 4)
ELEVEN = scale_of(range(11), 8)

counts_on_five = st.dictionaries(
    st.sampled_from([1, 2, 3, 4, 5, None]), st.integers(min_value=0, max_value=10**6)
)


@pytest.mark.parametrize(
    ("counts", "a", "b", "c", "base"),
    [
        ({1: 1, 2: 1, 4: 2, 5: 1, None: 1}, 60, 64, 55, 5),
        ({3: 3}, 0, 60, 50, 3),  # "Bình thường" is asked, valid, and not satisfied
        ({None: 4}, None, None, None, 0),  # "không phát sinh", not 0 %
        ({}, None, None, None, 0),
        ({1: 0, 5: 0, None: 0}, None, None, None, 0),
        ({5: 7}, 100, 100, 100, 7),
        ({1: 7}, 0, 20, 0, 7),
        ({4: 1, 3: 2}, Fraction(100, 3), Fraction(200, 3), Fraction(700, 12), 3),
    ],
)
def test_the_three_indices_of_one_criterion(counts, a, b, c, base):
    assert satisfied_share(counts, FIVE) == Estimate(a, base)
    assert mean_percent(counts, FIVE) == Estimate(b, base)
    assert normalised_mean(counts, FIVE) == Estimate(c, base)


@pytest.mark.parametrize(
    ("counts", "a", "b", "c", "base"),
    [
        ({0: 1, 10: 1}, 50, 50, 50, 2),  # level 0 is an answer, not a missing one
        ({0: 3, None: 2}, 0, 0, 0, 3),
        ({7: 1, 8: 1, 9: 2}, 75, Fraction(165, 2), Fraction(165, 2), 4),
    ],
)
def test_the_three_indices_on_a_scale_from_0_to_10(counts, a, b, c, base):
    assert satisfied_share(counts, ELEVEN) == Estimate(a, base)
    assert mean_percent(counts, ELEVEN) == Estimate(b, base)
    assert normalised_mean(counts, ELEVEN) == Estimate(c, base)


@given(counts_on_five)
def test_c_follows_from_b_on_five_levels(counts):
    b, c = mean_percent(counts, FIVE), normalised_mean(counts, FIVE)
    assert b.base == c.base == sum(n for code, n in counts.items() if code is not None)
    assert (b.value is None) == (c.value is None) == (b.base == 0)
    if b.value is not None and c.value is not None:
        assert c.value == (5 * b.value - 100) / 4


@given(counts_on_five)
def test_an_index_is_an_exact_fraction_between_0_and_100(counts):
    for formula in FORMULAS.values():
        value = formula.function(counts, FIVE).value
        assert value is None or (isinstance(value, Fraction) and 0 <= value <= 100)


@pytest.mark.parametrize("counts", [{6: 1}, {0: 1}, {4: -1, 5: 3}, {None: -1}])
@pytest.mark.parametrize("name", FORMULAS)
def test_impossible_counts_are_refused(name, counts):
    with pytest.raises(IndicesError):
        FORMULAS[name].function(counts, FIVE)


def test_a_scale_on_which_an_index_means_nothing_is_refused():
    with pytest.raises(IndicesError):
        satisfied_share({1: 1}, scale_of([1, 2, 3], 4))
    with pytest.raises(IndicesError):
        mean_percent({0: 1}, scale_of([-1, 0], 0))
    with pytest.raises(IndicesError):
        normalised_mean({1: 1}, scale_of([1], 1))


def test_a_wave_finds_its_formula_and_pooling_by_the_name_it_stored():
    assert list(FORMULAS) == ["satisfied_share", "mean_percent", "normalised_mean"]
    assert list(POOLINGS) == ["pool_by_answers", "pool_by_criteria"]
    for named in (*FORMULAS.values(), *POOLINGS.values()):
        assert named.function.__name__ == named.name
        assert named.title.get("vi") != named.title.get("en")
        assert named.words.get("vi") != named.words.get("en")


X = {5: 1, 4: 1, 3: 1}
Y = {4: 1, 2: 1, None: 1}


def test_pooling_by_answers_and_by_criteria_differ_when_answers_are_missing():
    assert pooled([X, Y]) == {5: 1, 4: 2, 3: 1, 2: 1, None: 1}
    assert pool_by_answers([X, Y], FIVE, satisfied_share) == Estimate(60, 5)
    assert pool_by_answers([X, Y], FIVE, mean_percent) == Estimate(72, 5)
    assert pool_by_answers([X, Y], FIVE, normalised_mean) == Estimate(65, 5)
    by_criteria = pool_by_criteria([X, Y], FIVE, satisfied_share)
    assert by_criteria == Estimate(Fraction(175, 3), 5)
    assert formats.round_half_up(by_criteria.value) == Decimal("58.33")


def test_a_criterion_nobody_could_answer_leaves_both_poolings_alone():
    for pool in (pool_by_answers, pool_by_criteria):
        assert pool([X, {None: 3}], FIVE, mean_percent) == Estimate(80, 3)
        assert pool([{None: 3}], FIVE, mean_percent) == Estimate(None, 0)
        assert pool([], FIVE, mean_percent) == Estimate(None, 0)


@given(st.lists(st.permutations([1, 2, 3, 4, 5]), min_size=1), st.integers(1, 50))
def test_with_as_many_answers_everywhere_the_two_poolings_agree(orders, n):
    several = [{order[0]: n, order[1]: 2 * n} for order in orders]
    for index in (satisfied_share, mean_percent, normalised_mean):
        by_answers = pool_by_answers(several, FIVE, index)
        assert by_answers == pool_by_criteria(several, FIVE, index)
