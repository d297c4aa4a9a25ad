"""The page on which the office adapts its papers: names, logo, recipients, bases."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, letterheads, web
from survey.db import db
from survey.drafting.blueprint import bp, may_write, of_the_paper, refuse_unless
from survey.drafting.forms import LETTERHEAD, BasisForm, LetterheadForm, LogoForm
from survey.letterheads import NoPng, TooLarge, TooMany
from survey.models import Letterhead

PLACE = "/quan-tri/mau-van-ban"


@bp.get(PLACE)
@accounts.requires("admin", "auditor")
def letterhead() -> ResponseReturnValue:
    """Show what stands on the papers of one language."""
    return _page()


@bp.post(PLACE)
@accounts.requires("admin")
def keep_letterhead() -> ResponseReturnValue:
    """Keep the names and the recipients."""
    refuse_unless("admin")
    form = LetterheadForm()
    if form.validate_on_submit():
        values = {name: form.text(name) for name in LETTERHEAD}
        letterheads.keep(db.session, of_the_paper(), values)
        return _done("letterhead", _("Đã lưu mẫu văn bản."))
    return _page(head=form), 422


@bp.post(f"{PLACE}/bieu-trung")
@accounts.requires("admin")
def keep_logo() -> ResponseReturnValue:
    """Take a picture, or have none."""
    refuse_unless("admin")
    if "remove" in request.form:
        letterheads.drop_logo(db.session)
        return _done("logo", _("Đã bỏ biểu trưng."))
    form = LogoForm()
    if form.validate_on_submit():
        png = form.logo.data.stream.read(letterheads.LOGO_BYTES + 1)
        try:
            letterheads.keep_logo(db.session, png)
        except NoPng:
            form.tell("logo", _("Tệp này không phải ảnh PNG, hoặc bị hỏng."))
        except TooLarge:
            form.tell(
                "logo",
                _(
                    "Ảnh quá lớn: tối đa %(kb)s KB và %(side)s điểm ảnh mỗi chiều.",
                    kb=letterheads.LOGO_BYTES // 1024,
                    side=letterheads.LOGO_SIDE,
                ),
            )
        else:
            return _done("logo", _("Đã lưu biểu trưng."))
    return _page(logo=form), 422


@bp.get(f"{PLACE}/bieu-trung.png")
@accounts.requires("admin", "auditor")
def logo() -> ResponseReturnValue:
    """The picture that is kept."""
    png = letterheads.logo(db.session)
    if png is None:
        abort(404)
    return Response(png, content_type="image/png")


@bp.post(f"{PLACE}/can-cu")
@accounts.requires("admin")
def add_basis() -> ResponseReturnValue:
    """Put a legal basis at the end of the list."""
    refuse_unless("admin")
    form = BasisForm()
    if form.validate_on_submit():
        try:
            letterheads.add_basis(db.session, of_the_paper(), form.text("basis"))
        except TooMany:
            form.tell("basis", _("Danh sách đã đầy; xin xóa căn cứ không còn dùng."))
        else:
            return _done("basis", _("Đã thêm căn cứ."))
    return _page(basis=form), 422


@bp.post(f"{PLACE}/can-cu/<int:basis_id>/<any(len, xoa):act>")
@accounts.requires("admin")
def change_basis(basis_id: int, act: str) -> ResponseReturnValue:
    """Move a legal basis up by one, or take it off the list."""
    refuse_unless("admin")
    if act == "len":
        letterheads.raise_basis(db.session, basis_id)
        return _done("basis", _("Đã đổi thứ tự căn cứ."))
    letterheads.remove_basis(db.session, basis_id)
    return _done("basis", _("Đã xóa căn cứ khỏi danh sách."))


def _kept() -> Letterhead:
    language = of_the_paper()
    return letterheads.letterhead(
        db.session,
        language,
        agency=web.agency(language),
        superior=web.superior(language),
    )


def _page(
    *,
    head: LetterheadForm | None = None,
    logo: LogoForm | None = None,
    basis: BasisForm | None = None,
) -> str:
    return render_template(
        "drafting/letterhead.html",
        language_of_paper=of_the_paper(),
        head=head or LetterheadForm(formdata=None, obj=_kept()),
        logo=logo or LogoForm(formdata=None),
        basis=basis or BasisForm(formdata=None),
        has_logo=letterheads.logo(db.session) is not None,
        bases=letterheads.bases(db.session, of_the_paper()),
        may_edit=may_write("admin"),
        form_in_error=next((one for one in (head, logo, basis) if one), None),
    )


def _done(what: str, words: str) -> ResponseReturnValue:
    web.log.info("papers changed", what=what, by=accounts.current().id)
    db.session.commit()
    flash(words, "success")
    return redirect(url_for(".letterhead", paper=of_the_paper()), code=303)
