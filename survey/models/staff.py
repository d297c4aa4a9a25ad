"""The members of staff, their sign-ins and the long work they start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Moment
from survey.models.office import Unit
from survey.models.words import JOB_STATES, ROLES, one_of


class Account(Base):
    """A member of staff who may sign in."""

    __tablename__ = "accounts"
    __table_args__ = (one_of("role", ROLES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(200), unique=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime] = mapped_column(Moment)

    unit: Mapped[Unit | None] = relationship()


class SignIn(Base):
    """A server-side session of an account; a deleted row ends it everywhere."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    made_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment, index=True)

    account: Mapped[Account] = relationship()


class FailedSignIn(Base):
    """How often a name or a network failed to sign in; slows guessing down."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (sa.CheckConstraint("failures > 0", name="failures_counted"),)

    subject: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """SHA-256 of the e-mail typed or of the network's address."""
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Job(Base):
    """Long work that runs outside a request: how far it is, and what it made."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("state", JOB_STATES),
        sa.CheckConstraint("done >= 0 AND done <= total", name="not_more_than_all"),
        sa.Index("ix_jobs_state_made_at", "state", "made_at"),
    )

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    wave_id: Mapped[str | None] = mapped_column(sa.ForeignKey("waves.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id"), index=True
    )
    params: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    language: Mapped[str] = mapped_column(sa.String(2), default="vi")
    state: Mapped[str] = mapped_column(sa.String(10), default="queued")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """What it says when it is done: `files` by name, and what its kind adds."""
    fault: Mapped[str | None] = mapped_column(sa.Text)
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Moment)
    beat_at: Mapped[datetime | None] = mapped_column(Moment)
    """The last sign of life of the process at work on it."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    delete_at: Mapped[datetime] = mapped_column(Moment, index=True)
