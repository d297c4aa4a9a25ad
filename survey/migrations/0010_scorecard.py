"""Scoring: rules, sheets with their lines and documents, and the log of both."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "score_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("measure", sa.String(length=10), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("rounds_first", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('linear', 'bands', 'thresholds', 'typed', 'not_applicable')",
            name=op.f("ck_score_rules_kind_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('typed', 'not_applicable') OR maximum IS NOT NULL",
            name=op.f("ck_score_rules_maximum_known"),
        ),
        sa.CheckConstraint(
            "measure IN ('survey', 'national', 'other')",
            name=op.f("ck_score_rules_measure_known"),
        ),
        sa.CheckConstraint(
            "maximum > 0 AND maximum <= 10000",
            name=op.f("ck_score_rules_maximum_in_range"),
        ),
        sa.CheckConstraint(
            "valid_to >= valid_from", name=op.f("ck_score_rules_valid_in_order")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_score_rules_version_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_rules")),
        sa.UniqueConstraint(
            "code", "version", name=op.f("uq_score_rules_code_version")
        ),
    )
    op.create_table(
        "score_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("submit_by", sa.Date(), nullable=True),
        sa.Column("explain_by", sa.Date(), nullable=True),
        sa.Column("second_factor", sa.Integer(), nullable=False),
        sa.Column("second_mode", sa.String(length=20), nullable=False),
        sa.Column("second_source", sa.String(length=300), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("grades_source", sa.String(length=300), nullable=False),
        sa.Column("national", sa.JSON(), nullable=False),
        sa.Column("shows_historic", sa.Boolean(), nullable=False),
        sa.Column("historic", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "second_mode IN ('recovered_points', 'whole_criterion')",
            name=op.f("ck_score_sheets_second_mode_known"),
        ),
        sa.CheckConstraint(
            "state IN ('self', 'submitted', 'explaining', 'second', 'published')",
            name=op.f("ck_score_sheets_state_known"),
        ),
        sa.CheckConstraint(
            "second_factor BETWEEN 0 AND 100",
            name=op.f("ck_score_sheets_second_factor_is_a_share"),
        ),
        sa.CheckConstraint(
            "year BETWEEN 2000 AND 2100", name=op.f("ck_score_sheets_year_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_score_sheets_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheets")),
        sa.UniqueConstraint(
            "unit_id", "year", name=op.f("uq_score_sheets_unit_id_year")
        ),
    )
    op.create_table(
        "score_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("line_code", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.String(length=600), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_score_events_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["score_sheets.id"],
            name=op.f("fk_score_events_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_events")),
    )
    op.create_index(
        op.f("ix_score_events_sheet_id"), "score_events", ["sheet_id"], unique=False
    )
    op.create_table(
        "score_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("is_applicable", sa.Boolean(), nullable=False),
        sa.Column("left_out_reason", sa.String(length=500), nullable=False),
        sa.Column("self_points", sa.Integer(), nullable=True),
        sa.Column("self_source", sa.String(length=10), nullable=False),
        sa.Column("self_note", sa.String(length=500), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=True),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("first_points", sa.Integer(), nullable=True),
        sa.Column("first_reason", sa.String(length=500), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("second_points", sa.Integer(), nullable=True),
        sa.Column("second_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(self_source = 'none') = (self_points IS NULL)",
            name=op.f("ck_score_lines_points_have_source"),
        ),
        sa.CheckConstraint(
            "is_applicable OR left_out_reason <> ''",
            name=op.f("ck_score_lines_left_out_with_reason"),
        ),
        sa.CheckConstraint(
            "self_source IN ('none', 'typed', 'value', 'wave')",
            name=op.f("ck_score_lines_self_source_known"),
        ),
        sa.CheckConstraint(
            "first_points >= 0 AND first_points <= maximum",
            name=op.f("ck_score_lines_first_points_in_range"),
        ),
        sa.CheckConstraint(
            "is_applicable OR self_points IS NULL",
            name=op.f("ck_score_lines_left_out_has_no_points"),
        ),
        sa.CheckConstraint(
            "maximum > 0 AND maximum <= 10000",
            name=op.f("ck_score_lines_maximum_in_range"),
        ),
        sa.CheckConstraint(
            "maximum IS NOT NULL OR (self_points IS NULL AND first_points IS NULL "
            "AND second_points IS NULL AND rule_id IS NULL)",
            name=op.f("ck_score_lines_a_group_has_no_points"),
        ),
        sa.CheckConstraint(
            "second_points >= 0 AND second_points <= maximum",
            name=op.f("ck_score_lines_second_points_in_range"),
        ),
        sa.CheckConstraint(
            "self_points >= 0 AND self_points <= maximum",
            name=op.f("ck_score_lines_self_points_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["score_rules.id"], name=op.f("fk_score_lines_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["score_sheets.id"],
            name=op.f("fk_score_lines_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_lines")),
        sa.UniqueConstraint(
            "sheet_id", "code", name=op.f("uq_score_lines_sheet_id_code")
        ),
    )
    op.create_index(
        op.f("ix_score_lines_rule_id"), "score_lines", ["rule_id"], unique=False
    )
    op.create_table(
        "score_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("has_file", sa.Boolean(), nullable=False),
        sa.Column("added_in", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "NOT (has_file AND link <> '')",
            name=op.f("ck_score_evidence_a_file_or_a_link_not_both"),
        ),
        sa.CheckConstraint(
            "state <> 'missing' OR (NOT has_file AND link = '')",
            name=op.f("ck_score_evidence_not_missing_with_file_or_link"),
        ),
        sa.CheckConstraint(
            "state = 'missing' OR has_file OR link <> ''",
            name=op.f("ck_score_evidence_missing_without_file_and_link"),
        ),
        sa.CheckConstraint(
            "state IN ('present', 'missing', 'stale')",
            name=op.f("ck_score_evidence_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["score_lines.id"],
            name=op.f("fk_score_evidence_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_evidence")),
    )
    op.create_index(
        op.f("ix_score_evidence_line_id"), "score_evidence", ["line_id"], unique=False
    )
    op.create_table(
        "score_files",
        sa.Column("evidence_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "length(sha256) = 64", name=op.f("ck_score_files_sha256_whole")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_score_files_not_empty")),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["score_evidence.id"],
            name=op.f("fk_score_files_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_score_files")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "score_files",
        "score_evidence",
        "score_lines",
        "score_events",
        "score_sheets",
        "score_rules",
    ):
        op.drop_table(table)
