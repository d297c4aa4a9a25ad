"""What the sample keeps beside answers: arms, times, second looks and flags."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from random import Random
from statistics import median, pvariance
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, demo, tallies, workdays
from survey.demo import habits, paces
from survey.demo.answers import _desks, _months, _random
from survey.demo.respondents import Crowd
from survey.demo.second_looks import SecondLooks
from survey.indices import G1
from survey.indices.careless import (
    DUPLICATE,
    FAST,
    Form,
    Rules,
    flags,
    pattern_of,
)
from survey.models import Response, Wave
from survey.questionnaire import Questionnaire, records, shown, words_shown
from survey.respond.checks import MOST_SECONDS
from tests import cast

TODAY = date(2026, 8, 27)


@pytest.fixture
def wave(session: Session) -> Wave:
    """The sample office, put up beside nothing."""
    catalogue.publish_packaged(session, now=cast.NOW)
    wave = demo.furnish(session, today=TODAY)
    session.commit()
    return wave


@pytest.fixture
def q(session: Session, wave: Wave) -> Questionnaire:
    """The questionnaire of the sample."""
    return catalogue.questionnaire(session, wave.questionnaire_id)


def answer(
    session: Session, wave: Wave, number: int, seed: int = 7
) -> Sequence[Response]:
    """So many more responses; all there are."""
    for _ in demo.respond(session, wave, responses=number, seed=seed, today=TODAY):
        session.commit()
    return session.scalars(sa.select(Response)).all()


def only(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Let nobody else answer."""
    monkeypatch.setattr(habits, "CARELESS", 0 if kind == habits.CAREFUL else 1)
    monkeypatch.setattr(habits, "CARELESS_KINDS", ((kind, 1.0),))


def flagged(rows: Sequence[Response]) -> float:
    """The share of responses with a flag among those that count."""
    counted = [row for row in rows if row.status != "break_off"]
    return sum(bool(row.flags) for row in counted) / len(counted)


def ratings_of(row: Response) -> dict[str, str]:
    """As the product hands them to the comparison with facts."""
    return {**row.answers, G1: row.generals.get(G1, "")}


def test_the_sample_wave_folds_guidance_and_writes_its_thresholds_down(
    wave: Wave,
) -> None:
    assert wave.folded_percent == 20
    assert wave.careless == Rules().as_dict()
    assert Rules.from_dict(wave.careless) == Rules()


def test_a_fifth_see_guidance_folded_and_nobody_on_paper(
    session: Session, wave: Wave
) -> None:
    arms = Counter(
        (row.origin == "paper", row.arm) for row in answer(session, wave, 800)
    )

    folded, guided = arms[False, "folded"], arms[False, "guided"]
    assert 0.15 < folded / (folded + guided) < 0.25
    assert arms[True, "guided"] > 40
    assert arms[True, "folded"] == 0


def test_a_wave_that_folds_nothing_has_no_folded_responses(
    session: Session, wave: Wave
) -> None:
    wave.folded_percent = 0

    assert {row.arm for row in answer(session, wave, 100)} == {"guided"}


def test_every_page_seen_has_its_seconds_within_the_bound_and_paper_has_none(
    session: Session, wave: Wave, q: Questionnaire
) -> None:
    for row in answer(session, wave, 300):
        if row.origin == "paper":
            assert row.seconds == {}
            continue
        routed = shown(q, row.facts)
        seen = {one.element for one in q.criteria if routed[one.code].is_shown}
        assert set(row.seconds) == {"thong-tin", "chung"} | seen
        assert all(type(one) is int for one in row.seconds.values())
        assert all(0 < one <= MOST_SECONDS for one in row.seconds.values())
    assert habits.LONGEST == MOST_SECONDS


def test_an_interruption_is_cut_off_at_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(habits, "INTERRUPTED", 1.0)
    monkeypatch.setattr(habits, "INTERRUPTION", 1e6)
    own = paces.pace(_random(0, 1), kind=habits.CAREFUL, arm="guided")

    taken = paces.seconds(
        _random(0, 2), own, {"A": 100, "B": 100}, {"A": 3, "B": 3}, {}
    )

    assert max(taken.values()) == 600


def test_people_read_at_their_own_speed_and_less_text_takes_less_time(
    session: Session, wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, habits.CAREFUL)
    times = defaultdict(list)
    for row in answer(session, wave, 600):
        if row.seconds:
            times[row.arm, "B"].append(row.seconds["B"])
            times[row.arm, "thong-tin"].append(row.seconds["thong-tin"])

    guided = sorted(times["guided", "B"])
    assert guided[-len(guided) // 10] > 3 * guided[len(guided) // 10]
    assert median(times["folded", "B"]) < 0.7 * median(guided)
    alike = [median(times[arm, "thong-tin"]) for arm in ("guided", "folded")]
    assert 0.8 < alike[0] / alike[1] < 1.25


def test_without_guidance_answers_scatter_more_and_are_given_up_more_often(
    session: Session, wave: Wave
) -> None:
    wave.folded_percent = 50
    levels, lost = defaultdict(list), defaultdict(list)
    for row in answer(session, wave, 900):
        for value in row.answers.values():
            if value.isdecimal():
                levels[row.arm].append(int(value))
            if value.isdecimal() or value == "cannot_judge":
                lost[row.arm].append(value == "cannot_judge")

    assert pvariance(levels["folded"]) > 1.15 * pvariance(levels["guided"])
    share = {arm: sum(one) / len(one) for arm, one in lost.items()}
    assert share["folded"] > 1.8 * share["guided"]


def test_what_is_kept_of_second_looks_is_what_the_product_would_keep(
    session: Session, wave: Wave, q: Questionnaire
) -> None:
    outcomes: Counter[str] = Counter()
    for row in answer(session, wave, 1200):
        logged = {
            code: {**entry, "outcome": _logged(entry["outcome"])}
            for code, entry in row.prompts.items()
            if entry["outcome"] not in ("agrees", "not_shown")
        }
        assert row.prompts == records(q, row.facts, ratings_of(row), logged)
        names = [entry["outcome"] for entry in row.prompts.values()]
        outcomes.update(names)
        if row.origin == "paper":
            assert set(names) <= {"agrees", "not_shown"}
        else:
            assert "not_shown" not in names
    assert set(outcomes) == {
        "agrees", "kept", "changed", "not_shown", "not_shown_page_limit"
    }  # fmt: skip
    assert 0.2 < outcomes["changed"] / (outcomes["changed"] + outcomes["kept"]) < 0.5


def _logged(outcome: str) -> str:
    return "shown" if outcome in ("kept", "changed") else outcome


def test_a_page_shows_at_most_one_second_look(
    session: Session, wave: Wave, q: Questionnaire, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, habits.RANDOM)
    limited = 0
    for row in answer(session, wave, 300):
        pages = defaultdict(list)
        for prompt in q.prompts:
            outcome = row.prompts.get(prompt.code, {}).get("outcome")
            pages[_page(q, prompt.criterion)].append(outcome)
        for outcomes in pages.values():
            shown_here = [one for one in outcomes if one in ("kept", "changed")]
            assert len(shown_here) <= 1
            if "not_shown_page_limit" in outcomes:
                limited += 1
                assert shown_here
    assert limited > 5


def _page(q: Questionnaire, criterion: str) -> str:
    return "chung" if criterion == G1 else q.criterion(criterion).element


LATE = {"late": "yes", "days_late": "3", "days_early": "-3", "early": "no"}
EARLY = {"late": "no", "days_late": "-3", "days_early": "3", "early": "yes"}


@pytest.mark.parametrize(
    ("facts", "level", "direction", "to"),
    [(LATE, "5", "high", {"3", "4"}), (EARLY, "1", "low", {"2", "3"})],
)
def test_who_looks_again_comes_nearer_to_the_fact(
    q: Questionnaire,
    monkeypatch: pytest.MonkeyPatch,
    facts: Mapping[str, str],
    level: str,
    direction: str,
    to: set[str],
) -> None:
    monkeypatch.setattr(habits, "LOOKS_AGAIN", 1.0)
    found = set()
    for seed in range(40):
        chosen, entry = _looked(q, facts, level, _random(0, seed), is_careful=True)
        assert entry["direction"] == direction
        assert (entry["from"], entry["to"]) == (level, chosen["D1"])
        assert entry["outcome"] == "changed"
        found.add(chosen["D1"])

    assert found == to | {"cannot_judge"}


def test_the_careless_keep_what_they_chose(
    q: Questionnaire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(habits, "LOOKS_AGAIN", 1.0)

    chosen, entry = _looked(q, LATE, "5", _random(0, 1), is_careful=False)

    assert chosen["D1"] == "5"
    assert (entry["outcome"], entry["still"]) == ("kept", True)


@pytest.mark.parametrize(("facts", "level"), [(LATE, "3"), (EARLY, "5"), (LATE, "1")])
def test_a_rating_that_goes_with_the_fact_is_not_asked_about(
    q: Questionnaire, facts: Mapping[str, str], level: str
) -> None:
    _, entry = _looked(q, facts, level, _random(0, 1), is_careful=True)

    assert entry == {"outcome": "agrees"}


def _looked(
    q: Questionnaire,
    facts: Mapping[str, str],
    level: str,
    random: Random,
    *,
    is_careful: bool,
) -> tuple[dict[str, str], Mapping[str, Any]]:
    looks, logged = SecondLooks(q), {}
    chosen = {"D1": level}
    looks.ask(random, facts, chosen, logged, is_careful=is_careful)
    return chosen, looks.records(facts, chosen, logged)["P1"]


def test_flags_and_patterns_are_those_of_the_product(
    session: Session, wave: Wave, q: Questionnaire
) -> None:
    elements = {e.code: tuple(c.code for c in e.criteria) for e in q.elements}
    rules, found = Rules(), Counter()
    for row in answer(session, wave, 900):
        assert row.pattern == pattern_of(row.answers, rules)
        if row.status == "break_off":
            assert row.flags == ""
            continue
        words = words_shown(q, shown(q, row.facts), language=row.language, arm=row.arm)
        form = Form(
            elements=elements,
            levels=q.scale.codes,
            answers=row.answers,
            seconds=row.seconds,
            words=words if row.seconds else {},
            prompts=row.prompts,
        )
        own = [name for name in row.flags.split() if name != DUPLICATE]
        assert tuple(own) == flags(rules, form)
        found.update(row.flags.split())
    assert found[FAST] > 3


def test_the_words_in_sight_are_those_the_product_counts(
    session: Session, wave: Wave, q: Questionnaire
) -> None:
    crowd = Crowd(q, workdays.packaged())
    desk = _desks(session, wave)[0]
    month = _months(wave, TODAY, workdays.packaged())[-1]
    for number in range(40):
        origin = ("dossier", "counter")[number % 2]
        arm = ("guided", "folded")[number % 3 > 1]
        form = crowd.form(_random(4, number), desk.case, month, origin=origin, arm=arm)
        given = {one.code for one in q.facts if one.prefill}
        asked = {
            code
            for code in form.values
            if code in {one.code for one in q.facts}
            and not (origin == "dossier" and code in given)
        }
        expected = words_shown(
            q,
            shown(q, form.values),
            language=form.language,
            arm=arm,
            facts=asked,
        )
        assert form.words == expected


def test_the_rules_find_who_did_not_read_and_leave_the_careful_alone(
    session: Session, wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = {}
    for kind in (habits.CAREFUL, habits.SPEEDING, habits.RANDOM):
        only(monkeypatch, kind)
        shares[kind] = flagged(answer(session, wave, 300))
        demo.remove(session)
        wave = demo.furnish(session, today=TODAY)

    assert shares[habits.CAREFUL] <= 0.02
    assert shares[habits.SPEEDING] >= 0.7
    assert shares[habits.RANDOM] >= 0.8


def test_equal_forms_are_counted_within_a_run_and_in_the_runs_before(
    session: Session, wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, habits.COPIED)
    monkeypatch.setattr("survey.demo.answers.CHUNK", 4)
    for size in (3, 9, 1):
        rows = answer(session, wave, size)

    equal = Counter(row.pattern for row in rows)
    duplicates = Counter(row.pattern for row in rows if DUPLICATE in row.flags)
    assert None not in equal
    assert max(equal.values()) > 5
    for pattern, count in equal.items():
        assert duplicates[pattern] == max(0, count - Rules().duplicate_from)
    assert tallies.differences(session, wave) == []


def test_the_thresholds_of_the_wave_decide_not_those_of_the_package(
    session: Session, wave: Wave
) -> None:
    wave.careless = {
        **Rules().as_dict(), "fast_percent": 100, "short_percent": 100,
        "ms_per_word": 2000,
    }  # fmt: skip

    assert flagged(answer(session, wave, 60)) > Fraction(4, 5)


def test_the_same_seed_gives_the_same_responses_down_to_their_seconds(
    session: Session, wave: Wave
) -> None:
    first = _columns(answer(session, wave, 80))
    demo.remove(session)
    wave = demo.furnish(session, today=TODAY)
    second = _columns(answer(session, wave, 80))

    assert first == second


def _columns(rows: Sequence[Response]) -> dict[str, tuple[Any, ...]]:
    names = ("arm", "seconds", "prompts", "flags", "pattern", "answers", "generals")
    return {row.id: tuple(getattr(row, name) for name in names) for row in rows}
