"""Post-stratification: the vector of domain.md M14, statsmodels, and every refusal."""

import math
from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

from survey import formats
from survey.indices import (
    IndicesError,
    LevelSums,
    Stratum,
    Sums,
    WeightsError,
    collapse_channels_then_procedures,
    post_stratify,
    ratio_interval,
    weighted,
)


def one_answer(n, k):
    return Sums(r=n, m=n, x=k, mm=n, mx=k, xx=k)


def test_the_vector_of_domain_md():
    weights = post_stratify({"a": 300, "b": 200}, {"a": 50, "b": 50})
    assert [formats.decimal_text(weights.by[key]) for key in "ab"] == ["1.20", "0.80"]
    # 100·(50·1.44 + 50·0.64) / 100²
    assert weights.effect == Fraction(104, 100)
    assert weights.effective == Fraction(10_000, 104)
    assert (weights.n, weights.capped) == (100, ())


def test_a_weighted_share_worked_by_hand():
    weights = post_stratify({"a": 300, "b": 200}, {"a": 50, "b": 50})
    found = weighted({"a": one_answer(50, 25), "b": one_answer(50, 50)}, weights)
    # (1.2·25 + 0.8·50) / 100, where unweighted it is 75.
    assert (found.value, found.n) == (70, 100)
    plain = ratio_interval(one_answer(100, 75))
    assert found.interval.high - found.interval.low > plain.high - plain.low


def test_a_weight_above_the_cap_is_cut_and_told():
    weights = post_stratify({"a": 900, "b": 100}, {"a": 10, "b": 90})
    assert weights.capped == ("a",)
    assert weights.by == {"a": 3, "b": Fraction(1, 9)}
    free = post_stratify({"a": 900, "b": 100}, {"a": 10, "b": 90}, cap=Fraction(9))
    assert (free.by["a"], free.capped) == (9, ())


sizes = st.lists(
    st.tuples(
        st.integers(min_value=1, max_value=3000),
        st.integers(min_value=10, max_value=60),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=50)
@given(sizes, st.data())
def test_weights_and_indices_agree_with_statsmodels_over_single_responses(strata, data):
    frame = {i: size for i, (size, _) in enumerate(strata)}
    answered = {i: n for i, (_, n) in enumerate(strata)}
    weights = post_stratify(frame, answered)
    levels = {
        i: data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
        for i, n in answered.items()
    }
    total, n = sum(frame.values()), sum(answered.values())
    w = numpy.concatenate(
        [[min(3, frame[i] / total * n / k)] * k for i, k in answered.items()]
    )
    y = numpy.concatenate([levels[i] for i in frame]) / 4 * 100
    parts = {}
    for i, several in levels.items():
        v, squares = sum(several), sum(one * one for one in several)
        parts[i] = LevelSums(
            r=len(several), m=len(several), v=v, mm=len(several), mv=v, vv=squares,
            ss=squares, top=4,
        )  # fmt: skip
    found = weighted(parts, weights)
    assert math.isclose(found.value, DescrStatsW(y, w).mean, abs_tol=1e-9)
    assert math.isclose(weights.effect, n * (w**2).sum() / w.sum() ** 2, rel_tol=1e-9)
    assert weights.effect >= 1
    assert found.interval.low <= found.value <= found.interval.high


@given(st.integers(min_value=10, max_value=50), st.integers(min_value=0, max_value=50))
def test_equal_weights_change_nothing(n, k):
    k = min(k, n)
    parts = {"a": one_answer(n, k), "b": one_answer(n, n)}
    weights = post_stratify({"a": 7 * n, "b": 7 * n}, {"a": n, "b": n})
    found = weighted(parts, weights)
    assert weights.effect == 1
    assert found.value == Fraction(100 * (k + n), 2 * n)
    assert found.interval == ratio_interval(parts["a"] + parts["b"])


@pytest.mark.parametrize(
    ("frame", "answered", "strata"),
    [
        ({}, {}, ()),
        ({"a": 0}, {}, ()),
        ({"a": 100, "b": 100}, {"a": 50}, ("b",)),  # an empty stratum
        ({"a": 100, "b": 100}, {"a": 50, "b": 9}, ("b",)),
        ({"a": 100}, {"a": 50, "b": 10}, ("b",)),  # responses, and no dossier
    ],
)
def test_weights_are_refused_with_a_reason_that_names_the_strata(
    frame, answered, strata
):
    with pytest.raises(WeightsError) as caught:
        post_stratify(frame, answered)
    assert caught.value.strata == strata
    assert caught.value.text.vi.startswith("Không tính được trọng số")


def test_ten_responses_are_enough():
    assert post_stratify({"a": 9, "b": 1}, {"a": 10, "b": 10}).by["a"] == Fraction(9, 5)


@pytest.mark.parametrize(
    ("frame", "answered", "cap"),
    [
        ({"a": -1}, {}, 3),
        ({"a": 9}, {"a": -1}, 3),
        ({"a": 90}, {"a": 20}, Fraction(1, 2)),
    ],
)
def test_numbers_that_cannot_be_are_refused(frame, answered, cap):
    with pytest.raises(IndicesError):
        post_stratify(frame, answered, cap=Fraction(cap))


def test_sums_without_a_weight_are_refused_and_no_answer_is_no_index():
    weights = post_stratify({"a": 100}, {"a": 50})
    with pytest.raises(IndicesError):
        weighted({"b": one_answer(10, 5)}, weights)
    nothing = weighted({"a": Sums()}, weights)
    assert (nothing.value, nothing.n, nothing.interval) == (None, 0, None)


P1, P1N = Stratum("P1", "online"), Stratum("P1", "counter")
P2, P3 = Stratum("P2", "online"), Stratum("P3", "counter")


def test_channels_are_joined_first_then_procedures():
    frame = {P1: 100, P1N: 50, P2: 40, P3: 30}
    joined = collapse_channels_then_procedures(frame, {P1: 30, P1N: 4, P2: 6, P3: 5})
    rest = Stratum("", "")
    assert joined.into == {
        P1: Stratum("P1", ""),
        P1N: Stratum("P1", ""),
        P2: rest,
        P3: rest,
    }
    assert joined.frame == {Stratum("P1", ""): 150, rest: 70}
    assert joined.answered == {Stratum("P1", ""): 34, rest: 11}
    assert joined.joined == (P1N, P1, P2, P3)
    assert set(post_stratify(joined.frame, joined.answered).by) == {*joined.frame}


def test_large_strata_stay_as_they_are():
    joined = collapse_channels_then_procedures({P1: 9, P1N: 9}, {P1: 10, P1N: 10})
    assert joined.joined == ()


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABCD"), st.sampled_from(["x", "y", "z"])),
        st.tuples(st.integers(1, 500), st.integers(0, 40)),
        min_size=1,
    )
)
def test_joining_loses_nobody_and_leaves_at_most_one_stratum_too_small(strata):
    frame = {Stratum(*key): size for key, (size, _) in strata.items()}
    answered = {Stratum(*key): n for key, (_, n) in strata.items()}
    joined = collapse_channels_then_procedures(frame, answered)
    assert sum(joined.frame.values()) == sum(frame.values())
    assert sum(joined.answered.values()) == sum(answered.values())
    small = [key for key, n in joined.answered.items() if n < 10]
    assert small in ([], [Stratum("", "")])
    for key, whole in joined.into.items():
        assert whole.procedure in (key.procedure, "")
