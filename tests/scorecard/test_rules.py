"""Score rules: from a value to points and back, checked against plain comparisons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.accounts.forms import clean
from survey.scorecard import explained, rule_files, rules
from survey.scorecard.terms import ScorecardError
from tests.scorecard.office import linear, steps

pytestmark = pytest.mark.usefixtures("tongue")

VALUES = st.fractions(min_value=0, max_value=100, max_denominator=10_000)
HUNDREDTHS = st.integers(min_value=0, max_value=10_000).map(
    lambda n: Decimal(n).scaleb(-2)
)


@pytest.mark.parametrize(
    ("value", "points"),
    [
        ("91.17", "9.12"),  # Hà Tĩnh 2021
        ("100", "10.00"),
        ("0", "0.00"),
        ("84.205", "8.42"),
        ("84.25", "8.43"),  # a half goes up: 8.425
    ],
)
def test_a_linear_rule_gives_the_published_points(value: str, points: str) -> None:
    assert linear().points(Fraction(value)) == Decimal(points)


@pytest.mark.parametrize(
    ("value", "points"),
    [
        ("90", "5"), ("89.99", "4"), ("80", "4"), ("79.999", "2.5"), ("65", "2.5"),
        ("64.99", "0"), ("0", "0"), ("100", "5"),
    ],
)  # fmt: skip
def test_exactly_a_threshold_reaches_it(value: str, points: str) -> None:
    rule = steps(("90", "5"), ("80", "4"), ("65", "2.5"))
    assert rule.points(Fraction(value)) == Decimal(points)


def test_what_is_printed_as_the_threshold_may_lie_below_it() -> None:
    below = Fraction("79.996")
    assert steps(("80", "4")).points(below) == 0
    assert steps(("80", "4"), rounds_first=True).points(below) == 4


@given(
    pairs=st.dictionaries(
        st.integers(0, 100), st.integers(1, 20), min_size=1, max_size=8
    ),
    value=VALUES,
)
def test_a_chain_gives_what_plain_comparisons_give(
    pairs: dict[int, int], value: Fraction
) -> None:
    least = sorted(pairs, reverse=True)
    points = sorted(pairs.values(), reverse=True)
    rule = rules.made(
        code="x",
        title="x",
        kind="thresholds",
        steps=[(Decimal(a), Decimal(b)) for a, b in zip(least, points, strict=True)],
    )
    expected = 0
    for one, given_points in sorted(zip(least, points, strict=True)):
        if value >= one:
            expected = given_points
    assert rule.points(value) == expected


@given(wanted=HUNDREDTHS, maximum=HUNDREDTHS.filter(bool))
def test_the_value_said_to_be_needed_is_enough_and_hardly_less_would_be(
    wanted: Decimal, maximum: Decimal
) -> None:
    rule = linear(str(maximum))
    needed = rule.value_for(wanted)
    if needed is None:
        assert wanted > maximum
        return
    shown = explained.enough(needed)
    assert rule.points(min(Fraction(shown), Fraction(100))) >= wanted
    if shown >= Decimal("0.02"):
        less = Fraction(shown) - Fraction(2, 100)
        assert less * Fraction(maximum) / 100 < Fraction(wanted)


def test_the_next_step_is_the_lowest_that_gives_more() -> None:
    rule = steps(("90", "5"), ("80", "4"), ("65", "2.5"))
    assert rule.next_step(Fraction(70)) == (80, Decimal(4))
    assert rule.next_step(Fraction(95)) is None
    assert linear().next_step(Fraction(70)) is None
    assert linear().per_percent == Fraction(1, 10)


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"kind": "linear", "maximum": None}, "maximum"),
        ({"kind": "linear", "maximum": Decimal(0)}, "maximum"),
        ({"kind": "linear", "maximum": Decimal(101)}, "maximum"),
        ({"kind": "curved"}, "kind"),
        ({"kind": "thresholds"}, "steps"),
        ({"kind": "thresholds", "steps": [(Decimal(101), Decimal(5))]}, "steps"),
        (
            {
                "kind": "thresholds",
                "steps": [(Decimal(90), Decimal(4)), (Decimal(80), Decimal(5))],
            },
            "steps",
        ),
        (
            {
                "kind": "thresholds",
                "steps": [(Decimal(90), Decimal(5)), (Decimal(90), Decimal(4))],
            },
            "steps",
        ),
        ({"kind": "bands", "steps": [(Decimal(10), Decimal(5))]}, "steps"),
        ({"kind": "typed", "steps": [(Decimal(0), Decimal(5))]}, "steps"),
        ({"code": "Có dấu"}, "code"),
        ({"title": ""}, "title"),
        ({"measure": "guess"}, "measure"),
        ({"valid_from": date(2027, 1, 1), "valid_to": date(2026, 1, 1)}, "valid_to"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field(
    parts: dict[str, object], field: str
) -> None:
    usual = {"code": "x", "title": "x", "kind": "linear", "maximum": Decimal(10)}
    if parts.get("kind") in ("thresholds", "bands"):
        usual["maximum"] = None
    with pytest.raises(ScorecardError) as caught:
        rules.made(**{**usual, **parts})
    assert caught.value.field == field


@pytest.mark.parametrize("value", [Fraction(-1), Fraction(10_001, 100)])
def test_a_value_outside_the_scale_is_refused(value: Fraction) -> None:
    for rule in (linear(), steps(("80", "4"))):
        with pytest.raises(ScorecardError):
            rule.points(value)


def test_a_rule_is_valid_in_the_years_it_touches() -> None:
    rule = linear(valid_from=date(2026, 7, 1), valid_to=date(2027, 1, 1))
    valid = [year for year in range(2024, 2030) if rules.is_valid_in(rule, year)]
    assert valid == [2026, 2027]


def test_every_boundary_is_told_with_what_lies_just_below() -> None:
    rule = steps(("90", "5"), ("80", "4"))
    assert explained.steps(rule) == [
        "Từ 90,00 trở lên: 5,00 điểm",
        "Từ 80,00 đến dưới 90,00: 4,00 điểm",
        "Dưới 80,00: 0,00 điểm",
    ]
    told = explained.boundaries(rule)
    assert told[0] == "Đúng 90,00 được 5,00 điểm; 89,99 được 4,00 điểm."
    assert "chưa làm tròn" in told[-1]


TEXTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")),
    min_size=1,
    max_size=60,
).filter(lambda text: text.strip() == text)


@given(
    title=TEXTS,
    source=TEXTS,
    maximum=HUNDREDTHS.filter(bool).filter(lambda one: one <= 100),
    first=st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    rounds=st.booleans(),
)
def test_what_is_exported_reads_back_alike(
    title: str, source: str, maximum: Decimal, first: date | None, *, rounds: bool
) -> None:
    rule = linear(
        str(maximum),
        title=clean(title)[:200] or "x",
        source=clean(source),
        valid_from=first,
        rounds_first=rounds,
    )
    other = steps(("90", "5"), ("0", "1"), kind="bands", measure="national")
    assert rule_files.read(rule_files.written([rule, other])) == [rule, other]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "[[rule]]"),
        ("rule = 5", "[[rule]]"),
        ("a = [", "không đúng TOML"),
        ('[[rule]]\ncode = "a"\nsecret = 1', "secret"),
        (
            '[[rule]]\ncode = "a"\ntitle = "a"\nkind = "linear"\nmaximum = nan',
            "maximum",
        ),
        (
            '[[rule]]\ncode = "a"\ntitle = "a"\nkind = "linear"\nmaximum = true',
            "maximum",
        ),
        (
            '[[rule]]\ncode = "a"\ntitle = "a"\nkind = "linear"\nmaximum = 1.234',
            "maximum",
        ),
        (
            '[[rule]]\ncode = "a"\ntitle = "a"\nkind = "thresholds"\nsteps = [5]',
            "steps",
        ),
        (
            '[[rule]]\ncode = "a"\ntitle = "a"\nkind = "typed"\n' * 2,
            "hai lần",
        ),
        (
            '[[rule]]\ncode = "a"\ntitle = "a"\nkind = "typed"\n'
            "valid_from = 2026-01-01T10:00:00",
            "valid_from",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(ScorecardError, match=words.replace("[", r"\[")):
        rule_files.read(text)
