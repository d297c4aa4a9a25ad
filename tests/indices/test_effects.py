"""Guided against folded, and what prompts moved: by hand, and over 200 seeds."""

from collections import Counter
from fractions import Fraction
from math import sqrt
from random import Random

import pytest
from scipy.stats import binom
from scipy.stats import t as student

from survey.indices import (
    FORMULAS,
    MEASURES,
    OF_CRITERIA,
    IndicesError,
    Layout,
    compare,
    pool_by_answers,
    shift_by_prompts,
)
from survey.questionnaire.schema import Level, Scale, Text

CODES = ("A1", "A2", "B1", "B2", "B3", "B4")
PROMPTS = {"P1": "A1", "P2": "B1", "P8": "G1"}
LAYOUT = Layout(
    elements={"A": CODES[:2], "B": CODES[2:]},
    core=CODES[:1],
    levels=range(1, 6),
    pages=("A", "B"),
    prompts=PROMPTS,
)
WORD = Text(vi="mức", en="level")
SCALE = Scale(levels=tuple(Level(code=code, label=WORD) for code in range(1, 6)))
SEEDS = 200


def packed(values, **more):
    return LAYOUT.pack("complete", values, SCALE.satisfied_from, **more)


def tally_of(responses):
    return LAYOUT.unpack(sum(packed(values, **more) for values, more in responses))


def rated(**given):
    return dict.fromkeys(CODES, "not_asked") | given


def test_each_measure_is_that_of_its_answers():
    agrees, kept = {"outcome": "agrees"}, {"outcome": "kept", "from": "5", "to": "5"}
    contrary = kept | {"direction": "high", "still": True}
    guided = tally_of(
        [
            (rated(A1="4"), {"seconds": {"A": 30}, "prompts": {"P1": agrees}}),
            (rated(A1="5"), {"seconds": {"A": 50}, "prompts": {"P1": contrary}}),
            (rated(A1="not_applicable"), {}),
            (rated(A1="cannot_judge"), {}),
        ]
    )
    folded = tally_of(
        [
            (rated(A1="2"), {"seconds": {"A": 10}, "prompts": {"P1": agrees}}),
            (rated(A1="4"), {"seconds": {"A": 20}, "prompts": {"P1": agrees}}),
            (rated(A1="blank"), {}),
            (rated(), {}),
        ]
    )
    found = compare(guided, folded, SCALE)
    values = {
        name: (one.first, one.second, one.first_n, one.second_n)
        for name, one in found.criteria["A1"].items()
    }
    spread = values.pop("spread")
    assert values == {
        "mean": (Fraction(9, 2), 3, 2, 2),
        "satisfied": (100, 50, 2, 2),
        "not_applicable": (25, 0, 4, 3),  # who was not asked is not among those asked
        "cannot_judge": (25, 0, 4, 3),
    }
    assert [float(one) for one in spread[:2]] == pytest.approx([sqrt(0.5), sqrt(2)])
    assert (found.contrary["P1"].first, found.contrary["P1"].second) == (50, 0)
    assert (found.time["A"].first, found.time["A"].second) == (40, 15)
    assert found.time["B"].value is None
    assert (found.pooled.first, found.pooled.second) == (100, 50)
    assert found.intervals == 0
    assert set(found.criteria["A1"]) == set(OF_CRITERIA)
    assert set(MEASURES) == {*OF_CRITERIA, "contrary", "time", "pooled"}


def test_arms_of_two_questionnaires_are_not_compared():
    other = Layout(elements={"A": ("A1",)}, core=(), levels=range(1, 6))
    with pytest.raises(IndicesError):
        compare(LAYOUT.unpack(0), other.unpack(0), SCALE)


# ---------- 200 seeds ----------

GUIDED = (3, 7, 15, 45, 30)
"""Of a hundred levels 1 to 5; the folded arm of the tests below answers otherwise."""
FOLDED = (8, 12, 20, 40, 20)
N = 150


def moments(weights):
    total = sum(weights)
    mean = sum(level * w for level, w in enumerate(weights, 1)) / total
    square = sum(level * level * w for level, w in enumerate(weights, 1)) / total
    return mean, sqrt(square - mean * mean), 100 * sum(weights[3:]) / total


def arm(random, weights, *, unsure, other, against, seconds):
    """One arm of the experiment; criteria independent but for the pooled measure."""
    total = 0
    for _ in range(N):
        levels = random.choices("12345", weights, k=len(CODES))
        values = {}
        for code, level in zip(CODES, levels, strict=True):
            at = random.random()
            values[code] = level
            if at < unsure:
                values[code] = "cannot_judge"
            elif at < unsure + other:
                values[code] = "not_applicable"
        prompts = {}
        for prompt, criterion in PROMPTS.items():
            final = values.get(criterion, "3")
            note = {"outcome": "not_shown", "from": "3", "to": final, "still": True}
            is_against = random.random() < against
            prompts[prompt] = note if is_against else {"outcome": "agrees"}
        times = {p: round(random.lognormvariate(0, 0.5) * seconds) for p in "AB"}
        total += packed(values, seconds=times, prompts=prompts)
    return LAYOUT.unpack(total)


def arms(seed, folded):
    random = Random(seed)  # noqa: S311
    usual = {"unsure": 0.05, "other": 0.1, "against": 0.1, "seconds": 60}
    guided = arm(random, GUIDED, **usual)
    weights, changed = folded
    return compare(guided, arm(random, weights, **usual | changed), SCALE)


def every(found):
    """All differences by the name of their measure."""
    for row in found.criteria.values():
        yield from row.items()
    yield from (("contrary", one) for one in found.contrary.values())
    yield from (("time", one) for one in found.time.values())
    yield "pooled", found.pooled


def rounding(seconds):
    """The mean of a time: that of the lognormal, whole seconds hardly change it."""
    return seconds * 2.718281828459045**0.125


def truth(weights, changed):
    mean, spread, satisfied = moments(weights)
    usual = {"unsure": 0.05, "other": 0.1, "against": 0.1, "seconds": 60} | changed
    return {
        "mean": mean,
        "spread": spread,
        "satisfied": satisfied,
        "pooled": satisfied,
        "cannot_judge": 100 * usual["unsure"],
        "not_applicable": 100 * usual["other"],
        "contrary": 100 * usual["against"],
        "time": rounding(usual["seconds"]),
    }


def missed_by_chance(n, share=0.05):
    """The most misses of n that chance allows, in one run of ten thousand."""
    return binom.ppf(0.9999, n, share)


def test_a_known_difference_lies_in_its_interval_nineteen_times_in_twenty():
    changed = {"unsure": 0.15, "other": 0.05, "against": 0.25, "seconds": 40}
    one, two = truth(GUIDED, {}), truth(FOLDED, changed)
    missed, made, seen = Counter(), Counter(), Counter()
    for seed in range(SEEDS):
        for name, found in every(arms(seed, (FOLDED, changed))):
            right = one[name] - two[name]
            made[name] += 1
            inside = float(found.interval.low) <= right <= float(found.interval.high)
            missed[name] += not inside
            seen[name] += found.is_clear
    for name, n in made.items():
        assert missed[name] <= missed_by_chance(n), (name, missed[name] / n)
        # Nor so wide that they say nothing: the coverage is near 95 %.
        assert missed[name] >= binom.ppf(0.0001, n, 0.02), (name, missed[name] / n)
        assert seen[name] > n / 3, (name, seen[name] / n)


def test_where_nothing_differs_no_more_than_one_in_twenty_is_called_different():
    alarms, made = Counter(), Counter()
    for seed in range(SEEDS):
        for name, found in every(arms(1000 + seed, (GUIDED, {}))):
            made[name] += 1
            alarms[name] += found.is_clear
    for name, n in made.items():
        assert alarms[name] <= missed_by_chance(n), (name, alarms[name] / n)
    assert sum(alarms.values()) <= missed_by_chance(sum(made.values()))


def test_how_many_are_clear_by_chance_is_one_in_twenty_of_the_intervals():
    found = arms(1, (GUIDED, {}))
    assert found.intervals == 6 * 5 + 3 + 2 + 1
    assert found.by_chance == Fraction(36, 20)


# ---------- the shift by prompts ----------


def changed(was, now):
    return {"outcome": "changed", "from": was, "to": now, "still": False}


def test_the_shift_is_the_index_after_minus_the_index_before():
    first = rated(A1="2", A2="4", B1="5")
    second = rated(A1="cannot_judge", B1="3")
    tally = tally_of(
        [
            (first, {"prompts": {"P1": changed("5", "2")}}),
            (second, {"prompts": {"P1": changed("4", "cannot_judge")}}),
            (rated(A1="4", A2="3"), {}),
        ]
    )
    after = [[2, 4, 5], [3], [4, 3]]
    before = [[5, 4, 5], [4, 3], [4, 3]]
    for name, formula in FORMULAS.items():
        indices = [
            pool_by_answers([Counter(a) for a in answers], SCALE, formula.function)
            for answers in (after, before)
        ]
        found = shift_by_prompts(tally, SCALE, name)
        assert (found.after, found.before) == tuple(one.value for one in indices), name
        assert found.value == found.after - found.before
        assert (found.changed, found.interval) == (2, None)


def test_nobody_moved_means_no_shift_and_nothing_answered_no_index():
    still = shift_by_prompts(tally_of([(rated(A1="4"), {})]), SCALE, "mean_percent")
    assert (still.value, still.changed, still.interval) == (0, 0, None)
    empty = shift_by_prompts(LAYOUT.unpack(0), SCALE, "satisfied_share")
    assert (empty.before, empty.value) == (None, None)
    with pytest.raises(IndicesError):
        shift_by_prompts(LAYOUT.unpack(0), SCALE, "median")


def crowd(seed, n):
    """Responses of people with moods, of whom a prompt moves one in eight."""
    random = Random(seed)  # noqa: S311
    for _ in range(n):
        mood = random.gauss(0, 0.8)
        values = {
            code: str(min(5, max(1, round(3.7 + mood + random.gauss(0, 0.7)))))
            for code in CODES
            if random.random() < 0.8
        }
        prompts = {}
        if random.random() < 0.125 and values.get("A1", "1") in ("4", "5"):
            now = random.choices(["2", "3", "cannot_judge"], [5, 3, 2])[0]
            prompts["P1"] = changed(values["A1"], now)
            values["A1"] = now
        elif random.random() < 0.06 and values.get("B1", "5") in ("1", "2"):
            prompts["P2"] = changed(values["B1"], "4")
            values["B1"] = "4"
        yield rated(**values), {"prompts": prompts}


def test_the_interval_of_the_shift_is_that_of_the_linearised_ratios():
    responses = list(crowd(5, 300))
    found = shift_by_prompts(tally_of(responses), SCALE, "satisfied_share")

    def sums(values):
        levels = [int(v) for v in values.values() if v.isdecimal()]
        return len(levels), sum(level >= 4 for level in levels)

    after = [sums(values) for values, _ in responses]
    before = []
    for values, more in responses:
        gone = {PROMPTS[p]: entry["from"] for p, entry in more["prompts"].items()}
        before.append(sums(values | gone))
    m, x = map(sum, zip(*after, strict=True))
    m0, x0 = map(sum, zip(*before, strict=True))
    parts = [
        (b - x / m * a) / m - (d - x0 / m0 * c) / m0
        for (a, b), (c, d) in zip(after, before, strict=True)
    ]
    r = len([1 for a, _ in after if a])
    error = 100 * sqrt(r / (r - 1) * sum(p * p for p in parts))
    width = float(found.interval.high - found.interval.low)
    t = width / 2 / error
    # As many degrees of freedom as changed, less one.
    assert t == pytest.approx(student.ppf(0.975, found.changed - 1), rel=1e-4)
    assert found.changed == sum(bool(more["prompts"]) for _, more in responses)
    assert float(found.value) == pytest.approx(100 * (x / m - x0 / m0))


@pytest.mark.parametrize("formula", ["satisfied_share", "normalised_mean"])
def test_the_shift_lies_in_its_interval_nineteen_times_in_twenty(formula):
    right = shift_by_prompts(tally_of(crowd("all", 40_000)), SCALE, formula).value
    missed = 0
    for seed in range(SEEDS):
        found = shift_by_prompts(tally_of(crowd(seed, 300)), SCALE, formula)
        missed += not found.interval.low <= float(right) <= found.interval.high
    assert missed <= missed_by_chance(SEEDS), missed
    assert missed >= 1
