"""Pages of the registry: links and batches listed, filtered, found, handed out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, catalogue, clock, web
from survey.accounts.forms import SelectChoice
from survey.db import db
from survey.exports import csv
from survey.fieldwork import prints
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import making, registry, silence
from survey.fieldwork.links.forms import FilterForm, FindForm
from survey.fieldwork.links.making import Made
from survey.fieldwork.links.registry import Filter
from survey.fieldwork.paging import Window
from survey.fieldwork.terms import LINK_STATES, FieldworkError
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.formats import sort_key
from survey.models import Batch, Draft, Link, Procedure, Unit, Wave

ROWS_ON_PAGE = 100
BATCHES_ON_PAGE = 25
BATCHES_FIRST = 8
TAKEN_BACK = ("revoked", "replaced")


@bp.context_processor
def _address() -> dict[str, str]:
    """The address in the codes where only this machine can open it, to warn of it."""
    settings = web.settings()
    is_local = prints.works_here_only(settings)
    return {"local_address": settings.public_origin if is_local else ""}


@bp.get("/dot-khao-sat/<wave_id>/duong-dan")
@accounts.requires(*READERS)
def list_links(wave_id: str) -> ResponseReturnValue:
    """Show the registry of a wave: its batches, and its links a page at a time."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    return _list_page(wave, FindForm(formdata=None)), 200


def units_of(wave: Wave) -> list[tuple[Unit, int]]:
    """The units of a wave that the account may see, with their depth."""
    ids = set(catalogue.subtree(db.session, [wave.unit_id]))
    mine = [pair for pair in accounts.units_in_reach(db.session) if pair[0].id in ids]
    least = min((depth for _unit, depth in mine), default=0)
    return [(unit, depth - least) for unit, depth in mine]


def procedures_of(units: list[tuple[Unit, int]]) -> list[Procedure]:
    """The procedures of these units in the order of their names."""
    found = db.session.scalars(
        sa.select(Procedure).where(
            Procedure.unit_id.in_([unit.id for unit, _d in units])
        )
    )
    return sorted(found, key=lambda procedure: sort_key(procedure.name))


def named(procedure: Procedure) -> str:
    """A procedure as it is chosen from a list."""
    return f"{procedure.name} ({procedure.code})"


def place_choices(wave: Wave, *, is_any: bool = False) -> list[SelectChoice]:
    """Units and procedures of a wave as choices: `dv-` or `tt-` and the id."""
    units = units_of(wave)
    return [
        *([SelectChoice("", _("Tất cả"), optgroup=_("Mọi nơi"))] if is_any else ()),
        *(
            SelectChoice(f"dv-{unit.id}", unit.name, optgroup=_("Đơn vị"))
            for unit, _depth in units
        ),
        *(
            SelectChoice(f"tt-{one.id}", named(one), optgroup=_("Thủ tục"))
            for one in procedures_of(units)
        ),
    ]


def place_of(chosen: str) -> tuple[int | None, int | None]:
    """Unit and procedure of a choice of a place; one of them, or none."""
    kind, _dash, number = chosen.partition("-")
    if not number.isdigit():
        return None, None
    return (int(number), None) if kind == "dv" else (None, int(number))


def _list_page(wave: Wave, find: FindForm) -> str:
    units, today = own_units(wave), clock.today()
    form = _filter_form(wave, is_part=units is not None)
    unit_id, procedure_id = place_of(form.text("place"))
    chosen = Filter(
        kind=form.text("kind"),
        state=form.text("state"),
        unit_id=unit_id,
        procedure_id=procedure_id,
        batch_id=form["batch"].data,
    )
    links = registry.listed(wave, units, chosen).options(*making.WITH_PLACES)
    window = Window.of(db.session, links, Link.id, ROWS_ON_PAGE, request.args)
    recent = db.session.scalars(
        registry.batches(wave, units).limit(BATCHES_FIRST + 1)
    ).all()
    return render_template(
        "fieldwork/links.html",
        wave=wave,
        links=[
            (link, registry.standing_of(link, today, is_part=units is not None))
            for link in window.rows
        ],
        begun=_begun(window.rows, is_part=units is not None),
        window=window,
        batches=registry.figures_of(db.session, recent[:BATCHES_FIRST], units),
        has_more_batches=len(recent) > BATCHES_FIRST,
        silent=silence.silent_links(db.session, wave, units, today),
        silent_days=web.settings().silent_days,
        chosen=form,
        find=find,
        shown_from=registry.SHOWN_FROM,
        may_write=accounts.current().role in WRITERS,
        is_part=units is not None,
    )


def _filter_form(wave: Wave, *, is_part: bool) -> FilterForm:
    def made(**arguments: Any) -> FilterForm:
        form = FilterForm(**arguments)
        form.place.choices = place_choices(wave, is_any=True)
        if is_part:
            form.state.choices = [
                SelectChoice("", _("Tất cả")),
                SelectChoice("active", LINK_STATES["issued"]),
                *(SelectChoice(state, LINK_STATES[state]) for state in TAKEN_BACK),
            ]
        return form

    form = made(formdata=request.args)
    return form if form.validate() else made(formdata=None)


def _begun(shown: Any, *, is_part: bool) -> dict[int, int]:
    """Forms under way behind each link, of dossiers only for who may know of them."""
    ids = [link.id for link in shown if not (is_part and link.kind == "dossier")]
    return dict(
        db.session.execute(
            sa.select(Draft.link_id, sa.func.count())
            .where(Draft.link_id.in_(ids))
            .group_by(Draft.link_id)
        ).all()
    )


@bp.post("/dot-khao-sat/<wave_id>/duong-dan")
@accounts.requires(*READERS)
def find_link(wave_id: str) -> ResponseReturnValue:
    """Find the link of a code. By POST, so that no code stays in an address."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    form = FindForm()
    if form.validate_on_submit():
        try:
            link = registry.find_link(
                db.session, wave, own_units(wave), form.text("typed")
            )
        except FieldworkError as error:
            form.tell(error.field, str(error))
        else:
            address = url_for(".show_link", wave_id=wave.id, link_id=link.id)
            return redirect(address, code=303)
    return _list_page(wave, form), 422


@bp.get("/dot-khao-sat/<wave_id>/lo")
@accounts.requires(*READERS)
def list_batches(wave_id: str) -> ResponseReturnValue:
    """Show all batches of a wave, the latest first."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units = own_units(wave)
    window = Window.of(
        db.session,
        registry.batches(wave, units),
        Batch.id,
        BATCHES_ON_PAGE,
        request.args,
    )
    return render_template(
        "fieldwork/batches.html",
        wave=wave,
        window=window,
        batches=registry.figures_of(db.session, window.rows, units),
        shown_from=registry.SHOWN_FROM,
    )


@bp.get("/dot-khao-sat/<wave_id>/duong-dan.csv")
@accounts.requires(*READERS)
def all_links(wave_id: str) -> ResponseReturnValue:
    """Hand out the list of all links; of dossiers without their address."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    found = registry.listed(wave, own_units(wave)).options(*making.WITH_PLACES)
    rows = prints.office_rows(
        web.settings(),
        (Made(link, link.token or "") for link in _all(found)),
    )
    content = b"".join(csv.stream(prints.OFFICE_HEAD, rows))
    return file_answer(content, "text/csv", f"{prints.file_stem(wave)}.csv")


def _all(found: sa.Select[Any]) -> Iterator[Link]:
    yield from db.session.scalars(found.execution_options(yield_per=1000))


def file_answer(content: Any, mimetype: str, name: str) -> Response:
    """An answer that the browser keeps as a file of this name."""
    response = Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def link_in_reach(wave_id: str, link_id: int) -> Link:
    """A link of this wave and of the account's units, or a 404."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    if link_id > registry.MAX_ID:
        abort(404)
    found = registry.listed(wave, own_units(wave)).where(Link.id == link_id)
    link: Link | None = db.session.scalar(found.options(*making.WITH_PLACES))
    if link is None:
        abort(404)
    return link


def batch_in_reach(wave_id: str, batch_id: int) -> tuple[Wave, Batch]:
    """A batch of this wave with links of the account's units, or a 404."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    if batch_id > registry.MAX_ID:
        abort(404)
    found = registry.batches(wave, own_units(wave)).where(Batch.id == batch_id)
    batch: Batch | None = db.session.scalar(found)
    if batch is None:
        abort(404)
    return wave, batch
