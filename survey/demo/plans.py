"""What the sample divisions say they will do, and which sample reports are due."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.actions import baselines, periods, reports
from survey.models import (
    Action,
    ActionEvent,
    PeriodicReport,
    SentReport,
    Unit,
    Wave,
)

WATCHED_FOR = timedelta(days=120)
"""So long the sample office has been keeping its reports."""
DAYS_EARLY = (3, 0, -2)
"""How long before its due day each report was sent, in turn."""


def plan(session: Session, wave: Wave, *, now: datetime, today: date) -> int:
    """Set the sample actions and reports, once; how many actions were set."""
    _reports(session, now=now, today=today)
    if session.scalar(sa.select(sa.exists().where(Action.wave_id == wave.id))):
        return 0
    content = tomllib.loads(
        (resources.files(__package__) / "improvements.toml").read_text("utf-8")
    )
    units = {unit.code: unit for unit in session.scalars(sa.select(Unit))}
    rows = [row for row in content["action"] if row["unit"] in units]
    for row in rows:
        _set(session, wave, units[row["unit"]], row, now=now, today=today)
    return len(rows)


def _set(
    session: Session,
    wave: Wave,
    unit: Unit,
    row: dict[str, Any],
    *,
    now: datetime,
    today: date,
) -> None:
    """Set an action at the end of the last quarter, on the figure that it had."""
    quarter = periods.period_of("quarterly", today).moved(-1)
    set_on = max(quarter.last_on, wave.opens_on) + timedelta(days=1)
    baseline = baselines.take(
        session, wave, unit, row["criterion"], agency="", reach=None, today=set_on
    )
    due_on = today + timedelta(days=row["due_days"])
    action = Action(
        unit_id=unit.id,
        wave_id=wave.id,
        criterion=row["criterion"],
        title=row["title"],
        task=row["task"].strip(),
        owner=row["owner"],
        due_on=due_on,
        state=row["state"],
        reason=row.get("reason"),
        done_on=max(due_on, set_on) if row["state"] == "done" else None,
        baseline=baseline,
        set_on=set_on,
        is_sample=True,
    )
    session.add(action)
    session.flush()
    session.add(ActionEvent(action_id=action.id, kind="made", happened_at=now))
    session.flush()


def _reports(session: Session, *, now: datetime, today: date) -> None:
    """Keep the packaged reports as a sample, most of them sent."""
    if session.scalar(sa.select(sa.exists().where(PeriodicReport.id.is_not(None)))):
        return
    since = today - WATCHED_FOR
    reports.add_packaged(session, now=now, today=since)
    session.execute(sa.update(PeriodicReport).values(is_sample=True))
    past = [one for one in reports.dues(session, since, today) if one.due_on < today]
    for number, due in enumerate(past[:-1]):
        early = timedelta(days=DAYS_EARLY[number % len(DAYS_EARLY)])
        session.add(
            SentReport(
                report_id=due.report.id,
                period=due.period.key,
                due_on=due.days.due_on,
                sent_on=min(due.due_on - early, today),
                document=f"{101 + number}/BC-SCT",
                entered_at=now,
            )
        )
    session.flush()
