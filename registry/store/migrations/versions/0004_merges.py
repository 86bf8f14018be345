"""Twice the same firm: the judgement that two codes are one.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import registry.store.models

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loser", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("survivor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", registry.store.models.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("split_at", registry.store.models.Instant(timezone=True), nullable=True),
        sa.Column("split_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.create_index(
            "uq_merge_loser",
            ["loser"],
            unique=True,
            sqlite_where=sa.text("split_at IS NULL"),
            postgresql_where=sa.text("split_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.drop_index("uq_merge_loser")

    op.drop_table("merge")
