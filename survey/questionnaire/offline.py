"""The rules of a questionnaire as plain data, for a device that shows it without a
server: what is asked when, the facts in words, the prompts.

`static/kiosk-rules.js` reads them as routing, strips, prompts and summary do here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from survey.questionnaire.conditions import Condition
from survey.questionnaire.derived import ProcedureFacts
from survey.questionnaire.prompts import facts_of, levels_of
from survey.questionnaire.schema import (
    Criterion,
    Fact,
    General,
    Prompt,
    Questionnaire,
    Wording,
)

Data = dict[str, Any]


def rules_of(
    q: Questionnaire,
    language: str,
    *,
    procedures: Mapping[str, ProcedureFacts],
    days_off: tuple[date, ...],
    days_on: tuple[date, ...],
) -> Data:
    """Everything that decides what a form shows, in one language.

    Args:
        procedures: what the catalogue knows, by the codes that F01 offers.
        days_off, days_on: holidays, and days at weekends that are worked.
    """
    scale = q.scale
    return {
        "id": q.id,
        "tolerance": q.settings["promise_tolerance"],
        "facts": [_fact(one, language) for one in q.facts],
        "elements": [
            {"code": one.code, "criteria": [each.code for each in one.criteria]}
            for one in q.elements
        ],
        "criteria": [_criterion(one, language) for one in q.criteria],
        "generals": [_general(one) for one in q.generals],
        "prompts": [
            side
            for one in sorted(q.prompts, key=lambda prompt: int(prompt.code[1:]))
            for side in _sides(one, language)
        ],
        "prompt": q.prompt_texts.text.get(language),
        "summary": {
            "text": q.summary.text.get(language),
            "late": q.summary.lateness_late.get(language),
            "on_time": q.summary.lateness_on_time.get(language),
            "early": q.summary.lateness_early.get(language),
        },
        "levels": {str(one.code): one.label.get(language) for one in scale.levels},
        "low": sorted(scale.low),
        "high": sorted(scale.high),
        "not_applicable": scale.not_applicable.get(language),
        "cannot_judge": scale.cannot_judge.get(language),
        "procedures": {
            code: {"days": known.published_days, "is_immediate": known.is_immediate}
            for code, known in procedures.items()
        },
        "days_off": [day.isoformat() for day in days_off],
        "days_on": [day.isoformat() for day in days_on],
    }


def _condition(condition: Condition) -> Data:
    return {
        "never": condition.is_never,
        "tests": [[test.name, sorted(test.values)] for test in condition.tests],
    }


def _wordings(wordings: tuple[Wording, ...], language: str) -> list[Data]:
    return [
        {"when": _condition(one.when), "text": one.text.get(language)}
        for one in wordings
    ]


def _fact(fact: Fact, language: str) -> Data:
    return {
        "code": fact.code,
        "type": fact.type,
        "title": fact.title.get(language),
        "ask": _condition(fact.ask),
        "labels": {one.code: one.label.get(language) for one in fact.choices},
    }


def _criterion(criterion: Criterion, language: str) -> Data:
    return {
        "code": criterion.code,
        "title": criterion.title.get(language),
        "when": _condition(criterion.when),
        "na_offer": _condition(criterion.na_offer),
        "may_not_apply": bool(criterion.not_applicable),
        "strip": _wordings(criterion.strip, language),
    }


def _general(general: General) -> Data:
    return {
        "code": general.code,
        "type": general.type,
        "max": general.max or 0,
        "random_order": general.random_order,
        "alone": general.choices[-1].code if general.exclusive_last else "",
    }


_DIRECTIONS: tuple[tuple[str, Callable[[Prompt], Condition]], ...] = (
    ("high", lambda prompt: prompt.high),
    ("low", lambda prompt: prompt.low),
)


def _sides(prompt: Prompt, language: str) -> list[Data]:
    wordings = {"high": prompt.fact_high, "low": prompt.fact_low}
    return [
        {
            "code": prompt.code,
            "criterion": prompt.criterion,
            "direction": direction,
            "facts": _condition(facts_of(condition(prompt), prompt.criterion)),
            "levels": sorted(levels_of(condition(prompt), prompt.criterion)),
            "wordings": _wordings(wordings[direction], language),
        }
        for direction, condition in _DIRECTIONS
    ]
