"""Periodic reports: kept as data, with what was sent and what is due."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from survey import catalogue, web
from survey.actions.deadlines import Deadline, Rule, deadline, standing
from survey.actions.periods import Period, period_at, period_of
from survey.actions.terms import ActionsError
from survey.formats import date_text, nfc
from survey.models import DAY_OFF_RULES, REPORT_KINDS, PeriodicReport, SentReport
from survey.workdays import Calendar

YEARS: Final = range(2000, 2101)
MOST_REPORTS: Final = 100
_A_MONTH: Final = timedelta(days=40)
"""More than the days between a due day in a month, moved for days off, and its end."""


class ListError(Exception):
    """A list of reports cannot be read; the message says where, in both languages."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A periodic report as it is to be."""

    name: str
    kind: str
    cut_day: int
    due_day: int
    due_months: int = 0
    day_off_rule: str = "next"
    recipients: str
    legal_basis: str
    is_confirmed: bool = False
    starts_on: date | None = None
    """None: from today."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """The report of one period: its days, and whether it was sent."""

    report: PeriodicReport
    period: Period
    days: Deadline
    sent: SentReport | None

    @property
    def due_on(self) -> date:
        """When it is due; of one that was sent, when it was."""
        return self.sent.due_on if self.sent else self.days.due_on

    def state(self, today: date) -> str:
        """How it stands: a key of `terms.DUE_STATES`."""
        return standing(self.due_on, self.sent.sent_on if self.sent else None, today)


def find(session: Session, report_id: int) -> PeriodicReport | None:
    """The report of this number."""
    return session.get(PeriodicReport, report_id) if report_id < 2**31 else None


def every(session: Session) -> Sequence[PeriodicReport]:
    """All reports, those that were stopped last."""
    return session.scalars(
        sa.select(PeriodicReport).order_by(
            PeriodicReport.is_stopped, PeriodicReport.name
        )
    ).all()


def add(session: Session, wanted: Wanted, *, now: datetime, today: date) -> int:
    """Keep a report; its number.

    Raises:
        ActionsError: there is one of this name, or its days contradict each other.
    """
    _check(session, wanted, None)
    made = PeriodicReport(**_values(wanted, today), changed_at=now)
    session.add(made)
    session.flush()
    return made.id


def change(
    session: Session, report: PeriodicReport, wanted: Wanted, *, now: datetime
) -> None:
    """Change a report; what was sent keeps the due day that it had.

    Raises:
        ActionsError: as `add`.
    """
    _check(session, wanted, report.id)
    for name, value in _values(wanted, report.starts_on).items():
        setattr(report, name, value)
    report.changed_at = now
    session.flush()


def stop(
    session: Session, report: PeriodicReport, *, is_stopped: bool, now: datetime
) -> None:
    """Ask about a report no more, or again."""
    report.is_stopped, report.changed_at = is_stopped, now
    session.flush()


def load(
    session: Session, given: Sequence[Wanted], *, now: datetime, today: date
) -> tuple[int, int]:
    """Keep a list of reports; one whose name is there already is changed.

    Returns:
        How many were added and how many changed.
    """
    kept = {one.name: one for one in every(session)}
    added = 0
    for wanted in given:
        if wanted.name in kept:
            change(session, kept[wanted.name], wanted, now=now)
        else:
            add(session, wanted, now=now, today=today)
            added += 1
    return added, len(given) - added


def add_packaged(session: Session, *, now: datetime, today: date) -> int:
    """Add the packaged reports that are not there yet; how many."""
    names = {one.name for one in every(session)}
    missing = [one for one in packaged() if one.name not in names]
    return load(session, missing, now=now, today=today)[0]


def packaged() -> tuple[Wanted, ...]:
    """The reports that come with the product, to be confirmed by the office."""
    name = "periodic.toml"
    text = (resources.files("survey.actions") / name).read_text(encoding="utf-8")
    return read(text, name)


def read(text: str, source: str) -> tuple[Wanted, ...]:
    """Read a list of reports from TOML, as the packaged one is written.

    Raises:
        ListError: unreadable, a field unknown, missing or of another kind, a word or
            day that cannot be, a name that stands twice, or too many.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ListError(f"{source}: không đọc được / cannot be read: {error}") from None
    rows = data.get("report")
    if data.keys() != {"report"} or not isinstance(rows, list):
        raise ListError(f"{source}: cần các mục [[report]] / expected [[report]]")
    if len(rows) > MOST_REPORTS:
        raise ListError(f"{source}: quá {MOST_REPORTS} báo cáo / too many reports")
    made = [
        _row(row, f"{source}: báo cáo / report {n}") for n, row in enumerate(rows, 1)
    ]
    names = [one.name for one in made]
    for name in names:
        if names.count(name) > 1:
            raise ListError(f"{source}: “{name}” có hai lần / stands twice")
    return tuple(made)


def _row(row: Any, place: str) -> Wanted:
    known = {one.name: one for one in fields(Wanted)}
    if not isinstance(row, dict):
        raise ListError(f"{place}: cần một bảng / expected a table")
    for name in sorted(row.keys() - known.keys()):
        raise ListError(f"{place}: không có mục {name} / unknown field {name}")
    types: dict[str, type] = {"is_confirmed": bool, "starts_on": date}
    types |= dict.fromkeys(("cut_day", "due_day", "due_months"), int)
    for name, value in row.items():
        if type(value) is not types.get(name, str):
            raise ListError(f"{place}: {name} sai kiểu / has the wrong type")
    given: dict[str, Any] = {
        name: nfc(value).strip() if isinstance(value, str) else value
        for name, value in row.items()
    }
    try:
        wanted = Wanted(**given)
    except TypeError:
        needed = "name, kind, cut_day, due_day, recipients, legal_basis"
        raise ListError(f"{place}: cần đủ / needs all of: {needed}") from None
    if fault := _fault(wanted):
        raise ListError(f"{place}: {fault[0]} không hợp lệ / cannot be so")
    return wanted


def _fault(wanted: Wanted) -> tuple[str, Any] | None:
    """What cannot be so: the field and why, in the reader's language; or None."""
    for name, most in (("name", 200), ("recipients", 300), ("legal_basis", 300)):
        if not 1 <= len(getattr(wanted, name)) <= most:
            return name, _l("Xin điền ô này, tối đa %(n)s ký tự.", n=most)
    if wanted.kind not in REPORT_KINDS:
        return "kind", _l("Xin chọn kỳ báo cáo.")
    if wanted.day_off_rule not in DAY_OFF_RULES:
        return "day_off_rule", _l("Xin chọn một quy tắc.")
    for name in ("cut_day", "due_day"):
        if not 1 <= getattr(wanted, name) <= 31:
            return name, _l("Xin nhập ngày từ 1 đến 31; 31 là ngày cuối tháng.")
    if not 0 <= wanted.due_months <= 3:
        return "due_months", _l("Xin chọn một mục trong danh sách.")
    if wanted.due_months == 0 and wanted.due_day < wanted.cut_day:
        return "due_day", _l("Ngày gửi phải từ ngày chốt số liệu trở đi.")
    if wanted.starts_on is not None and wanted.starts_on.year not in YEARS:
        return "starts_on", _l("Xin nhập ngày từ năm 2000 đến năm 2100.")
    return None


def _check(session: Session, wanted: Wanted, own_id: int | None) -> None:
    if fault := _fault(wanted):
        raise ActionsError(str(fault[1]), fault[0])
    taken = session.scalar(
        sa.select(PeriodicReport.id).where(PeriodicReport.name == wanted.name)
    )
    if taken not in (None, own_id):
        raise ActionsError(_("Đã có báo cáo mang tên này. Xin đặt tên khác."), "name")


def _values(wanted: Wanted, starts_on: date) -> dict[str, Any]:
    values = {one.name: getattr(wanted, one.name) for one in fields(wanted)}
    return {**values, "starts_on": wanted.starts_on or starts_on}


def rule_of(report: PeriodicReport) -> Rule:
    """The rule of a report, for the arithmetic."""
    return Rule(**{one.name: getattr(report, one.name) for one in fields(Rule)})


def dues(
    session: Session, first: date, last: date, *, unsent_before: bool = False
) -> list[Due]:
    """What is due from one day to another, in order of the days.

    Args:
        unsent_before: also what was due before and has not been sent.
    """
    calendar = catalogue.calendar(session)
    sent = {
        (one.report_id, one.period): one
        for one in session.scalars(sa.select(SentReport))
    }
    found: list[Due] = []
    for report in every(session):
        found += _dues_of(report, first, last, calendar, sent, unsent_before)
    return sorted(found, key=lambda one: (one.due_on, one.report.name, one.period))


def _dues_of(
    report: PeriodicReport,
    first: date,
    last: date,
    calendar: Calendar,
    sent: Mapping[tuple[int, str], SentReport],
    unsent_before: bool,
) -> list[Due]:
    begin = report.starts_on if unsent_before else max(report.starts_on, first)
    # A due day lies at most three months and some days off behind its period.
    period = period_of(report.kind, begin).moved(-4 if not unsent_before else 0)
    found = []
    while period.last_on.replace(day=1) <= last + _A_MONTH:
        due = Due(
            report=report,
            period=period,
            days=deadline(rule_of(report), period, calendar),
            sent=sent.get((report.id, period.key)),
        )
        period = period.moved(1)
        if due.period.last_on < report.starts_on or due.due_on > last:
            continue
        if report.is_stopped and due.sent is None:
            continue
        if due.due_on >= first or (unsent_before and due.sent is None):
            found.append(due)
    return found


def due_of(session: Session, report: PeriodicReport, key: str) -> Due | None:
    """The report of one period, or None if it has no such period."""
    period = period_at(report.kind, key)
    if period is None or period.last_on < report.starts_on:
        return None
    return Due(
        report=report,
        period=period,
        days=deadline(rule_of(report), period, catalogue.calendar(session)),
        sent=session.get(SentReport, (report.id, key)),
    )


def note_sent(
    session: Session,
    due: Due,
    *,
    sent_on: date,
    document: str | None,
    account_id: int,
    now: datetime,
    today: date,
) -> None:
    """Note when the report of a period was sent, or correct it.

    Raises:
        ActionsError: a day to come, or one before the period began.
    """
    if sent_on > today:
        raise ActionsError(_("Ngày gửi không được ở tương lai."), "sent_on")
    if sent_on < due.days.data_from:
        raise ActionsError(
            _(
                "Kỳ này tính số liệu từ %(day)s; ngày gửi không thể trước ngày đó.",
                day=date_text(due.days.data_from, web.language()),
            ),
            "sent_on",
        )
    kept = due.sent
    if kept is None:
        kept = SentReport(
            report_id=due.report.id, period=due.period.key, due_on=due.days.due_on
        )
        session.add(kept)
    kept.sent_on, kept.document = sent_on, document or None
    kept.entered_at, kept.entered_by = now, account_id
    session.flush()


def forget_sent(session: Session, due: Due) -> None:
    """Take back that a report was sent; nothing happens if that was not noted."""
    if due.sent is not None:
        session.delete(due.sent)
        session.flush()
