"""Chains, links between firms, demands, offers, matchmaking events and what came of them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_role",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("chain", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from", sa.Date(), nullable=True),
        sa.Column("to", sa.Date(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "key", name=op.f("pk_chain_role")),
    )
    op.create_index(op.f("ix_chain_role_chain"), "chain_role", ["chain"], unique=False)
    op.create_table(
        "chain_stage",
        sa.Column("chain", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("order", sa.Integer(), nullable=True),
        sa.Column("product", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "key", name=op.f("pk_chain_stage")),
    )
    op.create_table(
        "demand",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("buyer", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("buyer_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("chain", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("quantity", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("tiers_wanted", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("districts", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("certificates", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
    )
    op.create_index(op.f("ix_demand_buyer"), "demand", ["buyer"], unique=False)
    op.create_table(
        "integration_action",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("resource", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("chain", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "key", name=op.f("pk_integration_action")),
    )
    op.create_table(
        "invitation",
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("demand", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("event", "key", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_uscc"), "invitation", ["uscc"], unique=False)
    op.create_table(
        "match_answer",
        sa.Column("demand", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("demand", "key", name=op.f("pk_match_answer")),
    )
    op.create_index(op.f("ix_match_answer_uscc"), "match_answer", ["uscc"], unique=False)
    op.create_table(
        "match_event",
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("chain", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("tables", sa.Integer(), nullable=True),
        sa.Column("slots", sa.Integer(), nullable=True),
        sa.Column("slot_minutes", sa.Integer(), nullable=True),
        sa.Column("meetings_per_firm", sa.Integer(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_match_event")),
    )
    op.create_table(
        "meeting",
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("demand", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("table", sa.Integer(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("event", "key", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_uscc"), "meeting", ["uscc"], unique=False)
    op.create_table(
        "offer",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("product", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("capacity", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("certificates", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "key", name=op.f("pk_offer")),
    )
    op.create_table(
        "outcome",
        sa.Column("buyer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("supplier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("product", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("demand", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("document", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("supplier_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("buyer_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "key", "from_day", name=op.f("pk_outcome")),
    )
    op.create_index("ix_outcome_stage", "outcome", ["stage", "from_day", "to_day"], unique=False)
    op.create_index(op.f("ix_outcome_supplier"), "outcome", ["supplier"], unique=False)
    op.create_table(
        "supply_link",
        sa.Column("buyer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("supplier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("product", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("share_of_buyer_spend", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("essential", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("from", sa.Date(), nullable=True),
        sa.Column("to", sa.Date(), nullable=True),
        sa.Column("supplier_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("buyer_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "key", name=op.f("pk_supply_link")),
    )
    op.create_index(op.f("ix_supply_link_supplier"), "supply_link", ["supplier"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_supply_link_supplier"), table_name="supply_link")
    op.drop_table("supply_link")
    op.drop_index(op.f("ix_outcome_supplier"), table_name="outcome")
    op.drop_index("ix_outcome_stage", table_name="outcome")
    op.drop_table("outcome")
    op.drop_table("offer")
    op.drop_index(op.f("ix_meeting_uscc"), table_name="meeting")
    op.drop_table("meeting")
    op.drop_table("match_event")
    op.drop_index(op.f("ix_match_answer_uscc"), table_name="match_answer")
    op.drop_table("match_answer")
    op.drop_index(op.f("ix_invitation_uscc"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_table("integration_action")
    op.drop_index(op.f("ix_demand_buyer"), table_name="demand")
    op.drop_table("demand")
    op.drop_table("chain_stage")
    op.drop_index(op.f("ix_chain_role_chain"), table_name="chain_role")
    op.drop_table("chain_role")
