"""The page where it is chosen how a wave asks and looks at answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, web
from survey.db import db
from survey.fieldwork import method
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import MethodForm
from survey.fieldwork.terms import BEFORE_OPENING, FieldworkError
from survey.fieldwork.views_waves import WRITERS, managed, words_of_rules
from survey.indices.rules import THRESHOLDS, Rules


@bp.route("/dot-khao-sat/<wave_id>/cach-hoi", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def change_method(wave_id: str) -> ResponseReturnValue:
    """Choose how a wave asks and how it looks at answers."""
    wave = managed(wave_id)
    address = url_for(".show_wave", wave_id=wave.id)
    if wave.state not in BEFORE_OPENING:
        flash(_("Đợt đã mở nên cách hỏi và cách xét phiếu được giữ nguyên."), "error")
        return redirect(address, code=303)
    kept = {"folded_percent": wave.folded_percent, **method.rules_of(wave).as_dict()}
    form = MethodForm(data=kept)
    form.speak(web.language())
    if form.validate_on_submit():
        try:
            method.change(
                db.session,
                wave,
                folded_percent=form["folded_percent"].data,
                careless={name: form[name].data for name in THRESHOLDS},
            )
        except FieldworkError as error:
            form.tell(error.field, str(error))
        else:
            web.log.info("method changed", wave=wave.id, by=accounts.current().id)
            flash(_("Đã lưu cách hỏi và cách xét phiếu."), "success")
            db.session.commit()
            return redirect(address, code=303)
    page = render_template(
        "fieldwork/method.html",
        wave=wave,
        form=form,
        rules=words_of_rules(Rules()),
        thresholds=THRESHOLDS,
        usual=Rules().as_dict(),
    )
    return page, 422 if form.errors else 200
