"""Which facts bear on each criterion, as the questionnaire itself declares it: those
its strip states, those a prompt compares it with, those that decide who is asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from survey.questionnaire.schema import Criterion, Questionnaire, placeholders


@lru_cache(maxsize=64)
def facts_behind(q: Questionnaire) -> Mapping[str, tuple[str, ...]]:
    """The facts and derived facts behind every criterion, the nearest first.

    Returns:
        By code of the criterion; empty where nothing was asked that bears on it.
    """
    return {one.code: tuple(dict.fromkeys(_names(q, one))) for one in q.criteria}


def _names(q: Questionnaire, criterion: Criterion) -> list[str]:
    found: list[str] = []
    for prompt in q.prompts:
        if prompt.criterion == criterion.code:
            for condition in (prompt.high, prompt.low):
                found += sorted(condition.names - {criterion.code})
    for wording in criterion.strip:
        found += sorted(placeholders(wording.text.vi))
        found += sorted(wording.when.names)
    found += sorted(criterion.when.names)
    return found
