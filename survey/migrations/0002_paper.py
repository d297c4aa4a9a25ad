"""Forms on paper, entered by two people, and how many dossiers were invited."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "invitations",
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.CheckConstraint("links >= 0", name=op.f("ck_invitations_links_counted")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_invitations_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_invitations_wave_id")
        ),
        sa.PrimaryKeyConstraint(
            "wave_id", "unit_id", "procedure_id", name=op.f("pk_invitations")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.Column("second", sa.JSON(), nullable=False),
        sa.Column("first_by", sa.Integer(), nullable=False),
        sa.Column("second_by", sa.Integer(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('once', 'twice', 'counted')",
            name=op.f("ck_paper_forms_state_known"),
        ),
        sa.CheckConstraint(
            "second_by <> first_by", name=op.f("ck_paper_forms_entered_by_two_people")
        ),
        sa.CheckConstraint(
            "(state = 'once') = (second_by IS NULL)",
            name=op.f("ck_paper_forms_second_entry_is_somebodys"),
        ),
        sa.CheckConstraint(
            "length(month) = 7", name=op.f("ck_paper_forms_month_is_a_month")
        ),
        sa.ForeignKeyConstraint(
            ["first_by"], ["accounts.id"], name=op.f("fk_paper_forms_first_by")
        ),
        sa.ForeignKeyConstraint(
            ["second_by"], ["accounts.id"], name=op.f("fk_paper_forms_second_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_paper_forms_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_paper_forms_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_forms")),
        sa.UniqueConstraint(
            "wave_id", "number", name=op.f("uq_paper_forms_wave_id_number")
        ),
    )
    op.create_index(
        op.f("ix_paper_forms_unit_id"), "paper_forms", ["unit_id"], unique=False
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_paper_forms_unit_id"), table_name="paper_forms")
    op.drop_table("paper_forms")
    op.drop_table("invitations")
