"""The nouns: what an installation knows, and what must always hold of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Counts, Moment

ROLES = ("admin", "fieldworker", "analyst", "auditor")
UNIT_KINDS = ("province", "department", "division")
ONLINE_LEVELS = ("none", "partial", "full")
WAVE_STATES = ("draft", "rehearsal", "open", "closed")
FORMULAS = ("satisfied_share", "mean_percent", "normalised_mean")
LINK_KINDS = ("dossier", "counter", "kiosk")
LINK_STATES = ("active", "spent", "revoked")
OUTCOMES = ("granted", "refused", "returned", "withdrawn", "in_progress")
CHANNELS = ("in_person", "online", "postal", "mixed", "unknown")
ORIGINS = ("dossier", "counter", "kiosk", "paper")
STATUSES = ("complete", "partial", "break_off")
LANGUAGES = ("vi", "en")
ARMS = ("guided", "folded")
PAPER_STATES = ("once", "twice", "counted")
NO_PROCEDURE = 0
"""Stands for "procedure not known" in a tally's key, where NULL would never match."""


def _one_of(column: str, allowed: tuple[str, ...]) -> sa.CheckConstraint:
    values = ", ".join(f"'{value}'" for value in allowed)
    return sa.CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")


class Unit(Base):
    """A node of the tree province → department → division."""

    __tablename__ = "units"
    __table_args__ = (
        _one_of("kind", UNIT_KINDS),
        sa.CheckConstraint("valid_to > valid_from", name="valid_in_order"),
        sa.CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(20))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    is_sample: Mapped[bool] = mapped_column(default=False)

    parent: Mapped[Unit | None] = relationship(remote_side=[id])


class Procedure(Base):
    """A thủ tục hành chính, as published."""

    __tablename__ = "procedures"
    __table_args__ = (
        _one_of("online_level", ONLINE_LEVELS),
        sa.CheckConstraint("working_days > 0", name="working_days_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(300))
    field: Mapped[str | None] = mapped_column(sa.String(120))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    working_days: Mapped[int | None]
    days_verified: Mapped[bool] = mapped_column(default=False)
    is_immediate: Mapped[bool] = mapped_column(default=False)
    online_level: Mapped[str] = mapped_column(sa.String(10), default="none")
    fee: Mapped[str | None] = mapped_column(sa.String(200))
    is_sample: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[Unit] = relationship()


class PublishedQuestionnaire(Base):
    """One version of the questionnaire, frozen: its text and the text's SHA-256."""

    __tablename__ = "questionnaires"
    __table_args__ = (sa.CheckConstraint("length(sha256) = 64", name="sha256_whole"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime] = mapped_column(Moment)


class Wave(Base):
    """A đợt khảo sát: one round of collection with one questionnaire version."""

    __tablename__ = "waves"
    __table_args__ = (
        _one_of("state", WAVE_STATES),
        _one_of("formula", FORMULAS),
        sa.CheckConstraint("closes_on >= opens_on", name="dates_in_order"),
        sa.CheckConstraint(
            "hide_below >= 1 AND index_from >= hide_below AND rank_from >= index_from",
            name="thresholds_in_order",
        ),
        sa.CheckConstraint(
            "folded_percent BETWEEN 0 AND 100", name="folded_percent_is_a_share"
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    questionnaire_id: Mapped[str] = mapped_column(sa.ForeignKey("questionnaires.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(10), default="draft")
    formula: Mapped[str] = mapped_column(sa.String(20), default="satisfied_share")
    hide_below: Mapped[int] = mapped_column(default=5)
    index_from: Mapped[int] = mapped_column(default=10)
    rank_from: Mapped[int] = mapped_column(default=30)
    folded_percent: Mapped[int] = mapped_column(default=0)
    """How many of a hundred respondents see the guidance folded away, by lot."""
    careless: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """Thresholds of careless answers; an empty one stands for the packaged ones."""
    is_sample: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[Unit] = relationship()
    questionnaire: Mapped[PublishedQuestionnaire] = relationship()


class Dossier(Base):
    """One finished case of one business: the sampling frame, without its owner."""

    __tablename__ = "dossiers"
    __table_args__ = (
        _one_of("channel", CHANNELS),
        _one_of("outcome", OUTCOMES),
        sa.UniqueConstraint("wave_id", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    code: Mapped[str] = mapped_column(sa.String(60))
    procedure_id: Mapped[int] = mapped_column(
        sa.ForeignKey("procedures.id"), index=True
    )
    channel: Mapped[str] = mapped_column(sa.String(20))
    outcome: Mapped[str] = mapped_column(sa.String(20))
    facts: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    """Facts the dossier supplies, by code (F04 … F10b), as the form would say them."""
    is_sample: Mapped[bool] = mapped_column(default=False)

    procedure: Mapped[Procedure] = relationship()


class Link(Base):
    """An address that opens a wave. A dossier's token is kept only as a hash."""

    __tablename__ = "links"
    __table_args__ = (
        _one_of("kind", LINK_KINDS),
        _one_of("state", LINK_STATES),
        sa.CheckConstraint(
            "(kind = 'dossier') = (token IS NULL)", name="dossier_token_only_hashed"
        ),
        sa.CheckConstraint(
            "state <> 'spent' OR kind = 'dossier'", name="only_dossiers_are_spent"
        ),
        sa.CheckConstraint(
            "dossier_id IS NULL OR kind = 'dossier'", name="dossier_of_dossier_link"
        ),
        sa.Index("ix_links_wave_kind_state", "wave_id", "kind", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    token: Mapped[str | None] = mapped_column(sa.String(40))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    procedure_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("procedures.id"), index=True
    )
    dossier_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("dossiers.id"), index=True
    )
    state: Mapped[str] = mapped_column(sa.String(10), default="active")
    note: Mapped[str | None] = mapped_column(sa.String(200))
    made_on: Mapped[date]
    spent_on: Mapped[date | None]
    is_sample: Mapped[bool] = mapped_column(default=False)

    wave: Mapped[Wave] = relationship()
    unit: Mapped[Unit] = relationship()
    procedure: Mapped[Procedure | None] = relationship()
    dossier: Mapped[Dossier | None] = relationship()


class Draft(Base):
    """Unfinished answers behind a link; deleted when sent, or after some idle days."""

    __tablename__ = "drafts"
    __table_args__ = (_one_of("language", LANGUAGES), _one_of("arm", ARMS))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    link_id: Mapped[int] = mapped_column(
        sa.ForeignKey("links.id", ondelete="CASCADE"), index=True
    )
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
        _one_of("channel", CHANNELS),
        _one_of("origin", ORIGINS),
        _one_of("status", STATUSES),
        _one_of("language", LANGUAGES),
        _one_of("arm", ARMS),
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
        _one_of("channel", CHANNELS),
        _one_of("origin", ORIGINS),
        _one_of("arm", ARMS),
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
    """The cells of a unit added up over procedures and channels.

    Pages of whole units read these few rows, however many cells a wave has.
    """

    __tablename__ = "subtotals"
    __table_args__ = (
        _one_of("origin", ORIGINS),
        _one_of("arm", ARMS),
        {"sqlite_with_rowid": False},
    )

    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True)
    origin: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    month: Mapped[str] = mapped_column(sa.String(7), primary_key=True)
    is_flagged: Mapped[bool] = mapped_column(primary_key=True)
    arm: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    counts: Mapped[int] = mapped_column(Counts)


class Invitation(Base):
    """How many dossier links that were not revoked a unit and procedure have."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("links >= 0", name="links_counted"),
        {"sqlite_with_rowid": False},
    )

    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    links: Mapped[int]


class PaperForm(Base):
    """A form filled in on paper: typed in by two people, then counted once.

    What was typed is erased when the form is counted: only that it was, and by whom.
    """

    __tablename__ = "paper_forms"
    __table_args__ = (
        _one_of("state", PAPER_STATES),
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


class Account(Base):
    """A member of staff who may sign in."""

    __tablename__ = "accounts"
    __table_args__ = (_one_of("role", ROLES),)

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


class Holiday(Base):
    """A day on which the calendar differs from Monday to Friday."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    """True for a weekend day swapped for a working day; False for a day off."""
    name: Mapped[str] = mapped_column(sa.String(120))
