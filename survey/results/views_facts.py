"""The pages of a wave's facts and of what to mend first, for the filters in the
address."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from survey import accounts, figures
from survey.db import db
from survey.figures.offline import online_use
from survey.results import facts_screen
from survey.results.scope import bp, opened, shown

ONLINE_LEVELS = {
    "partial": _l("một phần"),
    "full": _l("toàn trình"),
}


@bp.get("/<wave_id>/thuc-te")
@accounts.requires("admin", "analyst", "auditor")
def facts(wave_id: str) -> ResponseReturnValue:
    """Show what businesses said about their dossiers: delays, fees, ways of filing."""
    asked = opened(wave_id)
    counted = asked.count()
    told = figures.facts(
        db.session,
        asked.wave,
        asked.filters,
        language=asked.language,
        reach=asked.reach,
        counted=counted,
    )
    return shown(
        asked,
        ".facts",
        counted=counted,
        parts=tuple(facts_screen.parts(told, asked.language)),
        heads=facts_screen.fact_heads(asked.language),
        online=online_use(db.session, asked.wave, asked.filters, reach=asked.reach),
        online_levels=ONLINE_LEVELS,
    )


@bp.get("/<wave_id>/uu-tien")
@accounts.requires("admin", "analyst", "auditor")
def priorities(wave_id: str) -> ResponseReturnValue:
    """Show which criteria to mend first, why, and the facts behind each."""
    asked = opened(wave_id)
    counted = asked.count()
    ranked = figures.priorities(
        db.session,
        asked.wave,
        asked.filters,
        language=asked.language,
        reach=asked.reach,
        made=asked.report(counted),
        counted=counted,
    )
    return shown(
        asked,
        ".priorities",
        counted=counted,
        priorities=ranked,
        picture=facts_screen.picture(ranked, asked.language),
        blocks={
            one.code: [
                facts_screen.block(fact, asked.language, f"{one.code}-")
                for fact in one.facts
            ]
            for one in ranked.first()
        },
        rows=[
            facts_screen.cells(one, asked.language)
            for one in (*ranked.listed, *ranked.others)
        ],
        heads=facts_screen.heads(asked.language),
    )
