"""Pages of links: made, listed, found, printed, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from survey import accounts, catalogue, clock, web
from survey.accounts.forms import StaffForm
from survey.db import db
from survey.exports import csv
from survey.fieldwork import cards, links
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import FilterForm, FindForm
from survey.fieldwork.links import Made
from survey.fieldwork.paging import Pages
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.models import Draft, Link, Wave

ROWS_ON_PAGE = 100
CARDS_ON_PAGE = 200
PRINTED = ("counter", "kiosk")


@bp.context_processor
def _address() -> dict[str, str]:
    """The address in the codes where only this machine can open it, to warn of it."""
    settings = web.settings()
    is_local = cards.works_here_only(settings)
    return {"local_address": settings.public_origin if is_local else ""}


@bp.get("/dot-khao-sat/<wave_id>/duong-dan")
@accounts.requires(*READERS)
def list_links(wave_id: str) -> ResponseReturnValue:
    """Show the links of a wave, by kind and state, a page at a time."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    return _list_page(wave, FindForm(formdata=None)), 200


def _list_page(wave: Wave, find: FindForm) -> str:
    chosen = FilterForm(request.args)
    if not chosen.validate():
        chosen = FilterForm(formdata=None)
    found = links.listed(
        wave,
        own_units(wave),
        kind=chosen.text("kind"),
        state=chosen.text("state"),
    )
    pages = Pages.of(db.session, found, ROWS_ON_PAGE, request.args)
    shown = db.session.scalars(pages.part.options(*links.WITH_PLACES)).all()
    begun: dict[int, int] = dict(
        db.session.execute(
            sa.select(Draft.link_id, sa.func.count())
            .where(Draft.link_id.in_([link.id for link in shown]))
            .group_by(Draft.link_id)
        ).all()
    )
    return render_template(
        "fieldwork/links.html",
        wave=wave,
        links=shown,
        begun=begun,
        pages=pages,
        chosen=chosen,
        find=find,
        may_write=accounts.current().role in WRITERS,
    )


@bp.post("/dot-khao-sat/<wave_id>/duong-dan")
@accounts.requires(*READERS)
def find_link(wave_id: str) -> ResponseReturnValue:
    """Find the link of a code. By POST, so that no code stays in an address."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    form = FindForm()
    if form.validate_on_submit():
        typed = form.text("typed")
        link = links.find_link(db.session, wave, own_units(wave), typed)
        if link is not None:
            address = url_for(".show_link", wave_id=wave.id, link_id=link.id)
            return redirect(address, code=303)
        form.tell("typed", _("Đợt này không có mã như vậy; xin kiểm tra từng ký tự."))
    return _list_page(wave, form), 422


def link_in_reach(wave_id: str, link_id: int) -> Link:
    """A link of this wave and of the account's units, or a 404."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    if link_id > links.MAX_ID:
        abort(404)
    found = links.listed(wave, own_units(wave)).where(Link.id == link_id)
    link = db.session.scalar(found.options(*links.WITH_PLACES, joinedload(Link.wave)))
    if link is None:
        abort(404)
    return link


@bp.get("/dot-khao-sat/<wave_id>/duong-dan/<int:link_id>")
@accounts.requires(*READERS)
def show_link(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Show one link; its code only if it is one that hangs on a wall."""
    link = link_in_reach(wave_id, link_id)
    card = cards.card_of(web.settings(), link, link.token) if link.token else None
    begun = db.session.scalar(
        sa.select(sa.func.count(Draft.id)).where(Draft.link_id == link.id)
    )
    return render_template(
        "fieldwork/link.html",
        wave=link.wave,
        link=link,
        card=card,
        begun=begun,
        may_revoke=accounts.current().role in WRITERS and link.state == "active",
    )


@bp.get("/dot-khao-sat/<wave_id>/duong-dan/<int:link_id>/ma.<any(svg, png):kind>")
@accounts.requires(*READERS)
def picture(wave_id: str, link_id: int, kind: str) -> ResponseReturnValue:
    """Hand out the QR code of a link as a file."""
    link = link_in_reach(wave_id, link_id)
    if link.token is None:
        abort(404)
    url = cards.url_of(web.settings(), link.token)
    name = f"{cards.file_stem(link.wave)}-{link.id}.{kind}"
    if kind == "svg":
        return _file(cards.svg_file(url), "image/svg+xml", name)
    return _file(cards.png_file(url), "image/png", name)


def _file(content: Any, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.route(
    "/dot-khao-sat/<wave_id>/duong-dan/<int:link_id>/thu-hoi", methods=["GET", "POST"]
)
@accounts.requires(*WRITERS)
def revoke(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Ask once more, then revoke a link."""
    link = link_in_reach(wave_id, link_id)
    form = StaffForm()
    if form.validate_on_submit():
        address = url_for(".show_link", wave_id=wave_id, link_id=link_id)
        try:
            links.revoke_link(db.session, link)
        except FieldworkError as error:
            flash(str(error), "error")
            return redirect(address, code=303)
        web.log.info("link revoked", link=link.id, by=accounts.current().id)
        flash(_("Đã thu hồi mã. Ai quét sẽ thấy trang báo mã hết hiệu lực."), "success")
        db.session.commit()
        return redirect(address, code=303)
    return render_template("fieldwork/revoke.html", wave=link.wave, link=link)


@bp.get("/dot-khao-sat/<wave_id>/duong-dan.csv")
@accounts.requires(*READERS)
def all_links(wave_id: str) -> ResponseReturnValue:
    """Hand out the list of all links; of dossiers without their address."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    found = links.listed(wave, own_units(wave)).options(*links.WITH_PLACES)
    rows = cards.office_rows(
        web.settings(),
        (Made(link, link.token or "") for link in _all(found)),
    )
    content = b"".join(csv.stream(cards.OFFICE_HEAD, rows))
    return _file(content, "text/csv", f"{cards.file_stem(wave)}.csv")


def _all(found: sa.Select[Link]) -> Iterator[Link]:
    yield from db.session.scalars(found.execution_options(yield_per=1000))


@bp.get("/dot-khao-sat/<wave_id>/the")
@accounts.requires(*READERS)
def print_cards(wave_id: str) -> ResponseReturnValue:
    """Show cards, or posters, of the links that hang on walls."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    found = links.listed(wave, own_units(wave), state="active").where(
        Link.kind.in_(PRINTED)
    )
    only = request.args.get("ma", type=int)
    if only is not None:
        found = found.where(Link.id == min(only, links.MAX_ID))
    pages = Pages.of(db.session, found, CARDS_ON_PAGE, request.args)
    made = [
        Made(link, link.token)
        for link in db.session.scalars(pages.part.options(*links.WITH_PLACES))
        if link.token is not None
    ]
    return render_template(
        "fieldwork/cards.html",
        wave=wave,
        sheet=_sheet(wave, made),
        is_poster=request.args.get("kho") == "ap-phich",
        only=only,
        pages=pages,
    )


@bp.post("/dot-khao-sat/<wave_id>/the")
@accounts.requires(*WRITERS)
def dossier_cards(wave_id: str) -> ResponseReturnValue:
    """Show cards, or hand out the list, of dossier links whose tokens are sent along.

    Their tokens are stored nowhere: the page that made them carries them here.
    """
    wave = accounts.wave_in_reach(db.session, wave_id)
    typed = request.form.get("tokens", "").split()[: links.MOST_AT_ONCE]
    found = links.found_by_tokens(db.session, wave, typed)
    units = own_units(wave)
    made = [one for one in found if units is None or one.link.unit_id in units]
    if not made:
        abort(404)
    if request.form.get("as") == "csv":
        rows = cards.office_rows(web.settings(), made)
        content = b"".join(csv.stream(cards.OFFICE_HEAD, rows))
        name = f"{cards.file_stem(wave)}-{clock.today().isoformat()}.csv"
        return _file(content, "text/csv", name)
    return made_page(wave, made[:CARDS_ON_PAGE], is_part=True)


def _sheet(wave: Wave, made: list[Made]) -> cards.Sheet:
    asked = catalogue.questionnaire(db.session, wave.questionnaire_id)
    closes_on = wave.closes_on
    # Drawing many codes takes a while: other writers need not wait for it.
    db.session.close()
    return cards.sheet_of(
        web.settings(), made, minutes=asked.minutes, closes_on=closes_on
    )


def made_page(
    wave: Wave, made: list[Made], *, is_part: bool = False, is_repeat: bool = False
) -> ResponseReturnValue:
    """The cards of dossier links, at the only moment when their tokens are known."""
    sheet = _sheet(wave, made) if len(made) <= CARDS_ON_PAGE else None
    tokens = [one.token for one in made]
    parts = [
        (start + 1, min(start + CARDS_ON_PAGE, len(made)), _joined(tokens, start))
        for start in range(0, len(made), CARDS_ON_PAGE)
    ]
    page = render_template(
        "fieldwork/made.html",
        wave=wave,
        sheet=sheet,
        count=len(made),
        tokens=" ".join(tokens),
        parts=parts,
        is_part=is_part,
        is_repeat=is_repeat,
    )
    return page, 200


def _joined(tokens: list[str], start: int) -> str:
    return " ".join(tokens[start : start + CARDS_ON_PAGE])
