"""What divisions say they will do, what became of it, and which reports are due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Moment
from survey.models.office import Unit, Wave
from survey.models.staff import Account
from survey.models.words import (
    ACTION_CHANGES,
    ACTION_STATES,
    DAY_OFF_RULES,
    FILE_KINDS,
    REPORT_KINDS,
    one_of,
)

MOST_FILE_BYTES = 10 * 1024 * 1024
"""Of one file of evidence: it stands in the database, and so in every backup."""


class Action(Base):
    """What a division does about one criterion: by whom, until when, how far it is."""

    __tablename__ = "actions"
    __table_args__ = (
        one_of("state", ACTION_STATES),
        sa.CheckConstraint(
            "(state = 'dropped') = (reason IS NOT NULL)", name="dropped_for_a_reason"
        ),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), index=True)
    criterion: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(200))
    task: Mapped[str] = mapped_column(sa.Text)
    owner: Mapped[str] = mapped_column(sa.String(120))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(20), default="planned")
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    """Why it was dropped."""
    done_on: Mapped[date | None]
    baseline: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    """The figure of the criterion when it was set, as texts that may be shown: so it
    stands, whatever is counted later. See `survey/actions/baselines.py`."""
    set_on: Mapped[date]
    is_sample: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[Unit] = relationship()
    wave: Mapped[Wave] = relationship()


class ActionEvent(Base):
    """Who changed what of an action, and when."""

    __tablename__ = "action_events"
    __table_args__ = (one_of("kind", ACTION_CHANGES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(
        sa.ForeignKey("actions.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(20))
    changes: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """By field what it was and what it is now; of a file its name and its SHA-256."""
    happened_at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))

    account: Mapped[Account | None] = relationship()


class ActionFile(Base):
    """Evidence of an action, in the database: a backup has it, a restore brings it."""

    __tablename__ = "action_files"
    __table_args__ = (
        one_of("kind", FILE_KINDS),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        sa.CheckConstraint(
            f"size BETWEEN 1 AND {MOST_FILE_BYTES}", name="size_bounded"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(
        sa.ForeignKey("actions.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(sa.String(200))
    """As who handed it in named it: to be read, never the name of a file of ours."""
    kind: Mapped[str] = mapped_column(sa.String(10))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    """Taken away by a person; kept for a while, so that it can be put back."""


class PeriodicReport(Base):
    """A report that is due again and again: when its data are cut, when it is due."""

    __tablename__ = "periodic_reports"
    __table_args__ = (
        one_of("kind", REPORT_KINDS),
        one_of("day_off_rule", DAY_OFF_RULES),
        sa.CheckConstraint("cut_day BETWEEN 1 AND 31", name="cut_day_of_a_month"),
        sa.CheckConstraint("due_day BETWEEN 1 AND 31", name="due_day_of_a_month"),
        sa.CheckConstraint("due_months BETWEEN 0 AND 3", name="due_soon_after"),
        sa.CheckConstraint(
            "due_months > 0 OR due_day >= cut_day", name="due_after_the_cut"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    cut_day: Mapped[int]
    """Data count up to this day of the last month of a period; 31: its last day."""
    due_day: Mapped[int]
    due_months: Mapped[int] = mapped_column(default=0)
    """How many months after the last one of the period the due day lies."""
    day_off_rule: Mapped[str] = mapped_column(sa.String(20), default="next")
    recipients: Mapped[str] = mapped_column(sa.String(300))
    legal_basis: Mapped[str] = mapped_column(sa.String(300))
    is_confirmed: Mapped[bool] = mapped_column(default=False)
    """Whether the office has said that these days and this basis are right."""
    starts_on: Mapped[date]
    """Periods that ended before are not asked about."""
    is_stopped: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class SentReport(Base):
    """That the report of one period was sent, as staff noted it."""

    __tablename__ = "sent_reports"

    report_id: Mapped[int] = mapped_column(
        sa.ForeignKey("periodic_reports.id", ondelete="CASCADE"), primary_key=True
    )
    period: Mapped[str] = mapped_column(sa.String(7), primary_key=True)
    """The last month of the period, like 2026-09."""
    due_on: Mapped[date]
    """When it was due: later changes of the rule do not judge it anew."""
    sent_on: Mapped[date]
    document: Mapped[str | None] = mapped_column(sa.String(60))
    """Number of the document."""
    entered_at: Mapped[datetime] = mapped_column(Moment)
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class CalendarFeed(Base):
    """The secret address under which a calendar program fetches one person's dates."""

    __tablename__ = "calendar_feeds"

    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)

    account: Mapped[Account] = relationship()
