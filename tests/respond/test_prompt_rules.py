"""Every prompt and its mirror through the form: raised by exactly the levels that the
facts speak against, at and around each boundary. Today is Thursday 27 August 2026."""

from __future__ import annotations

import pytest

from tests import cast
from tests.respond.hand import (
    CHECK,
    FACTS,
    GENERAL,
    PAGES,
    RATINGS,
    Hand,
    questionnaire,
)

# Due on Friday 21 August.
DUE = {"F07": "2026-08-21", "F09": "granted", "F10": "none"}
LATE = {**DUE, "F08": "2026-08-24"}
OPEN = {"F09": "in_progress", "F08": "not_yet", "F10": "none"}
TWO = {"F10": "two", "F10b": "unchanged"}
PAID = {"F13": "yes"}
ONLINE = {**PAID, "F14": "portal_online"}
CASH = {**PAID, "F14": "cash"}
# Received on 1 July; the 20 working days published are over on Wednesday the 29th.
RECEIVED = {"F06": "2026-07-01"}
SENT = {"F17": "yes"}
FIVE = ("A1", "A2", "A3", "B1", "B2")


def rated(level: str, **more: str) -> dict[str, str]:
    return {**dict.fromkeys(FIVE, level), **more, "F12": "one"}


RULES = {
    "P1": [
        ({**DUE, "F08": "2026-08-25"}, "high"),  # three working days late
        ({**DUE, "F08": "2026-08-23"}, "high"),  # a Sunday counts as the Monday: two
        ({**DUE, "F08": "2026-08-22"}, "high"),  # one: offices worked that Saturday
        ({**DUE, "F08": "2026-08-21"}, "low"),  # none
        ({**DUE, "F08": "2026-08-20"}, "low"),  # one early
        ({**DUE, "F07": "2026-08-15", "F08": "2026-08-17"}, "low"),  # due on a Saturday
        ({**DUE, "F07": "2026-08-15", "F08": "2026-08-18"}, "high"),
        ({**DUE, "F07": "2026-08-22", "F08": "2026-08-24"}, "high"),  # a working one
        ({**OPEN, "F07": "2026-08-26"}, "high"),  # yesterday, and nothing yet
        ({**OPEN, "F07": "2026-08-27"}, "hidden"),  # today: nothing to judge yet
        ({**LATE, "F08": "not_sure"}, None),
        ({**LATE, "F07": "no_date_given"}, None),
        ({**LATE, "F09": "withdrawn"}, "hidden"),
        ({**LATE, "F10": "one"}, None),  # which date counts is not known
        ({**LATE, "F10": "one", "F10b": "unchanged"}, "high"),
        ({**LATE, "F10": "one", "F10b": "2026-08-21"}, "high"),
        ({**LATE, "F10": "one", "F10b": "2026-08-24"}, "low"),
    ],
    "P2": [
        ({**TWO, "F11b": "yes"}, "high"),
        ({**TWO, "F11b": "no"}, "low"),
        ({**TWO, "F10": "three_plus", "F11b": "yes"}, "high"),
        ({"F10": "one"}, "low"),
        ({"F10": "one", "F11b": "yes"}, "low"),  # not asked after one request
        ({"F10": "none"}, "hidden"),
        ({**TWO, "F11b": "not_sure"}, None),
        (TWO, None),
    ],
    "P3": [
        ({**PAID, "F13b": "higher"}, "high"),
        ({**PAID, "F13b": "equal"}, "low"),
        ({**PAID, "F13b": "lower"}, None),
        ({**PAID, "F13b": "not_sure"}, None),
        (PAID, None),
        ({"F13": "no", "F13b": "higher"}, "hidden"),
    ],
    "P4": [
        ({**ONLINE, "F14b": "after_retry"}, "high"),
        ({**ONLINE, "F14b": "first_try"}, "low"),
        ({**ONLINE, "F14b": "not_sure"}, None),
        ({**CASH, "F14c": "tried_failed"}, "high"),
        ({**CASH, "F14c": "not_aware"}, "hidden"),
        ({**CASH, "F14b": "first_try", "F14c": "tried_failed"}, "high"),
    ],
    "P5": [
        ({**RECEIVED, "F07": "2026-08-01"}, "high"),  # Saturday: Monday, 23 days
        ({**RECEIVED, "F07": "2026-07-31"}, "high"),  # 22 days
        ({**RECEIVED, "F07": "2026-07-30"}, "low"),  # 21: within the tolerance
        ({**RECEIVED, "F07": "2026-07-29"}, "low"),  # 20: as published
        ({**RECEIVED, "F07": "2026-07-28"}, "low"),  # 19: shorter
        ({**RECEIVED, "F07": "no_date_given"}, "high"),
        ({**RECEIVED, "F07": "not_sure"}, None),
        ({"F07": "2026-07-31"}, None),
        ({**RECEIVED, "F07": "2026-07-31", "F01": "not_sure"}, None),
    ],
    "P6": [
        ({**SENT, "F17b": "answered_late"}, "high"),
        ({**SENT, "F17b": "not_answered_overdue"}, "high"),
        ({**SENT, "F17b": "answered_in_time"}, "low"),
        ({**SENT, "F17b": "not_answered_not_due"}, "hidden"),
        ({**SENT, "F17b": "not_sure"}, None),
        ({"F17": "no", "F17b": "answered_late"}, "hidden"),
    ],
    "P7": [
        ({**LATE, "F16": "none"}, "high"),
        ({**LATE, "F16": "only_when_asked"}, "high"),
        ({**LATE, "F16": "before_or_on_date"}, "low"),
        ({**LATE, "F16": "after_date"}, None),
        ({**LATE, "F16": "not_sure"}, None),
        ({**DUE, "F08": "2026-08-21", "F16": "none"}, "hidden"),  # not late
    ],
    "P8": [
        (rated("1"), "high"),
        (rated("2"), "high"),
        (rated("1", B2="2"), "high"),
        (rated("4"), "low"),
        (rated("5"), "low"),
        (rated("4", B2="5"), "low"),
        (rated("2", B2="3"), None),
        (rated("4", B2="3"), None),
        (rated("1", B2="5"), None),
        (rated("5", B2="cannot_judge"), None),  # four ratings
        (rated("1", B2=""), None),
        (rated("5", C4="cannot_judge"), "low"),  # five of six
    ],
}
AGAINST = {"high": ("4", "5"), "low": ("1", "2"), None: (), "hidden": ()}
TABLE = [
    pytest.param(code, given, side, id=f"{code}-{number}-{side}")
    for code, rows in RULES.items()
    for number, (given, side) in enumerate(rows)
]


@pytest.fixture
def hand(app, session, world):
    """Makes hands behind a link for the petrol procedure, published as 20 days."""
    token = cast.link(session, world.wave, world.trade, procedure_id=world.petrol)
    q = questionnaire(session)

    def make(facts, ratings, page):
        made = Hand(app, token, q).start({"F01": "2.000648", **facts})
        made.reach(page, ratings)
        return made

    return make


@pytest.mark.parametrize(("code", "given", "side"), TABLE)
def test_a_prompt_is_raised_by_the_levels_its_facts_speak_against_and_by_no_other(
    hand, session, code, given, side
):
    q = questionnaire(session)
    criterion = next(one.criterion for one in q.prompts if one.code == code)
    page = GENERAL if criterion == "G1" else criterion[0]
    facts = {name: given[name] for name in given if name[0] == "F"}
    ratings = {name: given[name] for name in given if name[0] != "F"}
    against = AGAINST[side]
    after = (*PAGES, CHECK)[PAGES.index(page) + 1]

    one = hand(facts, ratings, page)
    is_asked = f'id="{criterion}"' in one.get(page)
    assert is_asked is (side != "hidden")
    own = {name: ratings[name] for name in ratings if name[0] == page}
    for level in (*RATINGS, "cannot_judge", ""):
        if level not in against and not (level == "cannot_judge" and page == GENERAL):
            assert one.post(page, own, **{criterion: level}) == after, level
    for level in against:
        other = hand(facts, ratings, page)
        lead = f"{page}?loi-nhac={code}"
        assert other.post(page, own, **{criterion: level}) == lead
        for again in (*against, "3", level):
            assert other.post(page, own, **{criterion: again}) == after, "asked twice"


def test_the_table_holds_both_sides_and_silence_for_every_prompt(session, world):
    q = questionnaire(session)
    assert list(RULES) == [prompt.code for prompt in q.prompts]
    for rows in RULES.values():
        assert {"high", "low"} < {side for _, side in rows}
        assert {None, "hidden"} & {side for _, side in rows}
    assert FACTS == "thong-tin"
