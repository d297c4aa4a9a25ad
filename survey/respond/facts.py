"""The facts about the dossier, and their summary before the first rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import clock, formats, web
from survey.db import reading, writing
from survey.questionnaire import derived, routing, summary
from survey.questionnaire.schema import PAGE_CHECK, PAGE_FACTS
from survey.questionnaire.strips import facts_told
from survey.respond import (
    checks,
    drafts,
    facts_page,
    forms,
    keys,
    pages,
    steps,
    two_phones,
)
from survey.respond.visits import DraftState, Visit

PAGE_SUMMARY = "tom-tat"
CORRECTING, ADDED, CAME_FROM = "sua", "them", "ve"
"""In the address: every fact is shown for correction; which questions were added; the
criterion from whose page one came, to go back there."""


def show(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    """Ask the facts that the dossier does not supply; on POST keep them."""
    q = visit.questionnaire
    is_post = request.method == "POST"
    is_correcting = request.values.get(CORRECTING) == "1" or (
        is_post and bool(set(request.form.getlist("shown")) & set(draft.supplied))
    )
    codes = [fact.code for fact in q.facts]
    open_codes = [one for one in codes if is_correcting or one not in draft.supplied]
    asked = [code for code in routing.asked_facts(q, draft.facts) if code in open_codes]
    procedures = _procedures_to_choose(visit, asked)
    if not is_post:
        added = request.args.get(ADDED, "").split(",")
        new = [code for code in asked if code in added]
        return _page(
            visit, draft, asked, draft.facts, {}, procedures, added=new, held=open_codes
        )
    # A page with a script has brought up the follow-up questions by itself.
    sent = request.form.getlist("shown")
    on_page = [code for code in open_codes if code in sent] or asked
    switched = steps.switch(draft)
    form = forms.facts_form(
        [q.fact(code) for code in on_page],
        request.form,
        [code for code, _ in procedures],
    )
    errors = steps.errors_of(form)
    # After the form is read: a date stands there in ISO form, however it was typed.
    typed = steps.typed_of(form)
    everything = {**draft.facts, **typed}
    # A follow-up that its own question no longer asks is dropped, not complained of.
    looked_at = set(routing.asked_facts(q, everything)) & set(on_page)
    errors |= _impossible(everything, looked_at - set(errors), now)
    overtaken = two_phones.overtaken(visit, draft, page, draft.facts, typed, open_codes)
    if errors or overtaken:
        writing().commit()
        return _page(
            visit,
            draft,
            on_page,
            everything,
            errors,
            procedures,
            held=open_codes,
            overtaken=() if errors else overtaken,
        )
    return _keep(visit, draft, typed, on_page, now, switched, is_correcting)


def _keep(
    visit: Visit,
    draft: DraftState,
    typed: Mapping[str, str],
    on_page: list[str],
    now: datetime,
    switched: bool,
    is_correcting: bool,
) -> ResponseReturnValue:
    q = visit.questionnaire
    connection = writing().connection()
    facts, answered_on = drafts.facts_after(connection, visit, draft, typed, now=now)
    added = [
        code
        for code in routing.asked_facts(q, facts)
        if code not in on_page and (is_correcting or code not in draft.supplied)
    ]
    stays = bool(added) or switched
    noted = checks.timed(draft, PAGE_FACTS, now)
    noted = checks.overturned(visit, draft, noted, facts)
    noted = two_phones.signed(visit, draft, noted, PAGE_FACTS)
    if not stays:
        noted = checks.warned(noted, facts)
    next_page = (
        draft.next_page
        if stays
        else drafts.page_after(visit, draft, drafts.shown_by(q, facts), PAGE_FACTS)
    )
    drafts.keep_facts(
        connection,
        draft,
        facts,
        answered_on,
        checks=noted,
        next_page=steps.furthest(visit, draft, next_page),
        now=now,
    )
    writing().commit()
    origin = _came_from(visit)
    if stays:
        return keys.to(
            visit.token,
            PAGE_FACTS,
            _query(correcting=is_correcting, added=added, origin=origin)
            + (f"#{facts_page.NEW}" if added else ""),
        )
    if _summary(visit, facts) or noted["asking"]:
        return keys.to(visit.token, PAGE_SUMMARY, _query(origin=origin))
    return _onward(visit, draft, facts, noted, next_page)


def _query(
    *, correcting: bool = False, added: Sequence[str] = (), origin: str = ""
) -> str:
    """The part of an address that says how a page of facts is shown."""
    parts = (
        f"{CORRECTING}=1" if correcting else "",
        f"{ADDED}={','.join(added)}" if added else "",
        f"{CAME_FROM}={origin}" if origin else "",
    )
    query = "&".join(part for part in parts if part)
    return f"?{query}" if query else ""


def to_correct(visit: Visit, draft: DraftState, criterion: str) -> ResponseReturnValue:
    """Lead from a criterion to the fact above it, with the way back."""
    asked = routing.asked_facts(visit.questionnaire, draft.facts)
    told = facts_told(visit.questionnaire).get(criterion, ())
    anchor = next((f"#{code}" for code in told if code in asked), "")
    query = _query(correcting=True, origin=criterion)
    return keys.to(visit.token, PAGE_FACTS, f"{query}{anchor}")


def _came_from(visit: Visit) -> str:
    """The criterion from whose page the facts are being corrected; "" for none."""
    code = request.args.get(CAME_FROM, "")
    return code if any(one.code == code for one in visit.questionnaire.criteria) else ""


def _onward(
    visit: Visit,
    draft: DraftState,
    facts: Mapping[str, str],
    noted: Mapping[str, Any],
    next_page: str,
) -> ResponseReturnValue:
    """Lead on once the facts are right: back to where one came from, else further."""
    q, shown = visit.questionnaire, drafts.shown_by(visit.questionnaire, facts)
    origin = _came_from(visit)
    if origin:
        page = q.criterion(origin).element
        if not drafts.has_questions(visit, shown, page):
            return keys.to(visit.token, drafts.page_after(visit, draft, shown, page))
        anchor = f"#{origin}" if shown[origin].is_shown else ""
        return keys.to(visit.token, page, anchor)
    if draft.next_page == next_page == PAGE_CHECK and (
        pages.removed(q, shown, draft.answers)
        or pages.overturned(q, shown, draft.answers, noted)
    ):
        return keys.to(visit.token, PAGE_CHECK, f"#{pages.CHANGES}")
    return keys.onward(visit.token, draft, PAGE_FACTS, next_page)


def _impossible(
    facts: Mapping[str, str], codes: set[str], now: datetime
) -> dict[str, str]:
    """A message for each date that cannot be, beside a field of this page."""
    found = {}
    for code, reason in summary.impossible(facts, clock.local(now).date()).items():
        if code not in codes:
            continue
        received = derived.day(facts.get("F06"))
        if reason == summary.BEFORE_RECEIPT and received is not None:
            found[code] = _(
                "Ngày này ở trước ngày tiếp nhận (%(date)s). Xin xem lại hai ngày.",
                date=formats.date_text(received, web.language()),
            )
        else:
            found[code] = _(
                "Ngày này ở sau hôm nay. Xin xem lại, hoặc bỏ trống nếu không rõ."
            )
    return found


def _procedures_to_choose(visit: Visit, asked: list[str]) -> list[tuple[str, str]]:
    if all(visit.questionnaire.fact(code).type != "procedure" for code in asked):
        return []
    with reading() as connection:
        return drafts.procedures_of(connection, visit.unit_id)


def _page(
    visit: Visit,
    draft: DraftState,
    asked: list[str],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    procedures: list[tuple[str, str]],
    *,
    held: Sequence[str],
    added: Sequence[str] = (),
    overtaken: Sequence[str] = (),
) -> ResponseReturnValue:
    language = web.language()
    values = {
        **facts_page.facts_values(visit, asked, typed, language, procedures),
        **facts_page.follow_up_values(visit, draft, asked, typed),
        **facts_page.new_values(added),
        **steps.back(visit, {}, PAGE_FACTS),
        **two_phones.shown(visit, draft.facts, held),
    }
    origin = _came_from(visit)
    if origin:
        values["here"] = f"/p/{visit.token}/{PAGE_FACTS}{_query(origin=origin)}"
        page = visit.questionnaire.criterion(origin).element
        values["back"] = f"/p/{visit.token}/{page}#{origin}"
    if not set(asked) & set(draft.supplied):
        values |= facts_page.known_values(visit, language)
    if overtaken:
        values |= two_phones.told(visit, PAGE_FACTS, overtaken)
        return steps.render(visit, PAGE_FACTS, values, status=two_phones.STATUS)
    return steps.render(visit, PAGE_FACTS, values, errors)


def _summary(visit: Visit, facts: Mapping[str, str]) -> str:
    return summary.summarise(
        visit.questionnaire,
        facts,
        facts,
        language=web.language(),
        date_text=formats.date_text,
    )


def sum_up(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    """Repeat the facts in one sentence; two equal buttons: right, or correct it."""
    origin = _came_from(visit)
    query = _query(origin=origin)
    if request.method == "POST":
        if steps.switch(draft):
            writing().commit()
            return keys.to(visit.token, PAGE_SUMMARY, query)
        if request.form.get("summary") == "edit":
            query = _query(correcting=True, origin=origin)
            return keys.to(visit.token, PAGE_FACTS, query)
        shown = drafts.shown_by(visit.questionnaire, draft.facts)
        next_page = drafts.page_after(visit, draft, shown, PAGE_FACTS)
        return _onward(visit, draft, draft.facts, draft.checks, next_page)
    values: dict[str, Any] = {
        "here": f"/p/{visit.token}/{PAGE_SUMMARY}{query}",
        "summary": _summary(visit, draft.facts),
        "undated": summary.lacks_due_date(draft.facts),
        "back": f"/p/{visit.token}/{PAGE_FACTS}{query}",
    }
    doubts = facts_page.doubts(visit, draft, web.language())
    if doubts:
        values |= {"doubts": doubts}
    return steps.render(visit, PAGE_SUMMARY, values)
