"""Sample sizes, response rates, and the published figures that can be reproduced."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import formats
from survey.indices import (
    Dispositions,
    Estimate,
    IndicesError,
    index_over_applicable,
    invitations,
    response_rate_1,
    response_rate_2,
    sample_size,
    sipas_points,
    weighted_by_criteria,
)


@pytest.mark.parametrize(
    ("population", "size"),
    [
        (0, 0),
        (1, 1),
        (10, 10),
        (60, 53),
        (100, 80),
        (120, 93),
        (200, 134),
        (250, 154),
        (400, 200),  # a whole result: a float just above it would give 201
        (500, 223),
        (1000, 286),
        (2000, 334),
        (5000, 371),
        (10000, 385),
    ],
)
def test_sample_sizes_of_the_1383_method(population, size):
    assert sample_size(population) == size


@pytest.mark.parametrize(
    ("population", "percent", "size"),
    [
        (1000, 100, 286),
        (1000, 50, 572),
        (1000, 30, 954),  # 286 / 0.3 = 953.3
        (1000, 28, 1000),  # more than there are
        (0, 50, 0),
    ],
)
def test_so_many_are_invited_that_a_sample_answers(population, percent, size):
    assert invitations(population, percent) == size


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_no_invitations_without_a_percentage(percent):
    with pytest.raises(IndicesError):
        invitations(100, percent)


def test_another_margin_asks_for_another_sample():
    # 1000 / (1 + 1000 · 0.01) = 90.91; 1000 / (1 + 1000 · 0.0009) = 526.3
    assert sample_size(1000, Fraction(1, 10)) == 91
    assert sample_size(1000, Fraction(3, 100)) == 527


@given(st.integers(min_value=0, max_value=10**9))
def test_a_sample_is_the_ceiling_of_its_formula_and_never_more_than_everyone(n):
    assert sample_size(n) == math.ceil(Fraction(400 * n, 400 + n))
    assert sample_size(n) <= min(n, 400)


@pytest.mark.parametrize(("population", "margin"), [(-1, Fraction(1, 20)), (10, 0)])
def test_an_impossible_population_or_margin_is_refused(population, margin):
    with pytest.raises(IndicesError):
        sample_size(population, margin)


def test_response_rates_of_the_worked_example():
    dispositions = Dispositions(
        complete=60, partial=6, refusal=10, non_contact=20, other=0, unknown=24
    )
    assert dispositions.invited == 120
    assert response_rate_1(dispositions) == Estimate(50, 120)
    assert response_rate_2(dispositions) == Estimate(55, 120)


def test_nobody_invited_is_no_rate_and_not_0():
    assert response_rate_1(Dispositions()) == Estimate(None, 0)
    assert response_rate_2(Dispositions()) == Estimate(None, 0)
    assert response_rate_1(Dispositions(unknown=3)) == Estimate(0, 3)


def test_a_negative_disposition_is_refused():
    with pytest.raises(IndicesError):
        Dispositions(complete=5, refusal=-1)


POLICY_2024 = (Decimal("83.84"), 23)
SERVICE_2024 = (Decimal("84.09"), 16)


def test_weighting_by_criteria_gives_the_published_sipas_of_2024():
    index = weighted_by_criteria([POLICY_2024, SERVICE_2024])
    assert formats.decimal_text(index, 4) == "83.9426"
    assert formats.decimal_text(index) == "83.94"
    plain = weighted_by_criteria([(POLICY_2024[0], 1), (SERVICE_2024[0], 1)])
    assert formats.decimal_text(plain, 3) == "83.965"


def test_the_same_weights_do_not_give_2023_so_they_are_no_law():
    index = weighted_by_criteria([(Decimal("82.49"), 23), (Decimal("82.97"), 16)])
    assert formats.decimal_text(index) == "82.69"  # published: 82.66


def test_weights_of_nothing_give_nothing():
    assert weighted_by_criteria([]) is None
    assert weighted_by_criteria([(Decimal(80), 0)]) is None
    assert weighted_by_criteria([(Decimal(80), 0), (Decimal(90), 2)]) == 90


@pytest.mark.parametrize("part", [(Decimal(80), -1), (80.5, 2), (Decimal("NaN"), 1)])
def test_weights_that_cannot_be_are_refused(part):
    with pytest.raises(IndicesError):
        weighted_by_criteria([part])


@pytest.mark.parametrize(
    ("earned", "maximum", "printed"),
    [
        (Decimal("92.83"), 100, "92.83"),  # Thanh Hóa 2023, Sở Công Thương
        (Decimal("68.32"), 84, "81.33"),  # Ban Dân tộc: 16 points did not apply
        (0, 10, "0.00"),
        (84, 84, "100.00"),
    ],
)
def test_the_index_over_what_applies(earned, maximum, printed):
    assert formats.decimal_text(index_over_applicable(earned, maximum)) == printed


def test_where_nothing_applies_there_is_no_index():
    assert index_over_applicable(0, 0) is None


@pytest.mark.parametrize(
    ("earned", "maximum"), [(-1, 10), (11, 10), (0, -1), (1.5, 10), (1, float("inf"))]
)
def test_points_that_cannot_be_are_refused(earned, maximum):
    with pytest.raises(IndicesError):
        index_over_applicable(earned, maximum)


def test_sipas_points_are_linear():
    assert formats.decimal_text(sipas_points(Decimal("91.17"))) == "9.12"  # Hà Tĩnh
    assert sipas_points(100) == 10
    assert sipas_points(0) == 0
    assert sipas_points(50, maximum=Decimal("6.5")) == Fraction(13, 4)


@pytest.mark.parametrize(("index", "maximum"), [(101, 10), (-1, 10), (50, -1)])
def test_sipas_points_of_impossible_indices_are_refused(index, maximum):
    with pytest.raises(IndicesError):
        sipas_points(index, maximum)
