"""Papers of the office that belong to a wave, kept with their files."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "wave_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("media", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('plan', 'decision', 'report', 'other')",
            name=op.f("ck_wave_documents_kind_known"),
        ),
        sa.CheckConstraint(
            "length(sha256) = 64", name=op.f("ck_wave_documents_sha256_whole")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_wave_documents_not_empty")),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_wave_documents_wave_id")
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["accounts.id"], name=op.f("fk_wave_documents_added_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_documents")),
        sa.UniqueConstraint(
            "wave_id", "sha256", name=op.f("uq_wave_documents_wave_id_sha256")
        ),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("wave_documents")
