"""Values of the plan's indicators and goals for them, as departments file them.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, said in (
        ("indicator", ("value", "reported_by", "document")),
        ("target", ("goal", "document")),
    ):
        op.create_table(
            table,
            sa.Column("indicator", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
            sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
            sa.Column("period", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
            sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
            *(sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=True) for name in said),
            sa.Column("filing", sa.Integer(), nullable=False),
            sa.Column("row", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("indicator", "key", name=op.f(f"pk_{table}")),
        )


def downgrade() -> None:
    op.drop_table("target")
    op.drop_table("indicator")
