"""Which ratings ask to be compared with a fact, and in which words; both ways alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from survey.questionnaire import derived
from survey.questionnaire.conditions import Condition
from survey.questionnaire.schema import (
    BLANK,
    Direction,
    Prompt,
    Questionnaire,
    Text,
    Wording,
    fill,
    placeholders,
)

AGREES = "agrees"
KEPT = "kept"
CHANGED = "changed"
NOT_SHOWN = "not_shown"
PAGE_LIMIT = "not_shown_page_limit"
OUTCOMES = (AGREES, KEPT, CHANGED, NOT_SHOWN, PAGE_LIMIT)
"""How a comparison of a rating with a fact ended, as a response stores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A prompt whose condition is true, with the fact in words."""

    prompt: Prompt
    direction: Direction
    fact: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlace:
    """What one of these levels would raise, for a page that asks without a request.

    `text` is the whole question with `{level}` left for the label of the level.
    """

    code: str
    criterion: str
    direction: Direction
    levels: tuple[int, ...]
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One direction of a prompt, its rating apart from its facts."""

    prompt: Prompt
    direction: Direction
    facts: Condition
    levels: tuple[int, ...]
    ratings: frozenset[str]
    wordings: tuple[Wording, ...]


def levels_of(condition: Condition, criterion: str) -> frozenset[int]:
    """The levels of a criterion that a condition names."""
    return frozenset(
        int(value)
        for test in condition.tests
        if test.name == criterion
        for value in test.values
        if value.isdecimal()
    )


def facts_of(condition: Condition, criterion: str) -> Condition:
    """The condition without its rating: what the facts must say."""
    tests = tuple(test for test in condition.tests if test.name != criterion)
    return Condition(text=str(condition), tests=tests, is_never=condition.is_never)


@lru_cache(maxsize=64)
def _sides(q: Questionnaire) -> tuple[_Side, ...]:
    """Both sides of every prompt, the lowest number first."""
    ordered = sorted(q.prompts, key=lambda one: int(one.code[1:]))
    return tuple(
        _Side(
            prompt=prompt,
            direction=direction,
            facts=facts_of(condition, prompt.criterion),
            levels=tuple(sorted(levels_of(condition, prompt.criterion))),
            ratings=frozenset(map(str, levels_of(condition, prompt.criterion))),
            wordings=wordings,
        )
        for prompt in ordered
        for direction, condition, wordings in _directions(prompt)
    )


def _directions(
    prompt: Prompt,
) -> tuple[tuple[Direction, Condition, tuple[Wording, ...]], ...]:
    return (
        ("high", prompt.high, prompt.fact_high),
        ("low", prompt.low, prompt.fact_low),
    )


def said(q: Questionnaire, values: Mapping[str, str]) -> dict[str, list[bool | None]]:
    """What facts say to the prompts of each criterion: for a high rating, for a low.

    Args:
        values: facts and derived facts.
    """
    found: dict[str, list[bool | None]] = {}
    for side in _sides(q):
        found.setdefault(side.prompt.criterion, []).append(side.facts.evaluate(values))
    return found


def judged(
    q: Questionnaire, values: Mapping[str, str], ratings: Mapping[str, str]
) -> dict[str, str]:
    """Facts, ratings, and what only the ratings together tell, as prompts read them.

    Args:
        values: facts and derived facts.
        ratings: what is stored or was chosen, by criterion or general question;
            anything but a level counts as no rating.
    """
    levels = {
        one.code: int(ratings[one.code])
        for one in q.criteria
        if ratings.get(one.code) in q.scale.values
    }
    return {
        **values,
        **ratings,
        "all_rated_low": derived.all_rated(levels, q.scale.low),
        "all_rated_high": derived.all_rated(levels, q.scale.high),
    }


def raised(
    q: Questionnaire, codes: Collection[str], values: Mapping[str, str]
) -> tuple[Raised, ...]:
    """Find the prompts that the ratings of one page raise.

    Args:
        codes: the criteria (or G1) of the page.
        values: facts, derived facts and ratings by code, as stored; `judged` puts
            them together.
    Returns:
        The lowest number first. Only the first may be shown on the page; the others
        are logged. Each is shown once per response: the caller knows which were.
    Source: questionnaire.md, section 7.
    """
    return tuple(
        Raised(prompt=side.prompt, direction=side.direction, fact=fact)
        for side, fact in _known_sides(q, codes, values)
        if values.get(side.prompt.criterion) in side.ratings
    )


def in_place(
    q: Questionnaire,
    codes: Collection[str],
    values: Mapping[str, str],
    *,
    ratings: Mapping[str, str] | None = None,
) -> tuple[InPlace, ...]:
    """What the ratings of a page could raise, from the facts alone.

    Args:
        codes: the criteria (or G1) of the page.
        values: facts and derived facts.
        ratings: the ratings of the other pages, without which nothing is known of all
            ratings together (the prompt of G1).
    Returns:
        One entry per prompt and direction whose fact is known, the lowest number
        first; the levels of the two directions never overlap.
    """
    seen = values if ratings is None else judged(q, values, ratings)
    return tuple(
        InPlace(
            code=side.prompt.code,
            criterion=side.prompt.criterion,
            direction=side.direction,
            levels=side.levels,
            text=Text(
                vi=fill(q.prompt_texts.text.vi, {"fact": fact.vi}),
                en=fill(q.prompt_texts.text.en, {"fact": fact.en}),
            ),
        )
        for side, fact in _known_sides(q, codes, seen)
    )


def comparable(
    q: Questionnaire, values: Mapping[str, str], ratings: Mapping[str, str]
) -> tuple[str, ...]:
    """The prompts whose fact is known and whose criterion has a level.

    A fact is known when it rules out one end of the scale: a fee lower than published
    contradicts no rating, so nothing is compared with it.

    Args:
        values, ratings: as for `judged`.
    Returns:
        Codes of prompts, the lowest number first, each once.
    """
    seen = judged(q, values, ratings)
    codes = [one.criterion for one in q.prompts]
    return tuple(
        dict.fromkeys(
            side.prompt.code
            for side, _ in _known_sides(q, codes, seen)
            if seen.get(side.prompt.criterion) in q.scale.values
        )
    )


def records(
    q: Questionnaire,
    values: Mapping[str, str],
    ratings: Mapping[str, str],
    logged: Mapping[str, Mapping[str, str]],
) -> dict[str, dict[str, str | bool]]:
    """What a response keeps of its comparisons, without anything of a person.

    Args:
        values: facts and derived facts as they are at the end.
        ratings: what is stored at the end, by criterion or general question.
        logged: by prompt, from when it was first contradicted: `direction`, `from`
            (the level then), and `outcome`: `not_shown_page_limit` or `not_shown`
            where it was not put to the respondent; anything else says it was.
    Returns:
        By prompt, every comparable one and every logged one: `outcome` alone where the
        rating never contradicted the fact, else also `direction`, `from`, `to` (the
        level at the end, or the word for having none) and `still`, whether it
        contradicts the fact at the end. One that was put is `changed` when the level
        at the end is another one, else `kept`, whichever button was pressed.
    """
    seen = judged(q, values, ratings)
    open_now = {
        one.prompt.code: one.direction
        for one in raised(q, [one.criterion for one in q.prompts], seen)
    }
    compared = frozenset(comparable(q, values, ratings))
    found: dict[str, dict[str, str | bool]] = {}
    for prompt in q.prompts:
        code, final = prompt.code, seen.get(prompt.criterion) or BLANK
        note = logged.get(code)
        if note is None and code in open_now:
            note = {"direction": open_now[code], "from": final, "outcome": NOT_SHOWN}
        if note is not None:
            found[code] = {
                "outcome": _outcome(note, final),
                "direction": note["direction"],
                "from": note["from"],
                "to": final,
                "still": code in open_now,
            }
        elif code in compared:
            found[code] = {"outcome": AGREES}
    return found


def _outcome(note: Mapping[str, str], final: str) -> str:
    if note.get("outcome") in (NOT_SHOWN, PAGE_LIMIT):
        return note["outcome"]
    return KEPT if final == note["from"] else CHANGED


def question(q: Questionnaire, one: Raised, level: int, language: str) -> str:
    """What the respondent reads: the fact, the level chosen, and both may be right."""
    return fill(
        q.prompt_texts.text.get(language),
        {
            "fact": one.fact.get(language),
            "level": q.scale.label(level).get(language),
        },
    )


def _known_sides(
    q: Questionnaire, codes: Collection[str], values: Mapping[str, str]
) -> list[tuple[_Side, Text]]:
    """The sides whose fact is true, with the fact in words; the high one first."""
    return [
        (side, fact)
        for side in _sides(q)
        if side.prompt.criterion in codes
        and side.facts.evaluate(values) is True
        and (fact := _in_words(side.wordings, values)) is not None
    ]


def _in_words(wordings: tuple[Wording, ...], values: Mapping[str, str]) -> Text | None:
    for wording in wordings:
        if wording.when.evaluate(values) is True:
            # A fact that cannot be named in full is not held against a rating.
            if not placeholders(wording.text.vi) <= values.keys():
                return None
            return Text(
                vi=fill(wording.text.vi, values), en=fill(wording.text.en, values)
            )
    return None
