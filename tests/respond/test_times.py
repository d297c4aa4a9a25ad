"""Seconds are measured for each page, no finer, and flags follow from the thresholds
that the wave has fixed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from survey.indices.careless import Rules
from survey.models import Wave
from tests import cast
from tests.respond import office
from tests.respond.hand import CHECK, FACTS, GENERAL, PAGES, Hand, questionnaire
from tests.respond.respondent import ON_PAPER

# 12 questions of ON_PAPER: three on A, three on B, one on C, four on D, one on E.
NEVER_FAST = Rules(fast_percent=0, short_percent=0)


@pytest.fixture
def still(clock):
    """A clock that moves only when it is told to, by seconds."""
    clock.move_to(cast.NOW, tick=False)
    return lambda seconds: clock.shift(timedelta(seconds=seconds))


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


@pytest.fixture
def hand(app, session, token):
    return lambda: Hand(app, token, questionnaire(session))


def fix(session, rules):
    session.execute(sa.update(Wave).values(careless=rules.as_dict()))
    session.commit()


def test_the_seconds_of_each_page_are_stored_bounded_and_never_negative(
    hand, session, still
):
    one = hand()
    one.begin()
    still(90)
    one.tell(ON_PAPER)
    for page, seconds in (("A", 61), ("B", 601), ("C", -50), ("D", 40), ("E", 0)):
        still(seconds)
        one.post(page, dict.fromkeys(("A1", "B1", "C4", "D1", "E1"), "4"))
    still(600)
    one.post(GENERAL, {"G1": "4"})
    still(25)
    one.post("D", {"D1": "4"})
    still(10)
    one.post(CHECK)
    assert office.response(session)["seconds"] == {
        FACTS: 90,
        "A": 61,
        "B": 600,
        "C": 0,
        "D": 65,
        "E": 0,
        GENERAL: 600,
    }


def test_one_page_never_counts_for_more_than_a_quarter_of_an_hour(hand, session, still):
    one = hand()
    one.begin()
    one.tell(ON_PAPER)
    for _ in range(8):
        still(600)
        one.post("A", {"A1": "4"})
    assert office.drafts(session)[0]["checks"]["seconds"]["A"] == 900


def test_a_page_sent_with_an_error_is_timed_when_it_is_right(hand, session, still):
    one = hand()
    one.begin()
    one.tell(ON_PAPER)
    still(30)
    one.post("A", {"A1": "9"})
    assert one.status == 422
    still(20)
    one.post("A", {"A1": "4"}, language="en")
    still(5)
    one.post("A", {"A1": "4"})
    assert office.drafts(session)[0]["checks"]["seconds"]["A"] == 55


def test_looking_at_a_page_or_coming_back_next_day_is_no_time_spent(
    hand, session, still
):
    one = hand()
    one.begin()
    one.tell(ON_PAPER)
    still(20)
    one.get("A")
    still(20)
    one.get("A")
    one.post("A", {"A1": "4"})
    still(86_400)
    one.get("B")
    one.post("B", {"B1": "4"})
    (draft,) = office.drafts(session)
    assert draft["checks"]["seconds"] == {FACTS: 0, "A": 40, "B": 600}


ASKED = {"A": 3, "B": 3, "C": 1, "D": 4, "E": 1}


def sent(hand, still, *, less=0, level="4", levels=None):
    """A form of twelve answers, a second for each but `less` for every page."""
    one = hand()
    one.begin()
    one.tell(ON_PAPER)
    codes = [f"{name}{number}" for name in PAGES[:5] for number in range(1, 7)]
    chosen = levels or dict.fromkeys(codes, level)
    for page in PAGES[:5]:
        still(ASKED[page] - less)
        one.post(
            page, {code: chosen.get(code, "") for code in codes if code[0] == page}
        )
    one.post(GENERAL)
    one.post(CHECK)


@pytest.mark.parametrize(
    ("less", "percent", "flags"),
    [(0, 50, ""), (1, 50, "fast"), (0, 51, "fast"), (0, 49, ""), (1, 0, "")],
)
def test_a_form_is_flagged_as_fast_below_the_share_that_its_wave_has_fixed(
    hand, session, still, less, percent, flags
):
    """At two seconds for an answer, one second for each is half the usual time."""
    rules = Rules(
        ms_per_word=0,
        ms_per_answer=2000,
        fast_percent=percent,
        short_percent=percent,
        fewest_ratings=100,
    )
    fix(session, rules)
    sent(hand, still, less=less)
    stored = office.response(session)
    assert stored["flags"] == flags
    assert stored["status"] == "complete"
    assert office.miscounted(session) == []


def test_a_wave_without_thresholds_of_its_own_uses_the_packaged_ones(
    hand, session, still
):
    sent(hand, still)
    assert office.response(session)["flags"] == "straight_line fast"


def test_the_words_really_shown_decide_how_long_reading_takes(hand, session, still):
    """At two seconds for a word twelve seconds are too few, at none they are not."""
    fix(session, Rules(ms_per_word=0, ms_per_answer=0, fewest_ratings=100))
    sent(hand, still)
    fix(session, Rules(ms_per_word=2000, ms_per_answer=0, fewest_ratings=100))
    sent(hand, still)
    assert sorted(one["flags"] for one in office.responses(session)) == ["", "fast"]


def varied(session):
    """Levels of three kinds, which two businesses hardly choose alike by chance."""
    codes = [one.code for one in questionnaire(session).criteria]
    return {code: "345"[at % 3] for at, code in enumerate(codes)}


@pytest.mark.parametrize(
    ("first", "flagged"), [(1, [False, True, True]), (2, [False, False, True])]
)
def test_a_form_is_flagged_as_a_duplicate_once_enough_equal_ones_came_before(
    hand, session, still, first, flagged
):
    fix(session, replace(NEVER_FAST, duplicate_from=first))
    seen = []
    for _ in flagged:
        known = [one["id"] for one in office.responses(session)]
        sent(hand, still, levels=varied(session))
        (new,) = [one for one in office.responses(session) if one["id"] not in known]
        seen.append(new["flags"] == "duplicate")
    assert seen == flagged
    assert len({one["pattern"] for one in office.responses(session)}) == 1
    sent(hand, still, levels=varied(session) | {"D4": "1"})
    flags = [one["flags"] for one in office.responses(session)]
    assert flags.count("duplicate") == sum(flagged)
    assert office.miscounted(session) == []


def test_equal_forms_of_content_businesses_are_no_duplicates(hand, session, still):
    fix(session, replace(NEVER_FAST, duplicate_from=1))
    for _ in range(3):
        sent(hand, still)
    assert {one["flags"] for one in office.responses(session)} == {""}
    assert {one["pattern"] for one in office.responses(session)} == {None}
