"""No small group of a year follows from all its figures: every pair of filters, every
period, everything added up and subtracted."""

from __future__ import annotations

from itertools import combinations

import pytest

from survey.figures.openings import Verdict
from tests.figures.attack import AXES, SHAPE, differenced, spanned, year
from tests.figures.attack import read_all as read

SEEDS = (3, 12)
BY_TWO = list(combinations(AXES, 2))


class Bare:
    """As `Openings`, with nothing hidden but small groups themselves."""

    def __init__(self, openings):
        self.openings = openings

    def verdict(self, place):
        axes = tuple(sorted(axis for axis, path in place.items() if path))
        row = self.openings._measure(
            sum(
                total
                for paths, total in self.openings._read(axes).items()
                if all(
                    path[: len(place[axis])] == place[axis]
                    for axis, path in zip(axes, paths, strict=True)
                )
            )
        )
        return Verdict(frozenset(c for c, n in row.sizes.items() if 0 < n < 10))


@pytest.fixture(scope="module", params=SEEDS)
def known(request):
    made = year(request.param, 400)
    return made, made.openings()


def test_no_small_group_follows_from_all_figures_by_any_two_filters(known):
    made, openings = known
    for axes in BY_TWO:
        assert spanned(made, openings, axes) == [], axes


def test_the_attack_reads_enough_figures_to_mean_something(known):
    made, openings = known
    assert len(read(made, openings, ("unit", "month"))) > 60
    assert len(read(made, openings, ("origin",))) > 20


def test_no_two_figures_differ_by_few_whatever_they_are_filtered_by(known):
    made, openings = known
    selections = []
    for axes in BY_TWO:
        selections += [one for one in made.selections(axes) if made.inside(one).any()]
    distinct = list({repr(sorted(one.items())): one for one in selections}.values())
    assert differenced(made, openings, distinct) == []


def test_the_same_attacks_find_groups_when_nothing_is_hidden_with_small_ones():
    made = year(1, 400)
    bare = Bare(made.openings())
    assert len(spanned(made, bare, ("unit", "channel"))) > 3
    selections = list(made.selections(("unit", "origin")))
    assert len(differenced(made, bare, selections)) > 3


def test_whoever_asks_and_in_whatever_order_hears_the_same():
    made = year(3, 300)
    selections = list(made.selections(("channel", "unit")))
    forward, backward = made.openings(), made.openings()
    heard = [forward.verdict(one) for one in selections]
    assert [backward.verdict(one) for one in selections[::-1]][::-1] == heard


def test_by_four_conditions_nothing_is_shown():
    made = year(1, 300)
    place = {axis: made.nodes(axis)[1] for axis in AXES[:4]}
    assert made.openings().verdict(place).closed == set(SHAPE.codes)
