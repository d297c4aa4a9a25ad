"""What follows from the answers given so far: which questions show, what is stored."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from survey.questionnaire import derived
from survey.questionnaire.conditions import Condition
from survey.questionnaire.derived import Calendar, ProcedureFacts
from survey.questionnaire.schema import (
    BLANK,
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    NOT_ASKED,
    WITHOUT_LEVEL,
    Criterion,
    Questionnaire,
    placeholders,
)

Status = Literal["complete", "partial", "break_off"]

COMPLETE_FROM = Fraction(4, 5)
PARTIAL_FROM = Fraction(1, 2)

_BRACKET = re.compile(
    r"(?P<gap>\s*)\((?P<words>[^()]*?)\s"
    r"(?P<codes>[A-Z]\d+[a-z]?(?:,\s*[A-Z]\d+[a-z]?)*)\)",
    re.ASCII,
)


class AnswerError(ValueError):
    """An answer that its question cannot take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What routing says of one criterion.

    `reason` is the reason to store with `not_asked` when it is hidden, and with
    `not_applicable` when the respondent chooses that; None where neither can be.
    """

    is_shown: bool
    reason: str | None
    offers_not_applicable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """The facts that count now, and what is derived from them.

    `facts` alone may hold dates; only `derived` and undated facts go with a response.
    """

    facts: Mapping[str, str]
    derived: Mapping[str, str]

    @property
    def values(self) -> dict[str, str]:
        """Facts and derived facts together, as conditions read them."""
        return {**self.facts, **self.derived}


def current(
    q: Questionnaire,
    facts: Mapping[str, str],
    *,
    procedure: ProcedureFacts | None,
    calendar: Calendar,
    answer_date: date,
    ratings: Mapping[str, int] | None = None,
) -> Current:
    """Drop the facts that are no longer asked and derive from the rest.

    Args: as `derived.derive`; facts that the questionnaire does not hold are dropped.
    Returns:
        Facts in the questionnaire's order. A follow-up whose own question was dropped
        is dropped with it, and whatever was derived from it changes.
    """
    kept = {fact.code: facts[fact.code] for fact in q.facts if fact.code in facts}
    while True:
        found = derived.derive(
            kept,
            procedure=procedure,
            calendar=calendar,
            answer_date=answer_date,
            ratings=ratings,
            tolerance=q.settings["promise_tolerance"],
            scale=q.scale,
        )
        stale = _first_stale(q, kept, {**kept, **found})
        if stale is None:
            return Current(facts=kept, derived=found)
        del kept[stale]


def _first_stale(
    q: Questionnaire, kept: Mapping[str, str], values: Mapping[str, str]
) -> str | None:
    # A condition looks only at earlier facts, so the first is stale beyond doubt;
    # a later one may owe its looks to what was derived from the first.
    for fact in q.facts:
        if fact.code in kept and fact.ask.evaluate(values) is not True:
            return fact.code
    return None


def asked_facts(q: Questionnaire, values: Mapping[str, str]) -> tuple[str, ...]:
    """The facts to ask, in order: those whose condition is true."""
    return tuple(fact.code for fact in q.facts if fact.ask.evaluate(values) is True)


def shown(q: Questionnaire, values: Mapping[str, str]) -> dict[str, Routed]:
    """Route every criterion by the facts and derived facts.

    Returns:
        One entry per criterion, in order. A criterion whose condition is unknown is
        shown and may be answered "not applicable".
    Source: questionnaire.md, 0.1.
    """
    return {one.code: _routed(one, values) for one in q.criteria}


def _routed(criterion: Criterion, values: Mapping[str, str]) -> Routed:
    when = criterion.when.evaluate(values)
    if when is False:
        return Routed(
            is_shown=False,
            reason=_reason(criterion, values),
            offers_not_applicable=False,
        )
    offers = bool(criterion.not_applicable) and (
        when is None or criterion.na_offer.evaluate(values) is not False
    )
    return Routed(
        is_shown=True,
        reason=_reason(criterion, values) if offers else None,
        offers_not_applicable=offers,
    )


def _reason(criterion: Criterion, values: Mapping[str, str]) -> str | None:
    rules = criterion.not_applicable
    for rule in rules:
        if rule.condition is None or rule.condition.evaluate(values) is True:
            return rule.reason
    return rules[0].reason if rules else None


def settle(
    q: Questionnaire, routed: Mapping[str, Routed], answers: Mapping[str, str]
) -> dict[str, str]:
    """Say what is stored for every criterion.

    Args:
        routed: as `shown` returns it, for the facts as they are now.
        answers: what was chosen, by code; other codes than criteria are passed over.
    Returns:
        A level's number as text, or one of the four words without a level. An answer
        to a question that is now hidden becomes `not_asked`; "not applicable" where it
        is no longer offered becomes `blank`.
    Raises:
        AnswerError: an answer is neither on the scale nor a word that can be chosen.
    """
    return {
        one.code: _settled(q, one.code, routed[one.code], answers.get(one.code, ""))
        for one in q.criteria
    }


def _settled(q: Questionnaire, code: str, routed: Routed, answer: str) -> str:
    if not routed.is_shown:
        return NOT_ASKED
    # A draft may hold not_asked from before the facts were changed.
    if answer in ("", BLANK, NOT_ASKED):
        return BLANK
    if answer == NOT_APPLICABLE:
        return NOT_APPLICABLE if routed.offers_not_applicable else BLANK
    if answer == CANNOT_JUDGE or answer in q.scale.values:
        return answer
    raise AnswerError(f"{code}: {answer!r} is not an answer")


def reasons(routed: Mapping[str, Routed], settled: Mapping[str, str]) -> dict[str, str]:
    """The reason stored with every `not_asked` and `not_applicable`."""
    return {
        code: reason
        for code, value in settled.items()
        if value in (NOT_ASKED, NOT_APPLICABLE)
        and (reason := routed[code].reason) is not None
    }


def completeness(
    values: Mapping[str, str],
    *,
    complete_from: Fraction = COMPLETE_FROM,
    partial_from: Fraction = PARTIAL_FROM,
) -> Status:
    """Whether enough of the applicable criteria were answered.

    Args:
        values: stored values of all criteria, as `settle` returns them.
        complete_from, partial_from: least shares, 0..1, of applicable criteria that
            have a level or `cannot_judge`.
    Returns:
        `break_off` below the lower cut-off and when no criterion has a level, also
        when none is applicable.
    Source: questionnaire.md, section 6, point 5.
    """
    stored = list(values.values())
    applicable = sum(value not in (NOT_ASKED, NOT_APPLICABLE) for value in stored)
    rated = sum(value not in WITHOUT_LEVEL for value in stored)
    if rated == 0:
        return "break_off"
    share = Fraction(rated + stored.count(CANNOT_JUDGE), applicable)
    if share >= complete_from:
        return "complete"
    return "partial" if share >= partial_from else "break_off"


def references(text: str) -> frozenset[str]:
    """The codes of the questions that the brackets of a text point to."""
    return frozenset(
        code for match in _BRACKET.finditer(text) for code in _listed(match["codes"])
    )


def brackets(
    text: str, hidden: Collection[str], names: Mapping[str, str] | None = None
) -> str:
    """Render brackets such as "(hỏi ở C2)" for what this respondent sees.

    Args:
        hidden: codes of the questions that this form does not show.
        names: what a person sees for a code, where that is not the code itself.
    Returns:
        The text with hidden codes left out; a bracket with none left goes altogether.
    """
    gone = frozenset(hidden)
    seen = {} if names is None else names

    def render(match: re.Match[str]) -> str:
        left = [code for code in _listed(match["codes"]) if code not in gone]
        if not left:
            return ""
        listed = ", ".join(seen.get(code, code) for code in left)
        return f"{match['gap']}({match['words']} {listed})"

    return _BRACKET.sub(render, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """A bracket that points to other questions: " (hỏi ở C2, C3)"."""

    gap: str
    words: str
    codes: tuple[str, ...]


def pieces(text: str) -> list[str | Bracket]:
    """The text in order, its brackets apart: for a page that hides them by itself."""
    found: list[str | Bracket] = []
    end = 0
    for match in _BRACKET.finditer(text):
        codes = tuple(_listed(match["codes"]))
        found += [
            text[end : match.start()],
            Bracket(gap=match["gap"], words=match["words"], codes=codes),
        ]
        end = match.end()
    return [*found, text[end:]]


@lru_cache(maxsize=4096)
def _without_hidden(text: str, hidden: frozenset[str]) -> str:
    return brackets(text, hidden)


def without_hidden(text: str, hidden: Collection[str]) -> str:
    """The text without brackets that point to hidden questions."""
    return _without_hidden(text, references(text) & frozenset(hidden))


def _listed(codes: str) -> list[str]:
    return [code.strip() for code in codes.split(",")]


def needed_facts(q: Questionnaire) -> frozenset[str]:
    """The facts that routing, prompts and tables of a questionnaire rest on.

    Returns:
        Codes of facts, whether the questionnaire asks them or not: those named by a
        condition or a prompt's words or listed in `tables`, those that a derived fact
        is worked out from, and those that decide whether a needed one is asked.
    """
    asks = {fact.code: fact.ask for fact in q.facts}
    others = {one.code for one in q.criteria} | {one.code for one in q.generals}
    waiting = set(q.tables) | _names_of_criteria(q) | names_of_prompts(q)
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in needed or name in others:
            continue
        if name in derived.INPUTS:
            others.add(name)
            waiting |= derived.INPUTS[name]
            continue
        needed.add(name)
        if name in asks:
            waiting |= asks[name].names
    return frozenset(needed)


def conditions_of(criterion: Criterion) -> tuple[tuple[str, Condition], ...]:
    """The conditions that route a criterion, each with the field it stands in."""
    rules = [
        ("not_applicable", rule.condition)
        for rule in criterion.not_applicable
        if rule.condition is not None
    ]
    return (("when", criterion.when), ("na_offer", criterion.na_offer), *rules)


def _names_of_criteria(q: Questionnaire) -> set[str]:
    return {
        name
        for criterion in q.criteria
        for _, condition in conditions_of(criterion)
        for name in condition.names
    }


def names_of_prompts(q: Questionnaire) -> set[str]:
    """The names that prompts look at or put into words."""
    names: set[str] = set()
    for prompt in q.prompts:
        names |= prompt.high.names | prompt.low.names
        for wording in (*prompt.fact_high, *prompt.fact_low):
            names |= wording.when.names | placeholders(wording.text.vi)
    return names
