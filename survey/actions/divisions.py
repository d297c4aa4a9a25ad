"""One division's page: its indices, how they moved, what to mend first, who answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import accounts, catalogue
from survey.actions import readings
from survey.actions.baselines import Shown, comparable_waves
from survey.actions.changes import Change, Known, change
from survey.dispositions.progress import Line, progress
from survey.exports import Figure, Report, words
from survey.figures import Filters, Priority, priorities, report
from survey.formats import decimal_text, integer, percent, sort_key
from survey.models import Account, Unit, Wave
from survey.questionnaire.schema import Text

SPECIALISTS: Final = "PCM"
"""Whom a questionnaire calls responsible where it means the division itself."""
MOST_FIRST: Final = 3
"""Criteria named as those to mend first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure in a table: what it is of, and what may be shown of it."""

    code: str
    title: str
    level: str
    shown: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of a chart, as `charts.interval_bar` takes it."""

    id: str
    code: str
    label: str
    note: str
    hidden: str | None
    summary: str
    value: str
    low: str | None
    high: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One period of a trend: its figure, and the change from the one before."""

    name: str
    shown: Shown
    change: Change | None
    bar: Bar


def in_reach(session: Session) -> list[Unit]:
    """The divisions the reader may see."""
    reach = accounts.scope(session)
    query = sa.select(Unit).where(Unit.kind == "division")
    if reach is not None:
        query = query.where(Unit.id.in_(reach))
    return sorted(session.scalars(query), key=lambda one: sort_key(one.name))


def find(session: Session, unit_id: int) -> Unit | None:
    """The division of this number, if the reader may see it."""
    unit = session.get(Unit, unit_id) if unit_id < 2**31 else None
    if unit is None or unit.kind != "division":
        return None
    return unit if accounts.may_read(session, unit.id) else None


def own(session: Session, account: Account) -> Unit | None:
    """The division an account belongs to, if it is one's own account."""
    unit = session.get(Unit, account.unit_id) if account.unit_id else None
    return unit if unit is not None and unit.kind == "division" else None


def is_about(session: Session, wave: Wave, unit: Unit) -> bool:
    """Whether a wave covers a division."""
    return unit.id in catalogue.subtree(session, [wave.unit_id])


class DivisionPage:
    """What the page of a division says about one wave."""

    def __init__(
        self,
        session: Session,
        unit: Unit,
        wave: Wave,
        *,
        language: str,
        agency: str,
        today: date,
        late_days: int,
    ) -> None:
        self.session, self.unit, self.wave = session, unit, wave
        self.language, self.today = language, today
        self.reach = accounts.scope(session)
        self.report: Report = report(
            session,
            wave,
            Filters(unit=unit),
            language=language,
            agency=agency,
            reach=self.reach,
            late_days=late_days,
        )
        units = catalogue.subtree(session, [unit.id])
        self.need: Line = progress(session, wave, units, today).whole

    @property
    def is_empty(self) -> bool:
        """Whether nothing was answered about the division yet."""
        return self.report.overall.display == "none"

    def _shown(self, figure: Figure) -> Shown:
        known = Known.of(figure, self.wave.formula)
        return Shown.of(known, self.language, figure.words or _("chưa có phiếu"))

    @property
    def boxes(self) -> list[tuple[str, str, str]]:
        """The figures at the head: name, value, note."""
        found = [
            (self._set_name(words.FULL_SET), self.report.overall),
            (self._set_name(words.CORE_SET), self.report.core),
        ]
        boxes = []
        for name, figure in found:
            if figure is None:
                continue
            shown = self._shown(figure)
            parts = [shown.interval, f"n = {shown.n}" if shown.n else ""]
            boxes.append((name, shown.value, "; ".join(one for one in parts if one)))
        return [*boxes, self._rate_box(), self._need_box()]

    def _set_name(self, text: Text) -> str:
        return f"{self.report.formula_title}: {text.get(self.language).lower()}"

    def _rate_box(self) -> tuple[str, str, str]:
        name, rows = _("Tỷ lệ trả lời"), self.report.dispositions
        whole = rows[0] if rows else None
        if whole is None or whole.rr2 is None or whole.answered is None:
            why = whole.words if whole else None
            return name, "–", why or _("chưa có hồ sơ nào được mời")
        note = _(
            "%(answered)s phiếu / %(invited)s hồ sơ được mời",
            answered=integer(whole.answered, self.language),
            invited=integer(whole.invited or 0, self.language),
        )
        return name, percent(whole.rr2, self.language), note

    def _need_box(self) -> tuple[str, str, str]:
        name, need = _("Phiếu theo hồ sơ, so với cỡ mẫu cần"), self.need
        if not need.needed:
            return name, "–", _("chưa nạp danh sách hồ sơ")
        needed = integer(need.needed, self.language)
        if 0 < need.answered < self.wave.hide_below:
            return (
                name,
                _("dưới %(n)s", n=self.wave.hide_below),
                _("cần %(n)s", n=needed),
            )
        words_of = {
            "enough": _("đủ"),
            "behind": _("đang chậm"),
            "unasked": _("chưa phát mã"),
            "under_way": _("đúng tiến độ"),
        }
        note = _("cần %(n)s: %(state)s", n=needed, state=words_of[need.state])
        return name, integer(need.answered, self.language), note

    @property
    def rows(self) -> list[Row]:
        """Elements, each followed by its criteria; the whole, then the core set."""
        return [
            Row(
                code="" if one.level == "overall" else one.code,
                title=one.title,
                level=one.level,
                shown=self._shown(one),
            )
            for one in self.report.figures
        ]

    @property
    def bars(self) -> list[Bar]:
        """The elements and the whole as bars with intervals."""
        rows = [one for one in self.report.rows if one.level != "criterion"]
        return [
            self._bar(f"bar-{n}", one.code if one.level == "element" else "", one)
            for n, one in enumerate(rows)
        ]

    def _bar(self, id: str, code: str, figure: Figure) -> Bar:
        known = Known.of(figure, self.wave.formula)
        return bar(id, code, figure.title, known, self._shown(figure))

    def first(self) -> list[Priority]:
        """The criteria to mend first, of those the division itself answers for.

        First those that go with the overall rating, in their order; where these are
        fewer than three, others whose interval ends lowest: surest to be low.
        """
        ranked = priorities(
            self.session,
            self.wave,
            Filters(unit=self.unit),
            language=self.language,
            reach=self.reach,
            made=self.report,
        )
        listed = [one for one in ranked.listed if _is_own(one)]
        rest = [one for one in ranked.others if _is_own(one) and _can_rise(one)]
        rest.sort(key=lambda one: (_end(one), one.code))
        return [*listed, *rest][:MOST_FIRST]

    def trend(self, by: str) -> list[Step]:
        """The overall index by "wave" or by "quarter", the earliest first."""
        portions = readings.over_time(
            self.session,
            comparable_waves(self.session, self.wave),
            self.unit,
            by,
            language=self.language,
            reach=self.reach,
        )
        steps: list[Step] = []
        before: Known | None = None
        for portion in portions:
            figure = readings.row(portion.figures)
            now = Known.of(figure, self.wave.formula)
            instead = (figure.words if figure else None) or _("chưa có phiếu")
            shown = Shown.of(now, self.language, instead)
            steps.append(
                Step(
                    name=portion.name,
                    shown=shown,
                    change=change(now, before, self.language) if before else None,
                    bar=bar(f"{by}-{portion.key}", "", portion.name, now, shown),
                )
            )
            before = now
        return steps


def bar(id: str, code: str, label: str, known: Known, shown: Shown) -> Bar:
    """A figure as a row of a chart."""
    interval = known.interval
    value = known.value
    return Bar(
        id=id,
        code=code,
        label=label,
        note=f"n = {shown.n}" if shown.n else "",
        hidden=None if value is not None else shown.value,
        summary=", ".join(one for one in (shown.value, shown.interval) if one),
        value="" if value is None else decimal_text(value),
        low=None if interval is None else decimal_text(interval.low),
        high=None if interval is None else decimal_text(interval.high),
        text=shown.value,
    )


def _is_own(priority: Priority) -> bool:
    """Whether the questionnaire calls divisions responsible for a criterion."""
    return any(one.name == SPECIALISTS for one in priority.responsible)


def _can_rise(priority: Priority) -> bool:
    return priority.standing.score is not None and priority.standing.score < 100


def _end(priority: Priority) -> Decimal:
    """Where the interval of the satisfied share ends."""
    interval = priority.standing.score_interval
    return interval.high if interval else Decimal(100)


def waves_about(session: Session, unit: Unit, waves: Sequence[Wave]) -> list[Wave]:
    """Those waves that cover a division."""
    return [one for one in waves if is_about(session, one, unit)]
