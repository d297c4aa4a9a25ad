"""How the tallies of a wave were written: those made before this are counted anew when
the upgrade goes on, because facts and general questions are counted too."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark every wave there is as written in the first way."""
    op.add_column(
        "waves",
        sa.Column("tally_layout", sa.Integer(), server_default="1", nullable=False),
    )


def downgrade() -> None:
    """Forget it; an earlier version then needs `survey tally rebuild`."""
    op.drop_column("waves", "tally_layout")
