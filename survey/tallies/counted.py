"""Where each counter of a questionnaire stands, and what one response adds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from survey.indices import Layout
from survey.indices.careless import FLAGS
from survey.questionnaire import Questionnaire
from survey.questionnaire.counted import chosen, countable
from survey.questionnaire.schema import PAGE_FACTS, PAGE_GENERAL

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@lru_cache(maxsize=64)
def layout_of(questionnaire: Questionnaire) -> Layout:
    """Where each counter of this questionnaire stands in a tally."""
    return Layout(
        elements={
            element.code: tuple(criterion.code for criterion in element.criteria)
            for element in questionnaire.elements
        },
        core=questionnaire.sets["core"],
        levels=questionnaire.scale.codes,
        pages=pages_of(questionnaire),
        prompts={prompt.code: prompt.criterion for prompt in questionnaire.prompts},
        flags=FLAGS,
        choices=countable(questionnaire),
    )


def pages_of(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The pages whose time is kept, in order."""
    elements = (element.code for element in questionnaire.elements)
    return (PAGE_FACTS, *elements, PAGE_GENERAL)


def counts_of(
    questionnaire: Questionnaire,
    status: str,
    answers: Any,
    *,
    seconds: Any = _NOTHING,
    prompts: Any = _NOTHING,
    flags: str = "",
    facts: Any = _NOTHING,
    generals: Any = _NOTHING,
) -> int:
    """What one response adds to its cell; everything as its columns hold it.

    Raises:
        IndicesError: an answer, page, prompt or flag that is not known.
    """
    return layout_of(questionnaire).pack(
        status,
        answers,
        questionnaire.scale.satisfied_from,
        seconds=seconds,
        prompts=prompts,
        flags=flags.split(),
        chosen=chosen(facts, generals),
    )
