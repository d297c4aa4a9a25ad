"""Subtotals of several kinds, so that pages with any filters read few rows."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = (
    "wave_id", "kind", "procedure_id", "channel", "origin", "unit_id", "month",
    "is_flagged", "arm",
)  # fmt: skip
KINDS = {
    "whole": {"procedure_id": "0", "unit_id": "0"},
    "unit": {"procedure_id": "0", "channel": "''"},
    "procedure": {"channel": "''", "arm": "''"},
    "channel": {"procedure_id": "0", "arm": "''"},
}
"""What stands where a kind does not tell apart."""
BEFORE = ("wave_id", "unit_id", "origin", "month", "is_flagged", "arm")
ORIGINS = "origin IN ('dossier', 'counter', 'kiosk', 'assisted', 'paper')"


def upgrade() -> None:
    """Make the table anew and add up what was counted so far."""
    op.drop_table("subtotals")
    op.create_table(
        "subtotals",
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        _counts(),
        sa.CheckConstraint(
            "kind IN ('whole', 'unit', 'procedure', 'channel')",
            name=op.f("ck_subtotals_kind_known"),
        ),
        sa.CheckConstraint(
            "channel IN ('', 'in_person', 'online', 'postal', 'mixed', 'unknown')",
            name=op.f("ck_subtotals_channel_known"),
        ),
        sa.CheckConstraint(ORIGINS, name=op.f("ck_subtotals_origin_known")),
        sa.CheckConstraint(
            "arm IN ('', 'guided', 'folded')", name=op.f("ck_subtotals_arm_known")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_subtotals_wave_id")
        ),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_subtotals")),
        sqlite_with_rowid=False,
    )
    for kind, nothing in KINDS.items():
        told = [name for name in KEY if name not in ("kind", *nothing)]
        read = [
            f"'{kind}'" if name == "kind" else nothing.get(name, name) for name in KEY
        ]
        # What is closed takes no more answers, so its sums of the whole are kept too.
        closed = "SELECT id FROM waves WHERE state = 'closed'"
        _add_up(KEY, read, told, closed if kind == "whole" else "SELECT id FROM waves")


def downgrade() -> None:
    """Make the one kind there was before."""
    op.drop_table("subtotals")
    op.create_table(
        "subtotals",
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        _counts(),
        sa.CheckConstraint(
            "arm IN ('guided', 'folded')", name=op.f("ck_subtotals_arm_known")
        ),
        sa.CheckConstraint(ORIGINS, name=op.f("ck_subtotals_origin_known")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_subtotals_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_subtotals_wave_id")
        ),
        sa.PrimaryKeyConstraint(*BEFORE, name=op.f("pk_subtotals")),
        sqlite_with_rowid=False,
    )
    _add_up(BEFORE, BEFORE, BEFORE, "SELECT id FROM waves")


def _counts() -> sa.Column[Any]:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    kind: Any = sa.LargeBinary() if is_sqlite else sa.Numeric()
    return sa.Column("counts", kind, nullable=False)


def _add_up(
    key: Sequence[str], read: Sequence[str], told: Sequence[str], waves: str
) -> None:
    # Our own sum adds the bytes that SQLite keeps; PostgreSQL adds numbers itself.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    total = "sum_counts(counts)" if is_sqlite else "sum(counts)"
    op.execute(
        f"INSERT INTO subtotals ({', '.join(key)}, counts) "  # noqa: S608  # nosec B608 - names of our own
        f"SELECT {', '.join(read)}, {total} FROM tallies "
        f"WHERE wave_id IN ({waves}) GROUP BY {', '.join(told)}"
    )
