"""The page that says whether guidance works, and its files: for the whole office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, web
from survey.db import db
from survey.exports.guidance import Guidance, guidance_csv, guidance_xlsx
from survey.figures import writing
from survey.models import Wave
from survey.results.guidance import study
from survey.results.guidance_screen import GuidanceScreen
from survey.results.scope import bp, choice, opened_whole, shown
from survey.results.views_files import attachment, refuse_too_many_downloads

FILES: Final[dict[str, Callable[[Guidance], bytes]]] = {
    "csv": guidance_csv,
    "xlsx": guidance_xlsx,
}


@bp.get("/<wave_id>/huong-dan")
@accounts.requires("admin", "analyst", "auditor")
def guidance(wave_id: str) -> ResponseReturnValue:
    """Show guided against folded, what prompts moved, and which guidance needs work."""
    asked = opened_whole(wave_id)
    made = study(db.session, asked.wave, language=asked.language, agency=web.agency())
    return shown(
        asked,
        ".guidance",
        study=made,
        screen=GuidanceScreen(made),
        downloads=_downloads(asked.wave),
    )


@bp.get("/<wave_id>/huong-dan.<any(csv, xlsx):format>")
@accounts.requires("admin", "analyst", "auditor")
def guidance_file(wave_id: str, format: str) -> ResponseReturnValue:
    """Hand the same study over as a file."""
    found = opened_whole(wave_id).wave
    account = accounts.current()
    language = choice("language", web.language(), web.LANGUAGES)
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
