"""No small group can be had by subtracting what one report shows."""

from __future__ import annotations

import random
from functools import reduce
from itertools import combinations
from operator import add

import numpy as np

from survey.exports import Figure
from survey.figures.openings import Verdict
from survey.figures.reckoner import Figures, Reckoner
from survey.indices import Thresholds
from survey.questionnaire.loader import load, packaged
from survey.tallies import counts_of, layout_of
from tests.figures import crowd
from tests.figures.attack import Known

QUESTIONNAIRE = load(packaged()["dn-2026-1"], "dn-2026-1")
THRESHOLDS = Thresholds()
SIZES = (6, 9, 11, 14, 18, 25, 40, 70, 120)


def wave(seed: int) -> Reckoner:
    """A wave of some size in which some criteria are rarely asked."""
    chooser = random.Random(seed)  # noqa: S311
    made = crowd.rows(
        QUESTIONNAIRE,
        "w",
        SIZES[seed % len(SIZES)],
        places=[(1, None)],
        chooser=chooser,
        rare=chooser.choice((0.02, 0.1, 0.2, 0.4)),
    )
    # Any criterion may be the rare one, not only those of the form.
    scarce = chooser.sample([one.code for one in QUESTIONNAIRE.criteria], 6)
    counts = []
    for row in made:
        answers = row["answers"]
        for code in scarce:
            if chooser.random() < 0.8:
                answers[code] = "not_asked"
        counts.append(counts_of(QUESTIONNAIRE, "complete", answers))
    tally = layout_of(QUESTIONNAIRE).unpack(reduce(add, counts))
    return Reckoner(
        QUESTIONNAIRE,
        tally,
        thresholds=THRESHOLDS,
        formula="satisfied_share",
        language="vi",
    )


def valid(reckoner: Reckoner, code: str) -> dict[int | None, int]:
    levels = reckoner.tally.levels(code)
    return {level: n for level, n in levels.items() if level is not None}


def small(reckoner: Reckoner) -> set[str]:
    """Criteria whose answers must stay secret, found without the code under test."""
    found = set()
    for criterion in QUESTIONNAIRE.criteria:
        levels = valid(reckoner, criterion.code)
        n, high = sum(levels.values()), levels[4] + levels[5]
        if 0 < n < 5 or (n < 10 and n > 0 and high in (0, n)):
            found.add(criterion.code)
    return found


def attack(reckoner: Reckoner, made: Figures) -> list[set[str]]:
    """Sums of one or two small criteria that follow from what is shown."""
    criteria = {row.code: row for row in made.rows if row.level == "criterion"}
    secret = small(reckoner)
    known_in_full = {code for code, row in criteria.items() if row.counts}
    known_in_groups = known_in_full | {
        code for code, row in criteria.items() if row.groups
    }
    found = []
    for known in (known_in_full, known_in_groups):
        empty = {code for code in criteria if not sum(valid(reckoner, code).values())}
        unknown = [code for code in criteria if code not in known | empty]
        shown = [
            [code in sums for code in unknown]
            for row, sums in sums_of(made)
            if row.counts
        ]
        if not shown:
            continue
        secrets = [
            set(codes)
            for size in (1, 2)
            for codes in combinations(sorted(secret.intersection(unknown)), size)
            if size == 1
            or sum(sum(valid(reckoner, code).values()) for code in codes) < 5
        ]
        if secrets:
            wanted = np.array(
                [[code in codes for code in unknown] for codes in secrets]
            )
            tells = Known(np.array(shown)).tells(wanted)
            found += [codes for codes, told in zip(secrets, tells, strict=True) if told]
    return found


def sums_of(made: Figures) -> list[tuple[Figure, set[str]]]:
    sums = []
    for row in made.rows:
        if row.level == "element":
            element = QUESTIONNAIRE.element(row.code)
            sums.append((row, {one.code for one in element.criteria}))
    sums.append((made.rows[-1], set(QUESTIONNAIRE.sets["full"])))
    assert made.core is not None
    sums.append((made.core, set(QUESTIONNAIRE.sets["core"])))
    return sums


def test_no_small_group_follows_from_the_sums_of_a_report():
    for seed in range(240):
        reckoner = wave(seed)
        assert attack(reckoner, reckoner.figures()) == [], seed


def bare(seed: int) -> Reckoner:
    """A wave of which only small groups are hidden, and nothing with them."""
    one = wave(seed)
    closed = frozenset(
        code for code, shown in one.displays.items() if shown in ("hidden", "counts")
    )
    return Reckoner(
        QUESTIONNAIRE,
        one.tally,
        thresholds=THRESHOLDS,
        formula="satisfied_share",
        language="vi",
        verdict=Verdict(closed, closed),
    )


def test_the_same_attack_finds_groups_when_nothing_is_hidden_with_them():
    found = [seed for seed in range(60) if attack(bare(seed), bare(seed).figures())]
    assert len(found) > 10


def test_what_is_hidden_has_no_number_but_its_words():
    for seed in range(60):
        made = wave(seed).figures()
        for row in made.rows:
            if row.display in ("hidden", "cover"):
                assert (row.n, row.answers, row.groups) == (None, None, None)
                assert (row.low, row.high, row.mean) == (None, None, None)
                assert not row.counts
                assert not row.indices
                assert row.not_applicable is None
                assert row.cannot_judge is None
                assert row.words


def test_a_large_wave_hides_nothing():
    reckoner = wave(8)
    chooser = random.Random(1)  # noqa: S311
    made = crowd.rows(
        QUESTIONNAIRE, "w", 400, places=[(1, None)], chooser=chooser, rare=0.3
    )
    counts = [counts_of(QUESTIONNAIRE, "complete", row["answers"]) for row in made]
    tally = layout_of(QUESTIONNAIRE).unpack(sum(counts))
    shown = Reckoner(
        QUESTIONNAIRE,
        tally,
        thresholds=reckoner.thresholds,
        formula="satisfied_share",
        language="vi",
    ).figures()
    assert {row.display for row in shown.rows} == {"rank"}
    assert shown.core is not None
    assert shown.core.display == "rank"


def test_a_mean_of_criteria_is_made_of_shown_indices_only():
    for seed in range(40):
        made = wave(seed).figures()
        for row, codes in sums_of(made):
            if row.mean is None:
                continue
            shown = [
                one.indices["satisfied_share"]
                for one in made.rows
                if one.level == "criterion" and one.code in codes and one.indices
            ]
            assert row.mean_of == len(shown)
            assert row.mean == sum(shown) / len(shown)
