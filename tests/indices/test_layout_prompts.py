"""Times, checks and the shift by prompts in the one integer: what counting gives."""

from collections import Counter
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.indices import (
    G1,
    WITHOUT_LEVEL,
    Checks,
    IndicesError,
    Layout,
    Shift,
    Times,
)
from survey.indices.entries import MOST_SECONDS

ELEMENTS = {"A": ("A1", "A2"), "B": ("B1", "B2")}
PAGES = ("thong-tin", "A", "B", "chung")
PROMPTS = {"P1": "A1", "P2": "B1", "P8": G1}
FIVE = Layout(
    elements=ELEMENTS, core=("A1",), levels=range(1, 6), pages=PAGES, prompts=PROMPTS
)
ELEVEN = Layout(
    elements=ELEMENTS, core=(), levels=range(11), pages=PAGES, prompts=PROMPTS
)
PLAIN = Layout(elements=ELEMENTS, core=("A1",), levels=range(1, 6))
RATED = {"A1": "4", "A2": "5", "B1": "2", "B2": "blank"}


def entries(layout, values):
    """Any record of any prompt, with the criterion's stored value at the end."""
    levels = [str(level) for level in layout.levels]
    kinds = {}
    for code, criterion in layout.prompts.items():
        ends = [values.get(criterion, "3")]
        kinds[code] = st.one_of(
            st.just({"outcome": "agrees"}),
            st.fixed_dictionaries(
                {
                    "outcome": st.sampled_from(
                        ["kept", "changed", "not_shown", "not_shown_page_limit"]
                    ),
                    "direction": st.sampled_from(["high", "low"]),
                    "from": st.sampled_from(levels),
                    "to": st.sampled_from(ends),
                    "still": st.booleans(),
                }
            ),
        )
    return st.fixed_dictionaries({}, optional=kinds)


@st.composite
def responses_to(draw, layout):
    words = [*(str(level) for level in layout.levels), *WITHOUT_LEVEL]
    values = draw(
        st.fixed_dictionaries(dict.fromkeys(layout.criteria, st.sampled_from(words)))
    )
    times = st.dictionaries(st.sampled_from(PAGES), st.integers(0, MOST_SECONDS))
    status = draw(st.sampled_from(["complete", "partial", "break_off"]))
    return status, values, draw(times), draw(entries(layout, values))


def before_prompts(values, prompts):
    """The answers as they were before any prompt changed them."""
    was = dict(values)
    for code, criterion in PROMPTS.items():
        entry = prompts.get(code, {})
        if entry.get("outcome") == "changed" and criterion in values:
            was[criterion] = entry["from"]
    return was


def sums(values, layout, satisfied_from):
    levels = [int(v) for v in values.values() if v not in WITHOUT_LEVEL]
    lowest = min(layout.levels)
    return (
        len(levels),
        sum(level >= satisfied_from for level in levels),
        sum(level - lowest for level in levels),
    )


def shift_of(layout, kept, satisfied_from):
    total = Counter()
    for _, values, _, prompts in kept:
        m, x, v = sums(values, layout, satisfied_from)
        total.update(all_v=v, all_mv=m * v, all_vv=v * v)
        was = before_prompts(values, prompts)
        if was == values:
            continue
        m0, x0, v0 = sums(was, layout, satisfied_from)
        total.update(n=1, m=m, x=x, v=v, m0=m0, x0=x0, v0=v0)
        total.update(mm=m * m, mx=m * x, xx=x * x, mv=m * v, vv=v * v)
        total.update(m0m0=m0 * m0, m0x0=m0 * x0, x0x0=x0 * x0)
        total.update(m0v0=m0 * v0, v0v0=v0 * v0)
        total.update(mm0=m * m0, mx0=m * x0, xm0=x * m0, xx0=x * x0)
        total.update(mv0=m * v0, vm0=v * m0, vv0=v * v0)
    return Shift(**total)


def checks_of(kept, code):
    total = Counter()
    for *_, prompts in kept:
        if code not in prompts:
            continue
        entry = prompts[code]
        shown = entry["outcome"] in ("kept", "changed")
        total.update(
            comparable=1,
            contrary=entry["outcome"] != "agrees",
            contrary_after=entry.get("still", False),
            shown=shown,
        )
        if shown:
            total[entry["outcome"]] += 1
    return Checks(**total)


def agree(layout, responses, satisfied_from):
    total = sum(
        layout.pack(status, values, satisfied_from, seconds=times, prompts=prompts)
        for status, values, times, prompts in responses
    )
    tally = layout.unpack(total)
    kept = [one for one in responses if one[0] != "break_off"]
    for page in PAGES:
        taken = [times[page] for _, _, times, _ in kept if page in times]
        assert tally.times[page] == Times(
            n=len(taken), s=sum(taken), ss=sum(t * t for t in taken)
        )
    assert tally.checks == {code: checks_of(kept, code) for code in PROMPTS}
    assert tally.shift == shift_of(layout, kept, satisfied_from)
    assert tally.faults() == ()
    assert layout.from_bytes(layout.bytes(total)) == total


@given(st.lists(responses_to(FIVE), max_size=5))
def test_times_checks_and_shift_are_what_counting_gives(responses):
    agree(FIVE, responses, 4)


@given(st.lists(responses_to(ELEVEN), max_size=5))
def test_the_same_on_a_scale_from_0_to_10(responses):
    agree(ELEVEN, responses, 8)


def test_without_pages_and_prompts_nothing_stands_elsewhere_than_before():
    assert PLAIN.width == 5 * (3 + 4 * 9 + 4 * 6)
    assert FIVE.width == PLAIN.width + 5 * (3 * 4 + 6 * 3 + 27)
    same = (1 << (8 * PLAIN.width)) - 1
    packed = FIVE.pack("complete", RATED, 4, seconds={"A": 3}) & same
    assert packed == PLAIN.pack("complete", RATED, 4)
    tally = PLAIN.unpack(packed)
    assert (tally.times, tally.checks, tally.shift) == ({}, {}, Shift())


def test_where_each_new_counter_stands_never_changes():
    prompts = {
        "P1": {"outcome": "changed", "from": "5", "to": "4", "still": True},
        "P2": {"outcome": "agrees"},
    }
    first = 3 + 4 * 9 + 4 * 6
    total = FIVE.pack("complete", RATED, 4, seconds={"A": 7}, prompts=prompts)
    fields = [(total >> (40 * i)) % (1 << 40) for i in range(first, FIVE.width // 5)]
    assert fields[:12] == [0, 0, 0, 1, 7, 49, 0, 0, 0, 0, 0, 0]
    assert fields[12:30] == [1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    # Valid 4, 5 and 2: three, two of them satisfied, 3 + 4 + 1 levels above the lowest;
    # before the prompt it was 5, 5 and 2.
    assert fields[30:33] == [8, 24, 64]
    assert fields[33:40] == [1, 3, 2, 8, 3, 2, 9]
    assert fields[40:45] == [9, 6, 4, 24, 64]
    assert fields[45:50] == [9, 6, 4, 27, 81]
    assert fields[50:] == [9, 6, 6, 4, 27, 24, 72]


def test_a_prompt_on_the_overall_rating_shifts_no_index():
    prompts = {"P8": {"outcome": "changed", "from": "1", "to": "5", "still": False}}
    tally = FIVE.unpack(FIVE.pack("complete", RATED, 4, prompts=prompts))
    assert tally.checks["P8"].changed == 1
    assert tally.shift.n == 0


@pytest.mark.parametrize("outcome", ["kept", "not_shown", "not_shown_page_limit"])
def test_only_what_was_changed_after_its_prompt_was_shifted_by_it(outcome):
    prompts = {"P1": {"outcome": outcome, "from": "1", "to": "4", "still": False}}
    assert FIVE.unpack(FIVE.pack("complete", RATED, 4, prompts=prompts)).shift.n == 0


def test_a_level_given_up_for_none_makes_the_base_smaller():
    values = RATED | {"A1": "cannot_judge"}
    prompts = {
        "P1": {"outcome": "changed", "from": "5", "to": "cannot_judge", "still": False}
    }
    shift = FIVE.unpack(FIVE.pack("complete", values, 4, prompts=prompts)).shift
    assert (shift.m, shift.x, shift.m0, shift.x0) == (2, 1, 3, 2)


def test_of_two_prompts_on_one_criterion_the_first_tells_where_it_began():
    layout = Layout(
        elements=ELEMENTS, core=(), levels=range(1, 6), prompts={"P1": "A1", "P2": "A1"}
    )
    prompts = {
        "P2": {"outcome": "changed", "from": "3", "to": "4", "still": False},
        "P1": {"outcome": "changed", "from": "1", "to": "4", "still": False},
    }
    shift = layout.unpack(layout.pack("complete", RATED, 4, prompts=prompts)).shift
    assert (shift.n, shift.v - shift.v0) == (1, 3)


def test_nothing_but_itself_is_counted_of_a_break_off():
    prompts = {"P1": {"outcome": "agrees"}}
    for layout in (FIVE, ELEVEN):
        broken = layout.pack("break_off", {}, 4, seconds={"A": 9}, prompts=prompts)
        assert broken == layout.pack("break_off", {}, 4)


CHANGED = {"outcome": "changed", "from": "5", "to": "4", "still": False}


@pytest.mark.parametrize(
    ("seconds", "prompts"),
    [
        ({"C": 3}, {}),  # no such page
        ({"A": -1}, {}),
        ({"A": MOST_SECONDS + 1}, {}),
        ({"A": 1.5}, {}),
        ({"A": "3"}, {}),
        ({"A": True}, {}),
        ({}, {"P3": {"outcome": "agrees"}}),  # no such prompt
        ({}, {"P1": {}}),
        ({}, {"P1": {"outcome": "shown"}}),
        ({}, {"P1": CHANGED | {"still": None}}),
        ({}, {"P1": CHANGED | {"still": 1}}),
        ({}, {"P1": CHANGED | {"from": "6"}}),
        ({}, {"P1": CHANGED | {"from": "blank"}}),
        ({}, {"P1": CHANGED | {"to": "later"}}),
        ({}, {"P1": CHANGED | {"to": "3"}}),  # stored is 4
    ],
)
def test_a_time_or_a_prompt_that_is_not_of_this_questionnaire_is_refused(
    seconds, prompts
):
    assert FIVE.pack("complete", RATED, 4, seconds={"A": 0}, prompts={"P1": CHANGED})
    with pytest.raises(IndicesError):
        FIVE.pack("complete", RATED, 4, seconds=seconds, prompts=prompts)


def test_a_layout_without_them_takes_no_time_and_no_prompt():
    with pytest.raises(IndicesError):
        PLAIN.pack("complete", RATED, 4, seconds={"A": 3})
    with pytest.raises(IndicesError):
        PLAIN.pack("complete", RATED, 4, prompts={"P1": {"outcome": "agrees"}})


@pytest.mark.parametrize(
    ("pages", "prompts"),
    [(("A", "A"), {}), ((), {"P1": "C1"}), ((), {"P1": ""})],
)
def test_pages_and_prompts_that_cannot_be_laid_out_are_refused(pages, prompts):
    with pytest.raises(IndicesError):
        Layout(elements=ELEMENTS, core=(), levels=[1, 2], pages=pages, prompts=prompts)


def test_edited_counters_have_a_fault():
    total = FIVE.pack(
        "complete", RATED, 4, seconds={"A": 7}, prompts={"P1": CHANGED}
    ) + FIVE.pack("partial", RATED, 4)
    tally = FIVE.unpack(total)
    assert tally.faults() == ()
    for page in ({"n": 3}, {"s": 8}, {"ss": 48}):
        edited = tally.times | {"A": replace(tally.times["A"], **page)}
        assert len(replace(tally, times=edited).faults()) == 1, page
    one = {"comparable": 0}, {"contrary": 2}, {"contrary_after": 2}, {"kept": 1}
    for check in one:
        edited = tally.checks | {"P1": replace(tally.checks["P1"], **check)}
        assert len(replace(tally, checks=edited).faults()) == 1, check
    for name in asdict(tally.shift):
        if name in ("n", "m0", "x", "v", "mm", "mx", "xx", "mv", "vv", "x0"):
            shift = replace(tally.shift, **{name: 1000})
            assert replace(tally, shift=shift).faults(), name


FLAGGED = Layout(
    elements=ELEMENTS,
    core=(),
    levels=range(1, 6),
    prompts=PROMPTS,
    flags=("straight_line", "fast", "erratic"),
)


def test_each_rule_counts_the_responses_that_break_it():
    total = sum(
        FLAGGED.pack("complete", RATED, 4, flags=flags)
        for flags in (["fast"], ["straight_line", "fast"], ["fast", "fast"], [])
    )
    tally = FLAGGED.unpack(total)
    assert tally.flagged == {"straight_line": 1, "fast": 3, "erratic": 0}
    assert tally.faults() == ()
    assert replace(tally, flagged={"fast": 5}).faults()
    assert FLAGGED.unpack(FLAGGED.pack("break_off", {}, 4)).flagged["fast"] == 0


def test_a_rule_that_the_layout_does_not_have_is_refused():
    for layout in (FLAGGED, PLAIN):
        with pytest.raises(IndicesError):
            layout.pack("complete", RATED, 4, flags=["slow"])
