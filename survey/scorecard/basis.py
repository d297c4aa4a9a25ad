"""The index of a wave as the basis of points: taken through the one door to figures,
kept with everything it was computed from, and compared with what it is now."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import catalogue, closings, figures, web
from survey.exports import Figure, Report, words
from survey.exports.tables import selection_text
from survey.figures import Filters
from survey.models import ScoreLine, ScoreSheet, Unit, Wave
from survey.scorecard.terms import ScorecardError

OVERALL: Final = "overall"
CORE: Final = "core"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """An index and all that it was computed from, as it is kept with a line."""

    wave: str
    wave_title: str
    questionnaire: str
    questionnaire_sha256: str
    formula: str
    figure: str
    """`overall`, `core`, or the code of an element."""
    figure_title: str
    unit: str
    """Code of the unit chosen within the wave; empty for the whole wave."""
    selection: str
    """What was chosen, in words."""
    n: int
    answers: int | None
    counts: dict[str, int]
    value: str
    """In percent, exact: a whole number or a fraction like 653/7."""
    sha256: str
    """Of all of this but the words and the day; see `digest`."""
    computed_on: str
    is_preview: bool
    """The wave still takes forms: nothing of it may be kept as points."""
    is_sample: bool
    closing: int = 0
    """Which closing of the wave it was, from 1; 0 while it was never closed."""
    seal: str = ""
    """SHA-256 of what was sealed at that closing; empty until it is sealed."""

    @property
    def exact(self) -> Fraction:
        """The index."""
        return Fraction(self.value)

    def as_dict(self) -> dict[str, Any]:
        """What is stored with the line."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure of a wave that can be taken."""

    figure: str
    title: str
    n: int | None
    value: Fraction | None
    words: str | None


def waves(session: Session, sheet: ScoreSheet) -> list[Wave]:
    """The waves whose figures can be of this agency, the latest first."""
    unit_ids = [
        *catalogue.subtree(session, [sheet.unit_id]),
        *_above(session, sheet.unit),
    ]
    query = sa.select(Wave).where(
        Wave.unit_id.in_(unit_ids), Wave.state.in_(("open", "closed"))
    )
    if not sheet.is_sample:
        query = query.where(~Wave.is_sample)
    return list(session.scalars(query.order_by(Wave.closes_on.desc(), Wave.id)))


def _above(session: Session, unit: Unit) -> list[int]:
    found = []
    parent = unit.parent
    while parent is not None:
        found.append(parent.id)
        parent = parent.parent
    return found


def choices(session: Session, sheet: ScoreSheet, wave: Wave) -> list[Choice]:
    """The figures of a wave that can be taken, with what each shows now."""
    made = _report(session, sheet, wave)
    return [
        Choice(name, figure.title, figure.n, made.value(figure), figure.words)
        for name, figure in _figures(made)
    ]


def compute(
    session: Session, sheet: ScoreSheet, wave: Wave, figure: str, *, on: date
) -> Basis:
    """An index of a wave as it is now, with what it is computed from.

    Raises:
        ScorecardError: no such figure, or too few answers for an index.
    """
    made = _report(session, sheet, wave)
    found = dict(_figures(made)).get(figure)
    if found is None:
        raise ScorecardError(_("Đợt này không có chỉ số đó."), "figure")
    value = made.value(found)
    if value is None or found.n is None:
        raise ScorecardError(
            _("Chưa đủ phiếu để có chỉ số: %(words)s.", words=found.words or "–"),
            "figure",
        )
    unit = _filters(session, sheet, wave).unit
    closing = closings.latest(session, wave.id)
    return Basis(
        wave=wave.id,
        wave_title=wave.title,
        questionnaire=made.questionnaire,
        questionnaire_sha256=made.sha256,
        formula=made.formula,
        figure=figure,
        figure_title=found.title,
        unit=unit.code if unit else "",
        selection=selection_text(made),
        n=found.n,
        answers=found.answers,
        counts=dict(found.counts),
        value=str(value),
        sha256=digest(made, found, unit.code if unit else ""),
        computed_on=on.isoformat(),
        is_preview=wave.state != "closed",
        is_sample=wave.is_sample,
        closing=closing.number if closing else 0,
        seal=(closing.sha256 or "") if closing else "",
    )


def storable(found: Basis, sheet: ScoreSheet) -> Basis:
    """The basis itself, if points may rest on it.

    Raises:
        ScorecardError: the wave is open, or is sample data in a real sheet.
    """
    if found.is_preview:
        raise ScorecardError(
            _(
                "Đợt khảo sát chưa đóng, số liệu còn thay đổi: chỉ xem trước, không "
                "ghi thành điểm được. Xin đóng đợt rồi tính lại."
            )
        )
    if found.is_sample and not sheet.is_sample:
        raise ScorecardError(_("Đợt khảo sát này là dữ liệu mẫu."))
    return found


def digest(made: Report, figure: Figure, unit: str) -> str:
    """SHA-256 of what an index was computed from: wave, version of the questionnaire,
    formula, unit, and the counts; the same in every language."""
    value = made.value(figure)
    text = json.dumps(
        {
            "answers": figure.answers,
            "code": figure.code,
            "counts": dict(figure.counts),
            "formula": made.formula,
            "level": figure.level,
            "n": figure.n,
            "questionnaire": made.sha256,
            "unit": unit,
            "value": None if value is None else str(value),
            "wave": made.wave,
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def kept_of(line: ScoreLine) -> Basis | None:
    """The basis that is stored with a line."""
    return Basis(**line.basis) if line.basis else None


def warning(session: Session, sheet: ScoreSheet, line: ScoreLine) -> str | None:
    """Why the points of a line no longer rest on what the wave says; mostly None."""
    kept = kept_of(line)
    if kept is None:
        return None
    wave = session.get(Wave, kept.wave)
    if wave is None:
        return str(_("Đợt khảo sát làm căn cứ không còn."))
    if wave.state != "closed":
        return str(_("Đợt khảo sát làm căn cứ đã được mở lại sau khi chấm."))
    try:
        now = compute(session, sheet, wave, kept.figure, on=date.min)
    except ScorecardError as error:
        return str(error)
    if now.sha256 == kept.sha256:
        return None
    words_of_change = _(
        "Số liệu của đợt đã thay đổi sau khi chấm. Xin tính lại (mã kiểm tra trước: "
        "%(before)s, nay: %(now)s).",
        before=kept.sha256[:12],
        now=now.sha256[:12],
    )
    return str(words_of_change)


def formula_title(found: Basis) -> str:
    """The name of the formula, as people read it."""
    return words.FORMULAS[found.formula].get(web.language())


def _report(session: Session, sheet: ScoreSheet, wave: Wave) -> Report:
    return figures.report(
        session,
        wave,
        _filters(session, sheet, wave),
        language=web.language(),
        agency=web.agency(),
    )


def _filters(session: Session, sheet: ScoreSheet, wave: Wave) -> Filters:
    """The agency's part of a wave that covers more than the agency."""
    if wave.unit_id in catalogue.subtree(session, [sheet.unit_id]):
        return Filters()
    return Filters(unit=sheet.unit)


def _figures(made: Report) -> list[tuple[str, Figure]]:
    """The whole first, then the core set, then the elements; each with its name."""
    found = [(OVERALL, made.overall)]
    if made.core is not None:
        found.append((CORE, made.core))
    found += [(one.code, one) for one in made.rows if one.level == "element"]
    return found
