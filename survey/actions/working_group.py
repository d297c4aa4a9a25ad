"""Every division on one page: its index and what changed, who answers, what is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import accounts, catalogue
from survey.actions import improvements, readings, reports
from survey.actions.baselines import COMPARABLE, Shown, comparable_waves
from survey.actions.changes import Change, Known, among, change
from survey.actions.periods import Period, period_at, period_of
from survey.actions.reports import Due
from survey.actions.terms import DUE_STATES
from survey.dispositions.progress import progress
from survey.exports.board import HEADS, Board, DueLine, Line
from survey.exports.tables import marks_of_data
from survey.figures import Figures, Filters, report
from survey.formats import date_text, integer, percent, sort_key
from survey.models import Unit, Wave

KINDS: Final = {"thang": "monthly", "quy": "quarterly"}
"""By what the address says."""
AHEAD: Final = timedelta(days=31)
MOST_PERIODS: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page is asked for: a wave, a period of it, and the one before."""

    wave: Wave
    period: Period
    before: tuple[Wave, Period] | None
    """The period before and the wave it is read from, if there is one to compare."""


def waves_with_results(session: Session) -> Sequence[Wave]:
    """The waves within the reader's reach of which something counts, latest first."""
    query = accounts.reachable_waves(session).where(Wave.state.in_(COMPARABLE))
    return session.scalars(query.order_by(Wave.opens_on.desc(), Wave.id)).all()


def periods_of(wave: Wave, kind: str, today: date) -> list[Period]:
    """The periods of a wave that have begun, the latest first."""
    period = period_of(kind, max(min(today, wave.closes_on), wave.opens_on))
    first = period_of(kind, wave.opens_on)
    found: list[Period] = []
    while period >= first and len(found) < MOST_PERIODS:
        found.append(period)
        period = period.moved(-1)
    return found


def asked(
    session: Session, wave: Wave, kind: str, key: str | None, today: date
) -> Asked | None:
    """What the address asks for; None where it names a period the wave has not.

    Args:
        key: the last month of the period; None for the latest that has begun.
    """
    periods = periods_of(wave, kind, today)
    period = period_at(kind, key) if key else periods[0]
    if period not in periods:
        return None
    return Asked(wave=wave, period=period, before=_before(session, wave, period))


def _before(session: Session, wave: Wave, period: Period) -> tuple[Wave, Period] | None:
    """The period before, and where it is read: in the same wave, else in the one of
    the same form that had begun last."""
    earlier = period.moved(-1)
    holding = [
        one
        for one in comparable_waves(session, wave)
        if one.opens_on <= earlier.last_on and one.closes_on >= earlier.first_on
    ]
    same = [one for one in holding if one.id == wave.id]
    found = same or holding[-1:]
    return (found[0], earlier) if found else None


class WorkingGroup:
    """The page for one period."""

    def __init__(
        self,
        session: Session,
        wanted: Asked,
        *,
        language: str,
        agency: str,
        today: date,
        late_days: int,
    ) -> None:
        self.session, self.wanted, self.language = session, wanted, language
        self.agency, self.today = agency, today
        self.reach = accounts.scope(session)
        wave = wanted.wave
        self.units = _divisions(session, wave, self.reach, today)
        self.now = self._figures(wave, wanted.period)
        self.past = self._figures(*wanted.before) if wanted.before else {}
        made = report(
            session,
            wave,
            Filters(),
            language=language,
            agency=agency,
            reach=self.reach,
            late_days=late_days,
        )
        self.formula_title = made.formula_title
        self.rates = {one.code: one for one in made.dispositions if one.level == "unit"}
        self.needs = {
            line.unit_id: line
            for line in progress(session, wave, self.reach, today).units
        }
        self.dues = reports.dues(session, today, today + AHEAD, unsent_before=True)
        self.open, self.overdue = self._counted()
        self.changes = among({unit.code: self._change(unit) for unit in self.units})

    def _figures(self, wave: Wave, period: Period) -> Mapping[str, Figures]:
        return readings.by_unit(
            self.session,
            wave,
            self.units,
            period,
            language=self.language,
            reach=self.reach,
        )

    def _counted(self) -> tuple[Counter[int], Counter[int]]:
        """Open actions, and those of them past their day, by division."""
        ids = [unit.id for unit in self.units]
        found = [
            one
            for one in improvements.of_units(self.session, ids)
            if one.state in improvements.OPEN
        ]
        late = [one for one in found if improvements.is_overdue(one, self.today)]
        return (
            Counter(one.unit_id for one in found),
            Counter(one.unit_id for one in late),
        )

    @property
    def board(self) -> Board:
        """The page, finished for screen and paper alike."""
        wave, period = self.wanted.wave, self.wanted.period
        lines = tuple(self._line(unit) for unit in self.units)
        return Board(
            title=_("Tổ công tác: %(period)s", period=period.name(self.language)),
            agency=self.agency,
            wave=wave.title,
            formula=self.formula_title,
            made_on=date_text(self.today, self.language),
            marks=marks_of_data(
                is_sample=wave.is_sample, is_rehearsal=False, language=self.language
            ),
            summary=self._summary(lines),
            lines=lines,
            dues=tuple(due_line(one, self.today, self.language) for one in self.dues),
            notes=self._notes(),
            language=self.language,
        )

    def _line(self, unit: Unit) -> Line:
        formula = self.wanted.wave.formula
        figure = readings.row(self.now.get(unit.code))
        known = Known.of(figure, formula)
        instead = (figure.words if figure else None) or _("chưa có phiếu")
        shown = Shown.of(known, self.language, instead)
        made = self.changes[unit.code]
        rate = self.rates.get(unit.code)
        return Line(
            code=unit.code,
            name=unit.name,
            index=shown.value,
            has_index=known.value is not None,
            interval=shown.interval,
            n=shown.n,
            shape=made.shape,
            change=made.words,
            change_text=made.text,
            verdict=made.verdict,
            rate=self._rate(unit),
            reached=self._reached(unit),
            is_behind=rate is not None and rate.is_behind,
            open=self.open[unit.id],
            overdue=self.overdue[unit.id],
        )

    def _change(self, unit: Unit) -> Change:
        now, before = (
            Known.of(readings.row(some.get(unit.code)), self.wanted.wave.formula)
            for some in (self.now, self.past)
        )
        return change(now, before, self.language)

    def _rate(self, unit: Unit) -> str:
        found = self.rates.get(unit.code)
        if found is None:
            return "–"
        if found.rr2 is None:
            return found.words or "–"
        return percent(found.rr2, self.language, places=0)

    def _reached(self, unit: Unit) -> str:
        """Forms that came by invitation of those needed; small numbers hidden."""
        need, rate = self.needs.get(unit.id), self.rates.get(unit.code)
        if need is None or not need.needed or rate is None or rate.answered is None:
            return "–"
        counts = (rate.answered, need.needed)
        return "/".join(integer(one, self.language) for one in counts)

    def _summary(self, lines: Sequence[Line]) -> tuple[str, ...]:
        states = [one.state(self.today) for one in self.dues]
        return (
            _("%(n)s phòng, đơn vị", n=len(lines)),
            _("▼ giảm thật: %(n)s", n=sum(one.verdict == "lower" for one in lines)),
            _("▲ tăng thật: %(n)s", n=sum(one.verdict == "higher" for one in lines)),
            _("Trả lời chậm: %(n)s", n=sum(one.is_behind for one in lines)),
            _("Việc quá hạn: %(n)s", n=sum(one.overdue for one in lines)),
            _("Báo cáo quá hạn chưa gửi: %(n)s", n=states.count("overdue")),
        )

    def _notes(self) -> tuple[str, ...]:
        before = self.wanted.before
        compared = (
            _(
                "So với %(period)s (%(wave)s): “tăng thật”, “giảm thật” khi khoảng tin "
                "cậy 95%% của chênh lệch không chứa 0, đã hiệu chỉnh theo Holm vì so "
                "nhiều phòng cùng lúc.",
                period=before[1].name(self.language),
                wave=before[0].title,
            )
            if before
            else _("Chưa có kỳ trước cùng phiếu khảo sát để so sánh.")
        )
        return (
            compared,
            _(
                "n là số phiếu có ít nhất một câu trả lời hợp lệ. Tỷ lệ trả lời (RR2) "
                "và phiếu/cần tính cho cả đợt; “chậm” khi thấp hơn các phòng khác quá "
                "mức ngẫu nhiên. Phòng dưới ngưỡng phiếu không hiện chỉ số."
            ),
        )


def due_line(due: Due, today: date, language: str) -> DueLine:
    """A report that is due, in words."""
    state = due.state(today)
    return DueLine(
        name=due.report.name,
        period=due.period.name(language),
        due=date_text(due.due_on, language),
        state=str(DUE_STATES[state][0]),
    )


def heads(language: str) -> dict[str, str]:
    """What heads the columns, on screen as on paper."""
    return {name: text.get(language) for name, text in HEADS.items()}


def _divisions(
    session: Session, wave: Wave, reach: Collection[int] | None, today: date
) -> list[Unit]:
    """The divisions a wave is about that the reader may see and that stand today or
    stood while it ran."""
    ids = set(catalogue.subtree(session, [wave.unit_id]))
    if reach is not None:
        ids &= set(reach)
    query = sa.select(Unit).where(
        Unit.id.in_(ids),
        Unit.kind == "division",
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to > wave.opens_on),
        sa.or_(
            Unit.valid_from.is_(None), Unit.valid_from <= max(today, wave.closes_on)
        ),
    )
    return sorted(
        session.scalars(query), key=lambda one: (sort_key(one.name), one.code)
    )
