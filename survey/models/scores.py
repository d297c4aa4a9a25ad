"""How the office scores itself: rules, one sheet for each agency and year, its lines
with their evidence, and what was done with it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import Base, Hundredths, Moment
from survey.models.office import Unit
from survey.models.words import (
    APPRAISAL_MODES,
    EVIDENCE_STATES,
    RULE_KINDS,
    RULE_MEASURES,
    SELF_SOURCES,
    SHEET_STATES,
    one_of,
)

MOST_POINTS = 10_000
"""Hundredths: no line and no rule gives more than 100 points."""


class ScoreRule(Base):
    """One version of a rule that turns a figure into points.

    A version that stood in a sheet when it was handed in is frozen: what changes
    later is a new version.
    """

    __tablename__ = "score_rules"
    __table_args__ = (
        one_of("kind", RULE_KINDS),
        one_of("measure", RULE_MEASURES),
        sa.UniqueConstraint("code", "version"),
        sa.CheckConstraint("version >= 1", name="version_counted"),
        sa.CheckConstraint("valid_to >= valid_from", name="valid_in_order"),
        sa.CheckConstraint(
            f"maximum > 0 AND maximum <= {MOST_POINTS}", name="maximum_in_range"
        ),
        sa.CheckConstraint(
            "kind IN ('typed', 'not_applicable') OR maximum IS NOT NULL",
            name="maximum_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(20))
    measure: Mapped[str] = mapped_column(sa.String(10))
    maximum: Mapped[Decimal | None] = mapped_column(Hundredths)
    steps: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    """Of bands and thresholds: the least value of each and its points, as texts."""
    rounds_first: Mapped[bool] = mapped_column(default=False)
    """Whether the value is rounded to two decimals before the rule sees it."""
    source: Mapped[str] = mapped_column(sa.String(300), default="")
    """The legal source; empty for a rule of the agency's own."""
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(Moment)
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)
    is_sample: Mapped[bool] = mapped_column(default=False)


class ScoreSheet(Base):
    """The sheet of one agency for one year, and how far its appraisal is."""

    __tablename__ = "score_sheets"
    __table_args__ = (
        one_of("state", SHEET_STATES),
        one_of("second_mode", APPRAISAL_MODES),
        sa.UniqueConstraint("unit_id", "year"),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name="year_in_range"),
        sa.CheckConstraint(
            "second_factor BETWEEN 0 AND 100", name="second_factor_is_a_share"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    year: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(20), default="self")
    submit_by: Mapped[date | None]
    explain_by: Mapped[date | None]
    second_factor: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.70"))
    second_mode: Mapped[str] = mapped_column(sa.String(20), default="recovered_points")
    second_source: Mapped[str] = mapped_column(sa.String(300), default="")
    grades: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    """Names of the classes with the least index of each, the highest first; empty
    while the office has not said any."""
    grades_source: Mapped[str] = mapped_column(sa.String(300), default="")
    national: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """Typed counts of the satisfaction group of QĐ 766, never part of the points."""
    shows_historic: Mapped[bool] = mapped_column(default=False)
    historic: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    """Marks of the nine indicators of the 18-point sheet; empty for none."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    is_sample: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[Unit] = relationship()


class ScoreLine(Base):
    """A criterion of a sheet. One without a maximum is a group; 5.1.2 belongs to the
    nearest of 5.1 and 5 that there is."""

    __tablename__ = "score_lines"
    __table_args__ = (
        one_of("self_source", SELF_SOURCES),
        sa.UniqueConstraint("sheet_id", "code"),
        sa.CheckConstraint(
            f"maximum > 0 AND maximum <= {MOST_POINTS}", name="maximum_in_range"
        ),
        *(
            sa.CheckConstraint(
                f"{column} >= 0 AND {column} <= maximum", name=f"{column}_in_range"
            )
            for column in ("self_points", "first_points", "second_points")
        ),
        sa.CheckConstraint(
            "maximum IS NOT NULL OR (self_points IS NULL AND first_points IS NULL "
            "AND second_points IS NULL AND rule_id IS NULL)",
            name="a_group_has_no_points",
        ),
        sa.CheckConstraint(
            "(self_source = 'none') = (self_points IS NULL)", name="points_have_source"
        ),
        sa.CheckConstraint(
            "is_applicable OR left_out_reason <> ''", name="left_out_with_reason"
        ),
        sa.CheckConstraint(
            "is_applicable OR self_points IS NULL", name="left_out_has_no_points"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(
        sa.ForeignKey("score_sheets.id", ondelete="CASCADE")
    )
    code: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(300))
    maximum: Mapped[Decimal | None] = mapped_column(Hundredths)
    rule_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("score_rules.id"), index=True
    )
    is_applicable: Mapped[bool] = mapped_column(default=True)
    left_out_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    """Why it does not apply this year, with the document that says so."""
    self_points: Mapped[Decimal | None] = mapped_column(Hundredths)
    self_source: Mapped[str] = mapped_column(sa.String(10), default="none")
    self_note: Mapped[str] = mapped_column(sa.String(500), default="")
    value: Mapped[str | None] = mapped_column(sa.String(100))
    """What the rule took, exact: a decimal, or a fraction like 653/7."""
    basis: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """Of an index of a wave: what it was computed from; see `scorecard/basis.py`."""
    first_points: Mapped[Decimal | None] = mapped_column(Hundredths)
    first_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    explanation: Mapped[str] = mapped_column(sa.Text, default="")
    second_points: Mapped[Decimal | None] = mapped_column(Hundredths)
    second_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    sheet: Mapped[ScoreSheet] = relationship()
    rule: Mapped[ScoreRule | None] = relationship()


class ScoreEvidence(Base):
    """A document that proves the points of a line, or is still to be found."""

    __tablename__ = "score_evidence"
    __table_args__ = (
        one_of("state", EVIDENCE_STATES),
        sa.CheckConstraint(
            "NOT (has_file AND link <> '')", name="a_file_or_a_link_not_both"
        ),
        sa.CheckConstraint(
            "state = 'missing' OR has_file OR link <> ''",
            name="missing_without_file_and_link",
        ),
        sa.CheckConstraint(
            "state <> 'missing' OR (NOT has_file AND link = '')",
            name="not_missing_with_file_or_link",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(
        sa.ForeignKey("score_lines.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[str] = mapped_column(sa.String(60), default="")
    issued_on: Mapped[date | None]
    issuer: Mapped[str] = mapped_column(sa.String(200), default="")
    summary: Mapped[str] = mapped_column(sa.String(500))
    link: Mapped[str] = mapped_column(sa.String(300), default="")
    """A page of this installation that is the document."""
    state: Mapped[str] = mapped_column(sa.String(10))
    has_file: Mapped[bool] = mapped_column(default=False)
    added_in: Mapped[str] = mapped_column(sa.String(20), default="self")
    """The state of the sheet in which it was added."""


class ScoreFile(Base):
    """The content of a document, in the database so that a backup holds it."""

    __tablename__ = "score_files"
    __table_args__ = (
        sa.CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        sa.CheckConstraint("size > 0", name="not_empty"),
    )

    evidence_id: Mapped[int] = mapped_column(
        sa.ForeignKey("score_evidence.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    name: Mapped[str] = mapped_column(sa.String(200))
    """As it was called where it came from; shown, never used as a path."""
    kind: Mapped[str] = mapped_column(sa.String(10))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)

    @property
    def kib(self) -> int:
        """The size in kibibytes, rounded up."""
        return (self.size + 1023) // 1024


class ScoreEvent(Base):
    """What was done with a sheet: its log, to which rows are only ever added."""

    __tablename__ = "score_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(
        sa.ForeignKey("score_sheets.id", ondelete="CASCADE"), index=True
    )
    action: Mapped[str] = mapped_column(sa.String(30))
    line_code: Mapped[str | None] = mapped_column(sa.String(20))
    detail: Mapped[str] = mapped_column(sa.String(600), default="")
    happened_at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
