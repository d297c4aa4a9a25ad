"""The packaged questionnaires: whole in both languages; the short one in the full."""

from __future__ import annotations

import time
from datetime import date

import pytest

from survey.questionnaire import (
    ProcedureFacts,
    Questionnaire,
    derive,
    digest,
    load,
    needed_facts,
    packaged,
    references,
    shown,
    without_hidden,
)
from survey.questionnaire.schema import REASONS
from survey.workdays import Calendar

CORE = "A1 A2 A3 B2 B4 B6 C1 C2 C3 C4 D1 D2 D4 E1 E2 E3"

# A published questionnaire never changes, its comments included: an office that has
# published it keeps the old text. New words are a new file with a new id.
PUBLISHED = {
    "dn-2026-1": "ae191531e10e964321426b717cf7ea7da88d589c99da755a1514bab62caed341",
    "loi-2026-1": "da711d222f57dd218be69473cbca9a0d9feb6a2fe7bbe20f574b690dd98e93b3",
}


def codes_of(q: Questionnaire) -> set[str]:
    return {
        *(one.code for one in q.criteria),
        *(one.code for one in q.facts),
        *(one.code for one in q.generals),
    }


def test_the_packaged_texts_are_the_published_ones() -> None:
    assert {name: digest(text) for name, text in packaged().items()} == PUBLISHED


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_file_is_named_by_its_id(name: str) -> None:
    assert load(packaged()[name], f"{name}.toml").id == name


def test_the_full_questionnaire_holds_all_questions(full: Questionnaire) -> None:
    assert [(e.code, len(e.criteria)) for e in full.elements] == [
        ("A", 5),
        ("B", 6),
        ("C", 5),
        ("D", 4),
        ("E", 4),
    ]
    assert len(full.facts) == 31
    assert [one.code for one in full.prompts] == [f"P{n}" for n in range(1, 9)]
    assert [one.code for one in full.generals] == ["G1", "G2", "G3", "G4"]
    assert " ".join(full.sets["core"]) == CORE
    assert len(full.sets["full"]) == 24
    assert full.minutes == 15
    assert full.settings == {
        "reply_days": 20,
        "contact_days": 90,
        "promise_tolerance": 1,
    }


def test_the_short_questionnaire_is_the_core_set(
    full: Questionnaire, short: Questionnaire
) -> None:
    assert short.sets["core"] == short.sets["full"] == full.sets["core"]
    assert short.minutes == 12
    assert [one.code for one in short.prompts] == ["P1", "P3", "P5", "P6", "P8"]
    assert " ".join(fact.code for fact in short.facts) == (
        "F01 F04 F05 F06 F07 F08 F09 F10 F10b F12 F12b F12c F12d F13 F13b F17 F17b"
    )


def test_the_short_one_asks_in_the_words_of_the_full_one(
    full: Questionnaire, short: Questionnaire
) -> None:
    gone = codes_of(full) - codes_of(short)
    for fact in short.facts:
        assert fact == full.fact(fact.code)
    for one in short.criteria:
        original = full.criterion(one.code)
        assert one.leave_out.vi == without_hidden(original.leave_out.vi, gone)
        assert one.leave_out.en == without_hidden(original.leave_out.en, gone)
        assert (one.text, one.consider, one.look_up, one.who, one.when) == (
            original.text,
            original.consider,
            original.look_up,
            original.who,
            original.when,
        )
        assert one.anchors == original.anchors
        assert one.not_applicable == original.not_applicable
    assert short.generals == full.generals
    assert short.scale == full.scale
    assert set(short.prompts) <= set(full.prompts)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_exactly_the_facts_that_are_needed_are_asked(name: str) -> None:
    q = load(packaged()[name], name)
    assert needed_facts(q) == {fact.code for fact in q.facts}


def test_role_and_size_are_for_the_tables_of_the_full_one_alone(
    full: Questionnaire, short: Questionnaire
) -> None:
    assert {"F02", "F03"} <= set(full.tables)
    assert short.tables == ()


def test_the_scale_has_five_levels_and_neutral_is_not_satisfied(
    full: Questionnaire,
) -> None:
    assert full.scale.codes == (1, 2, 3, 4, 5)
    assert full.scale.high == {4, 5}
    assert full.scale.low == {1, 2}
    assert full.scale.label(3).vi == "Bình thường"


def test_every_criterion_is_asked_in_one_sentence_about_one_thing(
    full: Questionnaire,
) -> None:
    for one in full.criteria:
        assert one.text.vi.startswith("Quý doanh nghiệp đánh giá thế nào về ")
        assert one.text.vi.count("?") == one.text.en.count("?") == 1
        assert " và " not in one.text.vi
        assert list(one.anchors) == [1, 2, 3, 4, 5]
        assert {rule.reason for rule in one.not_applicable} <= set(REASONS)


def test_both_languages_point_to_the_same_questions(full: Questionnaire) -> None:
    for one in full.criteria:
        assert references(one.leave_out.vi) == references(one.leave_out.en)
        assert one.code not in references(one.leave_out.vi)


def test_the_special_answers_to_dates_are_kept(full: Questionnaire) -> None:
    assert full.fact("F07").codes == ("no_date_given", "not_sure")
    assert full.fact("F10b").codes == ("unchanged", "not_sure")
    assert full.fact("F01").codes == ("not_listed", "not_sure")
    assert full.general("G2").max == 3
    assert full.general("G2").choices[-1].code == "nothing"
    assert full.general("G3").max == 1200


def test_loading_and_routing_are_quick(full: Questionnaire) -> None:
    facts = {"F01": "1.1", "F04": "online", "F06": "2026-08-03", "F07": "2026-08-21"}
    calendar = Calendar(holidays=frozenset(), swapped_working_days=frozenset())
    procedure = ProcedureFacts(published_days=10, is_immediate=False)

    def once() -> float:
        start = time.perf_counter()
        values = derive(
            facts,
            procedure=procedure,
            calendar=calendar,
            answer_date=date(2026, 9, 30),
            ratings=None,
        )
        shown(full, {**facts, **values})
        return time.perf_counter() - start

    # The best of many: a busy machine slows some of them, never all.
    assert min(once() for _ in range(200)) < 200e-6


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_version_is_read_in_less_than_half_a_second(name: str) -> None:
    text = packaged()[name]

    def once() -> float:
        start = time.perf_counter()
        load(text, name)
        return time.perf_counter() - start

    assert min(once() for _ in range(3)) < 0.5
