"""The index that finds firms by part of a name, sound, product: made at the first search.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_firm",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sort_key", sa.LargeBinary(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("products", sa.Text(), nullable=False),
        sa.Column("sounds", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_firm")),
        sa.UniqueConstraint("uscc", name=op.f("uq_search_firm_uscc")),
    )
    with op.batch_alter_table("search_firm", schema=None) as batch_op:
        batch_op.create_index("ix_search_firm_sort_key", ["sort_key", "uscc"], unique=False)
    op.create_table(
        "search_gram",
        sa.Column(
            "place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("firms", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_search_gram")),
    )
    op.create_table(
        "search_segment",
        sa.Column("first", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("first", name=op.f("pk_search_segment")),
    )
    op.create_table(
        "search_waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firms", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_waiting")),
    )


def downgrade() -> None:
    op.drop_table("search_waiting")
    op.drop_table("search_segment")
    op.drop_table("search_gram")
    with op.batch_alter_table("search_firm", schema=None) as batch_op:
        batch_op.drop_index("ix_search_firm_sort_key")

    op.drop_table("search_firm")
