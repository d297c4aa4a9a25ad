"""The derived facts: named functions of the facts, for conditions that need thought.

Every function follows its row in questionnaire.md, section 3. Unknown is an absent key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from survey.questionnaire.conditions import BLANK, NOT_SURE
from survey.questionnaire.schema import Scale

YES = "yes"
NO = "no"
FEWEST_RATINGS = 5

_ONCE_OR_MORE = frozenset({"one", "two", "three_plus"})
_DECIDED = frozenset({"granted", "refused", "returned"})
_UNLISTED = frozenset({"not_listed", NOT_SURE}) | BLANK

Facts = Mapping[str, str]


class Calendar(Protocol):
    """The working days of the agency; `workdays.Calendar` is one."""

    def norm(self, day: date) -> date:
        """The day itself if it is a working day, else the next one."""
        ...

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative backwards."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureFacts:
    """What the catalogue knows of the procedure named in F01.

    `published_days` are working days that a person has verified, else None.
    """

    published_days: int | None
    is_immediate: bool


def day(value: str | None) -> date | None:
    """The date of a stored ISO date; None for a blank, a special answer or garbage."""
    # fromisoformat also takes week dates and dates without hyphens: not ours.
    if value is None or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def is_known(value: str | None) -> bool:
    """Whether a fact was answered with anything but "not sure"."""
    return value is not None and value != NOT_SURE and value not in BLANK


def due_date(facts: Facts, calendar: Calendar) -> date | None:
    """The working day on which the result was due, the supplement considered."""
    supplemented = day(facts.get("F10b"))
    if supplemented is not None:
        return calendar.norm(supplemented)
    if facts.get("F10") in _ONCE_OR_MORE and not is_known(facts.get("F10b")):
        return None
    first = day(facts.get("F07"))
    return None if first is None else calendar.norm(first)


def result_date(facts: Facts, calendar: Calendar) -> date | None:
    """The working day on which the result was ready."""
    ready = day(facts.get("F08"))
    return None if ready is None else calendar.norm(ready)


def days_late(facts: Facts, calendar: Calendar, answer_date: date) -> int | None:
    """Working days after the due date: positive late, 0 on time, negative early."""
    state = facts.get("F09")
    if state == "withdrawn":
        return None
    due = due_date(facts, calendar)
    if due is None:
        return None
    end = answer_date if state == "in_progress" else result_date(facts, calendar)
    return None if end is None else calendar.between(due, end)


def late(facts: Facts, delay: int | None) -> str | None:
    """Whether the result came, or is, after the due date."""
    if delay is not None:
        return YES if delay >= 1 else NO
    return NO if facts.get("F09") == "withdrawn" else None


def early(delay: int | None) -> str | None:
    """Whether the result came before the due date."""
    if delay is None:
        return None
    return YES if delay <= -1 else NO


def overdue(facts: Facts, delay: int | None) -> str | None:
    """Whether there is no result yet although the due date is past."""
    state = facts.get("F09")
    if state == "in_progress":
        if delay is None:
            return None
        return YES if delay >= 1 else NO
    return NO if state in _DECIDED or state == "withdrawn" else None


def promised_days(facts: Facts, calendar: Calendar) -> int | None:
    """Working days from receipt to the first date given, whatever came later."""
    received, first = day(facts.get("F06")), day(facts.get("F07"))
    if received is None or first is None:
        return None
    return calendar.between(received, calendar.norm(first))


def promised_vs_published(
    facts: Facts, promised: int | None, published: int | None, tolerance: int
) -> str | None:
    """How the time promised compares with the time published."""
    if facts.get("F07") == "no_date_given":
        return "no_date"
    if promised is None or published is None:
        return None
    if promised > published + tolerance:
        return "longer"
    return "shorter" if promised < published else "equal"


def result_due(facts: Facts, is_overdue: str | None) -> str | None:
    """Whether there is a result, or should be one, to judge in time."""
    state = facts.get("F09")
    if state in _DECIDED or is_overdue == YES:
        return YES
    return NO if state == "withdrawn" or is_overdue == NO else None


def visited(facts: Facts) -> str | None:
    """Whether the business went to the agency."""
    filing, receiving, visits = facts.get("F04"), facts.get("F05"), facts.get("F12")
    if (
        filing in {"in_person", "online_then_in_person"}
        or receiving in {"in_person", "electronic_and_in_person"}
        or visits in _ONCE_OR_MORE
    ):
        return YES
    known = is_known(filing) and is_known(receiving) and is_known(visits)
    return NO if known else None


def tried_online(facts: Facts) -> str | None:
    """Whether online filing was used or tried."""
    filing = facts.get("F04")
    if (
        filing in {"online", "online_then_in_person", "online_then_postal"}
        or facts.get("F04b") == "tried_failed"
    ):
        return YES
    return NO if filing in {"in_person", "postal"} else None


def used_postal(facts: Facts) -> str | None:
    """Whether papers went by the public postal service, either way."""
    filing, receiving = facts.get("F04"), facts.get("F05")
    if filing in {"postal", "online_then_postal"}:
        return YES
    if receiving in {"postal", "electronic_and_postal"}:
        return YES
    without = filing in {"in_person", "online", "online_then_in_person"}
    return NO if without and receiving in _RECEIVED_WITHOUT_POST else None


_RECEIVED_WITHOUT_POST = frozenset(
    {"in_person", "electronic", "electronic_and_in_person", "not_received"}
)


def tried_online_payment(facts: Facts) -> str | None:
    """Whether paying on the portal was done or tried."""
    paying = facts.get("F14")
    if paying == "portal_online" or facts.get("F14c") == "tried_failed":
        return YES
    if facts.get("F13") in {"no", "not_paid_yet"}:
        return NO
    return NO if paying in {"bank_transfer", "cash", "postal", "other"} else None


def online_payment_trouble(facts: Facts) -> str | None:
    """Whether paying on the portal failed or had to be done again."""
    outcome = facts.get("F14b")
    if outcome == "after_retry" or facts.get("F14c") == "tried_failed":
        return YES
    return NO if outcome == "first_try" else None


def supplement_new_points(facts: Facts) -> str | None:
    """Whether a later request named points that an earlier one had not."""
    if facts.get("F11b") == YES:
        return YES
    return NO if facts.get("F10") == "one" or facts.get("F11b") == NO else None


def all_rated(ratings: Mapping[str, int], levels: frozenset[int]) -> str:
    """Whether there are at least five ratings and every one is among the levels."""
    enough = len(ratings) >= FEWEST_RATINGS
    return YES if enough and all(one in levels for one in ratings.values()) else NO


_FIVE_LOW = frozenset({1, 2})
_FIVE_HIGH = frozenset({4, 5})


def derive(
    facts: Facts,
    *,
    procedure: ProcedureFacts | None,
    calendar: Calendar,
    answer_date: date,
    ratings: Mapping[str, int] | None,
    tolerance: int = 1,
    scale: Scale | None = None,
) -> dict[str, str]:
    """Work out every derived fact that can be known.

    Args:
        facts: stored facts by code, without stale follow-ups (`routing.current`).
        procedure: what the catalogue says of the procedure in F01; None if unlisted.
        calendar: the working days of the agency.
        answer_date: the day on which the facts were first confirmed.
        ratings: levels by criterion, criteria without a level left out; None before
            the ratings, which leaves `all_rated_low` and `all_rated_high` out.
        tolerance: working days by which a promise may exceed the published time.
        scale: where low and high lie; the five levels when not given.
    Returns:
        Values as text; a key is absent when its fact is unknown. The dates themselves
        are not among them: only derived values may be kept with a response.
    Source: questionnaire.md, section 3.
    """
    listed = None if facts.get("F01", "") in _UNLISTED else procedure
    published = None if listed is None else listed.published_days
    promised = promised_days(facts, calendar)
    delay = days_late(facts, calendar, answer_date)
    is_overdue = overdue(facts, delay)
    found: dict[str, str | int | None] = {
        "days_late": delay,
        "days_early": None if delay is None else -delay,
        "late": late(facts, delay),
        "early": early(delay),
        "overdue": is_overdue,
        "promised_days": promised,
        "published_days": published,
        "promised_vs_published": promised_vs_published(
            facts, promised, published, tolerance
        ),
        "immediate": _immediate(listed),
        "result_due": result_due(facts, is_overdue),
        "visited": visited(facts),
        "tried_online": tried_online(facts),
        "used_postal": used_postal(facts),
        "tried_online_payment": tried_online_payment(facts),
        "online_payment_trouble": online_payment_trouble(facts),
        "supplement_new_points": supplement_new_points(facts),
    }
    if ratings is not None:
        low, high = (
            (_FIVE_LOW, _FIVE_HIGH) if scale is None else (scale.low, scale.high)
        )
        found["all_rated_low"] = all_rated(ratings, low)
        found["all_rated_high"] = all_rated(ratings, high)
    return {name: str(value) for name, value in found.items() if value is not None}


def _immediate(procedure: ProcedureFacts | None) -> str | None:
    if procedure is None:
        return None
    return YES if procedure.is_immediate else NO


_YES_NO = frozenset({YES, NO})

VALUES: Mapping[str, frozenset[str] | None] = {
    "days_late": None,
    "days_early": None,
    "late": _YES_NO,
    "early": _YES_NO,
    "overdue": _YES_NO,
    "promised_days": None,
    "published_days": None,
    "promised_vs_published": frozenset({"longer", "equal", "shorter", "no_date"}),
    "immediate": _YES_NO,
    "result_due": _YES_NO,
    "visited": _YES_NO,
    "tried_online": _YES_NO,
    "used_postal": _YES_NO,
    "tried_online_payment": _YES_NO,
    "online_payment_trouble": _YES_NO,
    "supplement_new_points": _YES_NO,
    "all_rated_low": _YES_NO,
    "all_rated_high": _YES_NO,
}
"""The values each derived fact may take; None for a number, which no set can test."""

_DUE = frozenset({"F07", "F10", "F10b"})
_OVERDUE = _DUE | {"F09"}
_DELAY = _OVERDUE | {"F08"}

INPUTS: Mapping[str, frozenset[str]] = {
    "days_late": _DELAY,
    "days_early": _DELAY,
    "late": _DELAY,
    "early": _DELAY,
    "overdue": _OVERDUE,
    "promised_days": frozenset({"F06", "F07"}),
    "published_days": frozenset({"F01"}),
    "promised_vs_published": frozenset({"F01", "F06", "F07"}),
    "immediate": frozenset({"F01"}),
    "result_due": _OVERDUE,
    "visited": frozenset({"F04", "F05", "F12"}),
    "tried_online": frozenset({"F04", "F04b"}),
    "used_postal": frozenset({"F04", "F05"}),
    "tried_online_payment": frozenset({"F13", "F14", "F14c"}),
    "online_payment_trouble": frozenset({"F14b", "F14c"}),
    "supplement_new_points": frozenset({"F10", "F11b"}),
    "all_rated_low": frozenset(),
    "all_rated_high": frozenset(),
}
"""The facts each derived fact is worked out from."""


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


CODES: Mapping[str, frozenset[str]] = {
    "F01": _codes("not_listed not_sure"),
    "F04": _codes(
        "in_person online postal online_then_in_person online_then_postal"
        " mixed_other not_sure"
    ),
    "F04b": _codes(
        "not_aware not_offered tried_failed hard_to_use paper_needed other not_sure"
    ),
    "F05": _codes(
        "in_person postal electronic electronic_and_in_person electronic_and_postal"
        " not_received not_sure"
    ),
    "F06": _codes("not_sure"),
    "F07": _codes("no_date_given not_sure"),
    "F08": _codes("not_yet not_sure"),
    "F09": _codes("granted refused returned withdrawn in_progress not_sure"),
    "F10": _codes("none one two three_plus not_sure"),
    "F10b": _codes("unchanged not_sure"),
    "F11b": _codes("yes no not_sure"),
    "F12": _codes("none one two three_plus not_sure"),
    "F13": _codes("yes not_paid_yet no not_sure"),
    "F14": _codes("portal_online bank_transfer cash postal other not_sure"),
    "F14b": _codes("first_try after_retry not_sure"),
    "F14c": _codes(
        "not_aware not_offered tried_failed hard_to_use paper_receipt_needed other"
        " not_sure"
    ),
}
"""The choices the functions above were written for, by fact; the loader compares."""

DATES = frozenset({"F06", "F07", "F08", "F10b"})
"""The facts that the functions above read as dates."""
