"""What the page of facts shows: what is asked, what may come up, what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from survey import formats
from survey.questionnaire import derived
from survey.questionnaire.schema import PAGE_FACTS, Fact
from survey.respond.prepared import CHECKED, SELECTED
from survey.respond.visits import DraftState, Visit

NEW = "cau-moi"
"""Where the first new question is announced."""


def new_values(added: Sequence[str]) -> dict[str, Any]:
    """What announces the first question that an answer brought up, and marks each."""
    values: dict[str, Any] = {f"new:{code}": True for code in added}
    if added:
        values[f"first:{added[0]}"] = True
    return values


def facts_values(
    visit: Visit,
    asked: Iterable[str],
    typed: Mapping[str, str],
    language: str,
    procedures: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """The facts asked, with what was typed."""
    values: dict[str, Any] = {}
    for code in asked:
        fact = visit.questionnaire.fact(code)
        value = typed.get(code, "")
        values[f"q:{code}"] = True
        if fact.type == "procedure":
            values[f"options:{code}"] = _options(tuple(procedures), value)
            values[f"o:{code}:{value}"] = SELECTED
        elif fact.type == "date" and value not in fact.codes:
            values[f"v:{code}"] = value
        else:
            values[f"c:{code}:{value}"] = CHECKED
    return values


@lru_cache(maxsize=500)
def _options(procedures: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    return Markup("").join(
        Markup('<option value="{}"{}>{} – {}</option>').format(
            code, SELECTED if code == chosen else "", code, name
        )
        for code, name in procedures
    )


def known_values(visit: Visit, language: str) -> dict[str, Any]:
    """The facts that the dossier supplied, to be seen and corrected."""
    draft = visit.draft
    supplied = (
        [code for code in draft.supplied if draft.facts.get(code)] if draft else []
    )
    if draft is None or not supplied:
        return {}
    rows = Markup("").join(
        Markup(
            '<div class="govuk-summary-list__row govuk-summary-list__row--no-actions">'
            '<dt class="govuk-summary-list__key">{}</dt>'
            '<dd class="govuk-summary-list__value">{}</dd></div>'
        ).format(
            visit.questionnaire.fact(code).title.get(language),
            fact_words(visit, code, draft.facts, language),
        )
        for code in supplied
    )
    return {
        "known": rows,
        "correct": f"/p/{visit.token}/{PAGE_FACTS}?sua=1",
    }


def follow_up_values(
    visit: Visit, draft: DraftState, asked: Iterable[str], typed: Mapping[str, str]
) -> dict[str, Any]:
    """The questions that a script brings up as soon as an answer asks for them.

    Each carries its condition in the page, as far as the page itself decides it: what
    is supplied is decided here, what is derived from dates only by the server.
    """
    q = visit.questionnaire
    shown = set(asked)
    codes = {fact.code for fact in q.facts}
    here = {one for one in codes if one in shown or one not in draft.supplied}
    values: dict[str, Any] = {}
    for fact in q.facts:
        condition = _undecided(fact, here, typed) if fact.code in here else None
        if condition:
            values[f"ask:{fact.code}"] = condition
            values[f"has_ask:{fact.code}"] = True
            values[f"w:{fact.code}"] = fact.code not in shown
            values[f"q:{fact.code}"] = True
    return values


def _undecided(fact: Fact, here: set[str], known: Mapping[str, str]) -> str:
    """A fact's condition on the other questions of its page; "" if it has none, or
    cannot come true by them alone."""
    tests = []
    for test in fact.ask.tests:
        if test.name in here:
            tests.append(f"{test.name}={' '.join(sorted(test.values))}")
        elif known.get(test.name) not in test.values:
            return ""
    return ";".join(tests)


def doubts(visit: Visit, draft: DraftState, language: str) -> Markup:
    """Pairs of facts that do not fit together, each asked about once."""
    pairs = [pair.split("-") for pair in draft.checks.get("asking", [])]
    return Markup("").join(
        Markup("<li>{}</li>").format(
            "; ".join(_named(visit, code, draft.facts, language) for code in pair)
        )
        for pair in pairs
    )


def _named(visit: Visit, code: str, facts: Mapping[str, str], language: str) -> str:
    title = visit.questionnaire.fact(code).title.get(language)
    return f"{code} {title}: {fact_words(visit, code, facts, language)}"


def fact_words(visit: Visit, code: str, facts: Mapping[str, str], language: str) -> str:
    """A fact as a person reads it; "" when it has no value."""
    value = facts.get(code, "")
    label = visit.questionnaire.fact(code).label(value)
    if label is not None:
        return label.get(language)
    day = derived.day(value)
    if day is not None:
        return formats.date_text(day, language)
    if code == "F01" and value == visit.procedure_code and visit.procedure_name:
        return visit.procedure_name
    return value
