"""Pages of one link: what it is, and what was done with it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import abort, render_template
from flask.typing import ResponseReturnValue

from survey import accounts, clock, web
from survey.db import db
from survey.fieldwork import prints
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import log, making, registry
from survey.fieldwork.links.rights import may_act
from survey.fieldwork.links.views_act import LINK
from survey.fieldwork.links.views_registry import file_answer, link_in_reach
from survey.fieldwork.views_waves import READERS, own_units
from survey.models import Batch, Draft, Link


@bp.get(LINK)
@accounts.requires(*READERS)
def show_link(wave_id: str, link_id: int) -> ResponseReturnValue:
    """Show one link; its code only if it is one that hangs on a wall."""
    link = link_in_reach(wave_id, link_id)
    is_part = own_units(link.wave) is not None
    card = prints.shown(web.settings(), link.token) if link.token else None
    is_told = not (is_part and link.kind == "dossier")
    begun = db.session.scalar(
        sa.select(sa.func.count(Draft.id)).where(Draft.link_id == link.id)
    )
    return render_template(
        "fieldwork/link.html",
        wave=link.wave,
        link=link,
        standing=registry.standing_of(link, clock.today(), is_part=is_part),
        card=card,
        begun=begun if is_told else None,
        who=db.session.scalar(registry.maker_of(link.batch_id or 0)),
        key_until=_key_until(link),
        valid_to=min(link.valid_to or link.wave.closes_on, link.wave.closes_on),
        events=log.events_of(db.session, link=link),
        may_act=may_act(link.wave, link) and link.standing == "active",
        is_part=is_part,
    )


def _key_until(link: Link) -> datetime | None:
    """Until when the code of a dossier can be printed once more; None if it cannot."""
    batch = db.session.get(Batch, link.batch_id) if link.batch_id else None
    if batch is None or batch.key_until is None:
        return None
    if not making.has_key(batch, clock.now()):
        return None
    return clock.local(batch.key_until)


@bp.get(f"{LINK}/ma.<any(svg, png):kind>")
@accounts.requires(*READERS)
def picture(wave_id: str, link_id: int, kind: str) -> ResponseReturnValue:
    """Hand out the QR code of a link as a file."""
    link = link_in_reach(wave_id, link_id)
    if link.token is None:
        abort(404)
    url = prints.url_of(web.settings(), link.token)
    name = f"{prints.file_stem(link.wave)}-{link.id}.{kind}"
    if kind == "svg":
        return file_answer(prints.svg_file(url), "image/svg+xml", name)
    return file_answer(prints.png_file(url), "image/png", name)
