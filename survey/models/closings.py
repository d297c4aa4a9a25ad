"""What it means that a wave is closed: what was sealed, and who opened it again."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base, Moment
from survey.models.words import DOCUMENT_KINDS, REOPENING_STATES, one_of


class Closing(Base):
    """One closing of a wave, and the seal of all that was counted then.

    A wave is sealed some moments after it is closed: until then nothing is known of
    what was counted but that it changes no more.
    """

    __tablename__ = "closings"
    __table_args__ = (
        sa.UniqueConstraint("wave_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counted"),
        sa.CheckConstraint(
            "(sealed_at IS NULL) = (manifest IS NULL)", name="sealed_whole"
        ),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        sa.CheckConstraint("length(receipts_root) = 64", name="receipts_root_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    number: Mapped[int]
    closed_at: Mapped[datetime] = mapped_column(Moment)
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """None when it was closed from the command line."""
    sealed_at: Mapped[datetime | None] = mapped_column(Moment)
    manifest: Mapped[str | None] = mapped_column(sa.Text)
    """Canonical text of what was sealed; see `survey.closings.manifest_of`."""
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    receipts_root: Mapped[str | None] = mapped_column(sa.String(64))


class Reopening(Base):
    """A wish to open a closed wave again: one asks, another one agrees."""

    __tablename__ = "reopenings"
    __table_args__ = (
        one_of("state", REOPENING_STATES),
        sa.CheckConstraint("answered_by <> asked_by", name="agreed_by_two_people"),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)", name="answered_at_a_moment"
        ),
        sa.CheckConstraint(
            "state <> 'agreed' OR answered_by IS NOT NULL", name="agreed_by_somebody"
        ),
        sa.CheckConstraint("length(reason) >= 10", name="reason_given"),
        # Two wishes at once would open one wave twice.
        sa.Index(
            "uq_reopenings_asked",
            "closing_id",
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'agreed')"),
            postgresql_where=sa.text("state IN ('asked', 'agreed')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    closing_id: Mapped[int] = mapped_column(sa.ForeignKey("closings.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(500))
    closes_on: Mapped[date]
    """The new last day."""
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(sa.String(10), default="asked")
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class WaveDocument(Base):
    """A paper of the office that belongs to a wave: its plan, its decision, the report
    that was signed."""

    __tablename__ = "wave_documents"
    __table_args__ = (
        one_of("kind", DOCUMENT_KINDS),
        sa.UniqueConstraint("wave_id", "sha256"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        sa.CheckConstraint("size > 0", name="not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    number: Mapped[str] = mapped_column(sa.String(60))
    issued_on: Mapped[date]
    issuer: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.String(500))
    """Trích yếu."""
    media: Mapped[str] = mapped_column(sa.String(10))
    """What the file is, told by its content: a key of `survey.filetypes.TYPES`."""
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    """In the database, so that backups have it; at most ten megabytes."""
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
