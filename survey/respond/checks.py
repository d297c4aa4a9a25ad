"""What is looked at once while a form is filled in: facts that do not fit together,
ratings beside facts, and how long each page took."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from survey.indices import G1
from survey.indices.entries import MOST_SECONDS as MOST_ON_PAGE
from survey.questionnaire import prompts, routing, summary
from survey.questionnaire.reading_time import words_shown
from survey.questionnaire.schema import Questionnaire
from survey.respond.visits import DraftState, Visit

Checks = dict[str, Any]

MOST_SECONDS: Final = 600
"""Between two pages; who takes longer was interrupted."""
SHOWN: Final = "shown"
OVERTURNED: Final = "overturned"


class Asked(NamedTuple):
    """What is to be noted of a page of answers, and the prompt to show after it."""

    checks: Checks
    prompt: str | None


def timed(draft: DraftState, page: str, now: datetime) -> Checks:
    """The draft's checks with the time since the last page was kept."""
    since = int((now - draft.touched_at).total_seconds())
    seconds = dict(draft.checks.get("seconds", {}))
    spent = min(max(since, 0), MOST_SECONDS)  # a clock may be set back
    seconds[page] = min(seconds.get(page, 0) + spent, MOST_ON_PAGE)
    return {**draft.checks, "seconds": seconds}


def warned(checks: Checks, facts: Mapping[str, str]) -> Checks:
    """Note the facts that do not fit together, so that each is asked about once."""
    pairs = ["-".join(pair) for pair in summary.contradictions(facts)]
    known = checks.get("warned", [])
    asking = [pair for pair in pairs if pair not in known]
    return {**checks, "warned": [*known, *asking], "asking": asking}


def has_prompts(q: Questionnaire, codes: Collection[str]) -> bool:
    """Whether any prompt can be raised by these criteria."""
    return not _prompted(q).isdisjoint(codes)


@lru_cache(maxsize=64)
def _prompted(q: Questionnaire) -> frozenset[str]:
    return frozenset(prompt.criterion for prompt in q.prompts)


def ratings_of(
    q: Questionnaire,
    shown: Mapping[str, routing.Routed],
    answers: Mapping[str, Any],
    codes: Collection[str],
) -> dict[str, str]:
    """What counts as rated now on a page with these questions; on that of the general
    question everything, because it is compared with all other ratings."""
    if G1 not in codes:
        return {code: answers.get(code, "") for code in codes}
    return {**routing.settle(q, shown, answers), G1: answers.get(G1, "")}


def _seen(
    visit: Visit, draft: DraftState, codes: Collection[str], ratings: Mapping[str, str]
) -> Mapping[str, str]:
    if G1 in codes:
        return prompts.judged(visit.questionnaire, draft.facts, ratings)
    return {**draft.facts, **ratings}


def overturned(
    visit: Visit, draft: DraftState, checks: Checks, facts: Mapping[str, str]
) -> Checks:
    """Note the ratings beside which corrected facts say something else than before.

    Both ways alike, whether or not a prompt was shown: it is shown but once. Noted is
    what the facts said, so that taking a correction back takes the note away.
    """
    before = prompts.said(visit.questionnaire, draft.facts)
    after = prompts.said(visit.questionnaire, facts)
    noted = dict(checks.get(OVERTURNED, {}))
    for code, words in before.items():
        if draft.answers.get(code) and words != after[code]:
            noted.setdefault(code, words)
    left = {code: words for code, words in noted.items() if words != after[code]}
    return {**checks, OVERTURNED: left} if left or noted else checks


def looked_at(checks: Checks, codes: Collection[str]) -> Checks:
    """Forget what `overturned` noted of a page that was looked through since."""
    noted = checks.get(OVERTURNED)
    if not noted:
        return checks
    left = {code: words for code, words in noted.items() if code not in codes}
    return {**checks, OVERTURNED: left}


def raised(
    visit: Visit,
    draft: DraftState,
    codes: Collection[str],
    ratings: Mapping[str, str],
) -> tuple[prompts.Raised, ...]:
    """The prompts that the ratings of a page raise, shown before or not."""
    seen = _seen(visit, draft, codes, ratings)
    return prompts.raised(visit.questionnaire, codes, seen)


def in_place(
    visit: Visit,
    draft: DraftState,
    codes: Collection[str],
    ratings: Mapping[str, str],
) -> tuple[prompts.InPlace, ...]:
    """The prompts that a script may show on a page, none once one was shown there."""
    logged = draft.checks.get("prompts", {})
    q = visit.questionnaire
    if _has_shown(q, codes, logged):
        return ()
    found = prompts.in_place(q, codes, _seen(visit, draft, codes, ratings))
    return tuple(one for one in found if one.code not in logged)


def asked(
    visit: Visit,
    draft: DraftState,
    checks: Checks,
    codes: Collection[str],
    ratings: Mapping[str, str],
    *,
    said: str,
) -> Asked:
    """Note what a page raised: the first is shown, at most one on a page.

    Args:
        ratings: with those of this page, as `ratings_of`.
        said: which prompt the page has shown by itself, at which level ("P1:5").
    """
    q = visit.questionnaire
    if not has_prompts(q, codes):
        return Asked(checks, None)
    checks, _nothing = shown_there(visit, draft, checks, codes, ratings, said=said)
    logged: dict[str, Any] = dict(checks.get("prompts", {}))
    prompt = None
    for found in raised(visit, draft, codes, ratings):
        code = found.prompt.code
        if code in logged:
            continue
        level = ratings[found.prompt.criterion]
        if _has_shown(q, codes, logged):
            logged[code] = _entry(found.direction, level, prompts.PAGE_LIMIT)
        else:
            logged[code] = _entry(found.direction, level, SHOWN)
            prompt = code
    return Asked({**checks, "prompts": logged} if logged else checks, prompt)


def shown_there(
    visit: Visit,
    draft: DraftState,
    checks: Checks,
    codes: Collection[str],
    ratings: Mapping[str, str],
    *,
    said: str,
) -> Asked:
    """Note the prompt that a page has shown by itself, and ask nothing more.

    Args: as of `asked`.
    """
    code, _, level = said.partition(":")
    if not code or not has_prompts(visit.questionnaire, codes):
        return Asked(checks, None)
    before = {**ratings, **dict.fromkeys(codes, "")}
    logged = {
        one.code: _entry(one.direction, level, SHOWN)
        for one in in_place(visit, draft, codes, before)
        if one.code == code and level in map(str, one.levels)
    }
    if not logged:
        return Asked(checks, None)
    both = {**checks.get("prompts", {}), **logged}
    return Asked({**checks, "prompts": both}, None)


def _entry(direction: str, level: str, outcome: str) -> dict[str, str]:
    return {"direction": direction, "from": level, "outcome": outcome}


def _has_shown(
    q: Questionnaire, codes: Collection[str], logged: Mapping[str, Any]
) -> bool:
    return any(
        prompt.criterion in codes
        and logged.get(prompt.code, {}).get("outcome") == SHOWN
        for prompt in q.prompts
    )


def records_of(
    visit: Visit, draft: DraftState, settled: Mapping[str, str]
) -> dict[str, Any]:
    """What became of every comparison of a rating with a fact, for the response."""
    ratings = {**settled, G1: draft.answers.get(G1, "")}
    logged = draft.checks.get("prompts", {})
    return prompts.records(visit.questionnaire, draft.facts, ratings, logged)


def seconds_of(draft: DraftState) -> dict[str, int]:
    """Seconds spent on each page so far."""
    return dict(draft.checks.get("seconds", {}))


def words_of(
    visit: Visit, draft: DraftState, shown: Mapping[str, routing.Routed]
) -> dict[str, int]:
    """Words that each page has shown."""
    q = visit.questionnaire
    facts = [
        code
        for code in routing.asked_facts(q, draft.facts)
        if code not in draft.supplied
    ]
    return words_shown(q, shown, language=draft.language, arm=draft.arm, facts=facts)
