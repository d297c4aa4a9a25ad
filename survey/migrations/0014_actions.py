"""What divisions will do, with history and evidence; reports due; calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("baseline", sa.JSON(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_actions_done_on")
        ),
        sa.CheckConstraint(
            "(state = 'dropped') = (reason IS NOT NULL)",
            name=op.f("ck_actions_dropped_for_a_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'in_progress', 'done', 'dropped')",
            name=op.f("ck_actions_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_actions_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_actions_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    op.create_index(op.f("ix_actions_unit_id"), "actions", ["unit_id"], unique=False)
    op.create_index(op.f("ix_actions_wave_id"), "actions", ["wave_id"], unique=False)
    op.create_table(
        "action_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('made', 'edited', 'turned', 'file_added', 'file_removed', "
            "'taken_back')",
            name=op.f("ck_action_events_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_action_events_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["actions.id"],
            name=op.f("fk_action_events_action_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_events")),
    )
    op.create_index(
        op.f("ix_action_events_action_id"), "action_events", ["action_id"], unique=False
    )
    op.create_table(
        "action_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('pdf', 'docx', 'xlsx', 'jpg', 'png')",
            name=op.f("ck_action_files_kind_known"),
        ),
        sa.CheckConstraint(
            "length(sha256) = 64", name=op.f("ck_action_files_sha256_whole")
        ),
        sa.CheckConstraint(
            "size BETWEEN 1 AND 10485760", name=op.f("ck_action_files_size_bounded")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["actions.id"],
            name=op.f("fk_action_files_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["accounts.id"], name=op.f("fk_action_files_added_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_files")),
    )
    op.create_index(
        op.f("ix_action_files_action_id"), "action_files", ["action_id"], unique=False
    )
    op.create_table(
        "periodic_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cut_day", sa.Integer(), nullable=False),
        sa.Column("due_day", sa.Integer(), nullable=False),
        sa.Column("due_months", sa.Integer(), nullable=False),
        sa.Column("day_off_rule", sa.String(length=20), nullable=False),
        sa.Column("recipients", sa.String(length=300), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cut_day BETWEEN 1 AND 31",
            name=op.f("ck_periodic_reports_cut_day_of_a_month"),
        ),
        sa.CheckConstraint(
            "day_off_rule IN ('next', 'before', 'same')",
            name=op.f("ck_periodic_reports_day_off_rule_known"),
        ),
        sa.CheckConstraint(
            "due_months > 0 OR due_day >= cut_day",
            name=op.f("ck_periodic_reports_due_after_the_cut"),
        ),
        sa.CheckConstraint(
            "due_day BETWEEN 1 AND 31",
            name=op.f("ck_periodic_reports_due_day_of_a_month"),
        ),
        sa.CheckConstraint(
            "due_months BETWEEN 0 AND 3",
            name=op.f("ck_periodic_reports_due_soon_after"),
        ),
        sa.CheckConstraint(
            "kind IN ('monthly', 'quarterly', 'half_year', 'yearly')",
            name=op.f("ck_periodic_reports_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periodic_reports")),
        sa.UniqueConstraint("name", name=op.f("uq_periodic_reports_name")),
    )
    op.create_table(
        "sent_reports",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["accounts.id"], name=op.f("fk_sent_reports_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["periodic_reports.id"],
            name=op.f("fk_sent_reports_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "period", name=op.f("pk_sent_reports")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_calendar_feeds_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "calendar_feeds",
        "sent_reports",
        "periodic_reports",
        "action_files",
        "action_events",
        "actions",
    ):
        op.drop_table(table)
