"""Many comparisons and ranks, against statsmodels and by trying every pair."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from survey.indices import (
    Difference,
    Group,
    IndicesError,
    Interval,
    holm,
    quantile,
    ranking,
)


def shifted(by):
    """A difference of `by` standard errors with its normal interval."""

    def compare(z):
        value = Decimal(by)
        return Difference(
            first=Fraction(value),
            second=Fraction(0),
            first_n=50,
            second_n=50,
            interval=Interval(value - z, value + z),
        )

    return compare


def unknown(z):
    return Difference(first=None, second=None, first_n=0, second_n=0, interval=None)


@given(st.lists(st.integers(min_value=-500, max_value=500), max_size=12))
def test_holm_agrees_with_its_definition_by_p_values(hundredths):
    shifts = [Decimal(one) / 100 for one in hundredths]
    adjusted = holm([shifted(one) for one in shifts])
    p = [2 * norm.sf(abs(float(one))) for one in shifts]
    clear, k = set(), len(p)
    for i, place in enumerate(sorted(range(k), key=p.__getitem__)):
        assume(abs(p[place] - 0.05 / (k - i)) > 1e-9)
        if p[place] > 0.05 / (k - i):
            break
        clear.add(place)
    assert {i for i, one in enumerate(adjusted) if one.is_clear} == clear
    for one, shift in zip(adjusted, shifts, strict=True):
        if one.is_clear:
            assert one.verdict == ("higher" if shift > 0 else "lower")
            assert one.alone.is_clear


def test_holm_agrees_with_statsmodels():
    # One call only: it collects all garbage each time.
    shifts = [Decimal(one) / 10 for one in (31, -27, 25, 24, 19, -29, 3, 0)]
    p = [2 * norm.sf(abs(float(one))) for one in shifts]
    reject, *_ = multipletests(p, alpha=0.05, method="holm")
    assert [one.is_clear for one in holm([*map(shifted, shifts)])] == [*reject]
    assert 0 < sum(reject) < len(reject)


def test_what_cannot_be_compared_is_unknown_and_costs_the_others_nothing():
    alone, *_ = holm([shifted("2.1")])
    assert alone.is_clear
    among = holm([unknown, shifted("2.1"), unknown])
    assert [one.verdict for one in among] == ["unknown", "higher", "unknown"]
    two = holm([shifted("2.1"), shifted("0.3")])
    assert [one.verdict for one in two] == ["unclear", "unclear"]
    assert two[0].alone.is_clear
    # The first is clear even among two; alone, the other one is then judged at 5 %.
    step = holm([shifted("2.3"), shifted("2.1")])
    assert [one.verdict for one in step] == ["higher", "higher"]


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=Fraction(1, 2)))
def test_quantiles_are_those_of_scipy(doubt):
    assert float(quantile(doubt)) == pytest.approx(norm.isf(float(doubt) / 2), rel=1e-9)


@pytest.mark.parametrize("doubt", [0, 1, -1, 2])
def test_a_chance_is_between_0_and_1(doubt):
    with pytest.raises(IndicesError):
        quantile(Fraction(doubt))


def group(key, value, half=5, n=30):
    return Group(
        key=key,
        value=Fraction(value),
        n=n,
        interval=Interval(Decimal(value) - half, Decimal(value) + half),
    )


def test_ranks_say_between_which_places_a_group_may_stand():
    places = ranking([group("a", 70), group("b", 90), group("c", 82), group("d", 50)])
    assert [(p.key, p.rank, p.first, p.last, p.alike) for p in places] == [
        ("b", 1, 1, 2, ("c",)),
        ("c", 2, 1, 2, ("b",)),
        ("a", 3, 3, 3, ()),
        ("d", 4, 4, 4, ()),
    ]
    assert places[0].words.vi == "không khác biệt với 1 nhóm (hạng 1 đến 2)"
    assert places[2].words is None


def test_below_thirty_responses_there_is_no_rank():
    small, large = group("small", 99, n=29), group("large", 60)
    nothing = Group(key="none", value=None, n=40, interval=None)
    places = ranking([small, large, nothing])
    assert [(p.key, p.rank) for p in places] == [
        ("large", 1),
        ("small", None),
        ("none", None),
    ]
    assert places[0].alike == ()


def test_equal_groups_share_a_rank_and_touching_intervals_are_no_difference():
    places = ranking([group("b", 80), group("a", 80), group("c", 70)])
    assert [(p.key, p.rank) for p in places] == [("a", 1), ("b", 1), ("c", 3)]
    assert all(len(p.alike) == 2 for p in places)


def test_two_groups_of_one_key_are_refused():
    with pytest.raises(IndicesError):
        ranking([group("a", 1), group("a", 2)])


@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.integers(0, 12), st.integers(25, 40)),
        max_size=9,
    )
)
def test_every_rank_agrees_with_trying_every_pair(drawn):
    groups = [group(str(i), *one) for i, one in enumerate(drawn)]
    places = {place.key: place for place in ranking(groups)}
    ranked = [one for one in groups if one.n >= 30]
    assert [p.rank is not None for p in ranking(groups)] == sorted(
        (p.rank is not None for p in places.values()), reverse=True
    )
    for one in ranked:
        place, others = places[one.key], [o for o in ranked if o is not one]
        sure_above = [o for o in others if o.interval.low > one.interval.high]
        sure_below = [o for o in others if o.interval.high < one.interval.low]
        assert place.first == 1 + len(sure_above)
        assert place.last == len(ranked) - len(sure_below)
        assert place.first <= place.rank <= place.last
        alike = {o.key for o in others if o not in sure_above + sure_below}
        assert set(place.alike) == alike
    for upper, lower in pairwise(p for p in ranking(groups) if p.rank):
        assert upper.rank <= lower.rank
