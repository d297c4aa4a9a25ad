"""Dispositions: how many of the invited answered how far, kept beside how many there
are, and an index of the few links whose invitation came back."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATUSES = ["complete", "partial", "break_off"]


def upgrade() -> None:
    """Count the answers of the invited from the responses."""
    _make_invitations(STATUSES)
    came_back = sa.text("undelivered_on IS NOT NULL")
    op.create_index(
        "ix_links_undelivered",
        "links",
        ["wave_id", "state", "unit_id", "procedure_id"],
        sqlite_where=came_back,
        postgresql_where=came_back,
    )


def downgrade() -> None:
    """Keep how many were invited, and nothing else."""
    op.drop_index("ix_links_undelivered", "links")
    _make_invitations([])


def _make_invitations(statuses: list[str]) -> None:
    """Make the table anew: how many were invited and, by status, how many answered."""
    places = "wave_id, unit_id, procedure_id, links"
    op.execute(
        f"CREATE TEMPORARY TABLE kept_invitations AS SELECT {places} FROM invitations"  # noqa: S608  # nosec B608
    )
    op.drop_table("invitations")
    counted = " AND ".join(f"{status} >= 0" for status in statuses)
    name = op.f("ck_invitations_answers_counted")
    op.create_table(
        "invitations",
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        *(sa.Column(status, sa.Integer(), nullable=False) for status in statuses),
        sa.CheckConstraint("links >= 0", name=op.f("ck_invitations_links_counted")),
        *((sa.CheckConstraint(counted, name=name),) if statuses else ()),
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
    into = ", ".join((places, *statuses))
    parts = (", 0 AS {0}", ", SUM({0})", ", CASE status WHEN '{0}' THEN 1 ELSE 0 END")
    zeros, sums, ones = (
        "".join(part.format(status) for status in statuses) for part in parts
    )
    answered = "WHERE origin = 'dossier'" if statuses else "WHERE 1 = 0"
    op.execute(
        f"""
        INSERT INTO invitations ({into})
        SELECT wave_id, unit_id, procedure_id, SUM(links){sums}
        FROM (
            SELECT {places}{zeros} FROM kept_invitations
            UNION ALL
            SELECT wave_id, unit_id, COALESCE(procedure_id, 0), 0{ones}
            FROM responses {answered}
        ) AS places
        GROUP BY wave_id, unit_id, procedure_id
        """  # noqa: S608  # nosec B608
    )
    op.execute("DROP TABLE kept_invitations")
