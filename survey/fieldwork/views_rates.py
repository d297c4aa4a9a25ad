"""The page of response rates: what became of the invited dossiers, and the funnel."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, dispositions, exports, web
from survey.db import db
from survey.exports import dispositions as tables
from survey.exports.tables import marks_of_data
from survey.fieldwork import rates, terms
from survey.fieldwork.blueprint import bp
from survey.fieldwork.views_waves import READERS, own_units
from survey.formats import integer
from survey.models import Wave


@bp.get("/dot-khao-sat/<wave_id>/ty-le-tra-loi")
@accounts.requires(*READERS)
def show_rates(wave_id: str) -> ResponseReturnValue:
    """Show what became of the invited dossiers of a wave, by unit and procedure."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units, language = own_units(wave), web.language()
    reached = rates.rates(db.session, wave, units, language)
    return render_template(
        "fieldwork/rates.html",
        wave=wave,
        reached=reached,
        parts=reached.parts(language),
        units=tables.lines(reached.rows, "unit", language),
        procedures=tables.lines(reached.rows, "procedure", language),
        rate_notes=tables.notes(language),
        steps=_steps(wave, units, language),
        is_part=units is not None,
    )


def _steps(
    wave: Wave, units: list[int] | None, language: str
) -> list[tuple[object, ...]]:
    """The funnel, a kind of link a row, in the order of the kinds."""
    found = dispositions.steps(db.session, wave.id, units)
    names = {**terms.LINK_KINDS, "": _("Mã tạo từ trước")}
    return [
        (name, *(integer(count, language) for count in found[kind]))
        for kind, name in names.items()
        if kind in found
    ]


@bp.get("/dot-khao-sat/<wave_id>/ty-le-tra-loi.csv")
@accounts.requires(*READERS)
def download_rates(wave_id: str) -> ResponseReturnValue:
    """Hand over the same table as a file."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units, language = own_units(wave), web.language()
    reached = rates.rates(db.session, wave, units, language)
    marks = marks_of_data(
        is_sample=wave.is_sample,
        is_rehearsal=wave.state == "rehearsal",
        language=language,
    )
    origin = exports.origin_of(
        wave=wave.id,
        scope=_("Đơn vị thuộc phạm vi tài khoản") if units else wave.unit.name,
        marks=marks,
        language=language,
    )
    content = exports.dispositions_csv(reached.rows, language, origin=origin)
    web.log.info("rates", account=accounts.current().id, wave=wave.id)
    answer = Response(content, content_type="text/csv; charset=utf-8")
    name = f"ty-le-tra-loi_{wave.id}_{language}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
