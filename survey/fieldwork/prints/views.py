"""Pages where prints are chosen, seen and taken away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey import accounts, clock, jobs, web
from survey.db import db
from survey.exports.prints import Asker, PrintError, Said
from survey.fieldwork import links
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links.rights import may_act
from survey.fieldwork.links.views_registry import batch_in_reach, file_answer
from survey.fieldwork.prints import jobs_of_prints, kit
from survey.fieldwork.prints.lists import file_stem
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.models import Batch, Link, Wave

WALLS = "/dot-khao-sat/<wave_id>/the"


@bp.context_processor
def _offered() -> dict[str, object]:
    """The prints for links of a kind, for the page of a batch."""
    return {"prints_for": kit.offered}


@bp.get(WALLS)
@accounts.requires(*READERS)
def print_cards(wave_id: str) -> ResponseReturnValue:
    """Show what can be printed for the links that hang on walls, or for one of them."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    only = request.args.get("ma", type=int)
    found = jobs_of_prints.walls_of(wave, own_units(wave), only)
    first = db.session.scalar(found.options(*links.WITH_PLACES).limit(1))
    return render_template(
        "fieldwork/prints.html",
        wave=wave,
        first=first,
        only=only,
        size=_count(found),
        prints=kit.offered("counter"),
        may_write=accounts.current().role in WRITERS,
    )


def _count(found: sa.Select[Link]) -> int:
    counted = sa.select(sa.func.count()).select_from(found.order_by(None).subquery())
    return db.session.scalar(counted) or 0


@bp.get(f"{WALLS}/<kind>.svg")
@accounts.requires(*READERS)
def show_print(wave_id: str, kind: str) -> ResponseReturnValue:
    """Show one print of one link, as it will be."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    which = _which(kind, "counter")
    asker, said = _first(wave, request.args.get("ma", type=int))
    db.session.rollback()
    try:
        return Response(kit.svg(which, asker, said), mimetype="image/svg+xml")
    except PrintError:
        abort(404)


def _which(kind: str, link_kind: str) -> kit.Print:
    which = kit.BY_KIND.get(kind)
    if which is None or link_kind not in which.for_kinds:
        abort(404)
    return which


def _first(wave: Wave, only: int | None) -> tuple[Asker, Said]:
    found = jobs_of_prints.walls_of(wave, own_units(wave), only)
    link = db.session.scalar(found.options(*links.WITH_PLACES).limit(1))
    if link is None:
        abort(404)
    settings, made = web.settings(), [links.Made(link, link.token or "")]
    (said,) = kit.said_of(settings, wave, made)
    return kit.asker_of(db.session, settings, wave), said


@bp.post(WALLS)
@accounts.requires(*WRITERS)
def print_walls(wave_id: str) -> ResponseReturnValue:
    """Hand out a print of the links that hang on walls, or of one. By POST, for it is
    written down who printed what."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    which = _which(request.form.get("print", ""), "counter")
    only = request.form.get("ma", type=int)
    units = own_units(wave)
    found = jobs_of_prints.walls_of(wave, units, only)
    size = _count(found)
    back = url_for(".print_cards", wave_id=wave_id, ma=only)
    if size == 0:
        flash(jobs_of_prints.nothing_left_words(), "error")
        return redirect(back, code=303)
    if size > kit.AT_ONCE:
        address = jobs_of_prints.print_walls_later(db.session, wave, units, size, which)
        return _later(address)
    made = list(jobs_of_prints.walls(db.session, wave, units, link_id=only))
    is_svg = request.form.get("as") == "svg" and len(made) == 1
    name = f"{file_stem(wave)}-{f'{only}-' if only else ''}{which.kind}"
    return _now(
        wave,
        which,
        made,
        name=f"{name}.{'svg' if is_svg else 'pdf'}",
        back=back,
        links_printed=[one.link.id for one in made],
    )


@bp.post("/dot-khao-sat/<wave_id>/lo/<int:batch_id>/in")
@accounts.requires(*WRITERS)
def print_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Hand out a print of a batch; of a long one a job draws it."""
    wave, batch = batch_in_reach(wave_id, batch_id)
    which = _which(request.form.get("print", ""), batch.kind)
    if not may_act(wave, batch):
        abort(403)
    back = url_for(".show_batch", wave_id=wave_id, batch_id=batch_id)
    if not links.has_key(batch, clock.now()):
        flash(jobs_of_prints.key_gone_words(), "error")
        return redirect(back, code=303)
    if batch.size > kit.AT_ONCE:
        return _later(jobs_of_prints.print_batch_later(db.session, batch, which))
    return _now(
        wave,
        which,
        list(links.made_of(db.session, batch)),
        name=f"{file_stem(wave)}-{which.kind}-lo-{batch_id}.pdf",
        back=back,
        batch_printed=batch_id,
    )


def _later(address: str) -> ResponseReturnValue:
    db.session.commit()
    jobs.wake()
    return redirect(address, code=303)


def _now(
    wave: Wave,
    which: kit.Print,
    made: Iterable[links.Made],
    *,
    name: str,
    back: str,
    links_printed: Iterable[int] = (),
    batch_printed: int | None = None,
) -> ResponseReturnValue:
    """Draw while the person waits; then write down that it was handed out."""
    settings, by = web.settings(), accounts.current().id
    asker = kit.asker_of(db.session, settings, wave)
    said = list(kit.said_of(settings, wave, made))
    # Drawing takes a while: nobody else need wait for it.
    db.session.rollback()
    try:
        content, mimetype = _drawn(which, asker, said, is_svg=name.endswith(".svg"))
    except FieldworkError as error:
        flash(str(error), "error")
        return redirect(back, code=303)
    _note(which, links_printed, batch_printed, by)
    answer = file_answer(content, mimetype, name)
    # It holds addresses that open a form.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _drawn(
    which: kit.Print, asker: Asker, said: list[Said], *, is_svg: bool
) -> tuple[str | bytes, str]:
    if not said:
        raise FieldworkError(jobs_of_prints.nothing_left_words())
    try:
        if is_svg:
            return kit.svg(which, asker, said[0]), "image/svg+xml"
        return kit.pdf(which, asker, said), "application/pdf"
    except PrintError as error:
        raise FieldworkError(jobs_of_prints.too_long_words()) from error


def _note(
    which: kit.Print, link_ids: Iterable[int], batch_id: int | None, by: int
) -> None:
    known: dict[str, Any] = {
        "action": "printed",
        "reason": str(which.name),
        "by": by,
        "now": clock.now(),
    }
    if batch_id is not None:
        batch = db.session.get_one(Batch, batch_id)
        links.log_event(db.session, batch=batch, **known)
    for link_id in link_ids:
        link = db.session.get_one(Link, link_id)
        links.log_event(db.session, link=link, **known)
    web.log.info("printed", what=which.kind, by=by)
    db.session.commit()
