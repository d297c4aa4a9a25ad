"""The list of themes, which the office keeps itself."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts
from survey.accounts.forms import SelectChoice
from survey.comments import theme_list
from survey.comments.blueprint import bp
from survey.comments.forms import ThemeForm
from survey.db import db
from survey.models import Theme

ELEMENTS = ("A", "B", "C", "D", "E")


@bp.route("/chu-de", methods=["GET", "POST"], defaults={"theme_id": None})
@bp.route("/chu-de/<int:theme_id>", methods=["GET", "POST"])
@accounts.requires("admin")
def theme(theme_id: int | None) -> ResponseReturnValue:
    """Show the themes and a form for one; on POST keep it."""
    if accounts.scope(db.session) is not None:
        abort(403)
    found = None
    if theme_id is not None:
        found = db.session.get(Theme, theme_id) if theme_id < 2**31 else None
        if found is None:
            abort(404)
    form = ThemeForm(obj=found)
    form["element"].choices = [
        SelectChoice("", _("Không thuộc yếu tố nào")),
        *(SelectChoice(one, one) for one in ELEMENTS),
    ]
    if form.validate_on_submit():
        theme_list.keep(
            db.session,
            found,
            name_vi=form.text("name_vi"),
            name_en=form.text("name_en"),
            element=form.text("element") or None,
            is_active=bool(form["is_active"].data),
        )
        db.session.commit()
        flash(_("Đã lưu chủ đề."))
        return redirect(url_for(".theme"), code=303)
    return render_template(
        "comments/themes.html",
        form=form,
        theme=found,
        themes=theme_list.listed(db.session),
    ), 422 if form.errors else 200


@bp.post("/chu-de/bo-dau-tien")
@accounts.requires("admin")
def starters() -> ResponseReturnValue:
    """Put the starter set into an empty list."""
    if accounts.scope(db.session) is not None:
        abort(403)
    count = theme_list.begin(db.session)
    db.session.commit()
    flash(_("Đã thêm %(n)s chủ đề.", n=count))
    return redirect(url_for(".theme"), code=303)
