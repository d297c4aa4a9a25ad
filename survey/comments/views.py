"""What may be read of the comments of a wave: the page, its file, and the log."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey import accounts, catalogue, clock, released, web
from survey.comments import coding, theme_list
from survey.comments.blueprint import bp, reads_whole, whole_wave
from survey.db import db
from survey.exports import words
from survey.exports.csv import FOR_EXCEL, stream
from survey.figures.build import marks_of
from survey.formats import moment_text
from survey.models import Account, CommentCoding, CommentEvent, Unit, Wave
from survey.released import Released

STATES = {
    "unit": (_l("Cho đơn vị liên quan"), "green"),
    "office": (_l("Cho mọi đơn vị"), "blue"),
    "withheld": (_l("Giữ lại"), "grey"),
}
ACTIONS = {
    "read": _l("xem nguyên văn"),
    "unmasked": _l("bỏ che một chỗ"),
    "released": _l("công bố"),
    "withheld": _l("giữ lại"),
    "undone": _l("hoàn tác"),
}
MOST_LISTED = 100


@bp.get("/<wave_id>")
@accounts.requires("admin", "analyst", "auditor")
def wave(wave_id: str) -> ResponseReturnValue:
    """Show the comments that were released to this account, and their themes."""
    found = accounts.wave_in_reach(db.session, wave_id)
    is_whole = reads_whole(found)
    return render_template(
        "comments/wave.html",
        wave=found,
        is_whole=is_whole,
        may_code=is_whole and accounts.current().role in ("admin", "analyst"),
        may_audit=is_whole and accounts.current().role in ("admin", "auditor"),
        progress=coding.progress(db.session, found) if is_whole else None,
        next_id=coding.next_waiting(db.session, found) if is_whole else None,
        elements=_elements(found),
        comments=[_line(one) for one in _released(found)],
        coded=_coded(found) if is_whole else [],
        states=STATES,
    )


@bp.get("/<wave_id>/y-kien.csv")
@accounts.requires("admin", "analyst", "auditor")
def released_csv(wave_id: str) -> ResponseReturnValue:
    """Hand the same comments over as a file."""
    found = accounts.wave_in_reach(db.session, wave_id)
    web.log.info(
        "download",
        account=accounts.current().id,
        wave=found.id,
        kind="comments",
        format="csv",
    )
    language = web.language()
    heads = (
        _("Ý kiến (đã che)"),
        _("Chủ đề"),
        _("Đơn vị"),
        _("Đợt"),
        _("Loại dữ liệu"),
    )
    nature = "; ".join(marks_of(found, language)) or words.REAL.get(language)
    rows = (
        (text, ", ".join(themes), unit, found.id, nature)
        for text, themes, unit in (_line(one) for one in _released(found))
    )
    answer = Response(
        b"".join(stream(heads, rows, FOR_EXCEL[language])),
        content_type="text/csv; charset=utf-8",
    )
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"y-kien_{found.id}.csv"
    )
    return answer


@bp.get("/<wave_id>/nhat-ky")
@accounts.requires("admin", "auditor")
def log(wave_id: str) -> ResponseReturnValue:
    """Show who read what was written, and who decided what."""
    found = whole_wave(wave_id)
    rows = db.session.execute(
        sa.select(CommentEvent, Account.email)
        .join(Account, Account.id == CommentEvent.account_id)
        .where(CommentEvent.wave_id == found.id)
        .order_by(CommentEvent.id.desc())
        .limit(MOST_LISTED)
    )
    return render_template(
        "comments/log.html",
        wave=found,
        rows=[
            (
                moment_text(clock.local(event.at), web.language()),
                email,
                ACTIONS[event.action],
                event.response_id[:6],
            )
            for event, email in rows
        ],
    )


def _released(found: Wave) -> tuple[Released, ...]:
    return released.released(
        db.session,
        found,
        accounts.scope(db.session),
        is_whole=reads_whole(found),
    )


def _line(one: Released) -> tuple[str, tuple[str, ...], str]:
    """A comment's text, the names of its themes, and its unit where it may be told."""
    language = web.language()
    names = {
        theme.code: theme.name_en if language == "en" else theme.name_vi
        for theme in theme_list.listed(db.session)
    }
    unit = None if one.unit_id is None else db.session.get(Unit, one.unit_id)
    return (
        one.text,
        tuple(names[code] for code in one.themes),
        "" if unit is None else unit.name,
    )


def _elements(found: Wave) -> list[tuple[str, list[tuple[str, str]]]]:
    """The themes by element, each with how often it comes up, in words where few."""
    language = web.language()
    told = released.themes(db.session, found, accounts.scope(db.session))
    q = catalogue.questionnaire(db.session, found.questionnaire_id)
    titles = {one.code: f"{one.code}. {one.title.get(language)}" for one in q.elements}
    few = _("dưới %(n)s ý kiến", n=found.hide_below)
    rows: dict[str, list[tuple[str, str]]] = {}
    for one in told.counts:
        title = titles.get(one.element or "", _("Không thuộc yếu tố nào"))
        count = few if one.count is None else str(one.count)
        rows.setdefault(title, []).append((one.name.get(language), count))
    return sorted(rows.items())


def _coded(found: Wave) -> list[tuple[CommentCoding, str]]:
    rows = db.session.scalars(
        sa.select(CommentCoding)
        .where(CommentCoding.wave_id == found.id)
        .order_by(CommentCoding.response_id)
        .limit(MOST_LISTED)
    )
    return [
        (one, url_for(".code", wave_id=found.id, response_id=one.response_id))
        for one in rows
    ]
