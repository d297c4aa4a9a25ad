"""Closings: what was sealed when a wave was closed, and who opened it again. Waves
closed before this have one without a seal, to be sealed when somebody asks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, and a closing for every wave that is closed."""
    closings = op.create_table(
        "closings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("manifest", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("receipts_root", sa.String(length=64), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_closings_number_counted")),
        sa.CheckConstraint(
            "(sealed_at IS NULL) = (manifest IS NULL)",
            name=op.f("ck_closings_sealed_whole"),
        ),
        sa.CheckConstraint(
            "length(sha256) = 64", name=op.f("ck_closings_sha256_whole")
        ),
        sa.CheckConstraint(
            "length(receipts_root) = 64", name=op.f("ck_closings_receipts_root_whole")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_closings_wave_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["accounts.id"], name=op.f("fk_closings_closed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
        sa.UniqueConstraint(
            "wave_id", "number", name=op.f("uq_closings_wave_id_number")
        ),
    )
    op.create_table(
        "reopenings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closing_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'refused', 'withdrawn')",
            name=op.f("ck_reopenings_state_known"),
        ),
        sa.CheckConstraint(
            "answered_by <> asked_by", name=op.f("ck_reopenings_agreed_by_two_people")
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)",
            name=op.f("ck_reopenings_answered_at_a_moment"),
        ),
        sa.CheckConstraint(
            "state <> 'agreed' OR answered_by IS NOT NULL",
            name=op.f("ck_reopenings_agreed_by_somebody"),
        ),
        sa.CheckConstraint(
            "length(reason) >= 10", name=op.f("ck_reopenings_reason_given")
        ),
        sa.ForeignKeyConstraint(
            ["closing_id"],
            ["closings.id"],
            name=op.f("fk_reopenings_closing_id"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["accounts.id"], name=op.f("fk_reopenings_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["accounts.id"],
            name=op.f("fk_reopenings_answered_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopenings")),
    )
    op.create_index(op.f("ix_reopenings_closing_id"), "reopenings", ["closing_id"])
    live = sa.text("state IN ('asked', 'agreed')")
    op.create_index(
        "uq_reopenings_asked",
        "reopenings",
        ["closing_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    waves = sa.table("waves", sa.column("id", sa.String), sa.column("state", sa.String))
    closed = sa.select(waves.c.id, sa.literal(1), sa.func.current_timestamp()).where(
        waves.c.state == "closed"
    )
    op.execute(
        closings.insert().from_select(["wave_id", "number", "closed_at"], closed)
    )


def downgrade() -> None:
    """Forget what was sealed; the waves stay as they are."""
    op.drop_table("reopenings")
    op.drop_table("closings")
