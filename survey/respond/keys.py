"""Which draft is this browser's: its key stands in the page and in the cookie."""

from __future__ import annotations

from flask import request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from survey import clock, codes, web
from survey.db import reading
from survey.questionnaire.schema import PAGE_CHECK
from survey.respond import drafts
from survey.respond.visits import DraftState

KEPT_KEYS = 8
BY_SCRIPT = "X-Sent-By-Script"


def key_of(token: str) -> str:
    """The key of the draft this browser began behind a link: from the page, else kept.

    The page carries it too, so that answers survive a cookie that was lost.
    """
    typed = request.form.get("key") if request.method == "POST" else None
    if typed:
        return typed
    kept: dict[str, str] = cookie.get("keys", {})
    return kept.get(codes.hashed(token)[:16], "")


def keep_key(token: str, key: str) -> None:
    kept: dict[str, str] = dict(cookie.get("keys", {}))
    name, today = codes.hashed(token)[:16], clock.today().toordinal()
    if kept.get(name) == key and cookie.get("kept_on") == today:
        return
    kept.pop(name, None)
    kept[name] = key
    cookie["keys"] = dict(list(kept.items())[-KEPT_KEYS:])
    # Signed anew each day on which one answers, so that it lives as long as the draft.
    cookie["kept_on"] = today
    cookie.permanent = True


def forget_key(token: str) -> None:
    """Leave a draft behind: this browser is no longer its own."""
    kept: dict[str, str] = dict(cookie.get("keys", {}))
    if kept.pop(codes.hashed(token)[:16], None) is not None:
        cookie["keys"] = kept


def is_sent(key: str) -> bool:
    if not key:
        return False
    receipt = drafts.receipt_of(web.settings().secret(), key)
    with reading() as connection:
        return drafts.counted(connection, receipt) is not None


def to(token: str, page: str, anchor: str = "") -> ResponseReturnValue:
    """Lead on to a page; a script that sent the form is told where, in words."""
    address = f"/p/{token}/{page}{anchor}"
    if request.headers.get(BY_SCRIPT):
        return {"to": address}
    return web.see(address)


def onward(
    token: str, draft: DraftState, page: str, next_page: str
) -> ResponseReturnValue:
    """Lead on; who corrects an answer comes back to its place in the list."""
    is_corrected = draft.next_page == next_page == PAGE_CHECK
    return to(token, next_page, f"#nhom-{page}" if is_corrected else "")
