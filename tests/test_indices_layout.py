"""One integer holds a tally cell: what was packed and added comes out as counted."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.indices import (
    CORE,
    FULL,
    STATUSES,
    WITHOUT_LEVEL,
    IndicesError,
    Layout,
    Sums,
    satisfied_share,
)
from survey.indices.layout import FIELD_BYTES, FIELD_LIMIT
from survey.questionnaire.schema import Level, Scale, Text

ELEMENTS = {
    "A": ("A1", "A2", "A3", "A4", "A5"),
    "B": ("B1", "B2", "B3", "B4", "B5", "B6"),
    "C": ("C1", "C2", "C3", "C4", "C5"),
    "D": ("D1", "D2", "D3", "D4"),
    "E": ("E1", "E2", "E3", "E4"),
}
CORE_CODES = {  # questionnaire.md 6.4
    *("A1", "A2", "A3", "B2", "B4", "B6", "C1", "C2"),
    *("C3", "C4", "D1", "D2", "D4", "E1", "E2", "E3"),
}
WHOLE = Layout(elements=ELEMENTS, core=CORE_CODES, levels=range(1, 6))
SMALL = Layout(elements={"A": ("A1", "A2"), "B": ("B1",)}, core={"A1"}, levels=[1, 2])
ELEVEN = Layout(elements={"A": ("A1", "A2")}, core=(), levels=range(11))


def responses_to(layout):
    values = st.sampled_from([*(str(level) for level in layout.levels), *WITHOUT_LEVEL])
    return st.lists(
        st.tuples(
            st.sampled_from(STATUSES),
            st.fixed_dictionaries(dict.fromkeys(layout.criteria, values)),
        ),
        max_size=6,
    )


def counted(layout, responses, satisfied_from, core):
    """The same counters, by counting: the oracle."""
    kept = [values for status, values in responses if status != "break_off"]
    parts = {**elements_of(layout), FULL: layout.criteria, CORE: tuple(core)}
    sums = {part: Counter() for part in parts}
    for values in kept:
        for part, codes in parts.items():
            valid = [int(values[c]) for c in codes if values[c] not in WITHOUT_LEVEL]
            m, x = len(valid), sum(level >= satisfied_from for level in valid)
            sums[part].update(r=m > 0, m=m, x=x, mm=m * m, mx=m * x, xx=x * x)
    return (
        Counter(status for status, _ in responses),
        {code: Counter(values[code] for values in kept) for code in layout.criteria},
        {part: Sums(**sums[part]) for part in parts},
    )


def elements_of(layout):
    return {
        element: tuple(code for code in layout.criteria if code.startswith(element))
        for element in layout.elements
    }


def agree(layout, responses, satisfied_from, core):
    total = sum(layout.pack(s, v, satisfied_from) for s, v in responses)
    tally = layout.unpack(total)
    statuses, counts, sums = counted(layout, responses, satisfied_from, core)
    # A Counter equals a mapping with zeros for what it never saw.
    assert Counter(tally.statuses) == statuses
    assert {code: Counter(c) for code, c in tally.counts.items()} == counts
    assert dict(tally.sums) == sums
    assert tally.faults() == ()
    assert layout.from_bytes(layout.bytes(total)) == total
    assert len(layout.bytes(total)) == layout.width


@given(responses_to(WHOLE))
def test_the_sum_of_packed_responses_is_what_counting_gives(responses):
    agree(WHOLE, responses, 4, CORE_CODES)


@given(responses_to(SMALL))
def test_the_same_on_two_levels(responses):
    agree(SMALL, responses, 2, {"A1"})


@given(responses_to(ELEVEN))
def test_the_same_on_a_scale_from_0_to_10_without_a_core_set(responses):
    agree(ELEVEN, responses, 8, ())


def test_where_each_counter_stands_never_changes():
    # Stored totals outlive versions. Fields of SMALL: 3 statuses, then 1, 2 and four
    # without a level for A1, A2, B1, then r m x mm mx xx for A, B, full, core.
    values = {"A1": "2", "A2": "1", "B1": "not_asked"}
    fields = {
        0: 1,  # complete
        4: 1,  # A1 is 2
        9: 1,  # A2 is 1
        20: 1,  # B1 is not_asked
        **dict(zip(range(21, 27), (1, 2, 1, 4, 2, 1), strict=True)),  # A
        **dict(zip(range(33, 39), (1, 2, 1, 4, 2, 1), strict=True)),  # full
        **dict(zip(range(39, 45), (1, 1, 1, 1, 1, 1), strict=True)),  # core
    }
    total = sum(count << (40 * field) for field, count in fields.items())
    assert SMALL.pack("complete", values, 2) == total
    assert SMALL.width == 45 * 5
    assert WHOLE.width == (3 + 24 * 9 + 7 * 6) * 5 == 1305


def test_a_break_off_is_counted_and_its_answers_are_not():
    tally = SMALL.unpack(SMALL.pack("break_off", {"A1": "2"}, 2))
    assert tally.statuses == {"complete": 0, "partial": 0, "break_off": 1}
    assert tally.counted == 0
    assert set(tally.sums.values()) == {Sums()}
    assert all(not any(counts.values()) for counts in tally.counts.values())


def test_a_response_without_a_valid_answer_in_an_element_is_none_of_its_n():
    values = {"A1": "cannot_judge", "A2": "blank", "B1": "1"}
    tally = SMALL.unpack(SMALL.pack("partial", values, 2))
    assert tally.counted == 1
    assert tally.sums["A"].r == 0
    assert tally.sums["B"].r == 1
    assert tally.sums[FULL] == Sums(r=1, m=1, x=0, mm=1, mx=0, xx=0)


def test_nothing_was_counted_in_an_empty_total():
    tally = WHOLE.unpack(0)
    assert tally.counted == 0
    assert tally.counts["E4"] == dict.fromkeys(
        ["1", "2", "3", "4", "5", *WITHOUT_LEVEL], 0
    )


def test_the_levels_of_a_criterion_are_what_an_index_is_made_of():
    words = Text(vi="mức", en="level")
    levels = tuple(Level(code=code, label=words) for code in WHOLE.levels)
    answers = ["1", "2", "4", "4", "5", "not_applicable"]
    rest = dict.fromkeys(WHOLE.criteria, "not_asked")
    total = sum(WHOLE.pack("complete", rest | {"D1": a}, 4) for a in answers)
    counts = WHOLE.unpack(total).levels("D1")
    assert counts == {1: 1, 2: 1, 3: 0, 4: 2, 5: 1, None: 1}
    share = satisfied_share(counts, Scale(levels=levels))
    assert (share.value, share.base) == (60, 5)


GOOD = {"A1": "1", "A2": "2", "B1": "blank"}


@pytest.mark.parametrize(
    ("status", "values"),
    [
        ("finished", GOOD),
        ("complete", GOOD | {"A1": "3"}),  # not on this scale
        ("complete", GOOD | {"A1": ""}),
        ("complete", GOOD | {"A1": None}),
        ("complete", GOOD | {"C1": "1"}),
        ("complete", {"A1": "1", "A2": "2"}),
        ("complete", {"A1": "1", "A2": "2", "C1": "1"}),
    ],
)
def test_a_response_that_is_not_of_this_questionnaire_is_refused(status, values):
    with pytest.raises(IndicesError):
        SMALL.pack(status, values, 2)


@pytest.mark.parametrize(
    "total",
    [
        -1,
        1 << (8 * SMALL.width),
        FIELD_LIMIT,  # the first counter is about to run over
        (1 << 40) - 1,  # the first counter went to −1 and borrowed from the second
        FIELD_LIMIT << (8 * FIELD_BYTES * 44),
    ],
)
def test_a_total_that_ran_over_or_below_zero_is_refused(total):
    for use in (SMALL.unpack, SMALL.bytes):
        with pytest.raises(IndicesError):
            use(total)


def test_the_largest_counter_is_still_read():
    total = (FIELD_LIMIT - 1) << 40
    assert SMALL.unpack(total).statuses["partial"] == FIELD_LIMIT - 1


def test_a_blob_of_another_questionnaire_is_refused():
    with pytest.raises(IndicesError):
        SMALL.from_bytes(WHOLE.bytes(1))
    with pytest.raises(IndicesError):
        SMALL.from_bytes(b"\xff" * SMALL.width)


def test_blobs_are_big_endian_so_that_they_compare_as_numbers():
    assert SMALL.bytes(1) == b"\0" * (SMALL.width - 1) + b"\1"
    assert SMALL.bytes(2) < SMALL.bytes(256)


def test_counters_that_only_ever_grew_have_no_fault_and_edited_ones_do():
    total = SMALL.pack("complete", GOOD, 2)
    assert SMALL.unpack(total).faults() == ()
    one_more_answer = SMALL.unpack(total + (1 << (40 * 3)))
    assert [fault.split(":")[0] for fault in one_more_answer.faults()] == ["A1"]
    one_satisfied_more = SMALL.unpack(total + (2 << (40 * 23)))
    assert [fault.split(":")[0] for fault in one_satisfied_more.faults()] == ["A"]


@pytest.mark.parametrize(
    ("elements", "core", "levels"),
    [
        ({}, (), [1, 2]),
        ({"A": ("A1",)}, (), []),
        ({"A": ("A1", "A1")}, (), [1, 2]),
        ({"A": ("A1",), "B": ("A1",)}, (), [1, 2]),
        ({"full": ("A1",)}, (), [1, 2]),
        ({"core": ("A1",)}, (), [1, 2]),
        ({"A": ("A1",)}, ("A2",), [1, 2]),
        ({"A": ("A1",)}, (), [1, 1]),
    ],
)
def test_a_questionnaire_that_cannot_be_laid_out_is_refused(elements, core, levels):
    with pytest.raises(IndicesError):
        Layout(elements=elements, core=core, levels=levels)
