"""The page of the funnel: how many links were opened, begun and finished."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, formats, web
from survey.db import db
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links import funnels, registry
from survey.fieldwork.links.forms import FunnelForm
from survey.fieldwork.links.funnels import Chosen, Stage
from survey.fieldwork.links.views_registry import place_choices, place_of
from survey.fieldwork.paging import Window
from survey.fieldwork.views_waves import READERS, own_units
from survey.models import Batch, Wave

BATCHES_ON_PAGE = 50
BARS_AT_MOST = 30


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of the chart, as the macro draws it."""

    id: str
    label: str
    note: str
    summary: str
    value: str
    text: str
    code: str = ""
    hidden: str | None = None
    low: None = None
    high: None = None


@bp.get("/dot-khao-sat/<wave_id>/theo-doi")
@accounts.requires(*READERS)
def show_funnel(wave_id: str) -> ResponseReturnValue:
    """Show how far the links of a wave have come, by what is chosen."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units = own_units(wave)
    form = _form(wave)
    by, kind = form.text("theo"), form.text("loai")
    unit_id, procedure_id = place_of(form.text("place"))
    chosen = Chosen(
        kind=kind,
        unit_ids=units,
        unit_id=unit_id,
        procedure_id=procedure_id,
        is_part=units is not None,
    )
    window = None
    if by == "lo":
        rows, window = _by_batch(wave, kind)
    else:
        rows = funnels.stages(db.session, wave, by, chosen)
    are_shares = by != "ngay"
    return render_template(
        "fieldwork/funnel.html",
        wave=wave,
        form=form,
        by=by,
        rows=[(row, _shares(row) if are_shares else None) for row in rows],
        whole=None if window else funnels.total(rows, _("Tất cả"), chosen),
        window=window,
        bars=_bars(rows[:BARS_AT_MOST]) if are_shares else [],
        shown_from=registry.SHOWN_FROM,
        is_part=units is not None,
    )


def _form(wave: Wave) -> FunnelForm:
    form = FunnelForm(request.args)
    form.place.choices = place_choices(wave, is_any=True)
    form.theo.data = form.theo.data or "don-vi"
    form.loai.data = form.loai.data or funnels.DOSSIER
    if form.validate():
        return form
    form = FunnelForm(formdata=None)
    form.place.choices = place_choices(wave, is_any=True)
    return form


def _by_batch(wave: Wave, kind: str) -> tuple[list[Stage], Window]:
    units = own_units(wave)
    found = registry.batches(wave, units)
    is_dossier = Batch.kind == "dossier"
    found = found.where(is_dossier if kind == funnels.DOSSIER else ~is_dossier)
    window = Window.of(db.session, found, Batch.id, BATCHES_ON_PAGE, request.args)
    rows = [
        Stage(
            key=one.batch.id,
            name=_("Lô %(id)s", id=one.batch.id),
            made=one.standing,
            opened=one.opened,
            started=one.started,
            finished=one.finished,
            is_hidden=one.is_hidden,
        )
        for one in registry.figures_of(db.session, window.rows, units)
    ]
    return rows, window


def _share(part: int, whole: int) -> str:
    """A share of the links as people read it; a dash where there are none."""
    if not whole:
        return "–"
    return f"{formats.number(_percent(part, whole), web.language(), 1)}%"


def _percent(part: int, whole: int) -> Any:
    return formats.round_half_up(Fraction(100 * part, whole), 1)


def _shares(row: Stage) -> tuple[str, str, str]:
    """Behind opened, started, finished. What is opened is counted in visits, so that
    a share of the links would say nothing."""
    return "", _share(row.started, row.made), _share(row.finished, row.made)


def _bars(rows: list[Stage]) -> list[Bar]:
    """Of each row the share of links that were finished; at most all of them."""
    return [
        Bar(
            id=f"phan-{place}",
            label=row.name,
            note=_("%(n)s mã", n=formats.integer(row.made, web.language())),
            summary=_(
                "%(finished)s phiếu gửi trên %(made)s mã",
                finished=row.finished,
                made=row.made,
            ),
            value=str(min(_percent(row.finished, row.made), 100)),
            text=_share(row.finished, row.made),
            hidden=_("Dưới %(n)s mã nên không hiện", n=registry.SHOWN_FROM)
            if row.is_hidden
            else None,
        )
        for place, row in enumerate(rows)
        if row.made
    ]
