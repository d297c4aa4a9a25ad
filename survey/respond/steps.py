"""What every page of the form does alike: it is rendered, it is left by a POST that is
read, and the language can be changed on it without losing what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.form import BaseForm

from survey import cookies, web
from survey.db import writing
from survey.respond import drafts, pages
from survey.respond.frame import frame_values
from survey.respond.prepared import Prepared
from survey.respond.visits import DraftState, Visit

RESUMED = "tiep"
"""In the address: the form was begun in another browser."""


def render(
    visit: Visit,
    page: str,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    prepared: Prepared | None = None,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    """A page of the form with these values in its gaps; 422 if it has errors."""
    q = visit.questionnaire
    errors = errors or {}
    anchors = {code: pages.first_control(q, code) for code in errors}
    prepared = prepared or pages.page(visit, page, web.language())
    frame = frame_values(
        visit, page, csrf=cookies.csrf_token(), language=web.language()
    )
    if request.args.get(RESUMED):
        frame["notice"] = _(
            "Quý doanh nghiệp đang làm tiếp phiếu đã bắt đầu trước đó; các câu đã trả "
            "lời vẫn được giữ."
        )
    html = prepared.encoded({**frame, **values, **pages.error_values(errors, anchors)})
    answer = web.shown(html, 422 if errors else status)
    if visit.kind == "kiosk":
        # Not even the browser's way back shows it to the next person.
        answer.headers["Cache-Control"] = "no-store"
    return answer


def switch(draft: DraftState) -> bool:
    """Take up a change of language pressed on a page; True when there was one.

    Before the form is read: the language of its messages becomes that of the page.
    """
    chosen = web.asked_language()
    if chosen is None:
        return False
    drafts.keep_language(writing().connection(), draft, chosen)
    cookie["language"] = g.language = chosen
    return True


def errors_of(form: BaseForm) -> dict[str, str]:
    """One message for each field that has any."""
    if form.validate():
        return {}
    return {
        name: str(field.errors[0])
        for name, field in form._fields.items()
        if field.errors
    }


def typed_of(form: BaseForm) -> dict[str, Any]:
    """What stands in each field."""
    return {name: field.data for name, field in form._fields.items()}


def back(visit: Visit, shown: drafts.Shown, page: str) -> dict[str, Any]:
    """The way back to the page before."""
    before = drafts.page_before(visit, shown, page)
    return {"back": f"/p/{visit.token}/{before}", "is_resumable": True}


def furthest(visit: Visit, draft: DraftState, page: str) -> str:
    """The page up to which this form was filled in."""
    order = visit.questionnaire.pages.index
    return max(draft.next_page, page, key=order)
