"""Published counts, their firms, and the filings that these stand on."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import registry.store.models

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_at", registry.store.models.Instant(timezone=True), nullable=False),
        sa.Column("published_at", registry.store.models.Instant(timezone=True), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("definition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("count", sa.Text(), nullable=False),
        sa.Column("bridges", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_index("ix_snapshot_name", "snapshot", ["name", "as_of"], unique=False)
    op.create_table(
        "snapshot_firm",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("target", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_firm_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "target", "uscc", name=op.f("pk_snapshot_firm")),
    )
    op.create_table(
        "snapshot_filing",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("firms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_filing_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "filing_id", name=op.f("pk_snapshot_filing")),
    )
    op.create_index("ix_snapshot_filing_filing", "snapshot_filing", ["filing_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_snapshot_filing_filing", table_name="snapshot_filing")
    op.drop_table("snapshot_filing")
    op.drop_table("snapshot_firm")
    op.drop_index("ix_snapshot_name", table_name="snapshot")
    op.drop_table("snapshot")
