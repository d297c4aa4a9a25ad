"""The page on which an officer writes the text of a wave's report, and tries it."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, letterheads, web
from survey.accounts.forms import SelectChoice
from survey.db import db
from survey.drafting.blueprint import bp, may_write, of_the_paper, refuse_unless
from survey.drafting.forms import TextForm
from survey.exports import official
from survey.exports.pdf import PdfError
from survey.figures import Filters
from survey.figures.papers import paper
from survey.models import Wave

PLACE = "/ket-qua/<wave_id>/loi-van"
WRITERS = ("admin", "analyst")


def _whole(wave_id: str) -> Wave:
    """The wave of this id, for who reads all of it; else a 404."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    if not accounts.may_read(db.session, wave.unit_id):
        abort(404)
    return wave


@bp.get(PLACE)
@accounts.requires(*WRITERS, "auditor")
def text(wave_id: str) -> ResponseReturnValue:
    """Show the pieces of text as they stand."""
    wave = _whole(wave_id)
    kept = letterheads.pieces(db.session, wave, of_the_paper())
    data = {**kept, "legal": letterheads.lines(kept["legal"])}
    return _page(wave, TextForm(formdata=None, data=data))


@bp.post(PLACE)
@accounts.requires(*WRITERS)
def keep_text(wave_id: str) -> ResponseReturnValue:
    """Keep what was written with the wave."""
    wave = _whole(wave_id)
    refuse_unless(*WRITERS)
    form = _form(wave)
    if form.validate_on_submit():
        letterheads.keep_pieces(db.session, wave, of_the_paper(), form.texts())
        return _done(wave, _("Đã lưu lời văn của báo cáo."))
    return _page(wave, form), 422


@bp.post(f"{PLACE}/ban-dau")
@accounts.requires(*WRITERS)
def forget_text(wave_id: str) -> ResponseReturnValue:
    """Go back to the first wording."""
    wave = _whole(wave_id)
    refuse_unless(*WRITERS)
    letterheads.forget_pieces(db.session, wave, of_the_paper())
    return _done(wave, _("Đã trở lại lời văn ban đầu."))


@bp.post(f"{PLACE}/xem-thu.pdf")
@accounts.requires(*WRITERS)
@web.limited("20/minute")
def try_text(wave_id: str) -> ResponseReturnValue:
    """Make the report of what was typed, and keep nothing."""
    wave = _whole(wave_id)
    refuse_unless(*WRITERS)
    form = _form(wave)
    if not form.validate_on_submit():
        return _page(wave, form), 422
    language = of_the_paper()
    document = paper(
        db.session,
        wave,
        Filters(),
        language=language,
        agency=web.agency(language),
        superior=web.superior(language),
        on=clock.today(),
        late_days=web.settings().late_days,
        pieces=form.texts(),
    )
    try:
        made = official.pdf(document)
    except PdfError as error:
        form.tell(None, str(error))
        return _page(wave, form), 503
    return Response(made, content_type="application/pdf")


def _form(wave: Wave) -> TextForm:
    form = TextForm()
    form.legal.choices = _bases(wave)
    return form


def _bases(wave: Wave) -> list[SelectChoice]:
    """The list of the office, then what this report names that is no longer on it."""
    language = of_the_paper()
    listed = [one.text for one in letterheads.bases(db.session, language)]
    named = letterheads.lines(
        letterheads.pieces(db.session, wave, language).get("legal", "")
    )
    return [SelectChoice(one, one) for one in dict.fromkeys([*listed, *named])]


def _page(wave: Wave, form: TextForm) -> str:
    form.legal.choices = _bases(wave)
    return render_template(
        "drafting/text.html",
        wave=wave,
        form=form,
        language_of_paper=of_the_paper(),
        is_written=bool(letterheads.written(db.session, wave, of_the_paper())),
        may_edit=may_write(*WRITERS),
    )


def _done(wave: Wave, words: str) -> ResponseReturnValue:
    web.log.info("report text changed", wave=wave.id, by=accounts.current().id)
    db.session.commit()
    flash(words, "success")
    return redirect(url_for(".text", wave_id=wave.id, paper=of_the_paper()), code=303)
