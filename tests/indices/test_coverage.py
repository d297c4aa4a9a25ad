"""The short form of `python -m bench coverage`: intervals hold the truth as often as
they say. The seed is fixed, so these figures are the same in every run."""

import numpy
import pytest

from bench import coverage
from survey.indices import wilson


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        ("ratio_interval", (10, 30, 200)),
        ("pooled_difference", (20,)),
        ("mean", (10, 50)),
        ("weighted", (40,)),
        ("wilson", (30,)),
        ("share_difference", (30,)),
    ],
)
def test_intervals_hold_the_truth_19_times_in_20(kind, sizes):
    cases = coverage.cases()[kind]
    chosen = cases[:: max(1, len(cases) // 12)]
    trials = 1200 // len(chosen)
    for size in sizes:
        found = [coverage.coverage(case, size, trials) for case in chosen]
        assert 93 <= sum(found) / len(found) <= 97


def test_without_clusters_the_interval_would_be_too_narrow():
    draw = numpy.random.default_rng(coverage.SEED)
    held = 0
    for _ in range(100):
        sums = coverage.responses(draw, 50, 0.8, 0.5, (12, 24))
        interval = wilson(sums.x, sums.m)
        held += interval.low <= 80 <= interval.high
    assert held < 70
