"""Pages of the draw: who is invited, how anyone repeats it, and how far it has come."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey import accounts, clock, exports, formats, indices, web
from survey.db import db
from survey.dispositions.progress import Line, Progress, progress
from survey.exports.words import CHANNELS
from survey.fieldwork.blueprint import bp
from survey.fieldwork.frame import draws
from survey.fieldwork.frame.forms import DrawForm
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import (
    READERS,
    WRITERS,
    managed,
    may_manage,
    own_units,
)
from survey.models import Account, Draw, Wave

CHON_MAU = "/dot-khao-sat/<wave_id>/chon-mau"
STATES = {
    "none": ("–", ""),
    "enough": (_l("Đủ"), "green"),
    "under_way": (_l("Đúng tiến độ"), "blue"),
    "behind": (_l("Chậm"), "orange"),
    "unasked": (_l("Chưa phát mã"), "yellow"),
}


@bp.get(CHON_MAU)
@accounts.requires(*READERS)
def show_draw(wave_id: str) -> ResponseReturnValue:
    """Show who is invited, how they were chosen, and how far the wave has come."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    return _page(wave, DrawForm())


@bp.post(CHON_MAU)
@accounts.requires(*WRITERS)
def draw(wave_id: str) -> ResponseReturnValue:
    """Choose who is invited."""
    wave = managed(wave_id)
    form = DrawForm()
    try:
        draws.require_drawable(wave, draws.propose(db.session, wave))
    except FieldworkError as error:
        # The page has no form then, to whose fields a word could be put.
        form.tell(None, str(error))
        return _page(wave, form)
    if form.validate_on_submit() and _is_meant(wave, form):
        try:
            made = draws.make_draw(
                db.session,
                wave,
                mode=form.text("mode"),
                size=form["size"].data if form.text("mode") == "sample" else None,
                seed=form.text("seed") or None,
                by=accounts.current().id,
                now=clock.now(),
            )
        except FieldworkError as error:
            db.session.rollback()
            wave = managed(wave_id)
            form.tell(error.field, str(error))
        else:
            flash(
                _(
                    "Đã chọn %(size)s hồ sơ trên %(frame)s hồ sơ trong danh sách.",
                    size=made.size,
                    frame=made.frame,
                ),
                "success",
            )
            web.log.info(
                "dossiers drawn",
                wave=wave_id,
                draw=made.id,
                size=made.size,
                by=accounts.current().id,
            )
            db.session.commit()
            return redirect(url_for(".show_draw", wave_id=wave_id), code=303)
    return _page(wave, form)


def _is_meant(wave: Wave, form: DrawForm) -> bool:
    """Whether a person who draws anew has said so."""
    replaces = draws.current(db.session, wave) and not (
        draws.propose(db.session, wave).is_supplement
    )
    if replaces and not form["again"].data:
        form.tell(
            "again",
            _("Đã chọn hồ sơ rồi. Muốn chọn lại từ đầu, xin đánh dấu vào ô này."),
        )
    return not form.errors


def _page(wave: Wave, form: DrawForm) -> ResponseReturnValue:
    units = own_units(wave)
    proposed = draws.propose(db.session, wave)
    if not form.is_submitted():
        form["mode"].data = proposed.mode
    if form["size"].data is None:
        form["size"].data = (
            proposed.size
            if proposed.mode == "sample"
            else draws.usual_size(proposed.frame)
        )
    hold = draws.current(db.session, wave)
    page = render_template(
        "fieldwork/frame/draw.html",
        wave=wave,
        form=form,
        proposed=proposed,
        census_below=web.settings().census_below,
        hold=[_described(one) for one in hold],
        past=[_described(one) for one in draws.past(db.session, wave)],
        verified=_verified(wave, hold) if "kiem-lai" in request.args else None,
        expected_replies=web.settings().expected_replies,
        needed=indices.sample_size(proposed.frame),
        progress=shown(wave, progress(db.session, wave, units, clock.today())),
        is_part=units is not None,
        may_draw=may_manage(wave) and wave.state != "closed",
        may_repeat=units is None,
    )
    return page, 422 if form.errors else 200


def _described(made: Draw) -> dict[str, object]:
    """A draw as the page shows it."""
    by = db.session.get(Account, made.drawn_by) if made.drawn_by else None
    language = web.language()
    return {
        "draw": made,
        "at": formats.moment_text(clock.local(made.drawn_at), language),
        "by": by.email if by else _("dòng lệnh"),
        "strata": [
            (
                one["procedure"],
                CHANNELS[one["channel"]].get(language),
                formats.integer(one["frame"], language),
                formats.integer(one["size"], language),
            )
            for one in made.strata
        ],
    }


def _verified(wave: Wave, hold: list[Draw]) -> list[tuple[bool, str]]:
    """Whether each draw comes out the same once more, in words."""
    told = []
    for one in hold:
        try:
            drawn = draws.verify(db.session, wave, one)
        except FieldworkError as error:
            told.append((False, str(error)))
        else:
            words = _(
                "Đã chọn lại với chuỗi khởi tạo %(seed)s: ra đúng %(n)s hồ sơ như đã "
                "chọn.",
                seed=one.seed,
                n=len(drawn.codes),
            )
            told.append((True, words))
    return told


def shown(wave: Wave, found: Progress) -> dict[str, object]:
    """The lines of progress as rows of tables.

    To those who see their own units alone, few answers of a procedure are not counted
    out: with as many invited they would tell who has answered.
    """
    is_part = own_units(wave) is not None
    language = web.language()

    def row(line: Line, *, hides: bool = False) -> dict[str, object]:
        words, colour = STATES[line.state]
        is_few = hides and line.answered < wave.hide_below
        numbers = (line.frame, line.drawn, line.invited, line.answered, line.needed)
        cells = [formats.integer(number, language) for number in numbers]
        if is_few:
            cells[3] = _("dưới %(n)s", n=wave.hide_below)
        expected = formats.integer(line.expected, language)
        if line.state == "behind" and not is_few:
            words = _("Chậm: lẽ ra đã có %(n)s", n=expected)
        return {
            "name": line.name,
            "unit": line.unit,
            "cells": cells,
            "words": words,
            "colour": colour,
        }

    return {
        "whole": row(found.whole),
        "units": [row(one) for one in found.units],
        "procedures": [row(one, hides=is_part) for one in found.procedures],
        "behind": found.behind,
        "line": found.whole,
    }


@bp.get(f"{CHON_MAU}.csv")
@accounts.requires(*READERS)
def draw_table(wave_id: str) -> ResponseReturnValue:
    """Hand out what anyone needs to draw again."""
    wave = managed(wave_id)
    head = (
        _("Lần chọn"),
        _("Chuỗi khởi tạo"),
        _("Mã hồ sơ"),
        _("Mã thủ tục"),
        _("Cách nộp"),
        "SHA-256",
        _("Thứ tự trong nhóm"),
        _("Được chọn"),
    )
    web.log.info("draw handed out", wave=wave_id, by=accounts.current().id)
    rows = list(draws.table(db.session, wave))
    answer = Response(
        exports.stream(
            [str(name) for name in head], rows, exports.FOR_EXCEL[web.language()]
        ),
        content_type="text/csv; charset=utf-8",
    )
    name = f"chon-mau-{wave_id}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
