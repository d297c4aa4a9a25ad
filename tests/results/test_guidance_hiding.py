"""Nothing of small groups, on paper or in an arm, follows from the page on guidance and
the results together."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pytest

from survey.exports import Figure
from survey.figures.reckoner import Reckoner
from survey.indices import Tally
from survey.results import guidance
from survey.tallies import layout_of
from tests.figures.attack import Known
from tests.results.studies import (
    CRITERIA,
    QUESTIONNAIRE,
    THRESHOLDS,
    drawn,
    known,
    paper,
    parts_of,
)


def scarce(seed: int, on_paper: int = 0):
    """Arms of which some criteria are rarely asked, in both or in one."""
    chooser = random.Random(seed)  # noqa: S311
    count = chooser.choice((40, 70, 120))
    rare = chooser.choice((0.1, 0.3, 1, 1))
    rows = drawn(seed, count, rare=rare, folded=chooser.choice((0.2, 0.5, 0.8)))
    in_one = chooser.sample(CRITERIA, chooser.choice((1, 1, 2, 6)))
    for row in rows:
        row["status"] = "complete"
        row["prompts"] = {}
        for code in in_one:
            if row["arm"] == "folded" and chooser.random() < 0.8:
                row["answers"][code] = "blank"
    return rows + paper(seed, on_paper, rare=chooser.choice((0.1, 1)))


def n_of(tally: Tally, code: str) -> int:
    return sum(n for level, n in tally.levels(code).items() if level is not None)


def members(figure: Figure) -> set[str]:
    if figure.level == "criterion":
        return {figure.code}
    if figure.level == "element":
        return {one.code for one in QUESTIONNAIRE.element(figure.code).criteria}
    return set(QUESTIONNAIRE.sets[figure.code])


@dataclass(frozen=True)
class Case:
    """A wave as its study sees it, and as it is."""

    study: guidance._Wave
    parts: dict[str, int]

    @classmethod
    def of(cls, rows) -> Case:
        return cls(known(rows), parts_of(rows))

    def tally(self, *kinds: str) -> Tally:
        return layout_of(QUESTIONNAIRE).unpack(sum(self.parts[one] for one in kinds))


KINDS = ("guided", "folded", "paper")
SUMS = [some for size in (1, 2, 3) for some in combinations(KINDS, size)]


def attack(case: Case, *, reads_paper: bool) -> list[tuple[tuple[str, ...], str]]:
    """Few answers to one criterion that this page gives away to whoever reads the
    results too.

    Each criterion has three unknowns: its guided, its folded and its paper answers.
    What has no answers is taken as known. What the results give away already is not
    this page's.

    Args:
        reads_paper: the results are read with the filter for paper as well.
    """
    n = {
        (kind, code): n_of(case.tally(kind), code)
        for kind in KINDS
        for code in CRITERIA
    }
    unknown = [one for one, count in n.items() if count]

    def row(kinds, codes) -> list[bool]:
        return [kind in kinds and code in codes for kind, code in unknown]

    results = [row(KINDS, codes) for codes in read(case.tally(*KINDS))]
    if reads_paper:
        results += [row(("paper",), codes) for codes in read(case.tally("paper"))]
    groups = case.study.groups
    arms = {
        "first": ("guided", "paper") if groups.takes_paper else ("guided",),
        "second": ("folded",),
    }
    shown = []
    if groups.fewest >= THRESHOLDS.index_from:
        overall, measures = guidance._compared(case.study)
        means = next(one for one in measures if one.name == "mean").rows
        for side, kinds in arms.items():
            shown += [
                row(kinds, {one.code})
                for one in means
                if getattr(one, side) is not None
            ]
            if getattr(overall, side) is not None:
                shown.append(row(kinds, set(CRITERIA)))
    if next(guidance._moved(case.study)).after is not None:
        shown.append(row({*arms["first"], "folded"}, set(CRITERIA)))
    secrets = list(secrets_of(n))
    if not secrets or not shown:
        return []
    wanted = np.array([row(kinds, {code}) for kinds, code in secrets])
    after = Known(np.array([*results, *shown])).tells(wanted)
    before = Known(np.array(results)).tells(wanted) if results else np.zeros_like(after)
    return [
        secret
        for secret, now, then in zip(secrets, after, before, strict=True)
        if now and not then
    ]


def secrets_of(n: dict[tuple[str, str], int]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Groups and criteria of which there are few answers."""
    for kinds in SUMS:
        for code in CRITERIA:
            count = sum(n[kind, code] for kind in kinds)
            is_all = count == sum(n[kind, code] for kind in KINDS)
            limit = THRESHOLDS.hide_below if is_all else THRESHOLDS.index_from
            if 0 < count < limit:
                yield kinds, code


def read(tally: Tally) -> list[set[str]]:
    """Over which criteria a page of results adds up answers."""
    figures = Reckoner(
        QUESTIONNAIRE,
        tally,
        thresholds=THRESHOLDS,
        formula="satisfied_share",
        language="vi",
    ).figures()
    return [
        members(figure)
        for figure in (*figures.rows, figures.core)
        if figure is not None and (figure.indices or figure.groups)
    ]


PAPER = (0, 1, 2, 3, 4, 7, 9, 10, 11, 14, 30)


@pytest.mark.parametrize("on_paper", PAPER)
def test_no_few_answers_of_an_arm_or_on_paper_follow_from_this_page_and_the_results(
    on_paper,
):
    cases = [Case.of(scarce(seed, on_paper)) for seed in range(on_paper, 330, 40)]
    for reads_paper in (False, True):
        found = [attack(one, reads_paper=reads_paper) for one in cases]
        assert [one for one in found if one] == []
    rows = [
        row
        for one in cases
        if one.study.groups.fewest >= THRESHOLDS.index_from
        for row in guidance._compared(one.study)[1][0].rows
    ]
    assert sum(row.verdict == "hidden" for row in rows) > 5
    # Where a tenth of the answers on paper miss, most criteria have few of ten forms.
    assert sum(row.first is not None for row in rows) > (
        0 if 10 <= on_paper < 14 else 10
    )


def bare(rows) -> Case:
    """As `Case.of`, with nothing hidden with small groups."""
    case = Case.of(rows)
    groups = replace(case.study.groups, closed=frozenset(), closed_of_both=frozenset())
    return replace(case, study=replace(case.study, groups=groups))


def test_the_same_attack_succeeds_when_nothing_is_hidden_with_small_groups():
    cases = [bare(scarce(seed)) for seed in range(60)]
    assert sum(bool(attack(one, reads_paper=False)) for one in cases) > 5


def test_the_same_attack_reads_a_single_form_on_paper_that_is_left_out():
    """As the page once had it: paper out of the arms, and no part of the hiding."""
    rows = drawn(1, 200)
    case = Case.of(rows + paper(1, 1))
    groups = replace(known(rows).groups, takes_paper=False)
    found = attack(
        replace(case, study=replace(case.study, groups=groups)), reads_paper=False
    )
    answered = {code for code in CRITERIA if n_of(case.tally("paper"), code)}
    assert {code for kinds, code in found if kinds == ("paper",)} == answered
    assert attack(case, reads_paper=False) == []


def test_what_is_hidden_has_no_number_and_what_is_shown_rests_on_enough():
    shown = 0
    for seed in range(30):
        one = known(scarce(seed))
        for measure in guidance._compared(one)[1]:
            for row in measure.rows:
                if row.verdict == "hidden":
                    assert row.first is row.second is row.value is row.low is None
                    assert row.first_n is row.second_n is None
                    assert row.words
                else:
                    shown += 1
                    assert min(row.first_n, row.second_n) >= THRESHOLDS.index_from
    assert shown > 100


def moved(rows):
    return next(guidance._moved(known(rows)))


def test_what_prompts_moved_is_not_told_where_few_on_paper_rated_anything():
    rows, on_paper = drawn(2, 200), paper(2, 12)
    assert moved(rows + on_paper).after == moved(rows).after is not None
    for row in on_paper[:9]:
        row["answers"] = dict.fromkeys(CRITERIA, "blank")
    hidden = moved(rows + on_paper)
    assert hidden.after is hidden.before is hidden.value is None
    assert "để bảo vệ nhóm ít phiếu" in hidden.words


def test_reasons_of_few_for_not_answering_do_not_follow_either():
    rows = drawn(3, 120, folded=0)
    for row in rows:
        row["status"] = "complete"

    def cannot_judge(some):
        reasons = {one.name: one for one in guidance._reasons(known(some))}
        return reasons["cannot_judge"].ranked

    assert cannot_judge(rows)
    for row in rows[:3]:
        row["arm"], row["prompts"] = "folded", {}
        row["answers"] = dict.fromkeys(CRITERIA, "cannot_judge")
    # None of the three gave a level, so that by levels no group is small.
    assert cannot_judge(rows) == ()
