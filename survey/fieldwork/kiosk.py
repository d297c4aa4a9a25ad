"""The PIN of a kiosk, by which staff leave its full screen and help a respondent."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from survey import accounts, clock, pins, web
from survey.accounts.forms import StaffForm, clean
from survey.db import db
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import log
from survey.fieldwork.links.forms import PIN, not_easy
from survey.fieldwork.links.views_registry import link_in_reach
from survey.fieldwork.views_waves import WRITERS

LINK = "/dot-khao-sat/<wave_id>/duong-dan/<int:link_id>"


class PinForm(StaffForm):
    """Four to eight digits, shown as they are typed: a slip would lock staff out."""

    pin = StringField(
        _l("Mã PIN mới (4–8 chữ số)"),
        filters=[clean],
        validators=[
            InputRequired(_l("Xin nhập mã PIN.")),
            PIN,
            not_easy,
        ],
    )


@bp.route(f"{LINK}/pin", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def set_pin(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Set or change the PIN of a kiosk; nobody can read the old one."""
    link = link_in_reach(wave_id, link_id)
    if link.kind != "kiosk" or link.state != "active":
        abort(404)
    form = PinForm()
    if form.validate_on_submit():
        link.pin_hash = pins.hashed(form.text("pin"))
        log.log_event(
            db.session,
            action="edited",
            link=link,
            reason=_("Đặt mã PIN"),
            by=accounts.current().id,
            now=clock.now(),
        )
        web.log.info("pin set", link=link.id, by=accounts.current().id)
        flash(
            _(
                "Đã đặt mã PIN. Máy đang bật nhận mã mới khi có mạng và không có người "
                "đang trả lời."
            ),
            "success",
        )
        db.session.commit()
        address = url_for(".show_link", wave_id=wave_id, link_id=link_id)
        return redirect(address, code=303)
    page = render_template("fieldwork/pin.html", wave=link.wave, link=link, form=form)
    return page, 422 if form.errors else 200
