"""The manners every page has: headers, languages, addresses of files, refusals that
give back what was typed, and bodies that arrive whole or not at all.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote, urlencode, urlsplit

import structlog
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from limits import parse
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from survey import clock, cookies, formats
from survey.application import Ready
from survey.config import ConfigError, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

View = TypeVar("View", bound=Callable[..., Any])

LANGUAGES = ("vi", "en")
STATIC = Path(__file__).parent / "static"
FORM_BYTES = 256 * 1024
UPLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_PREFIXES = ("/dot-khao-sat/", "/cham-diem/", "/viec-cai-thien/")
FORM_PREFIX = "/p/"
YEAR = 365 * 24 * 3600
SAFE_IN_ADDRESS = "/?#=&,:;%!$'()*+@[]~"
STATUS = {one.value: f"{one.value} {one.phrase}" for one in HTTPStatus}
# Of what was typed, these never stand in a page again.
NEVER_RETURNED = (
    "csrf_token",
    "password",
    "new_password",
    "new_password_again",
    "current_password",
)
SECURITY_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    # Tokens stand in addresses; our own CSRF check over TLS needs the referrer.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)

babel = Babel()
log = structlog.get_logger("survey")
# One JSON object a line, on stderr. Tracebacks without local variables: those could
# hold answers, tokens or passwords.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
)

REFUSALS: dict[int, tuple[Any, Any]] = {
    400: (
        _l("Yêu cầu không hợp lệ"),
        _l("Xin quay lại trang trước, tải lại trang rồi thử lại."),
    ),
    401: (_l("Cần đăng nhập"), _l("Xin đăng nhập rồi mở lại trang này.")),
    403: (
        _l("Không có quyền xem trang này"),
        _l("Tài khoản đang dùng không có quyền này; xin hỏi người quản trị."),
    ),
    404: (
        _l("Không tìm thấy trang"),
        _l("Xin kiểm tra lại địa chỉ, hoặc quét lại mã QR."),
    ),
    405: (_l("Thao tác không được hỗ trợ"), _l("Xin quay lại trang trước.")),
    410: (
        _l("Trang không còn"),
        _l("Đường dẫn này đã hết hiệu lực. Xin hỏi nơi đã đưa mã."),
    ),
    411: (_l("Không nhận được yêu cầu"), _l("Xin gửi lại từ trình duyệt khác.")),
    413: (
        _l("Nội dung quá lớn"),
        _l("Xin rút ngắn nội dung hoặc chọn tệp nhỏ hơn rồi gửi lại."),
    ),
    422: (_l("Có chỗ chưa đúng"), _l("Xin xem lại những chỗ được nêu.")),
    429: (
        _l("Quá nhiều lần thử"),
        _l("Xin chờ ít phút rồi thử lại."),
    ),
    500: (
        _l("Hệ thống gặp lỗi"),
        _l("Lỗi đã được ghi lại. Xin thử lại sau ít phút."),
    ),
    503: (
        _l("Hệ thống tạm thời chưa sẵn sàng"),
        _l("Xin thử lại sau ít phút."),
    ),
}


class Gate:
    """Puts the headers of safety on every answer, and lets no half body in.

    A server hands over a cut-off body as if it were complete; checked here, outside
    Flask, because CSRFProtect reads the form before any of our own code runs.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self._turn = Lock()

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        def respond(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            headers += SECURITY_HEADERS
            if environ["wsgi.url_scheme"] == "https":
                headers.append(("Strict-Transport-Security", f"max-age={YEAR}"))
            return start_response(status, headers, *error)

        return self._admit(environ, respond)

    def _admit(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in cookies.HARMLESS_METHODS:
            return self._in_turn(environ, start_response)
        if environ.get("HTTP_TRANSFER_ENCODING"):
            return _refuse(start_response, "411 Length Required")
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return _refuse(start_response, "400 Bad Request")
        is_upload = environ.get("PATH_INFO", "").startswith(UPLOAD_PREFIXES)
        if length > (UPLOAD_BYTES if is_upload else FORM_BYTES):
            return _refuse(start_response, "413 Content Too Large")
        body = environ["wsgi.input"].read(length) if length > 0 else b""
        if length < 0 or len(body) != length:
            return _refuse(start_response, "400 Bad Request")
        environ["wsgi.input"] = io.BytesIO(body)
        return self._in_turn(environ, start_response)

    def _in_turn(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Work on pages of the form one after the other, on all else at once.

        Such a page takes under a millisecond. Threads that work on several at once hand
        Python's lock to and fro at every look into the database, which doubles the
        processor time of each. A body that arrives slowly keeps nobody waiting: it is
        here already.
        """
        if not environ.get("PATH_INFO", "").startswith(FORM_PREFIX):
            return self.app(environ, start_response)
        with self._turn:
            return self.app(environ, start_response)


def _refuse(start_response: StartResponse, status: str) -> list[bytes]:
    # Outside Flask there is no page to render; the words stand in both languages.
    text = (
        "Không nhận được nội dung gửi lên; chưa lưu gì. Xin quay lại và gửi lại.\n"
        "What you sent did not arrive; nothing was stored. Please go back and resend.\n"
    ).encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(text))),
        ("Connection", "close"),
    ]
    start_response(status, headers)
    return [text]


def settings() -> Settings:
    """The settings of the running application."""
    kept: Settings = current_app.config["SURVEY"]
    return kept


def language() -> str:
    """The reader's language: chosen for this page, else kept in the cookie, else vi."""
    chosen = g.get("language")
    if chosen is None and has_request_context():  # not in a command
        chosen = session.get("language")
    return chosen if chosen in LANGUAGES else "vi"


def asked_language() -> str | None:
    """The language the reader just pressed the button for, if it is one of ours."""
    chosen = request.form.get("language")
    return chosen if chosen in LANGUAGES else None


def shown(html: str | bytes, status: int = 200) -> Response:
    """A page for one reader, which no shared cache may keep."""
    body = html.encode() if isinstance(html, str) else html
    return Ready(body, STATUS[status], ("Cache-Control", "private, no-cache"))


def see(address: str) -> Response:
    """Lead on to a path of ours, after a form was taken."""
    return Ready(b"", STATUS[303], ("Location", quote(address, SAFE_IN_ADDRESS)))


def limited(rate: str) -> Callable[[View], View]:
    """Refuse POSTs of one network to a view above this rate, such as "30/minute".

    Checked where it is needed only: a hook on every request would cost each page of
    the form a tenth of its time.
    """
    limit = parse(rate)

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            limits: FixedWindowRateLimiter = current_app.extensions["limits"]
            # Of one IPv6 household or office, the network counts, not the machine.
            address = request.remote_addr or ""
            network = ":".join(address.split(":")[:4]) if ":" in address else address
            if request.method == "POST" and not limits.hit(
                limit, request.endpoint or "", network
            ):
                abort(429)
            answer: ResponseReturnValue = view(*args, **kwargs)
            return answer

        return cast(View, checked)

    return wrap


def agency(in_language: str | None = None) -> str:
    """Name of the office that asks."""
    return str(getattr(settings(), f"agency_{in_language or language()}"))


def superior(in_language: str | None = None) -> str:
    """Name of the office above it."""
    return str(getattr(settings(), f"superior_{in_language or language()}"))


def local_path(target: str | None) -> str | None:
    """`target` if it is a path of ours, else None: `next` never leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(symbol) < 32 for symbol in target):
        return None
    return target


def equip(app: Flask, chosen: Settings) -> None:
    """Give the application its headers, languages, files, limits and refusals."""
    prefix = f"static/{_digest_of_static()}/"
    app.config.update(
        SURVEY=chosen,
        SECRET_KEY=chosen.secret(),
        TRUSTED_HOSTS=chosen.trusted_hosts,
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # A day more than a draft, whose cookie is signed anew once a day.
        PERMANENT_SESSION_LIFETIME=timedelta(days=chosen.draft_days + 1),
        BABEL_DEFAULT_LOCALE="vi",
    )
    app.jinja_env.globals.update(
        asset=lambda name: f"/{prefix}{name}", agency=agency, language=language
    )
    app.jinja_env.filters.update(
        number=lambda value: formats.number(value, language()),
        integer=lambda value: formats.integer(value, language()),
        date=lambda on: formats.date_text(on, language()),
        month=lambda month: formats.month_text(month, language()),
        moment=lambda at: formats.moment_text(clock.local(at), language()),
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    babel.init_app(app, locale_selector=language)
    cookies.equip(app)
    app.extensions["limits"] = FixedWindowRateLimiter(_counters(chosen.redis_url))
    app.after_request(_keep_private)
    _register_refusals(app)

    files = WhiteNoise(app.wsgi_app, max_age=YEAR, immutable_file_test=lambda *_: True)
    files.add_files(str(STATIC), prefix=prefix)
    gate: Any = Gate(files)
    if chosen.trusted_proxies:
        hops = chosen.trusted_proxies
        gate = ProxyFix(gate, x_for=hops, x_proto=hops, x_host=0)
    app.wsgi_app = gate  # type: ignore[method-assign]


def _counters(redis_url: str) -> Any:
    """Where the rate limits count: this process, or a server that all share."""
    address = redis_url.replace("redis://", "valkey://", 1) or "memory://"
    try:
        return storage_from_string(address)
    except (ConfigurationError, ImportError) as error:
        raise ConfigError(
            "SURVEY_REDIS_URL: chưa cài gói valkey, hãy chạy "
            ".venv/bin/pip install valkey, hoặc địa chỉ sai / valkey is not "
            "installed, or the address is wrong"
        ) from error


def _digest_of_static() -> str:
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _keep_private(response: Any) -> Any:
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _register_refusals(app: Flask) -> None:
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(CSRFError, _session_over)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(Exception, _failure)


def language_url() -> str:
    """Where the language of this page is changed: a page of the public part."""
    return f"/ngon-ngu?{urlencode({'next': request.full_path.rstrip('?')})}"


def _can_be_asked_again() -> bool:
    """Whether this address has a page: a change of language leads there by GET."""
    rule = request.url_rule
    return request.method != "POST" or rule is None or "GET" in (rule.methods or ())


def refusal(
    status: int, title: Any = None, advice: Any = None, **context: Any
) -> ResponseReturnValue:
    """A page that says what is wrong and what to do next."""
    usual = REFUSALS.get(status, REFUSALS[500 if status >= 500 else 400])
    # What was typed would be lost on the way: such a page keeps its language.
    if "fields" not in context and _can_be_asked_again():
        context["language_url"] = language_url()
    page = render_template(
        "refusal.html",
        status=status,
        title=title or usual[0],
        advice=advice or usual[1],
        **context,
    )
    return page, status


def _refusal(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        # The Host is foreign: a page would build its links upon it.
        return "Bad host\n", 400, {"Content-Type": "text/plain; charset=utf-8"}
    answer = refusal(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            return (*answer, {name: value})  # type: ignore[misc]
    return answer


def _session_over(error: CSRFError) -> ResponseReturnValue:
    return resend(
        400,
        _l("Phiên làm việc đã hết hạn, chưa lưu được"),
        _l("Nội dung vừa điền vẫn còn ở trang này. Xin bấm “Gửi lại”."),
    )


def _database_away(error: OperationalError) -> ResponseReturnValue:
    log.error("database away", error=str(error.orig), path=request.endpoint)
    if request.method != "POST":
        return refusal(503)
    return resend(
        503,
        _l("Chưa lưu được, xin gửi lại"),
        _l(
            "Hệ thống tạm thời không ghi được dữ liệu. Nội dung vừa điền vẫn còn ở "
            "trang này. Xin chờ ít phút rồi bấm “Gửi lại”."
        ),
    )


def _unstorable(error: DataError) -> ResponseReturnValue:
    # A zero byte in an address or a key: no browser sends it, no page is behind it.
    log.warning("unstorable", error=str(error.orig), path=request.endpoint)
    return refusal(400)


def _failure(error: Exception) -> ResponseReturnValue:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _database_away(error)  # type: ignore[arg-type]
    if current_app.testing:
        raise error
    log.exception("failure", path=request.endpoint)
    return refusal(500)


def resend(status: int, title: Any, advice: Any) -> ResponseReturnValue:
    """Refuse a POST, giving back what was typed and a button to send it again."""
    fields = [
        (name, value)
        for name, values in request.form.lists()
        if name not in NEVER_RETURNED
        for value in values
    ]
    return refusal(
        status, title, advice, fields=fields, action=request.full_path.rstrip("?")
    )
