"""Choices of facts and general questions, counted beside the ratings."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.indices import IndicesError, Layout

ELEMENTS = {"A": ("A1", "A2"), "B": ("B1",)}
LEVELS = ("1", "2", "3", "4", "5")
QUESTIONS = {
    "F02": ("employee", "other"),
    "late": ("no", "yes"),
    "G1": (*LEVELS, "blank"),
    "G2": ("answered", "forms", "nothing"),
}


def layout(**more) -> Layout:
    return Layout(
        elements=ELEMENTS, core=("A1",), levels=(1, 2, 3, 4, 5), flags=("fast",), **more
    )


WHOLE = layout(choices=QUESTIONS)
WITHOUT = layout()
values = st.fixed_dictionaries(
    {
        code: st.sampled_from((*LEVELS, "not_applicable", "blank", "not_asked"))
        for code in ("A1", "A2", "B1")
    }
)
chosen = st.fixed_dictionaries(
    {},
    optional={
        "F02": st.sampled_from(("employee", "other", "2026-08-21", "unheard")),
        "late": st.sampled_from(("no", "yes", None)),
        "G1": st.sampled_from((*LEVELS, "blank", "cannot_judge")),
        "G2": st.lists(st.sampled_from(("answered", "forms", "nothing", "else"))),
        "F99": st.just("yes"),
    },
)
forms = st.lists(
    st.tuples(st.sampled_from(("complete", "partial", "break_off")), values, chosen),
    max_size=30,
)


@given(forms)
def test_every_choice_is_counted_once_for_each_form_that_made_it(several):
    total = sum(
        WHOLE.pack(status, rated, 4, chosen=made) for status, rated, made in several
    )
    found = WHOLE.unpack(total)
    counted = [
        (rated, made) for status, rated, made in several if status != "break_off"
    ]

    expected: dict[str, Counter[str]] = {code: Counter() for code in QUESTIONS}
    for _, made in counted:
        for code, one in made.items():
            for choice in set(one) if isinstance(one, list) else {one}:
                if choice in QUESTIONS.get(code, ()):
                    expected[code][choice] += 1
    assert found.chosen == {
        code: {choice: expected[code][choice] for choice in known}
        for code, known in QUESTIONS.items()
    }
    for code in ("A1", "A2", "B1"):
        pairs = Counter(
            (rated[code] in ("4", "5"), made["G1"] in ("4", "5"))
            for rated, made in counted
            if rated[code] in LEVELS and made.get("G1") in LEVELS
        )
        together = found.together[code]
        assert together.both == pairs[True, True]
        assert together.criterion == pairs[True, False]
        assert together.overall == pairs[False, True]
        assert together.neither == pairs[False, False]
        assert together.n == sum(pairs.values())
    assert found.faults() == ()


@given(forms)
def test_cells_written_before_choices_were_counted_read_as_before(several):
    old = sum(WITHOUT.pack(status, rated, 4) for status, rated, _ in several)
    before, now = WITHOUT.unpack(old), WHOLE.unpack(old)

    assert (now.statuses, now.counts, now.sums) == (
        before.statuses,
        before.counts,
        before.sums,
    )
    assert now.flagged == before.flagged
    assert not any(sum(counts.values()) for counts in now.chosen.values())


def test_a_questionnaire_without_an_overall_rating_compares_nothing():
    assert layout(choices={"F02": ("employee",)}).unpack(0).together == {}


def test_a_choice_that_stands_twice_is_refused():
    with pytest.raises(IndicesError, match="twice"):
        layout(choices={"F02": ("other", "other")})


def test_more_choices_than_forms_are_a_fault():
    total = WHOLE.pack("complete", dict.fromkeys(("A1", "A2", "B1"), "4"), 4)
    chosen = WHOLE.pack(
        "complete",
        dict.fromkeys(("A1", "A2", "B1"), "4"),
        4,
        chosen={"F02": "other", "G1": "4"},
    )
    faults = WHOLE.unpack(total + 3 * (chosen - total)).faults()

    assert any("F02" in fault for fault in faults)
    assert any("A1" in fault for fault in faults)
