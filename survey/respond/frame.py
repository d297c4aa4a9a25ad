"""What stands around every page of the form: where it leads, whose wave it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from survey import formats, web
from survey.respond.prepared import encoded_text
from survey.respond.visits import Visit


def frame_values(
    visit: Visit, name: str, *, csrf: str, language: str
) -> dict[str, Any]:
    """What every page of the form needs."""
    base = f"/p/{visit.token}"
    is_kiosk = visit.kind == "kiosk"
    return {
        **_footer_values(
            visit.wave_title,
            (visit.opens_on, visit.closes_on, visit.last_on),
            visit.questionnaire.id,
            getattr(web.settings(), f"contact_{language}"),
            language,
        ),
        "here": f"{base}/{name}",
        "base": base,
        "csrf": csrf,
        "key": visit.draft.key if visit.draft else "",
        # Enough to name the sheet on the telephone, too little to open the form.
        "code": f"{visit.token[:4]}-…",
        "rehearsal": visit.is_rehearsal,
        "kiosk": is_kiosk,
        "restart": is_kiosk and visit.draft is not None,
        "waits": not is_kiosk,  # nothing is kept on a screen that many use
    }


@lru_cache(maxsize=500)
def _footer_values(
    title: str,
    days: tuple[date, date, date],
    version: str,
    contact: str,
    language: str,
) -> Mapping[str, bytes]:
    """What stands below every page of a wave, ready for its gaps.

    Args:
        days: the first and the last of the wave, and the last of the link.
    """
    opens_on, closes_on, last_on = days
    words = {
        "wave": title,
        "period": period(opens_on, closes_on, language),
        "version": version,
        "deadline": formats.date_text(last_on, language),
        "contact": contact,
    }
    return {name: encoded_text(text) for name, text in words.items()}


@lru_cache(maxsize=500)
def period(opens_on: date, closes_on: date, language: str) -> str:
    """The days of a wave."""
    ends = (formats.date_text(day, language) for day in (opens_on, closes_on))
    return "–".join(ends)
