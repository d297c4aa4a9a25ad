"""What is counted of facts and general questions: choices only, never a date, a name
of a procedure or a text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from survey.questionnaire.derived import VALUES
from survey.questionnaire.schema import WITHOUT_LEVEL, Questionnaire

ANSWERED: Final = "answered"
"""Stands beside the choices of a question with several answers: that there is one."""
DAYS_LATE: Final = "days_late"
BANDS: Final[Mapping[str, int | None]] = {
    "early_over_5": -6,
    "early_1_5": -1,
    "on_time": 0,
    "late_1_2": 2,
    "late_3_5": 5,
    "late_6_10": 10,
    "late_over_10": None,
}
"""Bands of working days late, each up to this day; they part at 5 as D1's levels do."""


@lru_cache(maxsize=64)
def countable(q: Questionnaire) -> Mapping[str, tuple[str, ...]]:
    """The choices that are counted, by question: facts, derived facts, then general
    questions; in an order that a published questionnaire never changes."""
    found = {fact.code: fact.codes for fact in q.facts}
    for name, values in VALUES.items():
        if values is not None:
            found[name] = tuple(sorted(values))
    found[DAYS_LATE] = tuple(BANDS)
    for one in q.generals:
        if one.type == "scale":
            levels = map(str, q.scale.codes)
            found[one.code] = (*levels, *sorted(WITHOUT_LEVEL))
        elif one.type == "multi":
            found[one.code] = (ANSWERED, *(choice.code for choice in one.choices))
    return found


def chosen(facts: Mapping[str, Any], generals: Mapping[str, Any]) -> dict[str, Any]:
    """What of one response is counted, as `countable` names it.

    Args:
        facts: facts and derived facts as a response keeps them; what is no choice may
            be among them, and is counted nowhere.
        generals: the same of its general questions.
    """
    found = {**facts, **generals}
    band = band_of(facts.get(DAYS_LATE))
    found[DAYS_LATE] = band
    for code, given in generals.items():
        if isinstance(given, list) and given:
            found[code] = [ANSWERED, *given]
    return found


def band_of(days: str | int | None) -> str | None:
    """The band of a number of working days late; None when it is not known."""
    try:
        number = None if days is None else int(days)
    except ValueError:
        return None
    if number is None:
        return None
    return next(band for band, last in BANDS.items() if last is None or number <= last)
