"""The queue: one comment after another, masked first, then decided on."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, masking, web
from survey.accounts.forms import SelectChoice
from survey.comments import coding, theme_list
from survey.comments.blueprint import bp, whole_wave
from survey.comments.coding import CommentsError, Decision, NotFoundError, NotReadError
from survey.comments.forms import CodingForm
from survey.comments.views import STATES
from survey.db import db
from survey.models import CommentCoding, CommentTheme, Response, Unit, Wave


@bp.route("/<wave_id>/phan-loai/<response_id>", methods=["GET", "POST"])
@accounts.requires("admin", "analyst")
def code(wave_id: str, response_id: str) -> ResponseReturnValue:
    """Show one comment with what names somebody masked; on POST keep the decision."""
    found = whole_wave(wave_id)
    text = coding.comment_of(db.session, found, response_id)
    account, now = accounts.current(), clock.now()
    is_raw = coding.may_read_raw(db.session, response_id, account, now=now)
    form = _form(text)
    if form.validate_on_submit():
        try:
            coding.decide(
                db.session,
                found,
                response_id,
                Decision(
                    state=form.text("state"),
                    theme_ids=form["themes"].data,
                    hide=form.text("hide").splitlines(),
                    show=form["show"].data,
                ),
                account,
                now=now,
            )
        except NotFoundError:
            raise
        except CommentsError as error:
            is_unread = isinstance(error, NotReadError)
            form.tell(None if is_unread else "hide", str(error))
        else:
            db.session.commit()
            flash(_("Đã lưu. Bấm “Hoàn tác” ở trang ý kiến nếu nhầm."))
            return redirect(_next(found, response_id), code=303)
    return _page(found, response_id, text, form, is_raw=is_raw), (
        422 if form.is_submitted() else 200
    )


@bp.post("/<wave_id>/phan-loai/<response_id>/nguyen-van")
@accounts.requires("admin", "analyst")
def read_raw(wave_id: str, response_id: str) -> ResponseReturnValue:
    """Show a comment as it was written for a while, and note who asked for it."""
    found = whole_wave(wave_id)
    account = accounts.current()
    coding.read_raw(db.session, found, response_id, account, now=clock.now())
    db.session.commit()
    web.log.info("raw comment read", account=account.id, wave=found.id)
    return redirect(
        url_for(".code", wave_id=wave_id, response_id=response_id), code=303
    )


@bp.post("/<wave_id>/phan-loai/<response_id>/hoan-tac")
@accounts.requires("admin", "analyst")
def undo(wave_id: str, response_id: str) -> ResponseReturnValue:
    """Take a decision back."""
    found = whole_wave(wave_id)
    coding.undo(db.session, found, response_id, accounts.current(), now=clock.now())
    db.session.commit()
    flash(_("Đã hoàn tác: ý kiến này lại chờ phân loại và không ai khác đọc được."))
    return redirect(
        url_for(".code", wave_id=wave_id, response_id=response_id), code=303
    )


def _form(text: str) -> CodingForm:
    form = CodingForm()
    language = web.language()
    form["themes"].choices = [
        SelectChoice(
            one.id,
            (f"{one.element}. " if one.element else "")
            + (one.name_en if language == "en" else one.name_vi),
        )
        for one in theme_list.listed(db.session, is_active=True)
    ]
    form["show"].choices = [
        SelectChoice(place, f"“{text[one.start : one.end]}”")
        for place, one in enumerate(masking.spans(text))
    ]
    return form


def _page(
    found: Wave, response_id: str, text: str, form: CodingForm, *, is_raw: bool
) -> str:
    kept = db.session.get(CommentCoding, response_id)
    if kept is not None and request.method == "GET":
        form["state"].data = kept.state
        form["themes"].data = list(
            db.session.scalars(
                sa.select(CommentTheme.theme_id).where(
                    CommentTheme.response_id == response_id
                )
            )
        )
    unit = db.session.scalar(
        sa.select(Unit)
        .join(Response, Response.unit_id == Unit.id)
        .where(Response.id == response_id)
    )
    return render_template(
        "comments/code.html",
        wave=found,
        response_id=response_id,
        masked=masking.masked(text, masking.spans(text), web.language()),
        kept=kept,
        kept_state=None if kept is None else STATES[kept.state],
        raw=text if is_raw else None,
        has_spans=bool(masking.spans(text)),
        form=form,
        unit=unit,
        progress=coding.progress(db.session, found),
        next_url=_next(found, response_id),
    )


def _next(found: Wave, response_id: str) -> str:
    """Where the next comment that waits is; the page of all when none does."""
    waiting = coding.next_waiting(db.session, found, response_id)
    if waiting is None or waiting == response_id:
        return url_for(".wave", wave_id=found.id)
    return url_for(".code", wave_id=found.id, response_id=waiting)
