"""The signed cookie, and the token that every POST needs: checked quickly, because a
respondent sends the same ones with every page.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from flask import Flask, current_app, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect, generate_csrf, same_origin

HARMLESS_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
KEPT_TOKENS = 2_000
KEPT_COOKIES = 2_000
CHECKED_SECONDS = 600


class CsrfGuard(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's check of every POST, quick in the usual case."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request that changes something but has no token."""
        if request.method in HARMLESS_METHODS:
            return
        kept = current_app.extensions["csrf_tokens"].get(session.get("csrf_token"))
        typed = request.form.get("csrf_token")
        # The very token that the page was given need not be unsigned again.
        if (
            not kept
            or not typed
            or not hmac.compare_digest(kept.encode(), typed.encode())
        ):
            super().protect(apply_exemptions)
        elif request.is_secure and not same_origin(
            request.referrer or "", f"https://{request.host}/"
        ):
            self._error_response("The referrer does not match the host.")


_guard = CsrfGuard()


View = TypeVar("View", bound=Callable[..., Any])


def exempt(view: View) -> View:
    """Take a POST without a token: a view that heeds no cookie, and says why."""
    return cast(View, _guard.exempt(view))


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie; behind TLS it is Secure and bound to this host.

    Cookies are remembered once they were checked: a respondent sends the same one with
    every page, and checking it anew is an eighth of a page's cost.
    """

    def __init__(self) -> None:
        self._serializer: Any = None
        self._checked: dict[tuple[str, bool], tuple[float, dict[str, Any]]] = {}

    def get_signing_serializer(self, app: Flask) -> Any:
        """The serializer of this application, made once instead of at every request."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Any) -> Any:
        """What the cookie holds; nothing when it is forged, altered or too old."""
        # By the whole header, which is then not taken apart either.
        sent = request.environ.get("HTTP_COOKIE")
        if sent is None:
            return self.session_class()
        is_secure = request.is_secure
        checked_at, held = self._checked.get((sent, is_secure), (0.0, {}))
        if held and 0 <= time.time() - checked_at < CHECKED_SECONDS:
            return self.session_class(_apart(held))
        opened = super().open_session(app, request)
        if opened:
            if len(self._checked) >= KEPT_COOKIES:
                self._checked.clear()
            self._checked[sent, is_secure] = time.time(), _apart(opened)
        return opened

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        """Send the cookie when what it holds has changed."""
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.headers.add("Vary", "Cookie")

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-survey" if request.is_secure else "survey"

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def _apart(held: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of what a cookie holds, whose lists and tables may be changed."""
    return {
        name: value.copy() if isinstance(value, (dict, list)) else value
        for name, value in held.items()
    }


def csrf_token() -> str:
    """The session's CSRF token, signed once and then remembered: signing it anew for
    every page is a tenth of a page's cost, and it has no age that could run out."""
    raw = session.get("csrf_token")
    kept: dict[str, str] = current_app.extensions["csrf_tokens"]
    token = kept.get(raw) if raw else None
    if token is None:
        token = generate_csrf()
        if len(kept) >= KEPT_TOKENS:
            kept.clear()
        kept[session["csrf_token"]] = token
    return token


def equip(app: Flask) -> None:
    """Give the application its cookie and its check of every POST."""
    app.session_interface = SessionCookie()
    app.extensions["csrf_tokens"] = {}
    _guard.init_app(app)
