"""After a form was sent: thanks, the receipt, and a wish to be called back."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from survey import accounts, clock, codes, cookies, web
from survey.db import reading, writing
from survey.respond import drafts, forms, keys, pages

bp = Blueprint("after", __name__)


@bp.get("/p/<token>/cam-on")
@accounts.public
def thanks(token: str) -> ResponseReturnValue:
    """Thanks and the receipt, to the browser that sent the form."""
    key, secret = keys.key_of(token), web.settings().secret()
    base = f"/p/{codes.normalise(token)}"
    if not key:
        return redirect(base, 303)
    receipt = drafts.receipt_of(secret, key)
    with reading() as connection:
        found = drafts.counted(connection, receipt)
        wish = drafts.whom_to_call(connection, secret, key) if found else None
    if found is None:
        return redirect(base, 303)
    values: dict[str, str | bool] = {
        "here": f"{base}/cam-on",
        "csrf": cookies.csrf_token(),
        "receipt": receipt,
        "rehearsal": found.is_rehearsal,
        "counted": not found.is_rehearsal,
    }
    if found.origin == "kiosk":
        values["kiosk"] = base
    if wish:
        values["contact"] = f"{base}/lien-he"
    answer = web.shown(pages.thanks(web.language()).encoded(values))
    if found.origin == "kiosk":
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Refresh"] = f"60; url={base}"
    return answer


@bp.route("/p/<token>/lien-he", methods=["GET", "POST"])
@accounts.public
def contact(token: str) -> ResponseReturnValue:
    """Take down whom to call back, apart from the answers."""
    key, now = keys.key_of(token), clock.now()
    with reading() as connection:
        found = drafts.whom_to_call(connection, web.settings().secret(), key)
    if found is None:
        return redirect(f"/p/{codes.normalise(token)}", 303)
    chosen = web.asked_language()
    if chosen:
        cookie["language"] = g.language = chosen
    form = forms.ContactForm(request.form)
    form.name.label.text, form.reach.label.text = _("Họ tên"), _("Cách liên hệ")
    is_kept = request.args.get("da-ghi") == "1"
    if request.method == "POST" and not chosen and form.validate():
        try:
            drafts.leave_contact(
                writing().connection(),
                found,
                name=form.name.data,
                reach=form.reach.data,
                key=key,
                now=now,
            )
            writing().commit()
        except IntegrityError:
            writing().close()  # a second click was faster
        return keys.to(codes.normalise(token), "lien-he?da-ghi=1")
    html = render_template(
        "respond/contact.html",
        form=form,
        is_kept=is_kept,
        days=found.days,
        back_url=f"/p/{codes.normalise(token)}/cam-on",
    )
    return web.shown(html, 422 if form.errors else 200)
