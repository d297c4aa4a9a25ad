"""The report of a wave as a paper to sign: its figures, those of its parts and of the
waves before it, under the letterhead of the office and with the text of its officer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, letterheads
from survey.exports import Figure, Report
from survey.exports.official import sentences
from survey.exports.official.content import Beside, report_document
from survey.exports.official.document import Document
from survey.figures.build import report
from survey.figures.facts import facts
from survey.figures.filters import Filters
from survey.figures.parts import Portion, parted, series
from survey.formats import number, round_half_up
from survey.indices import Sums
from survey.indices.differences import pooled_difference
from survey.models import Closing, Reopening, Wave


def paper(
    session: Session,
    wave: Wave,
    filters: Filters,
    *,
    language: str,
    agency: str,
    superior: str = "",
    reach: Collection[int] | None = None,
    on: date | None = None,
    late_days: int = 0,
    beside: Beside | None = None,
    pieces: Mapping[str, str] | None = None,
) -> Document:
    """The report of a wave for one selection, as a document.

    Args:
        agency, superior: names for a letterhead that nobody has kept yet.
        reach: ids of the units whose results may be read; None for all.
        on: the day it bears; None leaves it open.
        beside: what other rooms add, actions; the rest is filled in here.
        pieces: text to try instead of what is kept.
    """
    made = report(
        session,
        wave,
        filters,
        language=language,
        agency=agency,
        reach=reach,
        on=on,
        late_days=late_days,
    )
    questionnaire = catalogue.questionnaire(
        session, wave.questionnaire_id, sha256=wave.questionnaire.sha256
    )
    portions = {
        by: _named(parted(session, wave, filters, by, language=language, reach=reach))
        for by in ("unit", "procedure")
    }
    waves = _until(session, wave)
    trend = series(session, waves, filters, "wave", language=language, reach=reach)
    return report_document(
        replace(
            made,
            facts=facts(session, wave, filters, language=language, reach=reach),
        ),
        questionnaire,
        office=letterheads.office(session, language, agency=agency, superior=superior),
        pieces=letterheads.pieces(session, wave, language) | dict(pieces or {}),
        beside=replace(
            beside or Beside(),
            units=portions["unit"],
            procedures=portions["procedure"],
            trend=_named(trend),
            change=_change(made, wave, trend),
            reopened=_reopened(session, wave),
        ),
        on=on,
    )


def _named(portions: Collection[Portion]) -> tuple[tuple[str, Figure], ...]:
    return tuple((one.name, one.figures.rows[-1]) for one in portions)


def _until(session: Session, wave: Wave) -> list[Wave]:
    """This wave and those before it that asked the same of the same unit."""
    if wave.state not in ("open", "closed"):
        return []
    return list(
        session.scalars(
            sa.select(Wave)
            .where(
                Wave.questionnaire_id == wave.questionnaire_id,
                Wave.unit_id == wave.unit_id,
                Wave.formula == wave.formula,
                Wave.is_sample == wave.is_sample,
                Wave.state.in_(("open", "closed")),
                sa.or_(Wave.opens_on < wave.opens_on, Wave.id == wave.id),
            )
            .order_by(Wave.opens_on, Wave.id)
        )
    )


def _change(made: Report, wave: Wave, trend: tuple[Portion, ...]) -> str:
    """How the whole moved since the wave before; "" where there is none."""
    keys = [one.key for one in trend]
    at = keys.index(wave.id) if wave.id in keys else 0
    if at == 0 or made.formula != "satisfied_share":
        return ""
    before, now = trend[at - 1], trend[at]
    old, new = (one.figures.rows[-1] for one in (before, now))
    verdict, points = "unknown", ""
    # What is not shown is not compared either.
    if all(one.indices and one.sums for one in (old, new)):
        moved = pooled_difference(Sums(**new.sums), Sums(**old.sums))
        if moved.value is not None:
            verdict = moved.verdict
            points = number(round_half_up(abs(moved.value)), made.language)
    return sentences.change(verdict, points, before.name, made.language)


def _reopened(session: Session, wave: Wave) -> tuple[str, ...]:
    """Why the wave was opened again after it had been closed."""
    return tuple(
        session.scalars(
            sa.select(Reopening.reason)
            .join(Closing, Closing.id == Reopening.closing_id)
            .where(Closing.wave_id == wave.id, Reopening.state == "agreed")
            .order_by(Reopening.asked_at, Reopening.id)
        )
    )
