"""What businesses answer, and what is counted of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Counts, Moment
from survey.models.office import Unit
from survey.models.words import (
    ARMS,
    CHANNELS,
    LANGUAGES,
    ORIGINS,
    PAPER_STATES,
    STATUSES,
    SUBTOTALS,
    one_of,
)


class Draft(Base):
    """Unfinished answers behind a link; deleted when sent, or after some idle days."""

    __tablename__ = "drafts"
    __table_args__ = (one_of("language", LANGUAGES), one_of("arm", ARMS))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    link_id: Mapped[int] = mapped_column(index=True)
    """No foreign key: to begin a form PostgreSQL would lock the row of its link, and
    the number of that transaction stays on the row: links would stand in the order in
    which forms were begun, which is almost that of the responses."""
    sole_link_id: Mapped[int | None] = mapped_column(unique=True)
    """The link again if it is a dossier's: one draft whatever the phone."""
    language: Mapped[str] = mapped_column(sa.String(2))
    facts: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    """Facts and derived facts as they stand."""
    supplied: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    """Facts that came from the dossier or the link, before any correction."""
    answers: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    next_page: Mapped[str] = mapped_column(sa.String(20))
    answered_on: Mapped[date | None]
    arm: Mapped[str] = mapped_column(sa.String(10), default="guided")
    checks: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """What was asked about once: `prompts` by code, `warned` pairs of facts, and
    `seconds` spent on each page."""
    # Not indexed: it changes with every page, and each index is one more page to write.
    touched_at: Mapped[datetime] = mapped_column(Moment)


class Response(Base):
    """One submitted form: no person, no address, no time finer than a month."""

    __tablename__ = "responses"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("origin", ORIGINS),
        one_of("status", STATUSES),
        one_of("language", LANGUAGES),
        one_of("arm", ARMS),
        sa.CheckConstraint("length(month) = 7", name="month_is_a_month"),
        sa.CheckConstraint("length(receipt_hash) = 64", name="receipt_hash_whole"),
        sa.Index("ix_responses_wave_id_id", "wave_id", "id"),
        sa.Index("ix_responses_wave_id_pattern", "wave_id", "pattern"),
        # Stored in the order of a random id: the order of sending is not kept.
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    receipt_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    questionnaire_id: Mapped[str] = mapped_column(sa.ForeignKey("questionnaires.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    procedure_id: Mapped[int | None] = mapped_column(sa.ForeignKey("procedures.id"))
    channel: Mapped[str] = mapped_column(sa.String(20))
    origin: Mapped[str] = mapped_column(sa.String(10))
    month: Mapped[str] = mapped_column(sa.String(7))
    language: Mapped[str] = mapped_column(sa.String(2))
    status: Mapped[str] = mapped_column(sa.String(10))
    flags: Mapped[str] = mapped_column(sa.String(200), default="")
    """Names of the careless-answer rules that apply, separated by blanks."""
    arm: Mapped[str] = mapped_column(sa.String(10), default="guided")
    """Whether the guidance stood open or was folded away."""
    pattern: Mapped[str | None] = mapped_column(sa.String(32))
    """Equal for equal answers; None where equal answers would mean nothing."""
    answers: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    """Per criterion a level or one of the four words for its absence."""
    facts: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    """Facts and derived facts, without any date; `corrected` names those changed."""
    generals: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    comment: Mapped[str | None] = mapped_column(sa.Text)
    prompts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """Per prompt that could be compared with a fact what became of it."""
    seconds: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    """Whole seconds spent on each page, each up to a bound."""
    is_sample: Mapped[bool] = mapped_column(default=False)


class Tally(Base):
    """Counters of one cell, written in the same transaction as each response."""

    __tablename__ = "tallies"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("origin", ORIGINS),
        one_of("arm", ARMS),
        {"sqlite_with_rowid": False},
    )

    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    origin: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    month: Mapped[str] = mapped_column(sa.String(7), primary_key=True)
    is_flagged: Mapped[bool] = mapped_column(primary_key=True)
    arm: Mapped[str] = mapped_column(sa.String(10), primary_key=True, default="guided")
    counts: Mapped[int] = mapped_column(Counts)


class Subtotal(Base):
    """The cells of a wave added up over what its kind does not tell apart.

    Pages read these few rows, however many cells a wave has. In a column that the kind
    does not tell apart stands 0 or ""; so no foreign key holds the unit.
    """

    __tablename__ = "subtotals"
    __table_args__ = (
        one_of("kind", SUBTOTALS),
        one_of("channel", ("", *CHANNELS)),
        one_of("origin", ORIGINS),
        one_of("arm", ("", *ARMS)),
        {"sqlite_with_rowid": False},
    )

    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    origin: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(sa.String(7), primary_key=True)
    is_flagged: Mapped[bool] = mapped_column(primary_key=True)
    arm: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    counts: Mapped[int] = mapped_column(Counts)


class Invitation(Base):
    """How many dossier links that were not revoked a unit and procedure have, and
    how many responses by such links are counted there."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("links >= 0", name="links_counted"),
        sa.CheckConstraint(
            "complete >= 0 AND partial >= 0 AND break_off >= 0", name="answers_counted"
        ),
        {"sqlite_with_rowid": False},
    )

    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    links: Mapped[int] = mapped_column(default=0)
    complete: Mapped[int] = mapped_column(default=0)
    partial: Mapped[int] = mapped_column(default=0)
    break_off: Mapped[int] = mapped_column(default=0)


class PaperForm(Base):
    """A form filled in on paper: typed in by two people, then counted once.

    What was typed is erased when the form is counted: only that it was, and by whom.
    """

    __tablename__ = "paper_forms"
    __table_args__ = (
        one_of("state", PAPER_STATES),
        sa.UniqueConstraint("wave_id", "number"),
        sa.CheckConstraint("second_by <> first_by", name="entered_by_two_people"),
        sa.CheckConstraint(
            "(state = 'once') = (second_by IS NULL)", name="second_entry_is_somebodys"
        ),
        sa.CheckConstraint("length(month) = 7", name="month_is_a_month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    number: Mapped[str] = mapped_column(sa.String(40))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    month: Mapped[str] = mapped_column(sa.String(7))
    """In which the form was received."""
    state: Mapped[str] = mapped_column(sa.String(10), default="once")
    first: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    second: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    first_by: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    second_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    counted_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship()


class Contact(Base):
    """A wish to be called back: apart from the answers, without a key to them."""

    __tablename__ = "contacts"
    __table_args__ = (
        # Random, so that the order of sending cannot be matched with responses.
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    reach: Mapped[str] = mapped_column(sa.String(200))
    delete_on: Mapped[date] = mapped_column(index=True)
