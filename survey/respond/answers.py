"""The pages of ratings and of general questions, and the prompt that may follow one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from survey import web
from survey.db import writing
from survey.indices import G1
from survey.questionnaire import prompts
from survey.respond import (
    checks,
    drafts,
    facts,
    forms,
    keys,
    pages,
    steps,
    two_phones,
)
from survey.respond.prepared import Prepared
from survey.respond.visits import DraftState, Visit

PROMPT, REVIEW = "loi-nhac", "xem-lai"
"""In the address: which prompt is shown, and which one asked to look again."""


class Sheet(NamedTuple):
    """One page of answers: what is on it, how it is read, and how it looks."""

    codes: tuple[str, ...]
    """The criteria, or the general question that is rated like one."""
    fields: tuple[str, ...]
    """All questions."""
    make: Callable[[MultiDict[str, str]], BaseForm]
    values: Callable[[Mapping[str, Any]], dict[str, Any]]
    prepared: Callable[[], Prepared]


def element(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    """The criteria of one element."""
    q = visit.questionnaire
    one = q.element(page)
    shown = drafts.shown_by(q, draft.facts)
    codes = tuple(each.code for each in one.criteria if shown[each.code].is_shown)
    # The language is asked for at the end: a POST may change it on this very page.
    sheet = Sheet(
        codes=codes,
        fields=codes,
        make=lambda typed: forms.element_form(q, one, shown, typed),
        values=lambda typed: {
            **pages.element_values(one, typed),
            **pages.strip_values(visit, draft, codes, web.language()),
        },
        prepared=lambda: pages.element_page(
            visit, one, shown, web.language(), draft.arm
        ),
    )
    return _show(visit, draft, page, now, shown, sheet)


def generals(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    """The general questions."""
    q = visit.questionnaire
    sheet = Sheet(
        codes=(G1,),
        fields=tuple(one.code for one in q.generals),
        make=lambda typed: forms.generals_form(q, typed),
        values=lambda typed: pages.generals_values(
            visit, typed, web.language(), order=draft.key
        ),
        prepared=lambda: pages.page(visit, page, web.language()),
    )
    return _show(visit, draft, page, now, drafts.shown_by(q, draft.facts), sheet)


def _show(
    visit: Visit,
    draft: DraftState,
    page: str,
    now: datetime,
    shown: drafts.Shown,
    sheet: Sheet,
) -> ResponseReturnValue:
    if request.method == "POST":
        return _keep(visit, draft, page, now, shown, sheet)
    code = request.args.get(PROMPT)
    if code and (found := _raised(visit, draft, shown, sheet, code)):
        return _prompt(visit, draft, page, found)
    values = {
        **sheet.values(draft.answers),
        **_in_place(visit, draft, shown, sheet),
        **steps.back(visit, shown, page),
        **two_phones.shown(visit, draft.answers, sheet.fields),
    }
    if request.args.get(REVIEW):
        values["notice"] = _(
            "Có thể đổi mức đã chọn, sửa thông tin thực tế, hoặc giữ cả hai."
        )
    return steps.render(visit, page, values, prepared=sheet.prepared())


def _keep(
    visit: Visit,
    draft: DraftState,
    page: str,
    now: datetime,
    shown: drafts.Shown,
    sheet: Sheet,
) -> ResponseReturnValue:
    if request.args.get(PROMPT) or request.form.get("prompt_answer"):
        # The page of a prompt holds no ratings: whatever button sent it, none is lost.
        return _answered(visit, draft, page, shown)
    switched = steps.switch(draft)
    form = sheet.make(request.form)
    typed, errors = steps.typed_of(form), steps.errors_of(form)
    # The way to the facts above a criterion: what is chosen here is kept first.
    correcting = request.form.get("go", "")
    leaves = switched or correcting in sheet.codes
    overtaken = two_phones.overtaken(
        visit, draft, page, draft.answers, typed, sheet.fields
    )
    if errors or overtaken:
        writing().commit()
        shows = {
            **sheet.values(typed),
            **steps.back(visit, shown, page),
            **two_phones.shown(visit, draft.answers, sheet.fields),
        }
        if errors:
            return steps.render(visit, page, shows, errors, sheet.prepared())
        shows |= two_phones.told(visit, page, overtaken)
        return steps.render(
            visit, page, shows, prepared=sheet.prepared(), status=two_phones.STATUS
        )
    answers = drafts.merged(draft, typed)
    noted = checks.looked_at(checks.timed(draft, page, now), sheet.codes)
    ratings = checks.ratings_of(visit.questionnaire, shown, answers, sheet.codes)
    note = checks.shown_there if leaves else checks.asked
    said = request.form.get("prompt", "")
    asked = note(visit, draft, noted, sheet.codes, ratings, said=said)
    next_page = page if leaves else drafts.page_after(visit, draft, shown, page)
    drafts.keep_answers(
        writing().connection(),
        draft,
        answers,
        checks=two_phones.signed(visit, draft, asked.checks, page),
        next_page=steps.furthest(visit, draft, next_page),
        now=now,
    )
    writing().commit()
    if correcting in sheet.codes:
        return facts.to_correct(visit, draft, correcting)
    if asked.prompt:
        return keys.to(visit.token, page, f"?{PROMPT}={asked.prompt}")
    return keys.onward(visit.token, draft, page, next_page)


def _raised(
    visit: Visit, draft: DraftState, shown: drafts.Shown, sheet: Sheet, code: str
) -> prompts.Raised | None:
    """A prompt that was raised on this page and still holds."""
    q = visit.questionnaire
    ratings = checks.ratings_of(q, shown, draft.answers, sheet.codes)
    return next(
        (
            one
            for one in checks.raised(visit, draft, sheet.codes, ratings)
            if one.prompt.code == code
            and draft.checks.get("prompts", {}).get(code, {}).get("from")
            == ratings[one.prompt.criterion]
        ),
        None,
    )


def _prompt(
    visit: Visit, draft: DraftState, page: str, one: prompts.Raised
) -> ResponseReturnValue:
    """The prompt as a page of its own, for a browser without scripts."""
    q, language = visit.questionnaire, web.language()
    level = int(draft.answers[one.prompt.criterion])
    values = {
        "here": f"/p/{visit.token}/{page}?{PROMPT}={one.prompt.code}",
        "back": f"/p/{visit.token}/{page}#{one.prompt.criterion}",
        "prompt": one.prompt.code,
        "title": _("Đối chiếu câu %(code)s", code=one.prompt.criterion),
        "criterion": pages.title_of(q, one.prompt.criterion, language),
        "question": prompts.question(q, one, level, language),
    }
    return steps.render(visit, "loi-nhac", values)


def _answered(
    visit: Visit, draft: DraftState, page: str, shown: drafts.Shown
) -> ResponseReturnValue:
    """Go where the button of a prompt leads; what it changes is seen at the end."""
    code = request.form.get("prompt") or request.args.get(PROMPT, "")
    if steps.switch(draft):
        writing().commit()
        return keys.to(visit.token, page, f"?{PROMPT}={code}")
    if "review" in request.form.getlist("prompt_answer"):
        known = {one.code: one.criterion for one in visit.questionnaire.prompts}
        anchor = f"#{known[code]}" if code in known else ""
        return keys.to(visit.token, page, f"?{REVIEW}=1{anchor}")
    next_page = drafts.page_after(visit, draft, shown, page)
    return keys.onward(visit.token, draft, page, next_page)


def _in_place(
    visit: Visit, draft: DraftState, shown: drafts.Shown, sheet: Sheet
) -> dict[str, Any]:
    """The prompts that a script can show on the page itself, hidden until then."""
    q = visit.questionnaire
    if not checks.has_prompts(q, sheet.codes):
        return {}
    ratings = checks.ratings_of(q, shown, draft.answers, sheet.codes)
    found = checks.in_place(visit, draft, sheet.codes, ratings)
    return pages.prompt_values(visit, found, web.language())
