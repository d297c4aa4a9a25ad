"""When the data of a periodic report are cut and when it is due: pure arithmetic.

Source: NĐ 09/2019/NĐ-CP as far as known (domain.md section 6): data are cut on the
14th, the next period begins on the 15th; the due day is the office's to say.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta

from survey.actions.periods import Period
from survey.workdays import Calendar

SOON = timedelta(days=7)
"""So long before its due day a report is pointed out."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a report of one kind is due, as the office has set it."""

    kind: str
    cut_day: int
    due_day: int
    due_months: int
    day_off_rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The days of one period's report."""

    data_from: date
    data_to: date
    nominal_on: date
    """The due day as the rule says it, whether anybody works on it or not."""
    due_on: date

    @property
    def is_moved(self) -> bool:
        """Whether the due day fell on a day off and was moved."""
        return self.due_on != self.nominal_on


def deadline(rule: Rule, period: Period, calendar: Calendar) -> Deadline:
    """The days of a period's report.

    Returns:
        A day that its month does not have is the month's last one. The due day is
        moved off days off as the rule says; with "same" it stays.
    """
    nominal = _day(_month_after(period, rule.due_months), rule.due_day)
    return Deadline(
        data_from=_cut(rule, period.moved(-1)) + _ONE_DAY,
        data_to=_cut(rule, period),
        nominal_on=nominal,
        due_on=_worked(nominal, rule.day_off_rule, calendar),
    )


def standing(due_on: date, sent_on: date | None, today: date) -> str:
    """How a report stands: a key of `terms.DUE_STATES`.

    Sent before its due day it is early, on that day on time, afterwards late.
    """
    if sent_on is not None:
        if sent_on == due_on:
            return "on_time"
        return "early" if sent_on < due_on else "late"
    if today > due_on:
        return "overdue"
    return "soon" if due_on - today <= SOON else "waiting"


def _cut(rule: Rule, period: Period) -> date:
    return _day(period.last_on.replace(day=1), rule.cut_day)


def _month_after(period: Period, count: int) -> date:
    first = period.last_on.replace(day=1)
    index = first.year * 12 + first.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def _day(month: date, day: int) -> date:
    last = months.monthrange(month.year, month.month)[1]
    return month.replace(day=min(day, last))


def _worked(day: date, rule: str, calendar: Calendar) -> date:
    if rule == "next":
        return calendar.norm(day)
    while rule == "before" and not calendar.is_working(day):
        day -= _ONE_DAY
    return day
