"""Drafts: begun, kept page by page, and sent as exactly one response."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, clock, codes, tallies
from survey.models import Contact, Dossier, Draft, Link, Procedure, Response
from survey.questionnaire import derived, routing
from survey.questionnaire.schema import (
    PAGE_CHECK,
    PAGE_FACTS,
    Questionnaire,
)
from survey.respond.visits import DraftState, Visit

CHANNEL_OF = {
    "in_person": "in_person",
    "online": "online",
    "postal": "postal",
    "online_then_in_person": "mixed",
    "online_then_postal": "mixed",
    "mixed_other": "mixed",
}
"""How a dossier was filed (F04), as tallies group it."""
GIVEN = "given"
"""Stands in a response for a date that the draft held."""


class NothingAnswered(Exception):
    """A form without a single answer to a criterion is not sent."""


def start(
    session: Session, visit: Visit, *, language: str, now: datetime, draft_days: int
) -> str:
    """Begin a draft behind a link, or go on with the dossier's own; its key."""
    if visit.draft is not None:
        return visit.draft.key
    session.execute(
        sa.delete(Draft).where(Draft.touched_at <= now - timedelta(days=draft_days))
    )
    supplied = _supplied(session, visit)
    key = secrets.token_urlsafe(24)
    session.add(
        Draft(
            key=key,
            link_id=visit.link_id,
            sole_link_id=visit.link_id if visit.is_sole else None,
            language=language,
            facts=supplied,
            supplied=supplied,
            answers={},
            next_page=PAGE_FACTS,
            touched_at=now,
        )
    )
    session.flush()
    return key


def _supplied(session: Session, visit: Visit) -> dict[str, str]:
    known = {fact.code for fact in visit.questionnaire.facts if fact.prefill}
    facts: dict[str, str] = {}
    if visit.dossier_id is not None:
        facts |= session.scalars(
            sa.select(Dossier.facts).where(Dossier.id == visit.dossier_id)
        ).one()
    if visit.procedure_code is not None:
        facts["F01"] = visit.procedure_code
    return {code: value for code, value in facts.items() if code in known}


def keep_language(session: Session, draft: DraftState, language: str) -> None:
    """Remember the language in which the form is being answered."""
    session.execute(
        sa.update(Draft).where(Draft.id == draft.id).values(language=language)
    )


def facts_after(
    session: Session,
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
        procedure=_procedure_facts(session, facts.get("F01")),
        calendar=catalogue.calendar(session),
        answer_date=answered_on,
    )
    return current.values, answered_on


def _procedure_facts(
    session: Session, code: str | None
) -> derived.ProcedureFacts | None:
    if code is None:
        return None
    procedure = session.execute(
        sa.select(
            Procedure.working_days, Procedure.days_verified, Procedure.is_immediate
        ).where(Procedure.code == code)
    ).one_or_none()
    if procedure is None:
        return None
    return derived.ProcedureFacts(
        published_days=procedure.working_days if procedure.days_verified else None,
        is_immediate=procedure.is_immediate,
    )


def keep_facts(
    session: Session,
    draft: DraftState,
    facts: Mapping[str, str],
    answered_on: date,
    *,
    next_page: str,
    now: datetime,
) -> None:
    """Keep a page of facts."""
    _write(
        session,
        draft,
        now,
        facts=dict(facts),
        answered_on=answered_on,
        next_page=next_page,
    )


def keep_answers(
    session: Session,
    draft: DraftState,
    answers: Mapping[str, Any],
    *,
    next_page: str,
    now: datetime,
) -> None:
    """Keep a page of answers; one left blank takes an earlier answer away."""
    merged = {**draft.answers, **answers}
    kept = {code: value for code, value in merged.items() if value not in ("", [])}
    _write(session, draft, now, answers=kept, next_page=next_page)


def _write(session: Session, draft: DraftState, now: datetime, **values: Any) -> None:
    session.execute(
        sa.update(Draft).where(Draft.id == draft.id).values(touched_at=now, **values)
    )


Shown = Mapping[str, routing.Routed]


def page_after(visit: Visit, draft: DraftState, shown: Shown, page: str) -> str:
    """The page that follows; pages without a question for this dossier are passed.

    Args:
        shown: the criteria as `routing.shown` routes them by the facts.
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


_COUNTED = sa.select(Response.wave_id).where(
    Response.receipt_hash == sa.bindparam("receipt_hash")
)


def wave_of_receipt(session: Session, receipt: str) -> str | None:
    """The wave in which a receipt's response is counted, or None."""
    return session.scalar(_COUNTED, {"receipt_hash": receipt_hash(receipt)})


def submit(
    session: Session, visit: Visit, draft: DraftState, *, secret: str, now: datetime
) -> str:
    """Turn a draft into one counted response and spend its link; the receipt.

    The receipt follows from the draft's key alone, so every repeat of the same form
    finds the same receipt; the unique hash of it lets only one of them in.

    Raises:
        NothingAnswered: no criterion has an answer.
    """
    questionnaire = visit.questionnaire
    shown = routing.shown(questionnaire, draft.facts)
    settled = routing.settle(questionnaire, shown, draft.answers)
    if set(settled.values()) <= {"blank", "not_asked"}:
        raise NothingAnswered
    receipt = receipt_of(secret, draft.key)
    today = clock.local(now).date()
    unit_id, procedure_id = _owner(session, visit, draft.facts.get("F01"))
    status = routing.completeness(settled)
    response = {
        "id": secrets.token_hex(8),
        "receipt_hash": receipt_hash(receipt),
        "wave_id": visit.wave_id,
        "questionnaire_id": questionnaire.id,
        "unit_id": unit_id,
        "procedure_id": procedure_id,
        "channel": CHANNEL_OF.get(draft.facts.get("F04", ""), "unknown"),
        "origin": visit.kind,
        "month": f"{today:%Y-%m}",
        "language": draft.language,
        "status": status,
        "flags": "",
        "answers": settled,
        "facts": _without_dates(questionnaire, draft),
        "generals": _generals(draft),
        "comment": draft.answers.get("G3"),
        "is_sample": visit.is_sample,
    }
    session.execute(sa.delete(Draft).where(Draft.id == draft.id))
    if visit.is_sole:
        session.execute(
            sa.update(Link)
            .where(Link.id == visit.link_id)
            .values(state="spent", spent_on=today)
        )
    session.execute(_INSERT_RESPONSE, response)
    counts = tallies.counts_of(questionnaire, status, settled)
    tallies.add(session, tallies.cell_of(response), counts)
    return receipt


_INSERT_RESPONSE = sa.insert(Response.__table__)  # type: ignore[arg-type]


def _owner(
    session: Session, visit: Visit, procedure_code: str | None
) -> tuple[int, int | None]:
    """Whose response it is: the link's unit, or within it the unit in charge."""
    if visit.procedure_id is not None:
        return visit.unit_id, visit.procedure_id
    if procedure_code is None:
        return visit.unit_id, None
    procedure = session.execute(
        sa.select(Procedure.id, Procedure.unit_id).where(
            Procedure.code == procedure_code
        )
    ).one_or_none()
    if procedure is None:
        return visit.unit_id, None
    if procedure.unit_id in catalogue.subtree(session, [visit.unit_id]):
        return procedure.unit_id, procedure.id
    return visit.unit_id, procedure.id


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


def whom_to_call(session: Session, secret: str, key: str) -> Callback | None:
    """What a wish to be called back belongs to, if the sent form expressed one."""
    if not key:
        return None
    row = session.execute(
        sa.select(
            Response.wave_id,
            Response.unit_id,
            Response.generals,
            Response.questionnaire_id,
        ).where(Response.receipt_hash == receipt_hash(receipt_of(secret, key)))
    ).one_or_none()
    if row is None or row.generals.get("G4") != "yes":
        return None
    questionnaire = catalogue.questionnaire(session, row.questionnaire_id)
    days = questionnaire.settings["contact_days"]
    return Callback(wave_id=row.wave_id, unit_id=row.unit_id, days=days)


def leave_contact(
    session: Session,
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
    if session.get(Contact, identity) is not None:
        return
    session.add(
        Contact(
            id=identity,
            wave_id=callback.wave_id,
            unit_id=callback.unit_id,
            name=name,
            reach=reach,
            delete_on=clock.local(now).date() + timedelta(days=callback.days),
        )
    )
    session.flush()


def procedures_of(session: Session, unit_id: int) -> list[tuple[str, str]]:
    """Codes and names of the procedures below a unit, as the form offers them."""
    rows = session.execute(
        sa.select(Procedure.code, Procedure.name)
        .where(Procedure.unit_id.in_(catalogue.subtree(session, [unit_id])))
        .order_by(Procedure.code)
    )
    return [(code, name) for code, name in rows]
