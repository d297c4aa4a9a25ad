"""The page of businesses that asked for a call back, apart from what they answered."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts
from survey.db import db
from survey.fieldwork.blueprint import bp
from survey.fieldwork.paging import Pages
from survey.models import Contact, Unit, Wave

ROWS_ON_PAGE = 100
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


def _contacts() -> sa.Select[Contact]:
    found = sa.select(Contact)
    reach = accounts.scope(db.session)
    return found if reach is None else found.where(Contact.unit_id.in_(reach))


@bp.get("/lien-he-lai")
@accounts.requires("admin", "fieldworker")
def contacts() -> ResponseReturnValue:
    """Show whom to call, and until when it is kept."""
    # By a random id within a day: the order of sending is nobody's business.
    found = _contacts().order_by(Contact.delete_on, Contact.id)
    pages = Pages.of(db.session, found, ROWS_ON_PAGE, request.args)
    shown = db.session.scalars(pages.part).all()
    units = dict(db.session.execute(sa.select(Unit.id, Unit.name)).all())
    waves = dict(db.session.execute(sa.select(Wave.id, Wave.title)).all())
    return render_template(
        "fieldwork/contacts.html",
        rows=[(one, units[one.unit_id], waves[one.wave_id]) for one in shown],
        pages=pages,
    )


@bp.post("/lien-he-lai/<contact_id>/xoa")
@accounts.requires("admin", "fieldworker")
def delete_contact(contact_id: str) -> ResponseReturnValue:
    """Delete a contact after the call."""
    if not _ID.fullmatch(contact_id):
        abort(404)
    contact = db.session.scalar(_contacts().where(Contact.id == contact_id))
    if contact is None:
        abort(404)
    db.session.delete(contact)
    flash(_("Đã xóa thông tin liên hệ."), "success")
    db.session.commit()
    return redirect(url_for(".contacts"), code=303)
