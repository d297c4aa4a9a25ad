"""The condition notation: what it reads, what it refuses, and its three values."""

from __future__ import annotations

import pytest

from survey.questionnaire.conditions import ConditionError, parse

BOTH = "F04 in {in_person, postal} and late in {yes}"


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ({"F04": "postal", "late": "yes"}, True),
        ({"F04": "postal", "late": "no"}, False),
        ({"F04": "postal"}, None),
        ({"F04": "online"}, False),  # false wins over unknown
        ({"late": "no"}, False),  # in either order
        ({"F04": "not_sure", "late": "yes"}, None),
        ({"F04": "blank", "late": "yes"}, None),
        ({"F04": "", "late": "yes"}, None),
        ({"F04": "not_asked", "late": "yes"}, None),
        ({"F04": "not_sure", "late": "no"}, False),
        ({}, None),
    ],
)
def test_a_conjunction_is_false_then_unknown_then_true(
    values: dict[str, str], holds: bool | None
) -> None:
    assert parse(BOTH).evaluate(values) is holds


def test_not_sure_is_an_answer_where_it_is_listed() -> None:
    condition = parse("F17 in {no, not_sure}")
    assert condition.evaluate({"F17": "not_sure"}) is True
    assert condition.evaluate({"F17": "yes"}) is False
    assert condition.evaluate({}) is None


def test_always_and_never_look_at_nothing() -> None:
    assert parse("always").evaluate({}) is True
    assert parse(" never ").evaluate({}) is False
    assert parse("always").is_always
    assert not parse("never").is_always
    assert parse("never").names == frozenset()


def test_level_zero_is_a_value() -> None:
    condition = parse("A1 in {0, 1}")
    assert condition.evaluate({"A1": "0"}) is True
    assert condition.evaluate({"A1": "10"}) is False


def test_a_condition_knows_its_names_and_its_words() -> None:
    assert parse(BOTH).names == {"F04", "late"}
    assert str(parse(f"  {BOTH} ")) == BOTH


def test_equal_words_make_equal_conditions() -> None:
    assert parse(BOTH) == parse(BOTH)
    assert hash(parse(BOTH)) == hash(parse(BOTH))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sometimes",
        "F04",
        "F04 in",
        "F04 in {}",
        "F04 in {yes,}",
        "F04 in {yes, yes}",
        "F04 in {yes no}",
        "F04 in {blank}",
        "F04 in {not_asked}",
        "F04 in {yes} or F05 in {yes}",
        "F04 in {yes} and",
        "not F04 in {yes}",
        "F04 in {yes} and F04 in {no}",
        "F04 in {yes} and always",
        "F04 = yes",
        "F04 in {{yes}}",
        "F04 in {có}",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        parse(text)
