"""Drafts: begun, kept page by page, and sent as exactly one response."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from survey import catalogue, clock, codes, funnel, keyholes, responses
from survey.db import AnyConnection
from survey.questionnaire import derived, routing
from survey.questionnaire.schema import (
    PAGE_CHECK,
    PAGE_FACTS,
    Questionnaire,
)
from survey.respond import checks, statements
from survey.respond.visits import DraftState, UsedLink, Visit

FORGET_EVERY = timedelta(hours=1)
_forgot_at: datetime | None = None
GIVEN = "given"
"""Stands in a response for a date that the draft held."""


class NothingAnswered(Exception):
    """A form without a single answer to a criterion is not sent."""


def start(
    connection: AnyConnection,
    visit: Visit,
    *,
    language: str,
    now: datetime,
    draft_days: int,
) -> str:
    """Begin a draft behind a link, or go on with the dossier's own; its key."""
    if visit.draft is not None:
        return visit.draft.key
    idle_since = now - timedelta(days=draft_days)
    own = {"of_link": visit.link_id, "idle_since": idle_since}
    statements.FORGET_OWN.run(connection, own)
    if _is_time_to_forget(now):
        statements.FORGET_IDLE.run(connection, {"idle_since": idle_since})
    supplied = _supplied(connection, visit)
    key = secrets.token_urlsafe(24)
    statements.BEGIN.run(
        connection,
        {
            "key": key,
            "link_id": visit.link_id,
            "sole_link_id": visit.link_id if visit.is_sole else None,
            "language": language,
            "facts": supplied,
            "supplied": supplied,
            "answers": {},
            "next_page": PAGE_FACTS,
            "arm": _arm(visit.folded_percent),
            "checks": {},
            "touched_at": now,
        },
    )
    # Who begins at a kiosk has opened it: the tablet itself is opened once a day.
    opened = int(visit.kind == "kiosk")
    cell = steps_of(visit, clock.local(now).date())
    funnel.add(connection, cell, opened=opened, started=1)
    return key


def steps_of(visit: Visit, day: date) -> funnel.Cell:
    """Where the steps of this link are counted on a day: a dossier's among all."""
    cell = opening_of(visit, day)
    return cell.of_all_dossiers() if visit.is_sole else cell


def opening_of(visit: Visit, day: date) -> funnel.Cell:
    """Where it is counted that this link was opened on a day."""
    cell = funnel.Cell.of(
        visit.wave_id, visit.batch_id, visit.unit_id, visit.procedure_id, day
    )
    if visit.is_sole and visit.batch_id is None:
        return cell.of_all_dossiers()
    return cell


def _is_time_to_forget(now: datetime) -> bool:
    """Whether this process has not looked at all drafts for an hour: that takes time in
    proportion to their number, and the nightly `survey tidy` does it too."""
    global _forgot_at
    if _forgot_at is not None and abs(now - _forgot_at) < FORGET_EVERY:
        return False
    _forgot_at = now
    return True


def _arm(folded_percent: int) -> str:
    return "folded" if secrets.randbelow(100) < folded_percent else "guided"


def _supplied(connection: AnyConnection, visit: Visit) -> dict[str, str]:
    known = {fact.code for fact in visit.questionnaire.facts if fact.prefill}
    facts: dict[str, str] = {}
    if visit.dossier_id is not None:
        dossier = {"dossier_id": visit.dossier_id}
        for (found,) in statements.SUPPLIED.all(connection, dossier):
            facts |= found
    if visit.procedure_code is not None:
        facts["F01"] = visit.procedure_code
    return {code: value for code, value in facts.items() if code in known}


def keep_language(connection: AnyConnection, draft: DraftState, language: str) -> None:
    """Remember the language in which the form is being answered."""
    values = {"draft_id": draft.id, "language": language}
    statements.KEEP_LANGUAGE.run(connection, values)


def facts_after(
    connection: AnyConnection,
    visit: Visit,
    draft: DraftState,
    typed: Mapping[str, str],
    *,
    now: datetime,
) -> tuple[dict[str, str], date]:
    """Facts and derived facts once a page of facts is kept, and the frozen date.

    Args:
        typed: what stands in the fields of the page, "" for one left blank; facts
            that were not on the page keep their value.
    """
    questionnaire = visit.questionnaire
    facts = {**draft.facts, **typed}
    facts = {
        fact.code: facts[fact.code]
        for fact in questionnaire.facts
        if facts.get(fact.code)
    }
    answered_on = draft.answered_on or clock.local(now).date()
    current = routing.current(
        questionnaire,
        facts,
        procedure=_procedure_facts(connection, facts.get("F01")),
        calendar=catalogue.calendar(connection),
        answer_date=answered_on,
    )
    return current.values, answered_on


def _procedure_facts(
    connection: AnyConnection, code: str | None
) -> derived.ProcedureFacts | None:
    if code is None:
        return None
    found = statements.PUBLISHED_DAYS.one_or_none(connection, {"procedure_code": code})
    if found is None:
        return None
    days, is_verified, is_immediate = found
    return derived.ProcedureFacts(
        published_days=days if is_verified else None, is_immediate=is_immediate
    )


def keep_facts(
    connection: AnyConnection,
    draft: DraftState,
    facts: Mapping[str, str],
    answered_on: date,
    *,
    checks: Mapping[str, Any],
    next_page: str,
    now: datetime,
) -> None:
    """Keep a page of facts."""
    statements.KEEP_FACTS.run(
        connection,
        {
            "draft_id": draft.id,
            "facts": dict(facts),
            "answered_on": answered_on,
            "checks": checks,
            "next_page": next_page,
            "touched_at": now,
        },
    )


def merged(draft: DraftState, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A draft's answers with those of one page; one left blank takes an earlier one
    away."""
    both = {**draft.answers, **answers}
    return {code: value for code, value in both.items() if value not in ("", [])}


def keep_answers(
    connection: AnyConnection,
    draft: DraftState,
    answers: Mapping[str, Any],
    *,
    checks: Mapping[str, Any],
    next_page: str,
    now: datetime,
) -> None:
    """Keep the answers of a draft as `merged` returns them."""
    statements.KEEP_ANSWERS.run(
        connection,
        {
            "draft_id": draft.id,
            "answers": answers,
            "checks": checks,
            "next_page": next_page,
            "touched_at": now,
        },
    )


Shown = Mapping[str, routing.Routed]


def shown_by(questionnaire: Questionnaire, facts: Mapping[str, str]) -> Shown:
    """Every criterion as the facts route it; most forms are routed like one before."""
    names = _names_that_route(questionnaire)
    return _shown(questionnaire, tuple([facts.get(name, "") for name in names]))


@lru_cache(maxsize=64)
def _names_that_route(questionnaire: Questionnaire) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                name
                for criterion in questionnaire.criteria
                for _, condition in routing.conditions_of(criterion)
                for name in condition.names
            }
        )
    )


@lru_cache(maxsize=2000)
def _shown(questionnaire: Questionnaire, values: tuple[str, ...]) -> Shown:
    names = _names_that_route(questionnaire)
    found = routing.shown(questionnaire, dict(zip(names, values, strict=True)))
    return MappingProxyType(found)


def page_after(visit: Visit, draft: DraftState, shown: Shown, page: str) -> str:
    """The page that follows; pages without a question for this dossier are passed.

    Args:
        shown: the criteria as the facts route them.
    """
    if draft.next_page == PAGE_CHECK:
        return PAGE_CHECK
    pages = visit.questionnaire.pages
    following = pages[pages.index(page) + 1 :]
    return next(name for name in following if has_questions(visit, shown, name))


def page_before(visit: Visit, shown: Shown, page: str) -> str:
    """The page that stands before, for the way back."""
    pages = visit.questionnaire.pages
    earlier = reversed(pages[: pages.index(page)])
    return next(name for name in earlier if has_questions(visit, shown, name))


def has_questions(visit: Visit, shown: Shown, page: str) -> bool:
    """Whether a page asks anything for this dossier."""
    for element in visit.questionnaire.elements:
        if element.code == page:
            return any(shown[one.code].is_shown for one in element.criteria)
    return True


def may_open(visit: Visit, draft: DraftState, page: str) -> bool:
    """Whether a page was reached: no page is opened before the ones that lead to it."""
    pages = visit.questionnaire.pages
    return page in pages and pages.index(page) <= pages.index(draft.next_page)


def receipt_of(secret: str, key: str) -> str:
    """The receipt that belongs to a draft's key, the same at every repeat."""
    return codes.receipt_from(secret.encode(), key)


def receipt_hash(receipt: str) -> str:
    """What is stored of a receipt."""
    text = "survey:receipt:" + codes.normalise(receipt)
    return hashlib.sha256(text.encode()).hexdigest()


class Counted(NamedTuple):
    """Where a response stands."""

    wave_id: str
    is_rehearsal: bool
    origin: str


def counted(connection: AnyConnection, receipt: str) -> Counted | None:
    """Where a receipt's response stands; None if there is none."""
    found = statements.COUNTED.one_or_none(
        connection, {"hash_of_receipt": receipt_hash(receipt)}
    )
    if found is None:
        return None
    wave_id, state, origin = found
    return Counted(wave_id, state == "rehearsal", origin)


def submit(
    connection: AnyConnection,
    visit: Visit,
    draft: DraftState,
    *,
    secret: str,
    now: datetime,
) -> str:
    """Turn a draft into one counted response and spend its link; the receipt.

    The receipt follows from the draft's key alone, so every repeat of the same form
    finds the same receipt; the unique hash of it lets only one of them in.

    Raises:
        NothingAnswered: no criterion has an answer.
        UsedLink: the link was answered, revoked or replaced a moment ago.
    """
    receipt = receipt_of(secret, draft.key)
    today = clock.local(now).date()
    statements.END.run(connection, {"draft_id": draft.id})
    if visit.is_sole and not keyholes.claim(connection, visit.link_id):
        raise UsedLink
    count(connection, visit, draft, receipt=receipt, origin=visit.kind, day=today)
    funnel.add(connection, steps_of(visit, today), finished=1)
    return receipt


def count(
    connection: AnyConnection,
    visit: Visit,
    draft: DraftState,
    *,
    receipt: str,
    origin: str,
    day: date,
) -> None:
    """Store what a draft holds as one counted response of a day.

    Raises:
        NothingAnswered: no criterion has an answer.
    """
    questionnaire = visit.questionnaire
    shown = shown_by(questionnaire, draft.facts)
    settled = routing.settle(questionnaire, shown, draft.answers)
    if set(settled.values()) <= {"blank", "not_asked"}:
        raise NothingAnswered
    unit_id, procedure_id = _owner(connection, visit, draft.facts.get("F01"))
    place = responses.Place(
        wave_id=visit.wave_id,
        unit_id=unit_id,
        procedure_id=procedure_id,
        origin=origin,
        month=f"{day:%Y-%m}",
        receipt_hash=receipt_hash(receipt),
        is_sample=visit.is_sample,
    )
    form = responses.Form(
        settled=settled,
        facts=_without_dates(questionnaire, draft),
        generals=_generals(draft),
        comment=draft.answers.get("G3"),
        prompts=checks.records_of(visit, draft, settled),
        seconds=checks.seconds_of(draft),
        words=checks.words_of(visit, draft, shown),
        language=draft.language,
        arm=draft.arm,
    )
    responses.store(connection, questionnaire, place, form, careless=visit.careless)


def _owner(
    connection: AnyConnection, visit: Visit, procedure_code: str | None
) -> tuple[int, int | None]:
    """Whose response it is: the link's unit, or within it the unit in charge."""
    if visit.procedure_id is not None:
        return visit.unit_id, visit.procedure_id
    if procedure_code is None:
        return visit.unit_id, None
    found = statements.OWNER.one_or_none(
        connection, {"procedure_code": procedure_code, "top": visit.unit_id}
    )
    if found is None:
        return visit.unit_id, None
    procedure_id, unit_id, is_within = found
    return (unit_id if is_within else visit.unit_id), procedure_id


def _without_dates(questionnaire: Questionnaire, draft: DraftState) -> dict[str, Any]:
    # A date would point to the dossier; the derived facts hold what counts of it.
    dated = {fact.code for fact in questionnaire.facts if fact.type == "date"}
    facts: dict[str, Any] = {
        name: GIVEN if name in dated and derived.day(value) else value
        for name, value in draft.facts.items()
    }
    corrected = sorted(
        code
        for code, value in draft.supplied.items()
        if draft.facts.get(code, "") != value
    )
    return {**facts, "corrected": corrected}


def _generals(draft: DraftState) -> dict[str, Any]:
    return {
        code: value
        for code, value in draft.answers.items()
        if code.startswith("G") and code != "G3"
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """To which wave and unit a wish to be called back belongs, and for how long."""

    wave_id: str
    unit_id: int
    days: int


def whom_to_call(connection: AnyConnection, secret: str, key: str) -> Callback | None:
    """What a wish to be called back belongs to, if the sent form expressed one."""
    if not key:
        return None
    found = statements.CALLBACK.one_or_none(
        connection, {"hash_of_receipt": receipt_hash(receipt_of(secret, key))}
    )
    if found is None:
        return None
    wave_id, unit_id, generals, questionnaire_id, sha256 = found
    if generals.get("G4") != "yes":
        return None
    questionnaire = catalogue.questionnaire(connection, questionnaire_id, sha256=sha256)
    days = questionnaire.settings["contact_days"]
    return Callback(wave_id=wave_id, unit_id=unit_id, days=days)


def leave_contact(
    connection: AnyConnection,
    callback: Callback,
    *,
    name: str,
    reach: str,
    key: str,
    now: datetime,
) -> None:
    """Keep a wish to be called back, apart from the response; a repeat changes nothing.

    Args:
        key: of the form, so that a double click leaves one wish; only its hash is
            kept, under another purpose than the receipt's, so it joins to nothing.
    """
    identity = hashlib.sha256(f"survey:contact:{key}".encode()).hexdigest()
    if statements.WISH.one_or_none(connection, {"contact_id": identity}):
        return
    wish = {
        "id": identity,
        "wave_id": callback.wave_id,
        "unit_id": callback.unit_id,
        "name": name,
        "reach": reach,
        "delete_on": clock.local(now).date() + timedelta(days=callback.days),
    }
    statements.LEAVE_WISH.run(connection, wish)


def procedures_of(connection: AnyConnection, unit_id: int) -> list[tuple[str, str]]:
    """Codes and names of the procedures below a unit, as the form offers them."""
    rows = statements.PROCEDURES_BELOW.all(connection, {"top": unit_id})
    return [(code, name) for code, name in rows]


def name_of_procedure(connection: AnyConnection, code: str) -> str | None:
    """The name of a procedure, or None if the catalogue does not hold it."""
    found = statements.NAME_OF_PROCEDURE.one_or_none(
        connection, {"procedure_code": code}
    )
    return found[0] if found else None
