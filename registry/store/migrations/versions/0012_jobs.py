"""The ledger of scheduled runs."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import registry.store.models

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("period", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("known_at", registry.store.models.Instant(timezone=True), nullable=False),
        sa.Column("lease_until", registry.store.models.Instant(timezone=True), nullable=False),
        sa.Column("started_at", registry.store.models.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", registry.store.models.Instant(timezone=True), nullable=True),
        sa.Column("evaluated", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=True),
        sa.Column("delivered", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("message_zh", sa.Text(), nullable=True),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("stage_done", sa.Integer(), nullable=True),
        sa.Column("stage_total", sa.Integer(), nullable=True),
        sa.Column("posted_at", registry.store.models.Instant(timezone=True), nullable=True),
        sa.Column("unposted", sa.Text(), nullable=True),
        sa.Column("unposted_zh", sa.Text(), nullable=True),
        sa.Column("aside_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("aside_at", registry.store.models.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("job", "period", "number", name="uq_job_run_job_period_number"),
    )
    op.create_index("ix_job_run_started_at", "job_run", ["started_at"], unique=False)
    op.create_index(op.f("ix_job_run_status"), "job_run", ["status"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_job_run_status"), table_name="job_run")
    op.drop_index("ix_job_run_started_at", table_name="job_run")
    op.drop_table("job_run")
