"""Pages of the office's own lists: units and procedures, shown and handed in."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from survey import accounts, web
from survey.db import db
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import UploadForm
from survey.fieldwork.frame.faults import MOST_FAULTS, Fault, LoadError
from survey.fieldwork.frame.loading import Loaded
from survey.fieldwork.loading import LOADERS
from survey.formats import sort_key
from survey.models import Procedure


def _taken(
    form: UploadForm, load: Callable[[bytes], Loaded]
) -> tuple[Loaded | None, tuple[Fault, ...]]:
    """Take the file of a form, or say what is wrong with it."""
    try:
        loaded = load(form["file"].data.read())
    except LoadError as error:
        db.session.rollback()
        form.tell("file", _("Chưa nạp dòng nào; xin sửa tệp rồi nạp lại."))
        return None, error.faults
    web.log.info(
        "list loaded",
        added=loaded.added,
        changed=loaded.changed,
        by=accounts.current().id,
    )
    db.session.commit()
    return loaded, ()


def _tell(loaded: Loaded) -> None:
    flash(
        _(
            "Đã nạp danh sách: thêm %(added)s, cập nhật %(changed)s.",
            added=loaded.added,
            changed=loaded.changed,
        ),
        "success",
    )
    for notice in loaded.notices:
        flash(notice)


@bp.get("/quan-tri/danh-muc")
@accounts.requires("admin", "auditor")
def catalogue_page() -> ResponseReturnValue:
    """Show the units and procedures within reach."""
    units = accounts.units_in_reach(db.session)
    found = db.session.scalars(
        sa.select(Procedure)
        .where(Procedure.unit_id.in_([unit.id for unit, _depth in units]))
        .options(joinedload(Procedure.unit))
    )
    return render_template(
        "fieldwork/catalogue.html",
        units=units,
        procedures=sorted(found, key=lambda one: sort_key(one.name)),
        may_load=_may_load(),
        kinds={"province": _("Tỉnh"), "department": _("Sở"), "division": _("Phòng")},
        online={
            "none": _("Không"),
            "partial": _("Một phần"),
            "full": _("Toàn trình"),
        },
    )


def _may_load() -> bool:
    """Whether the account may change the lists, which are everyone's."""
    account = accounts.current()
    return account.role == "admin" and account.unit_id is None


@bp.route("/quan-tri/danh-muc/<any('don-vi', 'thu-tuc'):noun>", methods=["GET", "POST"])
@accounts.requires("admin")
def load_list(noun: str) -> ResponseReturnValue:
    """Take a list of units or of procedures."""
    if not _may_load():
        abort(403)
    heads, load = LOADERS[noun]
    form = UploadForm()
    faults: tuple[Fault, ...] = ()
    if form.validate_on_submit():
        loaded, faults = _taken(form, lambda content: load(db.session, content))
        if loaded is not None:
            _tell(loaded)
            return redirect(url_for(".catalogue_page"), code=303)
    page = render_template(
        "fieldwork/load.html",
        noun=noun,
        title=_("Nạp danh sách đơn vị") if noun == "don-vi" else _("Nạp thủ tục"),
        form=form,
        faults=faults,
        most=MOST_FAULTS,
        columns=heads,
    )
    return page, 422 if form.errors or faults else 200
