"""Pages of a wave that is not open yet: planned otherwise, or taken away again."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, web
from survey.accounts.forms import StaffForm
from survey.db import db
from survey.fieldwork import waves
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import WaveForm
from survey.fieldwork.terms import BEFORE_OPENING, FieldworkError
from survey.fieldwork.views_waves import WRITERS, formula_notes, let_choose, managed
from survey.models import Wave

ALWAYS = ("title", "opens_on", "closes_on")
"""What can be changed though dossiers and links hang on the wave."""
WHILE_BARE = ("questionnaire", "unit", "formula")


@bp.route("/dot-khao-sat/<wave_id>/sua", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def edit_wave(wave_id: str) -> ResponseReturnValue:
    """Plan a wave otherwise before it opens."""
    wave = managed(wave_id)
    address = url_for(".show_wave", wave_id=wave.id)
    if wave.state not in BEFORE_OPENING:
        flash(_("Đợt đã mở nên tên, phiếu và thời gian không đổi được nữa."), "error")
        return redirect(address, code=303)
    is_bare = waves.is_bare(db.session, wave)
    form = _form(wave, is_bare=is_bare)
    if form.validate_on_submit():
        try:
            waves.change_plan(db.session, wave, _plan(form, wave))
        except FieldworkError as error:
            db.session.rollback()
            form.tell(error.field, str(error))
        else:
            web.log.info("wave changed", wave=wave_id, by=accounts.current().id)
            flash(_("Đã lưu thay đổi của đợt."), "success")
            db.session.commit()
            return redirect(address, code=303)
    page = render_template(
        "fieldwork/edit_wave.html",
        wave=managed(wave_id),
        form=form,
        is_bare=is_bare,
        formulas=formula_notes(),
    )
    return page, 422 if form.errors else 200


def _form(wave: Wave, *, is_bare: bool) -> WaveForm:
    kept = {
        **{name: getattr(wave, name) for name in (*ALWAYS, "formula")},
        "questionnaire": wave.questionnaire_id,
        "unit": str(wave.unit_id),
    }
    form = WaveForm(data=kept)
    let_choose(form)
    wanted = (*ALWAYS, *(WHILE_BARE if is_bare else ()), "csrf_token")
    for name in [field.name for field in form]:
        if name not in wanted:
            del form[name]
    return form


def _plan(form: WaveForm, wave: Wave) -> waves.Plan:
    """What the form says; what it does not ask stays as it is."""
    kept = waves.plan_of(wave)
    return waves.Plan(
        title=form.text("title"),
        opens_on=form["opens_on"].data,
        closes_on=form["closes_on"].data,
        questionnaire_id=(
            form.text("questionnaire")
            if "questionnaire" in form
            else kept.questionnaire_id
        ),
        unit_id=int(form.text("unit")) if "unit" in form else kept.unit_id,
        formula=form.text("formula") if "formula" in form else kept.formula,
    )


@bp.route("/dot-khao-sat/<wave_id>/xoa", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def delete_wave(wave_id: str) -> ResponseReturnValue:
    """Ask once more, then take away a planned wave on which nothing hangs."""
    wave = managed(wave_id)
    if StaffForm().validate_on_submit():
        title = wave.title
        try:
            waves.delete_wave(db.session, wave)
        except FieldworkError as error:
            db.session.rollback()
            flash(str(error), "error")
            return redirect(url_for(".show_wave", wave_id=wave_id), code=303)
        web.log.info("wave deleted", wave=wave_id, by=accounts.current().id)
        flash(_("Đã xóa đợt “%(title)s”.", title=title), "success")
        db.session.commit()
        return redirect(url_for(".list_waves"), code=303)
    return render_template("fieldwork/delete_wave.html", wave=wave)
