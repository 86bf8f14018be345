"""Saved views of the register; what its facets ask of a standing.

Standings that are there are dated back, so that the next visit makes them anew with what is added here.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import registry.store.models

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LISTS = ("levels", "stages", "missing")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("shared", sa.Integer(), nullable=False),
        sa.Column("made_at", registry.store.models.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_saved_view_owner_name")),
    )
    for name in LISTS:
        op.add_column("standing", sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("standing", sa.Column("doubling", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.alter_column("doubling", server_default=None)
    op.execute("update standing set as_of = '2000-01-01'")


def downgrade() -> None:
    with op.batch_alter_table("standing", schema=None) as batch_op:
        for name in ("doubling", *reversed(LISTS)):
            batch_op.drop_column(name)
    op.drop_table("saved_view")
