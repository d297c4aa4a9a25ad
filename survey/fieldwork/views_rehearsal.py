"""Pages of the rehearsal of a wave: begun, emptied, ended."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, web
from survey.accounts.forms import StaffForm
from survey.db import db
from survey.fieldwork import rehearsal
from survey.fieldwork.blueprint import bp
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import WRITERS, managed, removed_words
from survey.models import Wave


@bp.route("/dot-khao-sat/<wave_id>/dien-tap", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def begin_rehearsal(wave_id: str) -> ResponseReturnValue:
    """Ask once more, then let staff try the wave."""
    return _act(managed(wave_id), "begin")


@bp.route("/dot-khao-sat/<wave_id>/ket-thuc-dien-tap", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def end_rehearsal(wave_id: str) -> ResponseReturnValue:
    """Ask once more, then end the rehearsal and remove what was filled in."""
    return _act(managed(wave_id), "end")


@bp.route("/dot-khao-sat/<wave_id>/xoa-phieu-thu", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def empty_rehearsal(wave_id: str) -> ResponseReturnValue:
    """Ask once more, then remove what was filled in so far."""
    return _act(managed(wave_id), "empty")


def _act(wave: Wave, act: str) -> ResponseReturnValue:
    form = StaffForm()
    if form.validate_on_submit():
        address = url_for(".show_wave", wave_id=wave.id)
        try:
            done = _do(wave, act)
        except FieldworkError as error:
            flash(str(error), "error")
            return redirect(address, code=303)
        web.log.info("rehearsal", wave=wave.id, act=act, by=accounts.current().id)
        flash(done, "success")
        db.session.commit()
        return redirect(address, code=303)
    return render_template(
        "fieldwork/rehearsal.html",
        wave=wave,
        act=act,
        filled=rehearsal.filled(db.session, wave),
    )


def _do(wave: Wave, act: str) -> str:
    if act == "begin":
        rehearsal.begin(db.session, wave, now=clock.now())
        return str(_("Đang diễn tập: các mã QR đã mở được, phiếu thử không được tính."))
    if act == "end":
        return removed_words(rehearsal.end(db.session, wave))
    return removed_words(rehearsal.empty(db.session, wave))
