"""Comments: themes, what was decided of each, who read what was written."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and an index of the few responses with a comment."""
    op.create_table(
        "themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_vi", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("element", sa.String(length=20), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(name_vi) > 0", name=op.f("ck_themes_has_a_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sa.UniqueConstraint("code", name=op.f("uq_themes_code")),
    )
    op.create_table(
        "comment_codings",
        sa.Column("response_id", sa.String(length=20), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('unit', 'office', 'withheld')",
            name=op.f("ck_comment_codings_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["responses.id"],
            name=op.f("fk_comment_codings_response_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_comment_codings_wave_id")
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_comment_codings")),
    )
    op.create_index(
        "ix_comment_codings_wave_id_state", "comment_codings", ["wave_id", "state"]
    )
    op.create_table(
        "comment_themes",
        sa.Column("response_id", sa.String(length=20), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["comment_codings.response_id"],
            name=op.f("fk_comment_themes_response_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_comment_themes_theme_id")
        ),
        sa.PrimaryKeyConstraint(
            "response_id", "theme_id", name=op.f("pk_comment_themes")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_comment_themes_theme_id"), "comment_themes", ["theme_id"])
    op.create_table(
        "comment_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("response_id", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "action IN ('read', 'unmasked', 'released', 'withheld', 'undone')",
            name=op.f("ck_comment_events_action_known"),
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_comment_events_wave_id")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["responses.id"],
            name=op.f("fk_comment_events_response_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_comment_events_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_events")),
    )
    op.create_index("ix_comment_events_wave_id_id", "comment_events", ["wave_id", "id"])
    op.create_index("ix_comment_events_response_id", "comment_events", ["response_id"])
    says_something = sa.text("comment IS NOT NULL")
    op.create_index(
        "ix_responses_commented",
        "responses",
        ["wave_id", "id"],
        sqlite_where=says_something,
        postgresql_where=says_something,
    )


def downgrade() -> None:
    """Drop all of it."""
    op.drop_index("ix_responses_commented", "responses")
    for table in ("comment_events", "comment_themes", "comment_codings", "themes"):
        op.drop_table(table)
