"""Which ratings ask to be compared with a fact, and in which words; both ways alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from survey.questionnaire.schema import (
    Direction,
    Prompt,
    Questionnaire,
    Text,
    Wording,
    fill,
    placeholders,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A prompt whose condition is true, with the fact in words."""

    prompt: Prompt
    direction: Direction
    fact: Text


def raised(
    q: Questionnaire, codes: Collection[str], values: Mapping[str, str]
) -> tuple[Raised, ...]:
    """Find the prompts that the ratings of one page raise.

    Args:
        codes: the criteria (or G1) of the page.
        values: facts, derived facts and ratings by code, as stored.
    Returns:
        The lowest number first. Only the first may be shown on the page; the others
        are logged. Each is shown once per response: the caller knows which were.
    Source: questionnaire.md, section 7.
    """
    found = [
        one
        for prompt in q.prompts
        if prompt.criterion in codes and (one := _raised(prompt, values)) is not None
    ]
    return tuple(sorted(found, key=lambda one: int(one.prompt.code[1:])))


def question(q: Questionnaire, one: Raised, level: int, language: str) -> str:
    """What the respondent reads: the fact, the level chosen, and both may be right."""
    return fill(
        q.prompt_texts.text.get(language),
        {
            "fact": one.fact.get(language),
            "level": q.scale.label(level).get(language),
        },
    )


def _raised(prompt: Prompt, values: Mapping[str, str]) -> Raised | None:
    direction: Direction
    if prompt.high.evaluate(values) is True:
        direction, wordings = "high", prompt.fact_high
    elif prompt.low.evaluate(values) is True:
        direction, wordings = "low", prompt.fact_low
    else:
        return None
    fact = _in_words(wordings, values)
    if fact is None:
        return None
    return Raised(prompt=prompt, direction=direction, fact=fact)


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
