"""The doors of the house: type a code, check a receipt, change the language."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, closings, codes, web
from survey.db import db
from survey.models import Wave
from survey.respond import drafts, forms

bp = Blueprint("doors", __name__)


@bp.route("/", methods=["GET", "POST"])
@accounts.public
@web.limited("60/minute")
def type_code() -> ResponseReturnValue:
    """Open a form by the code printed under its QR code."""
    typed = forms.tidy(request.form.get("code", ""))[:200]
    error = None
    if request.method == "POST":
        token = codes.normalise(typed)
        error = _code_error(typed)
        if error is None:
            return redirect(f"/p/{token}", 303)
    html = render_template("respond/code.html", typed=typed, error=error)
    return web.shown(html, 422 if error else 200)


def _code_error(typed: str) -> Any:
    reason = codes.explain(typed)
    if reason == "ok":
        return None
    if reason == "wrong_length":
        length = len(codes.normalise(typed))
        return _("Mã có 20 ký tự, đã gõ %(length)s. Xin gõ lại đủ mã.", length=length)
    if reason == "wrong_symbol":
        symbols = ", ".join(codes.wrong_symbols(typed))
        return _(
            "Mã không dùng ký tự %(symbols)s. Mã chỉ gồm chữ số 2–9 và các chữ "
            "C D F H J K M N P R T V W X Y.",
            symbols=symbols,
        )
    return _("Có ký tự gõ nhầm. Xin so lại từng nhóm bốn ký tự.")


@bp.route("/xac-minh", methods=["GET", "POST"])
@accounts.public
@web.limited("60/minute")
def verify() -> ResponseReturnValue:
    """Tell whether a receipt's response is stored; nothing of what it says."""
    typed = forms.tidy(request.form.get("receipt", ""))[:200]
    error, wave, is_sealed = None, None, False
    if request.method == "POST":
        if codes.explain(typed, codes.RECEIPT_LENGTH) != "ok":
            error = _("Mã xác nhận gõ chưa đúng. Xin so lại từng nhóm bốn ký tự.")
        else:
            found = drafts.counted(db.session.connection(), typed)
            wave = db.session.get(Wave, found.wave_id) if found else None
            if wave is None:
                error = _(
                    "Không có phiếu nào mang mã xác nhận này. Xin so lại từng nhóm "
                    "bốn ký tự."
                )
            else:
                closing = closings.latest(db.session, wave.id)
                is_sealed = closing is not None and closing.sealed_at is not None
    html = render_template(
        "respond/verify.html",
        typed=typed,
        error=error,
        wave=wave,
        is_sealed=is_sealed,
    )
    return web.shown(html, 422 if error else 200)


@bp.post("/xac-minh/bang-chung")
@accounts.public
@web.limited("10/minute")
def prove() -> ResponseReturnValue:
    """Show the way from a receipt to the published root; nothing of any answer."""
    typed = forms.tidy(request.form.get("receipt", ""))[:200]
    if codes.explain(typed, codes.RECEIPT_LENGTH) != "ok":
        return redirect(url_for(".verify"), 303)
    found = closings.inclusion(db.session, drafts.receipt_hash(typed))
    if found is None:
        return web.refusal(
            404,
            _("Chưa có bằng chứng"),
            _(
                "Bằng chứng chỉ có sau khi đợt khảo sát đã đóng và được niêm phong. "
                "Xin kiểm tra lại mã xác nhận."
            ),
            link=(_("Kiểm tra mã xác nhận"), url_for(".verify")),
        )
    return web.shown(render_template("respond/proof.html", found=found))


@bp.get("/tro-nang")
@accounts.public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    contact = getattr(web.settings(), f"contact_{web.language()}")
    return web.shown(render_template("respond/accessibility.html", contact=contact))


@bp.post("/ngon-ngu")
@accounts.public
def change_language() -> ResponseReturnValue:
    """Change the language of the pages that are not part of a form."""
    chosen = web.asked_language()
    if chosen:
        cookie["language"] = chosen
        cookie.permanent = True
    return redirect(web.local_path(request.args.get("next")) or "/", 303)
