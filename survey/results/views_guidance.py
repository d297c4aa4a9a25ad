"""The page that says whether guidance works, and its files: for the whole office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, web
from survey.db import db
from survey.exports.guidance import Guidance, guidance_csv, guidance_xlsx
from survey.figures import writing
from survey.figures.filters import UnknownChoice
from survey.models import Wave
from survey.results.guidance import study
from survey.results.guidance_screen import GuidanceScreen
from survey.results.views import (
    STATES,
    attachment,
    bp,
    choice,
    period,
    refuse_too_many_downloads,
    unknown_choice,
)

FILES: Final[dict[str, Callable[[Guidance], bytes]]] = {
    "csv": guidance_csv,
    "xlsx": guidance_xlsx,
}


def _wave(wave_id: str) -> Wave:
    """A wave of which this account reads everything.

    A division is judged by these forms: what the guidance does to its ratings is the
    office's to know.
    """
    found = accounts.wave_in_reach(db.session, wave_id)
    if accounts.scope(db.session) is not None:
        abort(403)
    return found


@bp.get("/<wave_id>/huong-dan")
@accounts.requires("admin", "analyst", "auditor")
def guidance(wave_id: str) -> ResponseReturnValue:
    """Show guided against folded, what prompts moved, and which guidance needs work."""
    found = _wave(wave_id)
    made = study(db.session, found, language=web.language(), agency=web.agency())
    return render_template(
        "results/guidance.html",
        wave=found,
        state=STATES[found.state],
        period=period(found),
        study=made,
        screen=GuidanceScreen(made),
        downloads=_downloads(found),
    )


@bp.get("/<wave_id>/huong-dan.<any(csv, xlsx):format>")
@accounts.requires("admin", "analyst", "auditor")
def guidance_file(wave_id: str, format: str) -> ResponseReturnValue:
    """Hand the same study over as a file."""
    found = _wave(wave_id)
    account = accounts.current()
    try:
        language = choice("language", web.language(), web.LANGUAGES)
    except UnknownChoice as error:
        return unknown_choice(found, error)
    refuse_too_many_downloads(account.id)
    web.log.info(
        "download",
        account=account.id,
        wave=found.id,
        kind="guidance",
        format=format,
        language=language,
    )
    made = study(
        db.session,
        found,
        language=language,
        agency=web.agency(language),
        on=clock.today(),
    )
    name = writing.file_name(found, "guidance", language, format)
    return attachment([FILES[format](made)], format, name)


def _downloads(found: Wave) -> list[tuple[str, str]]:
    languages = (("vi", _(", tiếng Việt")), ("en", _(", tiếng Anh")))
    return [
        (
            f"{format.upper()}{label}",
            url_for(
                ".guidance_file", wave_id=found.id, format=format, language=language
            ),
        )
        for format in FILES
        for language, label in languages
    ]
