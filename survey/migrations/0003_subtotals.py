"""Tallies added up over procedures and channels, for pages of whole units."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = "wave_id, unit_id, origin, month, is_flagged, arm"


def upgrade() -> None:
    """Make the table and add up what was counted so far."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "subtotals",
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column(
            "counts", sa.LargeBinary() if is_sqlite else sa.Numeric(), nullable=False
        ),
        sa.CheckConstraint(
            "arm IN ('guided', 'folded')", name=op.f("ck_subtotals_arm_known")
        ),
        sa.CheckConstraint(
            "origin IN ('dossier', 'counter', 'kiosk', 'paper')",
            name=op.f("ck_subtotals_origin_known"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_subtotals_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_subtotals_wave_id")
        ),
        sa.PrimaryKeyConstraint(
            *KEY.split(", "),
            name=op.f("pk_subtotals"),
        ),
        sqlite_with_rowid=False,
    )
    # Our own sum adds the bytes that SQLite keeps; PostgreSQL adds numbers itself.
    total = "sum_counts(counts)" if is_sqlite else "sum(counts)"
    op.execute(
        f"INSERT INTO subtotals ({KEY}, counts) "  # noqa: S608  # nosec B608 - names of our own
        f"SELECT {KEY}, {total} FROM tallies GROUP BY {KEY}"
    )


def downgrade() -> None:
    """Drop it: the tallies hold the same."""
    op.drop_table("subtotals")
