"""Who is signed in and what they may reach; every view is closed until it says to
whom it opens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, abort, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.orm import Session

from survey import catalogue, clock, web
from survey.accounts import sign_ins
from survey.db import db
from survey.formats import sort_key
from survey.models import ROLES, Account, Unit, Wave

View = TypeVar("View", bound=Callable[..., Any])

EVERYONE = frozenset({"everyone"})
SEEN_AT = "seen_at"
SIGN_IN_ENDPOINT = "accounts.sign_in"

ROLE_NAMES = {
    "admin": _l("Quản trị"),
    "fieldworker": _l("Cán bộ khảo sát"),
    "analyst": _l("Cán bộ tổng hợp"),
    "auditor": _l("Kiểm tra, giám sát"),
}
ROLE_NOTES = {
    "admin": _l(
        "Làm được mọi việc: tài khoản, danh mục, đợt khảo sát, phiếu giấy, kết quả."
    ),
    "fieldworker": _l(
        "Mở, đóng đợt khảo sát; tạo và in mã QR; nhập, đối chiếu phiếu giấy; gọi lại "
        "doanh nghiệp."
    ),
    "analyst": _l("Xem kết quả và tải số liệu."),
    "auditor": _l("Xem mọi trang, không thay đổi gì."),
}
# Label, address, and who finds it in the navigation.
_NAVIGATION = (
    (
        _l("Đợt khảo sát"),
        "/dot-khao-sat/",
        frozenset({"admin", "fieldworker", "auditor"}),
    ),
    (_l("Việc đang chạy"), "/viec/", frozenset({"admin", "fieldworker"})),
    (_l("Kết quả"), "/ket-qua/", frozenset({"admin", "analyst", "auditor"})),
    (_l("Chấm điểm"), "/cham-diem/", frozenset({"admin", "analyst", "auditor"})),
    (_l("Phòng"), "/phong/", frozenset({"admin", "analyst", "auditor"})),
    (_l("Tổ công tác"), "/to-cong-tac/", frozenset({"admin", "analyst", "auditor"})),
    (_l("Liên hệ lại"), "/lien-he-lai", frozenset({"admin", "fieldworker"})),
    (_l("Danh mục"), "/quan-tri/danh-muc", frozenset({"admin", "auditor"})),
    (_l("Lịch nghỉ"), "/quan-tri/lich-nghi", frozenset({"admin", "auditor"})),
    (_l("Mẫu văn bản"), "/quan-tri/mau-van-ban", frozenset({"admin", "auditor"})),
    (_l("Tài khoản"), "/quan-tri/tai-khoan", frozenset({"admin", "auditor"})),
    (_l("Đổi mật khẩu"), "/quan-tri/mat-khau", frozenset(ROLES)),
)


class Visitor(UserMixin):  # type: ignore[misc]
    """A signed-in account, known to Flask-Login by its random sign-in."""

    def __init__(self, token: str, account: Account) -> None:
        self.token = token
        self.account = account

    def get_id(self) -> str:
        """The sign-in, never the account: a deleted sign-in ends every copy of it."""
        return self.token


def public(view: View) -> View:
    """Open a view to everyone."""
    view.open_to = EVERYONE  # type: ignore[attr-defined]
    return view


def requires(*roles: str) -> Callable[[View], View]:
    """Open a view to accounts of these roles.

    Raises:
        ValueError: no such role.
    """
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValueError(f"roles are some of {ROLES}, not {roles}")

    def mark(view: View) -> View:
        view.open_to = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def install(app: Flask) -> None:
    """Give the application its sign-in and close every unmarked view."""
    # Here, because the pages need the decorators of this module.
    from survey.accounts.views import bp

    manager = LoginManager()
    # It would tie a sign-in to address and browser; phones change the first.
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    # Its cookie that remembers a person for longer is never given.
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    views = app.view_functions

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        endpoint = request.endpoint
        if endpoint is None:
            return None  # no such page: Flask says 404 or 405
        open_to = getattr(views[endpoint], "open_to", None)
        if open_to is EVERYONE:
            return None
        return _admit(open_to)

    app.context_processor(_context)
    app.register_blueprint(bp)


def _load(token: str) -> Visitor | None:
    now = clock.now()
    seen_at = session.get(SEEN_AT)
    if not isinstance(seen_at, int):
        return None
    if now.timestamp() - seen_at >= sign_ins.IDLE_LIMIT.total_seconds():
        return None
    account = sign_ins.account_of(db.session, token, now)
    if account is None:
        return None
    # Apart from the session: a commit would expire it, and reading it again while a
    # page is rendered would lock SQLite once more.
    db.session.expunge(account)
    return Visitor(token, account)


def visitor() -> Visitor | None:
    """Who asks for this page, if signed in."""
    if "_user_id" not in session or not current_user.is_authenticated:
        return None
    found: Visitor = current_user._get_current_object()
    return found


def _admit(open_to: frozenset[str] | None) -> ResponseReturnValue | None:
    if open_to is None:
        abort(403)
    asking = visitor()
    if asking is None:
        return _ask_to_sign_in()
    g.visitor = asking
    # In the signed cookie, not the database: so a GET writes nothing.
    session[SEEN_AT] = int(clock.now().timestamp())
    if asking.account.role not in open_to:
        abort(403)
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method == "POST":
        return web.resend(
            401,
            _("Phiên đăng nhập đã hết, chưa lưu được"),
            _(
                "Nội dung vừa điền vẫn còn ở trang này. Xin mở trang đăng nhập ở một "
                "thẻ khác, đăng nhập lại, rồi quay về đây bấm “Gửi lại”."
            ),
        )
    if "_user_id" in session:
        flash(_("Phiên đăng nhập đã hết. Xin đăng nhập lại để tiếp tục."))
        session.pop("_user_id")
    address = request.full_path.rstrip("?")
    return redirect(url_for(SIGN_IN_ENDPOINT, next=address), code=303)


def _context() -> dict[str, Any]:
    asking: Visitor | None = g.get("visitor")
    if asking is None:
        return {}
    account = asking.account
    context: dict[str, Any] = {
        "account": f"{account.email} – {ROLE_NAMES[account.role]}",
        "role": account.role,
        "home_url": home_of(account),
        "navigation": [
            (label, address, request.path.startswith(address))
            for label, address, roles in _NAVIGATION
            if account.role in roles
        ],
    }
    if request.method == "GET":
        # A page that answered a POST cannot be asked for again in another language.
        context["language_url"] = web.language_url()
    return context


def home_of(account: Account) -> str:
    """The page an account starts from."""
    if account.role != "analyst":
        return "/dot-khao-sat/"
    return "/ket-qua/" if account.unit_id is None else "/phong/"


def current() -> Account:
    """The signed-in account of a view marked `requires`.

    Raises:
        LookupError: the view is public.
    """
    asking: Visitor | None = g.get("visitor")
    if asking is None:
        raise LookupError("nobody is signed in here: mark the view with @requires")
    return asking.account


def scope(session: Session) -> list[int] | None:
    """Ids of the units the signed-in account may see; None for all of them."""
    if "scope" not in g:
        unit_id = current().unit_id
        g.scope = None if unit_id is None else catalogue.subtree(session, [unit_id])
    kept: list[int] | None = g.scope
    return kept


def may_read(session: Session, unit_id: int | None) -> bool:
    """Whether what belongs to this unit is within the account's reach."""
    reach = scope(session)
    return reach is None or unit_id in reach


def units_in_reach(session: Session) -> list[tuple[Unit, int]]:
    """The units the account may see, in the order of their tree, with their depth."""
    reach = scope(session)
    units = {unit.id: unit for unit in session.scalars(sa.select(Unit))}
    below: dict[int | None, list[Unit]] = {}
    for unit in sorted(units.values(), key=lambda unit: sort_key(unit.name)):
        below.setdefault(unit.parent_id, []).append(unit)
    roots = below.get(None, []) if reach is None else [units[current().unit_id or 0]]
    ordered: list[tuple[Unit, int]] = []
    waiting = [(unit, 0) for unit in reversed(roots)]
    while waiting:
        unit, depth = waiting.pop()
        ordered.append((unit, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(unit.id, []))]
    return ordered


def reachable_waves(session: Session) -> sa.Select[Wave]:
    """Select the waves an account may see: those of its units and those that cover
    its unit. Of the latter it sees only its own part.
    """
    reach = scope(session)
    waves = sa.select(Wave)
    if reach is None:
        return waves
    above = (
        sa.select(Unit.id, Unit.parent_id)
        .where(Unit.id == current().unit_id)
        .cte("above", recursive=True)
    )
    parent = sa.select(Unit.id, Unit.parent_id).where(Unit.id == above.c.parent_id)
    above = above.union(parent)
    return waves.where(
        Wave.unit_id.in_(reach) | Wave.unit_id.in_(sa.select(above.c.id))
    )


def wave_in_reach(session: Session, wave_id: str) -> Wave:
    """The wave of this id, or a 404 if there is none or not for this account."""
    if not wave_id.isprintable():  # PostgreSQL fails on a NUL
        abort(404)
    wave = session.scalar(reachable_waves(session).where(Wave.id == wave_id))
    if wave is None:
        abort(404)
    return wave
