"""The office: its units, procedures, questionnaires, waves and days off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Moment
from survey.models.words import (
    FORMULAS,
    ONLINE_LEVELS,
    TALLY_LAYOUT,
    UNIT_KINDS,
    WAVE_STATES,
    one_of,
)


class Unit(Base):
    """A node of the tree province → department → division."""

    __tablename__ = "units"
    __table_args__ = (
        one_of("kind", UNIT_KINDS),
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
        one_of("online_level", ONLINE_LEVELS),
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
        one_of("state", WAVE_STATES),
        one_of("formula", FORMULAS),
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
    tally_layout: Mapped[int] = mapped_column(default=TALLY_LAYOUT, server_default="1")
    """How its tallies were written; what is older is counted anew on an upgrade."""

    unit: Mapped[Unit] = relationship()
    questionnaire: Mapped[PublishedQuestionnaire] = relationship()


class Holiday(Base):
    """A day on which the calendar differs from Monday to Friday."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    """True for a weekend day swapped for a working day; False for a day off."""
    name: Mapped[str] = mapped_column(sa.String(120))
