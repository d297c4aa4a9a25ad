"""What to mend first follows from counts alone, in an order anyone can check."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from survey.indices import IndicesError, Thresholds, Together
from survey.indices.priorities import (
    CONSIDER,
    FIRST,
    KEEP,
    TOO_FEW,
    UNCLEAR,
    Rated,
    importance,
    priorities,
)

USUAL = Thresholds()
CODES = ("A1", "A2", "B1", "B2")


@given(*(st.integers(0, 60) for _ in range(4)))
def test_importance_is_the_difference_of_two_shares_with_newcombes_interval(
    both, criterion, overall, neither
):
    pairs = Together(both=both, criterion=criterion, overall=overall, neither=neither)
    found = importance(pairs, USUAL)
    satisfied, others = both + criterion, overall + neither

    if pairs.n < 30 or min(satisfied, others) < 10:
        assert found is None
        return
    low, high = confint_proportions_2indep(
        both, satisfied, overall, others, method="newcomb"
    )
    assert found.value == Fraction(100 * both, satisfied) - Fraction(
        100 * overall, others
    )
    assert float(found.interval.low) == pytest.approx(100 * low, abs=1e-6)
    assert float(found.interval.high) == pytest.approx(100 * high, abs=1e-6)


@given(
    st.integers(10, 200), st.integers(10, 200), st.integers(0, 200), st.integers(0, 200)
)
def test_the_gain_is_what_the_satisfied_have_more_than_all(n1, n0, k1, k0):
    k1, k0 = min(k1, n1), min(k0, n0)
    pairs = Together(both=k1, criterion=n1 - k1, overall=k0, neither=n0 - k0)
    (found,) = priorities(
        [Rated(code="A1", k=n1, n=n1 + n0)],
        {"A1": pairs},
        Thresholds(rank_from=20),
        reference=Fraction(50),
    )

    all_of_them = Fraction(100 * (k1 + k0), n1 + n0)
    assert found.gain == Fraction(100 * k1, n1) - all_of_them
    assert found.gain_interval.low <= found.gain <= found.gain_interval.high


def crowd(size: int, seed: int) -> tuple[list[Rated], dict[str, Together]]:
    """Answers in which A1 drives the whole strongly, A2 weakly, B1 not at all, and B2
    strongly although nearly all are satisfied with it."""
    chance = random.Random(seed)  # noqa: S311 - sample data
    shares = {"A1": 0.55, "A2": 0.6, "B1": 0.4, "B2": 0.95}
    weights = {"A1": 0.45, "A2": 0.15, "B1": 0.0, "B2": 0.35}
    cells = {
        code: {"both": 0, "criterion": 0, "overall": 0, "neither": 0} for code in shares
    }
    satisfied = dict.fromkeys(shares, 0)
    for _ in range(size):
        one = {code: chance.random() < share for code, share in shares.items()}
        whole = chance.random() < 0.02 + sum(weights[code] for code in one if one[code])
        for code, is_satisfied in one.items():
            satisfied[code] += is_satisfied
            name = {
                (True, True): "both",
                (True, False): "criterion",
                (False, True): "overall",
                (False, False): "neither",
            }[is_satisfied, whole]
            cells[code][name] += 1
    return (
        [Rated(code=code, k=satisfied[code], n=size) for code in shares],
        {code: Together(**some) for code, some in cells.items()},
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_driver_that_is_low_comes_first_and_what_drives_nothing_does_not(seed):
    rated, pairs = crowd(1500, seed)
    reference = Fraction(100 * sum(one.k for one in rated), 4 * 1500)
    found = priorities(rated, pairs, USUAL, reference=reference)
    kinds = {one.code: one.kind for one in found}

    assert found[0].code == "A1"
    assert found[0].is_apart(found[1])
    assert kinds["A1"] == FIRST
    assert kinds["B1"] == UNCLEAR
    assert kinds["B2"] == KEEP
    assert [one.code for one in found if one.is_ranked][:2] == ["A1", "A2"]


def test_a_level_that_may_be_the_usual_one_is_only_to_consider():
    pairs = Together(both=80, criterion=20, overall=20, neither=30)
    (found,) = priorities(
        [Rated(code="A1", k=100, n=150)],
        {"A1": pairs},
        USUAL,
        reference=Fraction(200, 3),
    )
    assert found.kind == CONSIDER


@pytest.mark.parametrize(
    ("rated", "pairs"),
    [
        (Rated(code="A1", k=20, n=29), Together(both=80, criterion=20, neither=50)),
        (Rated(code="A1", k=60, n=80), Together(both=40, criterion=31, overall=9)),
        (Rated(code="A1", k=60, n=80), Together()),
    ],
)
def test_few_responses_are_never_ranked(rated, pairs):
    (found,) = priorities([rated], {"A1": pairs}, USUAL, reference=Fraction(70))

    assert found.kind == TOO_FEW
    assert found.gain is None
    assert not found.is_ranked


def test_equal_gains_are_not_told_apart():
    pairs = Together(both=80, criterion=20, overall=20, neither=80)
    first, second = priorities(
        [Rated(code=code, k=100, n=200) for code in ("A1", "A2")],
        {"A1": pairs, "A2": pairs},
        USUAL,
        reference=Fraction(75),
    )
    assert (first.code, second.code) == ("A1", "A2")
    assert not first.is_apart(second)


def test_a_reference_that_is_no_share_is_refused():
    with pytest.raises(IndicesError):
        priorities([], {}, USUAL, reference=Fraction(101))
