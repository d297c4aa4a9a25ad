"""Whether all links of a batch are there: a large one is made in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every batch that is there is whole."""
    op.add_column(
        "batches",
        sa.Column("is_whole", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("batches") as table:
        table.drop_column("is_whole")
