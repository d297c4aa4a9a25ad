"""The addresses a business opens: find the form behind a link, act, go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, g, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from survey import accounts, clock, codes, funnel, web
from survey.db import reading, writing
from survey.questionnaire.schema import (
    PAGE_CHECK,
    PAGE_FACTS,
    PAGE_GENERAL,
    PAGE_INTRODUCTION,
)
from survey.respond import answers, drafts, facts, keys, pages, steps, visits
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
            late_days=web.settings().late_days,
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
        also=(_("Mã này có thật không?"), "/kiem-tra-ma"),
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
            "Mã đã bị thu hồi hoặc hết hạn, hoặc đợt khảo sát chưa mở hay đã kết thúc. "
            "Bấm “Mã này có thật không?” và gõ mã để biết vì sao; cần mã mới, xin hỏi "
            "nơi đã đưa mã."
        ),
        link=(_("Gõ mã khác"), "/"),
        also=(_("Mã này có thật không?"), "/kiem-tra-ma"),
    )


@bp.errorhandler(visits.ReplacedLink)
def replaced(error: visits.ReplacedLink) -> ResponseReturnValue:
    """Say that a newer code stands in the place of this one."""
    return web.refusal(
        410,
        _("Mã này đã được thay bằng mã mới"),
        _(
            "Cơ quan đã phát một mã mới thay cho mã này. Xin dùng mã mới nhất đã nhận; "
            "những gì đã điền vẫn còn khi mở phiếu bằng mã mới. Nếu chưa nhận được mã "
            "mới, xin hỏi nơi đã đưa mã."
        ),
        link=(_("Gõ mã khác"), "/"),
        also=(_("Mã này có thật không?"), "/kiem-tra-ma"),
    )


@bp.get("/p/<token>")
@accounts.public
def enter(token: str) -> ResponseReturnValue:
    """Open a link: the introduction, or the page where the form was left."""
    now = clock.now()
    visit = _visit(token, keys.key_of(token), now)
    if visit.kind == "kiosk":  # the next person, who sees nothing of the one before
        keys.forget_key(token)
        return _introduction(visit._replace(draft=None))
    if visit.draft is not None:
        is_elsewhere = keys.key_of(token) != visit.draft.key
        if visit.is_sole:
            keys.keep_key(token, visit.draft.key)
        query = f"?{steps.RESUMED}=1" if is_elsewhere else ""
        return keys.to(visit.token, visit.draft.next_page, query)
    is_sent = keys.is_sent(keys.key_of(token))
    if request.method == "GET" and not is_sent:
        funnel.opened(drafts.opening_of(visit, clock.local(now).date()))
    return _introduction(visit, is_sent=is_sent)


@bp.route("/p/<token>/<page>", methods=["GET", "POST"])
@accounts.public
def fill(token: str, page: str) -> ResponseReturnValue:
    """Show one page of the questionnaire behind a link; on POST keep its answers."""
    now, key = clock.now(), keys.key_of(token)
    if request.method == "POST" and page != facts.PAGE_SUMMARY:  # which keeps nothing
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
    if not may_open(visit, draft, page):
        return keys.to(visit.token, draft.next_page)
    if request.method == "POST":
        keys.keep_key(visit.token, draft.key)
    return _PAGES.get(page, answers.element)(visit, draft, page, now)


def may_open(visit: Visit, draft: DraftState, page: str) -> bool:
    """Whether a page was reached: none is opened before those that lead to it."""
    if page == facts.PAGE_SUMMARY:
        return draft.next_page != PAGE_FACTS
    return drafts.may_open(visit, draft, page)


def _thanks_again(token: str, key: str) -> ResponseReturnValue:
    """A repeat of a form that is counted already: the same thanks, the same receipt."""
    keys.keep_key(codes.normalise(token), key)
    return keys.to(codes.normalise(token), "cam-on")


def _introduction(
    visit: Visit,
    *,
    consents: bool = False,
    is_sent: bool = False,
    errors: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    values = pages.introduction_values(visit, web.language(), consents=consents)
    if is_sent:
        values["notice"] = Markup('{} <a class="govuk-link" href="{}">{}</a>').format(
            _(
                "Phiếu trước từ trình duyệt này đã được gửi. Trang này bắt đầu phiếu "
                "mới cho một hồ sơ khác."
            ),
            f"/p/{visit.token}/cam-on",
            _("Xem mã xác nhận của phiếu đã gửi"),
        )
    return steps.render(visit, PAGE_INTRODUCTION, values, errors)


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


def _check(
    visit: Visit, draft: DraftState, page: str, now: datetime
) -> ResponseReturnValue:
    if request.method != "POST":
        return _check_page(visit, draft)
    if steps.switch(draft):
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
    except (IntegrityError, visits.UsedLink):
        # The same form arrived through another door and is counted; or staff revoked
        # or replaced the link a moment ago, and the page of that says so.
        writing().close()
        if not keys.is_sent(draft.key):
            _visit(visit.token, draft.key, now)
            raise
    if draft.language != cookie.get("language", "vi"):
        # The draft that knew it is gone.
        cookie["language"] = draft.language
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
        return steps.render(visit, PAGE_CHECK, values)
    first = visit.questionnaire.elements[0].code
    link = Markup('<li><a href="/p/{}/{}">{}</a></li>').format(
        visit.token, first, next(iter(errors.values()))
    )
    values |= {"has_errors": True, "errors": link}
    return steps.render(visit, PAGE_CHECK, values, status=422)


_PAGES: dict[str, Callable[[Visit, DraftState, str, datetime], ResponseReturnValue]] = {
    PAGE_FACTS: facts.show,
    facts.PAGE_SUMMARY: facts.sum_up,
    PAGE_GENERAL: answers.generals,
    PAGE_CHECK: _check,
}
