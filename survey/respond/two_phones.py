"""Two phones on one dossier's form: whoever saves a page that the other one has saved
meanwhile is told so, and nothing is written over unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import request
from flask import session as cookie
from flask_babel import gettext as _
from markupsafe import Markup

from survey.respond.visits import DraftState, Visit

SEEN: Final = "seen"
"""In the page: what of it was stored when it was shown."""
SAVED_BY: Final = "saved_by"
"""In the draft's checks: which browser saved each page last."""
STATUS: Final = 409


def mark(stored: Mapping[str, Any], codes: Iterable[str]) -> str:
    """A short name of the answers to these questions as they are stored."""
    held = repr([(code, stored.get(code) or "") for code in codes])
    return hashlib.sha256(held.encode()).hexdigest()[:12]


def shown(
    visit: Visit, stored: Mapping[str, Any], codes: Iterable[str]
) -> dict[str, str]:
    """What a page carries, so that it can tell when it is sent."""
    return {SEEN: mark(stored, codes)} if visit.is_sole else {}


def signed(visit: Visit, draft: DraftState, noted: Any, page: str) -> dict[str, Any]:
    """The checks of a draft with a note of who saved this page."""
    if not visit.is_sole:
        return dict(noted)
    return {**noted, SAVED_BY: {**noted.get(SAVED_BY, {}), page: _browser(draft)}}


def _browser(draft: DraftState) -> str:
    """This browser, known within this form only; it goes with the draft."""
    text = f"{draft.key}:{cookie.get('csrf_token', '')}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def overtaken(
    visit: Visit,
    draft: DraftState,
    page: str,
    stored: Mapping[str, Any],
    typed: Mapping[str, Any],
    codes: Iterable[str],
) -> list[str]:
    """The questions that another phone answered otherwise since this page was shown.

    Args:
        stored: what the draft holds now.
        typed: what was sent.
        codes: the questions of the page, as `shown` was given them.
    """
    seen = request.form.get(SEEN)
    if not visit.is_sole or not seen or seen == mark(stored, codes):
        return []
    if draft.checks.get(SAVED_BY, {}).get(page) in (None, _browser(draft)):
        return []
    return [
        code
        for code, value in typed.items()
        if (stored.get(code) or "") != (value or "")
    ]


def told(visit: Visit, page: str, codes: Iterable[str]) -> dict[str, Markup]:
    """What the page says instead of keeping what was sent."""
    text = _(
        "Trang này vừa được lưu từ một máy khác, với câu trả lời khác ở: %(codes)s. "
        "Nội dung đang thấy ở đây chưa được lưu. Muốn lưu nội dung ở đây, xin bấm nút "
        "cuối trang lần nữa; muốn giữ bản kia, xin mở bản đã lưu.",
        codes=", ".join(codes),
    )
    link = Markup('{} <a class="govuk-link" href="/p/{}/{}">{}</a>').format(
        text, visit.token, page, _("Mở bản đã lưu")
    )
    return {"notice": link}
