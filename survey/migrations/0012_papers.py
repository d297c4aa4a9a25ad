"""Papers: the letterhead of the office, its legal bases, and the text that an officer
writes for the report of a wave."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four tables."""
    op.create_table(
        "letterheads",
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("superior", sa.String(length=200), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("recipients", sa.String(length=1000), nullable=False),
        sa.Column("signer", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "language IN ('vi', 'en')", name=op.f("ck_letterheads_language_known")
        ),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_letterheads")),
    )
    op.create_table(
        "logos",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_logos_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logos")),
    )
    op.create_table(
        "legal_bases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "language IN ('vi', 'en')", name=op.f("ck_legal_bases_language_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_bases")),
    )
    op.create_table(
        "report_pieces",
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "language IN ('vi', 'en')", name=op.f("ck_report_pieces_language_known")
        ),
        sa.CheckConstraint(
            "name IN ('purpose', 'legal', 'causes', 'proposals')",
            name=op.f("ck_report_pieces_name_known"),
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_report_pieces_wave_id")
        ),
        sa.PrimaryKeyConstraint(
            "wave_id", "language", "name", name=op.f("pk_report_pieces")
        ),
    )


def downgrade() -> None:
    """Forget what the papers say beside the figures."""
    op.drop_table("report_pieces")
    op.drop_table("legal_bases")
    op.drop_table("logos")
    op.drop_table("letterheads")
