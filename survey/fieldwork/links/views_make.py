"""Pages where links are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from survey import accounts, clock, jobs, pins, web
from survey.accounts.forms import SelectChoice
from survey.db import db
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import jobs_of_links, making
from survey.fieldwork.links.forms import CounterForm, DossierForm
from survey.fieldwork.links.making import AT_ONCE_IN_A_REQUEST, MOST_AT_ONCE, Wanted
from survey.fieldwork.links.rights import may_handle_dossiers
from survey.fieldwork.links.views_registry import (
    named,
    place_choices,
    place_of,
    procedures_of,
    units_of,
)
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import WRITERS, own_units
from survey.models import Procedure, Wave


@bp.route("/dot-khao-sat/<wave_id>/duong-dan/tao", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def make_counters(wave_id: str) -> ResponseReturnValue:
    """Make one link for each unit and procedure chosen, to hang at a counter."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units = units_of(wave)
    procedures = procedures_of(units)
    form = CounterForm()
    form.units.choices = [
        SelectChoice(str(unit.id), unit.name) for unit, _depth in units
    ]
    form.procedures.choices = [
        SelectChoice(str(one.id), named(one)) for one in procedures
    ]
    if form.validate_on_submit():
        try:
            return _made_once(wave, form, lambda: _counters(form, procedures))
        except FieldworkError as error:
            form.tell(error.field or "units", str(error))
    return _form_page(wave, form, "counter")


def _counters(form: CounterForm, procedures: list[Procedure]) -> list[Wanted]:
    of_all: dict[str, Any] = {
        "kind": form.text("kind"),
        "note": form.text("note") or None,
        "counter": form.text("counter") or None,
        "pin_hash": _pin_hash(form),
    }
    unit_of = {str(one.id): one.unit_id for one in procedures}
    return [
        *(Wanted(unit_id=int(chosen), **of_all) for chosen in form.units.data or ()),
        *(
            Wanted(unit_id=unit_of[chosen], procedure_id=int(chosen), **of_all)
            for chosen in form.procedures.data or ()
        ),
    ]


def _pin_hash(form: CounterForm) -> str | None:
    """Of the PIN that was typed; a code on a wall has none."""
    pin = form.text("pin")
    return pins.hashed(pin) if pin and form.text("kind") == "kiosk" else None


@bp.route("/dot-khao-sat/<wave_id>/duong-dan/tao-ho-so", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def make_dossier_links(wave_id: str) -> ResponseReturnValue:
    """Make links that are used once; many of them are made by a job."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    if not may_handle_dossiers(wave):
        if request.method == "POST":
            abort(403)
        return render_template("fieldwork/codes_of_part.html", wave=wave), 200
    bare = making.dossiers_without_link(db.session, wave, own_units(wave))
    form = DossierForm()
    form.place.choices = place_choices(wave)
    if bare and not form.is_submitted():
        form["source"].data = "frame"
        form["count"].data = min(bare, MOST_AT_ONCE)
    if form.validate_on_submit():
        try:
            if _is_for_a_job(form, bare):
                return _make_later(wave, form)
            return _made_once(wave, form, lambda: _dossiers(wave, form))
        except FieldworkError as error:
            form.tell(error.field or "source", str(error))
    return _form_page(wave, form, "dossier", bare=bare)


def _is_for_a_job(form: DossierForm, bare: int) -> bool:
    count = form["count"].data
    if form.text("source") == "frame":
        return bool(min(bare, count) > AT_ONCE_IN_A_REQUEST)
    if count > AT_ONCE_IN_A_REQUEST:
        raise FieldworkError(
            _("Hồ sơ ngoài danh sách: mỗi lần nhiều nhất 2.000 mã."), "count"
        )
    return False


def _make_later(wave: Wave, form: DossierForm) -> ResponseReturnValue:
    if wave.state == "closed":
        raise FieldworkError(_("Đợt đã đóng, không tạo thêm mã được. Xin tạo đợt mới."))
    address = jobs_of_links.make_later(
        db.session,
        wave,
        own_units(wave),
        form["count"].data,
        note=form.text("note") or None,
        form_key=form.text("key"),
    )
    db.session.commit()
    jobs.wake()
    return redirect(address, code=303)


def _dossiers(wave: Wave, form: DossierForm) -> list[Wanted]:
    count = form["count"].data
    if form.text("source") == "frame":
        found = making.wanted_dossiers(db.session, wave, own_units(wave), count)
        if not found:
            raise FieldworkError(_("Không còn hồ sơ nào chưa có mã."), "source")
        return found
    unit_id, procedure_id = place_of(form.text("place"))
    if procedure_id is not None:
        unit_id = db.session.get_one(Procedure, procedure_id).unit_id
    one = Wanted(kind="dossier", unit_id=unit_id or 0, procedure_id=procedure_id)
    return [one] * count


def _form_page(
    wave: Wave, form: CounterForm | DossierForm, kind: str, bare: int = 0
) -> ResponseReturnValue:
    if not form.text("key"):
        form["key"].data = making.new_key()
    page = render_template(
        "fieldwork/make.html",
        wave=wave,
        form=form,
        kind=kind,
        bare=bare,
        key_hours=web.settings().key_hours,
    )
    return page, 422 if form.errors else 200


def _made_once(
    wave: Wave, form: CounterForm | DossierForm, wanted: Callable[[], list[Wanted]]
) -> ResponseReturnValue:
    """Make and commit a batch, or find it if this form was sent before; its page."""
    wave_id, tokens = wave.id, making.tokens_of(form.text("key"))
    made = making.made_before(db.session, wave, tokens)
    is_repeat = made is not None
    if made is None:
        try:
            made = making.make_links(
                db.session,
                wave,
                wanted(),
                batch=tokens,
                now=clock.now(),
                by=accounts.current().id,
                note=form.text("note") or None,
                keep_key=True,
            )
        except IntegrityError:
            # The same form, sent twice at once: the other one was first.
            db.session.rollback()
            wave = accounts.wave_in_reach(db.session, wave_id)
            made, is_repeat = making.made_before(db.session, wave, tokens), True
            if made is None:
                raise
    size, address = made.size, url_for(".show_batch", wave_id=wave_id, batch_id=made.id)
    if is_repeat:
        flash(
            _(
                "%(n)s mã này đã được tạo ở lần gửi trước; không tạo thêm. Muốn tạo "
                "thêm, xin mở lại trang tạo mã.",
                n=size,
            )
        )
    else:
        web.log.info("links made", wave=wave_id, count=size, by=accounts.current().id)
        flash(_("Đã tạo %(n)s mã.", n=size), "success")
    db.session.commit()
    return redirect(address, code=303)
