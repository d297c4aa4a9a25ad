"""The facts about the dossier, and their summary before the first rating."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import clock, formats, web
from survey.db import reading, writing
from survey.questionnaire import derived, routing, summary
from survey.questionnaire.schema import PAGE_FACTS
from survey.respond import checks, drafts, facts_page, forms, keys, steps
from survey.respond.visits import DraftState, Visit

PAGE_SUMMARY = "tom-tat"
CORRECTING, ADDED = "sua", "them"
"""In the address: every fact is shown for correction; questions were added."""


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
        is_added = request.args.get(ADDED) == "1"
        return _page(visit, draft, asked, draft.facts, {}, procedures, added=is_added)
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
    if errors:
        writing().commit()
        return _page(visit, draft, on_page, everything, errors, procedures)
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
    if stays:
        query = [f"{CORRECTING}=1"] * is_correcting + [f"{ADDED}=1"] * bool(added)
        anchor = "".join(f"#{code}" for code in added[:1])
        return keys.to(visit.token, PAGE_FACTS, f"?{'&'.join(query)}{anchor}")
    if _summary(visit, facts) or noted["asking"]:
        return keys.to(visit.token, PAGE_SUMMARY)
    return keys.to(visit.token, next_page)


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
    added: bool = False,
) -> ResponseReturnValue:
    language = web.language()
    values = {
        **facts_page.facts_values(visit, asked, typed, language, procedures),
        **facts_page.follow_up_values(visit, draft, asked, typed),
        **steps.back(visit, {}, PAGE_FACTS),
    }
    if added:
        values["notice"] = _(
            "Theo câu trả lời vừa ghi, còn thêm câu hỏi dưới đây. Các câu đã trả lời "
            "vẫn được giữ."
        )
    if not set(asked) & set(draft.supplied):
        values |= facts_page.known_values(visit, language)
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
    if request.method == "POST":
        if steps.switch(draft):
            writing().commit()
            return keys.to(visit.token, PAGE_SUMMARY)
        if request.form.get("summary") == "edit":
            return keys.to(visit.token, PAGE_FACTS, f"?{CORRECTING}=1")
        shown = drafts.shown_by(visit.questionnaire, draft.facts)
        next_page = drafts.page_after(visit, draft, shown, PAGE_FACTS)
        return keys.onward(visit.token, draft, PAGE_FACTS, next_page)
    values: dict[str, Any] = {
        "summary": _summary(visit, draft.facts),
        "back": f"/p/{visit.token}/{PAGE_FACTS}",
    }
    doubts = facts_page.doubts(visit, draft, web.language())
    if doubts:
        values |= {"doubts": doubts}
    return steps.render(visit, PAGE_SUMMARY, values)
