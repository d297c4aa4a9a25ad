"""Which guidance needs work: the worst first, and few answers say little."""

from fractions import Fraction

import pytest

from survey.indices import REASONS, IndicesError, Layout, needs_work, wilson

CODES = ("A1", "A2", "B1")
PROMPTS = {"P1": "A1", "P2": "B1", "P8": "G1"}
LAYOUT = Layout(
    elements={"A": CODES[:2], "B": CODES[2:]},
    core=(),
    levels=range(1, 6),
    pages=("A", "B"),
    prompts=PROMPTS,
)
KEPT = {"outcome": "kept", "from": "5", "to": "5", "still": True}
CHANGED = {"outcome": "changed", "from": "5", "to": "2", "still": False}
NOT_SHOWN = {"outcome": "not_shown_page_limit", "to": "4"}
AGREES = {"outcome": "agrees"}


def tally_of(*responses):
    total = 0
    for times, answers, prompts, seconds in responses:
        values = dict.fromkeys(CODES, "not_asked") | answers
        total += times * LAYOUT.pack(
            "complete", values, 4, seconds=seconds, prompts=prompts
        )
    return LAYOUT.unpack(total)


def ranked(tally, words=None, **more):
    found = needs_work(tally, prompts=PROMPTS, words=words or {}, **more)
    assert tuple(found) == tuple(REASONS)
    return {
        reason: [(need.code, need.value, need.n) for need in needs]
        for reason, needs in found.items()
    }


def test_the_worst_stands_first_and_a_few_answers_do_not_make_it_worst():
    tally = tally_of(
        (60, {"A1": "4", "A2": "cannot_judge", "B1": "cannot_judge"}, {}, {}),
        (40, {"A1": "cannot_judge", "A2": "4"}, {}, {}),
    )
    # All 60 who were asked B1 could not judge; A2 60 of 100, A1 40 of 100.
    assert ranked(tally)["cannot_judge"] == [
        ("B1", 100, 60),
        ("A2", 60, 100),
        ("A1", 40, 100),
    ]
    few = tally_of(
        (60, {"A2": "cannot_judge"}, {}, {}),
        (5, {"A2": "4", "B1": "cannot_judge"}, {}, {}),
    )
    assert [code for code, *_ in ranked(few)["cannot_judge"]] == ["A2", "B1"]


def test_contradictions_are_of_those_that_could_and_kept_of_those_shown():
    tally = tally_of(
        (10, {"A1": "5", "B1": "5"}, {"P1": KEPT, "P2": AGREES, "P8": KEPT}, {}),
        (10, {"A1": "2", "B1": "5"}, {"P1": CHANGED, "P2": KEPT}, {}),
        (10, {"A1": "4"}, {"P1": AGREES}, {}),
        (5, {"A1": "4"}, {"P1": AGREES}, {}),
        (5, {"A1": "4"}, {"P1": KEPT | NOT_SHOWN}, {}),
    )
    found = ranked(tally)
    assert found["contrary"] == [
        ("G1", 100, 10),
        ("A1", Fraction(125, 2), 40),
        ("B1", 50, 20),
    ]
    assert {code: (value, n) for code, value, n in found["kept"]} == {
        "G1": (100, 10),
        "B1": (100, 10),
        "A1": (50, 20),
    }
    needs = needs_work(tally, prompts=PROMPTS, words={})["contrary"]
    assert [need.prompt for need in needs] == ["P8", "P1", "P2"]
    assert needs[1].interval == wilson(25, 40)


def test_time_counts_against_the_words_of_the_page():
    tally = tally_of(
        (20, {"A1": "4"}, {}, {"A": 60, "B": 30}),
        (20, {"A1": "4"}, {}, {"A": 80, "B": 50}),
    )
    assert ranked(tally, {"A": 350, "B": 80})["time"] == [
        ("B", Fraction(1, 2), 40),
        ("A", Fraction(1, 5), 40),
    ]
    assert ranked(tally, {"A": 350})["time"] == [("A", Fraction(1, 5), 40)]
    need = needs_work(tally, prompts=PROMPTS, words={"B": 80})["time"][0]
    # 40 ± t(39) · 10.127 / √40 seconds, over 80 words.
    assert float(need.interval.high) == pytest.approx((40 + 3.239) / 80, abs=1e-4)


def test_too_few_answers_and_no_trouble_are_not_ranked():
    tally = tally_of(
        (4, {"A1": "5", "A2": "cannot_judge"}, {"P1": KEPT}, {"A": 60}),
        (9, {"B1": "4"}, {"P2": AGREES}, {}),
    )
    assert ranked(tally, {"A": 100}) == {reason: [] for reason in REASONS}
    assert ranked(tally, {"A": 100}, fewest=4)["cannot_judge"] == [("A2", 100, 4)]
    assert ranked(tally, {"A": 100}, fewest=1)["time"] == []


def test_a_prompt_without_its_criterion_is_refused():
    with pytest.raises(IndicesError):
        needs_work(tally_of(), prompts={"P1": "A1"}, words={})
