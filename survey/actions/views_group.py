"""The working group's page, on screen and as one sheet of paper."""

from __future__ import annotations

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, web
from survey.actions import divisions, working_group
from survey.actions.blueprint import bp
from survey.actions.feed import READERS
from survey.actions.views_divisions import chosen_wave
from survey.actions.working_group import KINDS, Asked, WorkingGroup
from survey.db import db
from survey.exports import board, pdf


@bp.get("/to-cong-tac/")
@accounts.requires(*READERS)
def show_group() -> ResponseReturnValue:
    """Show every division for one month or quarter."""
    if divisions.own(db.session, accounts.current()) is not None:
        return redirect(url_for(".show_reports"), code=303)
    waves = list(working_group.waves_with_results(db.session))
    kind = _kind()
    wanted = _asked(kind)
    page = _group(wanted) if wanted else None
    return render_template(
        "actions/group.html",
        sees_others=True,
        waves=waves,
        asked=wanted,
        kind=kind,
        periods=(
            working_group.periods_of(wanted.wave, KINDS[kind], clock.today())
            if wanted
            else []
        ),
        board=page.board if page else None,
        units={unit.code: unit.id for unit in page.units} if page else {},
        heads=working_group.heads(web.language()),
        verdicts=("higher", "lower"),
    )


@bp.get("/to-cong-tac/in.pdf")
@accounts.requires(*READERS)
def print_group() -> ResponseReturnValue:
    """Hand the page out as one sheet of paper."""
    if divisions.own(db.session, accounts.current()) is not None:
        abort(403)
    wanted = _asked(_kind())
    if wanted is None:
        return web.refusal(
            404,
            _("Chưa có gì để in"),
            _("Trang này in được khi có đợt khảo sát đã mở."),
            link=(_("Mở trang tổ công tác"), url_for(".show_group")),
        )
    try:
        made = pdf.pdf(board.board_html(_group(wanted).board))
    except pdf.PdfError as error:
        web.log.error("no PDF", error=str(error))
        return web.refusal(503, _("Chưa tạo được PDF"), str(error))
    answer = Response(made, content_type="application/pdf")
    name = f"to-cong-tac-{wanted.period.key}-{web.language()}.pdf"
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer


def _kind() -> str:
    kind = request.args.get("theo") or "quy"
    if kind not in KINDS:
        abort(404)
    return kind


def _asked(kind: str) -> Asked | None:
    wave = chosen_wave(list(working_group.waves_with_results(db.session)))
    if wave is None:
        return None
    key = request.args.get("ky")
    wanted = working_group.asked(db.session, wave, KINDS[kind], key, clock.today())
    if wanted is None:
        abort(404)
    return wanted


def _group(wanted: Asked) -> WorkingGroup:
    return WorkingGroup(
        db.session,
        wanted,
        language=web.language(),
        agency=web.agency(),
        today=clock.today(),
        late_days=web.settings().late_days,
    )
