"""The addresses a business opens: find the form behind a link, act, go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, g, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from survey import accounts, clock, codes, cookies, web
from survey.db import reading, writing
from survey.questionnaire import routing
from survey.questionnaire.schema import (
    PAGE_CHECK,
    PAGE_FACTS,
    PAGE_GENERAL,
    PAGE_INTRODUCTION,
)
from survey.respond import drafts, forms, keys, pages, visits
from survey.respond.prepared import Prepared
from survey.respond.visits import DraftState, Visit

bp = Blueprint("form", __name__)


def _visit(token: str, key: str, now: datetime) -> Visit:
    with reading() as connection:
        found = visits.visit(
            connection,
            codes.normalise(token),
            key,
            now=now,
            draft_days=web.settings().draft_days,
        )
    g.language = found.draft.language if found.draft else cookie.get("language")
    return found


@bp.errorhandler(visits.UnknownLink)
def unknown(error: visits.UnknownLink) -> ResponseReturnValue:
    """Say that a code leads nowhere, and how to find the right one."""
    return web.refusal(
        404,
        _("Không tìm thấy phiếu khảo sát"),
        _(
            "Mã này không có trong hệ thống. Xin quét lại mã QR, hoặc gõ lại mã in "
            "dưới mã QR. Nếu vẫn không được, xin hỏi nơi đã đưa mã."
        ),
        link=(_("Gõ mã"), "/"),
    )


@bp.errorhandler(visits.UsedLink)
def used(error: visits.UsedLink) -> ResponseReturnValue:
    """Say that this dossier's form has arrived."""
    return web.refusal(
        410,
        _("Phiếu của hồ sơ này đã được gửi"),
        _(
            "Mỗi hồ sơ chỉ gửi một phiếu, và phiếu đã gửi thì không sửa được. Nếu Quý "
            "doanh nghiệp chưa gửi phiếu này, xin báo cho cơ quan."
        ),
        link=(_("Kiểm tra mã xác nhận"), "/xac-minh"),
    )


@bp.errorhandler(visits.ClosedLink)
def closed(error: visits.ClosedLink) -> ResponseReturnValue:
    """Say that answers are not taken behind this link today."""
    return web.refusal(
        410,
        _("Đường dẫn này hiện không nhận phiếu"),
        _(
            "Đợt khảo sát chưa mở, đã kết thúc, hoặc đường dẫn đã được thay. Xin hỏi "
            "nơi đã đưa mã để nhận đường dẫn mới."
        ),
        link=(_("Gõ mã khác"), "/"),
    )


@bp.get("/p/<token>")
@accounts.public
def enter(token: str) -> ResponseReturnValue:
    """Open a link: the introduction, or the page where the form was left."""
    visit = _visit(token, keys.key_of(token), clock.now())
    if visit.draft is not None:
        if visit.is_sole:
            keys.keep_key(token, visit.draft.key)
        return keys.to(visit.token, visit.draft.next_page)
    return _introduction(visit)


@bp.route("/p/<token>/<page>", methods=["GET", "POST"])
@accounts.public
def fill(token: str, page: str) -> ResponseReturnValue:
    """Show one page of the questionnaire behind a link; on POST keep its answers."""
    now, key = clock.now(), keys.key_of(token)
    if request.method == "POST":
        visits.lock(writing().connection(), codes.normalise(token), key)
    try:
        visit = _visit(token, key, now)
    except (visits.UsedLink, visits.ClosedLink):
        if keys.is_sent(key):
            return _thanks_again(token, key)
        raise
    draft = visit.draft
    is_begun = page != PAGE_INTRODUCTION or bool(request.form.get("key"))
    if (
        request.method == "POST"
        and is_begun  # else this browser begins its next form behind a counter link
        and (draft is None or draft.key != key)
        and keys.is_sent(key)
    ):
        return _thanks_again(token, key)
    if page == PAGE_INTRODUCTION:
        return (
            _introduce(visit, now) if request.method == "POST" else _introduction(visit)
        )
    if draft is None:
        return redirect(f"/p/{visit.token}", 303)
    if not drafts.may_open(visit, draft, page):
        return keys.to(visit.token, draft.next_page)
    if request.method == "POST":
        keys.keep_key(visit.token, draft.key)
    return _PAGES.get(page, _element)(visit, draft, page, now)


def _thanks_again(token: str, key: str) -> ResponseReturnValue:
    """A repeat of a form that is counted already: the same thanks, the same receipt."""
    keys.keep_key(codes.normalise(token), key)
    return keys.to(codes.normalise(token), "cam-on")


def _frame(visit: Visit, page: str) -> dict[str, Any]:
    return pages.frame_values(
        visit, page, csrf=cookies.csrf_token(), language=web.language()
    )


def _render(
    visit: Visit,
    page: str,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    prepared: Prepared | None = None,
) -> ResponseReturnValue:
    q = visit.questionnaire
    errors = errors or {}
    anchors = {code: pages.first_control(q, code) for code in errors}
    prepared = prepared or pages.page(visit, page, web.language())
    html = prepared.encoded(
        {**_frame(visit, page), **values, **pages.error_values(errors, anchors)}
    )
    return web.shown(html, 422 if errors else 200)


def _introduction(
    visit: Visit, *, consents: bool = False, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    values = pages.introduction_values(visit, web.language(), consents=consents)
    return _render(visit, PAGE_INTRODUCTION, values, errors)


def _introduce(visit: Visit, now: datetime) -> ResponseReturnValue:
    consents = request.form.get("consent") == "yes"
    chosen = web.asked_language()
    if chosen:
        cookie["language"] = g.language = chosen
        if visit.draft:
            drafts.keep_language(writing().connection(), visit.draft, chosen)
            writing().commit()
        return _introduction(visit, consents=consents)
    if not consents:
        message = _("Xin đánh dấu đồng ý tham gia để bắt đầu.")
        return _introduction(visit, errors={"consent": message})
    try:
        key = drafts.start(
            writing().connection(),
            visit,
            language=web.language(),
            now=now,
            draft_days=web.settings().draft_days,
        )
        writing().commit()
    except IntegrityError:
        # Another phone began the same dossier's form a moment ago: go on with that.
        writing().close()
        return redirect(f"/p/{visit.token}", 303)
    keys.keep_key(visit.token, key)
    return keys.to(visit.token, visit.draft.next_page if visit.draft else PAGE_FACTS)


def _switch(draft: DraftState) -> bool:
    """Take up a change of language pressed on a page; True when there was one.

    Before the form is read: the language of its messages becomes that of the page.
    """
    chosen = web.asked_language()
    if chosen is None:
        return False
    drafts.keep_language(writing().connection(), draft, chosen)
    cookie["language"] = g.language = chosen
    return True


def _errors(form: BaseForm) -> dict[str, str]:
    if form.validate():
        return {}
    return {
        name: str(field.errors[0])
        for name, field in form._fields.items()
        if field.errors
    }


def _typed(form: BaseForm) -> dict[str, Any]:
    return {name: field.data for name, field in form._fields.items()}


def _back(visit: Visit, shown: drafts.Shown, page: str) -> dict[str, Any]:
    before = drafts.page_before(visit, shown, page)
    return {"back": f"/p/{visit.token}/{before}", "is_resumable": True}


def _facts(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    q = visit.questionnaire
    is_post = request.method == "POST"
    is_correcting = request.values.get("sua") == "1" or (
        is_post and bool(set(request.form.getlist("shown")) & set(draft.supplied))
    )
    asked = [
        code
        for code in routing.asked_facts(q, draft.facts)
        if is_correcting or code not in draft.supplied
    ]
    procedures = _procedures_to_choose(visit, asked)
    if not is_post:
        return _facts_page(visit, draft, asked, draft.facts, {}, procedures)
    on_page = [code for code in asked if code in request.form.getlist("shown")] or asked
    switched = _switch(draft)
    form = forms.facts_form(
        [q.fact(code) for code in on_page],
        request.form,
        [code for code, _ in procedures],
    )
    errors = _errors(form)
    if errors:
        writing().commit()
        typed = {**draft.facts, **_typed(form)}
        return _facts_page(visit, draft, asked, typed, errors, procedures)
    facts, answered_on = drafts.facts_after(
        writing().connection(), visit, draft, _typed(form), now=now
    )
    added = [
        code
        for code in routing.asked_facts(q, facts)
        if code not in on_page and (is_correcting or code not in draft.supplied)
    ]
    stays = bool(added) or switched
    next_page = (
        draft.next_page
        if stays
        else drafts.page_after(visit, draft, drafts.shown_by(q, facts), page)
    )
    drafts.keep_facts(
        writing().connection(),
        draft,
        facts,
        answered_on,
        next_page=_furthest(visit, draft, next_page),
        now=now,
    )
    writing().commit()
    if stays:
        query = "?sua=1" if is_correcting else ""
        return keys.to(visit.token, page, query + (f"#{added[0]}" if added else ""))
    return keys.to(visit.token, next_page)


def _procedures_to_choose(visit: Visit, asked: list[str]) -> list[tuple[str, str]]:
    if all(visit.questionnaire.fact(code).type != "procedure" for code in asked):
        return []
    with reading() as connection:
        return drafts.procedures_of(connection, visit.unit_id)


def _furthest(visit: Visit, draft: DraftState, page: str) -> str:
    order = visit.questionnaire.pages.index
    return max(draft.next_page, page, key=order)


def _facts_page(
    visit: Visit,
    draft: DraftState,
    asked: list[str],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    procedures: list[tuple[str, str]],
) -> ResponseReturnValue:
    language = web.language()
    values = {
        **pages.facts_values(visit, asked, typed, language, procedures),
        **_back(visit, {}, PAGE_FACTS),
    }
    if not set(asked) & set(draft.supplied):
        values |= pages.known_values(visit, language)
    return _render(visit, PAGE_FACTS, values, errors)


def _element(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    q = visit.questionnaire
    element = q.element(page)
    shown = drafts.shown_by(q, draft.facts)

    def make(typed: MultiDict[str, str]) -> BaseForm:
        return forms.element_form(q, element, shown, typed)

    def values(typed: Mapping[str, Any]) -> dict[str, Any]:
        return pages.element_values(element, typed)

    def prepared() -> Prepared:
        return pages.element_page(visit, element, shown, web.language())

    return _answers(
        visit,
        draft,
        page,
        now,
        shown=shown,
        make=make,
        values=values,
        prepared=prepared,
    )


def _generals(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    shown = drafts.shown_by(visit.questionnaire, draft.facts)

    def make(typed: MultiDict[str, str]) -> BaseForm:
        return forms.generals_form(visit.questionnaire, typed)

    def values(typed: Mapping[str, Any]) -> dict[str, Any]:
        return pages.generals_values(visit, typed, web.language(), order=draft.key)

    def prepared() -> Prepared:
        return pages.page(visit, page, web.language())

    return _answers(
        visit,
        draft,
        page,
        now,
        shown=shown,
        make=make,
        values=values,
        prepared=prepared,
    )


def _answers(
    visit: Visit,
    draft: DraftState,
    page: str,
    now: datetime,
    *,
    shown: drafts.Shown,
    make: Callable[[MultiDict[str, str]], BaseForm],
    values: Callable[[Mapping[str, Any]], dict[str, Any]],
    prepared: Callable[[], Prepared],
) -> ResponseReturnValue:
    back = _back(visit, shown, page)
    if request.method != "POST":
        shows = {**values(draft.answers), **back}
        return _render(visit, page, shows, prepared=prepared())
    switched = _switch(draft)
    form = make(request.form)
    errors = _errors(form)
    if errors:
        writing().commit()
        shows = {**values(_typed(form)), **back}
        return _render(visit, page, shows, errors, prepared())
    next_page = page if switched else drafts.page_after(visit, draft, shown, page)
    drafts.keep_answers(
        writing().connection(),
        draft,
        _typed(form),
        next_page=_furthest(visit, draft, next_page),
        now=now,
    )
    writing().commit()
    return keys.to(visit.token, next_page)


def _check(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    if request.method != "POST":
        return _check_page(visit, draft)
    if _switch(draft):
        writing().commit()
        return keys.to(visit.token, page)
    if request.form.get("key") not in (None, "", draft.key):
        # A page of an earlier form, sent from the browser's history.
        return _check_page(visit, draft)
    try:
        drafts.submit(
            writing().connection(),
            visit,
            draft,
            secret=web.settings().secret(),
            now=now,
        )
        writing().commit()
    except drafts.NothingAnswered:
        writing().close()
        message = _("Phiếu chưa có câu trả lời nào. Xin trả lời ít nhất một câu.")
        return _check_page(
            visit, draft, {visit.questionnaire.criteria[0].code: message}
        )
    except IntegrityError:
        # The same form arrived through another door and is counted.
        writing().close()
        if not keys.is_sent(draft.key):
            raise
    return _thanks_again(visit.token, draft.key)


def _check_page(
    visit: Visit, draft: DraftState, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    shown = drafts.shown_by(visit.questionnaire, draft.facts)
    named = draft.facts.get("F01", "")
    names = {}
    if named and named != visit.procedure_code:
        with reading() as connection:
            names[named] = drafts.name_of_procedure(connection, named) or named
    values = {
        **pages.check_values(visit, draft, shown, web.language(), names),
        "back": f"/p/{visit.token}/{PAGE_GENERAL}",
    }
    if not errors:
        return _render(visit, PAGE_CHECK, values)
    first = visit.questionnaire.elements[0].code
    link = Markup('<li><a href="/p/{}/{}">{}</a></li>').format(
        visit.token, first, next(iter(errors.values()))
    )
    values |= {"has_errors": True, "errors": link}
    prepared = pages.page(visit, PAGE_CHECK, web.language())
    return web.shown(prepared.encoded({**_frame(visit, PAGE_CHECK), **values}), 422)


_PAGES: dict[str, Callable[[Visit, DraftState, str, datetime], ResponseReturnValue]] = {
    PAGE_FACTS: _facts,
    PAGE_GENERAL: _generals,
    PAGE_CHECK: _check,
}
