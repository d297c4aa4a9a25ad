"""Pages where links are made."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from survey import accounts, catalogue, clock, web
from survey.accounts.forms import SelectChoice
from survey.db import db
from survey.fieldwork import links
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import CounterForm, DossierForm
from survey.fieldwork.links import Batch, Made, Wanted
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_links import made_page
from survey.fieldwork.views_waves import WRITERS, own_units
from survey.formats import sort_key
from survey.models import Procedure, Unit, Wave


def units_of(wave: Wave) -> list[tuple[Unit, int]]:
    """The units of a wave that the account may make links for, with their depth."""
    ids = set(catalogue.subtree(db.session, [wave.unit_id]))
    mine = [pair for pair in accounts.units_in_reach(db.session) if pair[0].id in ids]
    least = min((depth for _unit, depth in mine), default=0)
    return [(unit, depth - least) for unit, depth in mine]


def _procedures_of(units: list[tuple[Unit, int]]) -> list[Procedure]:
    found = db.session.scalars(
        sa.select(Procedure).where(
            Procedure.unit_id.in_([unit.id for unit, _d in units])
        )
    )
    return sorted(found, key=lambda procedure: sort_key(procedure.name))


def _named(procedure: Procedure) -> str:
    return f"{procedure.name} ({procedure.code})"


@bp.route("/dot-khao-sat/<wave_id>/duong-dan/tao", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def make_counters(wave_id: str) -> ResponseReturnValue:
    """Make one link for each unit and procedure chosen, to hang at a counter."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units = units_of(wave)
    procedures = _procedures_of(units)
    form = CounterForm()
    form.units.choices = [
        SelectChoice(str(unit.id), unit.name) for unit, _depth in units
    ]
    form.procedures.choices = [
        SelectChoice(str(one.id), _named(one)) for one in procedures
    ]
    if form.validate_on_submit():
        kind, note = form.text("kind"), form.text("note") or None
        unit_of = {str(one.id): one.unit_id for one in procedures}
        wanted = [
            Wanted(kind=kind, unit_id=int(chosen), note=note)
            for chosen in form.units.data or ()
        ] + [
            Wanted(
                kind=kind,
                unit_id=unit_of[chosen],
                procedure_id=int(chosen),
                note=note,
            )
            for chosen in form.procedures.data or ()
        ]
        try:
            made, is_repeat = _made_once(wave, form.text("key"), lambda: wanted)
        except FieldworkError as error:
            form.tell(error.field or "units", str(error))
        else:
            _tell_of_counters(len(made), is_repeat=is_repeat)
            return redirect(url_for(".print_cards", wave_id=wave_id), code=303)
    return _form_page(wave, form, "counter")


def _tell_of_counters(count: int, *, is_repeat: bool) -> None:
    if is_repeat:
        flash(
            _(
                "%(n)s mã này đã được tạo ở lần gửi trước; không tạo thêm. Muốn tạo "
                "thêm, xin mở lại trang tạo mã.",
                n=count,
            )
        )
    else:
        flash(_("Đã tạo %(n)s mã.", n=count), "success")


@bp.route("/dot-khao-sat/<wave_id>/duong-dan/tao-ho-so", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def make_dossier_links(wave_id: str) -> ResponseReturnValue:
    """Make links that are used once, and show them the only time they can be."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units = units_of(wave)
    procedures = _procedures_of(units)
    bare = links.dossiers_without_link(db.session, wave, own_units(wave))
    form = DossierForm()
    form.place.choices = _place_choices(units, procedures)
    if bare and not form.is_submitted():
        form["source"].data = "frame"
        form["count"].data = min(bare, links.MOST_AT_ONCE)
    if form.validate_on_submit():
        count = form["count"].data
        places = {f"tt-{one.id}": (one.unit_id, one.id) for one in procedures}

        def wanted() -> list[Wanted]:
            if form.text("source") == "frame":
                units_seen = own_units(wave)
                found = links.wanted_dossiers(db.session, wave, units_seen, count)
                if not found:
                    message = _("Không còn hồ sơ nào chưa có mã.")
                    raise FieldworkError(message, "source")
                return found
            place = form.text("place")
            unit_id, procedure_id = places.get(place) or (int(place[3:]), None)
            one = Wanted(kind="dossier", unit_id=unit_id, procedure_id=procedure_id)
            return [one] * count

        try:
            made, is_repeat = _made_once(wave, form.text("key"), wanted)
        except FieldworkError as error:
            form.tell(error.field or "source", str(error))
        else:
            return made_page(wave, made, is_repeat=is_repeat)
    return _form_page(wave, form, "dossier", bare=bare)


def _place_choices(
    units: list[tuple[Unit, int]], procedures: list[Procedure]
) -> list[SelectChoice]:
    return [
        SelectChoice(f"dv-{unit.id}", unit.name, optgroup=_("Đơn vị"))
        for unit, _depth in units
    ] + [
        SelectChoice(f"tt-{one.id}", _named(one), optgroup=_("Thủ tục"))
        for one in procedures
    ]


def _form_page(
    wave: Wave, form: CounterForm | DossierForm, kind: str, bare: int = 0
) -> ResponseReturnValue:
    if not form.text("key"):
        form["key"].data = links.new_key()
    page = render_template(
        "fieldwork/make.html", wave=wave, form=form, kind=kind, bare=bare
    )
    return page, 422 if form.errors else 200


def _made_once(
    wave: Wave, key: str, wanted: Callable[[], list[Wanted]]
) -> tuple[list[Made], bool]:
    """Make and commit a batch, or find it if this form was sent before.

    Returns:
        The links with their tokens, and whether they had been made before.
    """
    batch = Batch(secret=web.settings().secret().encode(), key=key)
    wave_id = wave.id
    is_repeat = bool(links.made_before(db.session, wave, batch))
    if not is_repeat:
        try:
            made = links.make_links(
                db.session, wave, wanted(), batch=batch, now=clock.now()
            )
            web.log.info(
                "links made",
                wave=wave_id,
                count=len(made),
                by=accounts.current().id,
            )
            db.session.commit()
        except IntegrityError:
            # The same form, sent twice at once: the other one was first.
            db.session.rollback()
            is_repeat = True
    again = accounts.wave_in_reach(db.session, wave_id)
    return links.made_before(db.session, again, batch), is_repeat
