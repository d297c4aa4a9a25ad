"""Pages of a batch: what it holds, how far it has come, and its list."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, web
from survey.db import db
from survey.exports import csv
from survey.fieldwork import prints
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import log, making, registry
from survey.fieldwork.links.rights import may_act
from survey.fieldwork.links.views_act import BATCH
from survey.fieldwork.links.views_registry import batch_in_reach, file_answer
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.models import Link


@bp.get(BATCH)
@accounts.requires(*READERS)
def show_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Show a batch, and what can be printed and sent of it now."""
    wave, batch = batch_in_reach(wave_id, batch_id)
    units = own_units(wave)
    (figures,) = registry.figures_of(db.session, [batch], units)
    is_mine = may_act(wave, batch)
    first, last = db.session.execute(
        sa.select(sa.func.min(Link.valid_to), sa.func.max(Link.valid_to)).where(
            Link.batch_id == batch.id, Link.state == "active"
        )
    ).one()
    return render_template(
        "fieldwork/batch.html",
        wave=wave,
        batch=batch,
        figures=figures,
        valid_to=(
            min(first or wave.closes_on, wave.closes_on),
            min(last or wave.closes_on, wave.closes_on),
        ),
        # Who may not act on all of it may not have its tokens either.
        has_key=is_mine and making.has_key(batch, clock.now()),
        key_until=clock.local(batch.key_until) if batch.key_until else None,
        events=log.events_of(db.session, batch=batch),
        may_act=is_mine,
        is_part=units is not None,
        shown_from=registry.SHOWN_FROM,
    )


@bp.post(f"{BATCH}/danh-sach.csv")
@accounts.requires(*WRITERS)
def export_batch(wave_id: str, batch_id: int) -> ResponseReturnValue:
    """Hand out the list of a batch with its addresses. By POST, for it is logged."""
    wave, batch = batch_in_reach(wave_id, batch_id)
    if not may_act(wave, batch):
        abort(403)
    if not making.has_key(batch, clock.now()):
        return _locked(wave_id, batch_id)
    rows = prints.office_rows(
        web.settings(),
        (
            made
            for made in making.made_of(db.session, batch)
            if made.link.state == "active"
        ),
    )
    content = b"".join(csv.stream(prints.OFFICE_HEAD, rows))
    name = f"{prints.file_stem(wave)}-lo-{batch.id}.csv"
    by = accounts.current().id
    log.log_event(db.session, action="exported", batch=batch, by=by, now=clock.now())
    db.session.commit()
    return file_answer(content, "text/csv", name)


def _locked(wave_id: str, batch_id: int) -> ResponseReturnValue:
    flash(
        _("Lô này đã khóa nên không xem lại mã được nữa. Cần mã mới, xin thay mã."),
        "error",
    )
    address = url_for(".show_batch", wave_id=wave_id, batch_id=batch_id)
    return redirect(address, code=303)
