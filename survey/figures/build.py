"""The report of a wave: read from its tallies alone, so that its time does not grow
with the number of responses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.exports import Level, Report
from survey.exports.tables import marks_of_data
from survey.figures import filters as address
from survey.figures import method, participation, sensitivity
from survey.figures.counting import Counted, count
from survey.figures.filters import Filters
from survey.figures.reckoner import Reckoner
from survey.figures.shown import Shown
from survey.formats import date_text
from survey.indices import FULL, Thresholds
from survey.models import Wave
from survey.responses import rules_of


def report(
    session: Session,
    wave: Wave,
    filters: Filters,
    *,
    language: str,
    agency: str,
    reach: Collection[int] | None = None,
    on: date | None = None,
    counted: Counted | None = None,
    late_days: int = 0,
) -> Report:
    """The results of a wave for one selection.

    Args:
        reach: ids of the units whose results may be read; None for all.
        on: the day to print; None for none.
        counted: what the tallies of this selection add up to, if read already.
        late_days: how long after the last day a form begun in time is still taken.
    Returns:
        Every figure that may be shown, unrounded; what must be hidden is not in it.
    """
    published = wave.questionnaire
    questionnaire = catalogue.questionnaire(
        session, published.id, sha256=published.sha256
    )
    thresholds = thresholds_of(wave)
    chosen = address.selection(session, filters, reach=reach)
    counted = counted or count(session, wave, chosen)
    layout = tallies.layout_of(questionnaire)
    tally = layout.unpack(counted.total)
    parts = sensitivity.Parts(
        whole=tally,
        unflagged=layout.unpack(counted.total - counted.flagged),
        flagged=layout.unpack(counted.flagged),
    )
    shown = Shown(session, wave)
    verdict = shown.verdict(filters, reach)
    is_closed = FULL in verdict.closed and tally.counted > 0
    looks = (
        Reckoner(
            questionnaire,
            one,
            thresholds=thresholds,
            formula=wave.formula,
            language=language,
            verdict=of_it,
        ).figures()
        for one, of_it in (
            (tally, verdict),
            (parts.unflagged, shown.verdict(filters, reach, flagged=False)),
        )
    )
    figures = sensitivity.compared(*looks)
    flags = sensitivity.entries(
        parts, rules_of(wave.careless), thresholds=thresholds, language=language
    )
    rates = participation.rates(
        session, wave, chosen, tally, thresholds, language, late_days=late_days
    )
    scale = questionnaire.scale
    period = (
        f"{date_text(wave.opens_on, language)} – {date_text(wave.closes_on, language)}"
    )
    return Report(
        wave=wave.id,
        title=wave.title,
        agency=agency,
        language=language,
        questionnaire=published.id,
        sha256=published.sha256,
        formula=wave.formula,
        formula_title=method.formula_title(wave.formula, language),
        generated_on=on,
        is_sample=wave.is_sample,
        is_rehearsal=wave.state == "rehearsal",
        selection=address.entries(session, wave, filters, language, reach=reach),
        participation=participation.entries(
            tally,
            rates,
            thresholds,
            language,
            on_paper=layout.unpack(counted.on_paper).counted,
            is_closed=is_closed,
            is_paper_closed=FULL
            in shown.verdict(filters, reach, origin="paper").closed,
        ),
        response_rate=None if is_closed else participation.rate(rates.rows),
        dispositions=() if is_closed else rates.rows,
        levels=tuple(
            Level(
                code=level.code,
                label=level.label.get(language),
                is_satisfied=level.code >= scale.satisfied_from,
            )
            for level in scale.levels
        ),
        rows=figures.rows,
        core=figures.core,
        core_criteria=questionnaire.sets["core"],
        flags=() if is_closed else flags,
        flags_hidden=sensitivity.words_for_none(parts, thresholds, language),
        method=method.entries(
            method.Basis(
                questionnaire=questionnaire,
                sha256=published.sha256,
                wave=f"{wave.title} ({wave.id})",
                period=period,
                formula=wave.formula,
                thresholds=thresholds,
            ),
            language,
        ),
    )


def thresholds_of(wave: Wave) -> Thresholds:
    """How much of a small group a wave shows."""
    return Thresholds(
        hide_below=wave.hide_below,
        index_from=wave.index_from,
        rank_from=wave.rank_from,
    )


def marks_of(wave: Wave, language: str) -> tuple[str, ...]:
    """Why figures of this wave must not be taken for results; mostly nothing."""
    return marks_of_data(
        is_sample=wave.is_sample,
        is_rehearsal=wave.state == "rehearsal",
        language=language,
    )
