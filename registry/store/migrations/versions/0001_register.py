"""The register: filings, statements, the records folded from them, and what follows from those.

Revision: 0001, the first.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import registry.store.models

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "above_scale",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entry_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("exit_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "entered_on", name=op.f("pk_above_scale")),
    )
    op.create_table(
        "application",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("tier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("round", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column("document", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "key", "from_day", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(
            "ix_application_purpose", ["purpose", "stage", "from_day", "to_day"], unique=False
        )

    op.create_table(
        "count_cache",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("after", registry.store.models.Instant(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_cache")),
    )
    op.create_table(
        "doubling",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("programme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("base_year", sa.Integer(), nullable=True),
        sa.Column("horizon_years", sa.Integer(), nullable=True),
        sa.Column("multiple", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("exit_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("officer", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "programme", "entered_on", name=op.f("pk_doubling")),
    )
    op.create_table(
        "enterprise",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("former_names", sa.Text(), nullable=True),
        sa.Column("short_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("district", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("area", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("street", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("industry", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("ownership", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("enterprise_type", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("legal_form", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("registered_capital", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("business_scope", sa.Text(), nullable=True),
        sa.Column("products", sa.Text(), nullable=True),
        sa.Column("niche", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("pillar", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("digital_core", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("predecessor_uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("successor_uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("parent_uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("parent_listed", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("contact_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("contact_phone", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "from_day", name=op.f("pk_enterprise")),
    )
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index(
            "ix_enterprise_belonging",
            ["uscc", "city", "from_day", "to_day", "status", "founded_on"],
            unique=False,
        )
        batch_op.create_index("ix_enterprise_name_key", ["name_key"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("niche_since", sa.Date(), nullable=True),
        sa.Column("new_product_since", sa.Date(), nullable=True),
        sa.Column("ip1_count", sa.Integer(), nullable=True),
        sa.Column("ip1_self_count", sa.Integer(), nullable=True),
        sa.Column("ip1_high_value_count", sa.Integer(), nullable=True),
        sa.Column("ip2_count", sa.Integer(), nullable=True),
        sa.Column("invention_patents", sa.Integer(), nullable=True),
        sa.Column("utility_models", sa.Integer(), nullable=True),
        sa.Column("software_copyrights", sa.Integer(), nullable=True),
        sa.Column("market_share", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("rank_world", sa.Integer(), nullable=True),
        sa.Column("rank_national", sa.Integer(), nullable=True),
        sa.Column("rank_province", sa.Integer(), nullable=True),
        sa.Column("rd_institution", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("standards_led", sa.Integer(), nullable=True),
        sa.Column("own_brand", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("management_certificate", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("overseas_certificate", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("information_system", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("digital_level", sa.Integer(), nullable=True),
        sa.Column("strategic_emerging", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("six_basics", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("key_field", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("credit_score", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("credit_blacklist", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("abnormal_list", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "from_day", name=op.f("pk_evidence")),
    )
    op.create_table(
        "figures",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=True),
        sa.Column("main_revenue", sa.BigInteger(), nullable=True),
        sa.Column("product_revenue", sa.BigInteger(), nullable=True),
        sa.Column("hitech_revenue", sa.BigInteger(), nullable=True),
        sa.Column("export_revenue", sa.BigInteger(), nullable=True),
        sa.Column("rd_expense", sa.BigInteger(), nullable=True),
        sa.Column("rd_domestic", sa.BigInteger(), nullable=True),
        sa.Column("total_cost", sa.BigInteger(), nullable=True),
        sa.Column("net_profit", sa.BigInteger(), nullable=True),
        sa.Column("tax_paid", sa.BigInteger(), nullable=True),
        sa.Column("total_assets", sa.BigInteger(), nullable=True),
        sa.Column("total_liabilities", sa.BigInteger(), nullable=True),
        sa.Column("net_assets", sa.BigInteger(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("rd_staff", sa.Integer(), nullable=True),
        sa.Column("tech_staff", sa.Integer(), nullable=True),
        sa.Column("equity_paid_in", sa.BigInteger(), nullable=True),
        sa.Column("valuation_usd", sa.BigInteger(), nullable=True),
        sa.Column("value_added", sa.BigInteger(), nullable=True),
        sa.Column("energy_tce", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("land_mu", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("platform_score", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "year", name=op.f("pk_figures")),
    )
    with op.batch_alter_table("figures", schema=None) as batch_op:
        batch_op.create_index("ix_figures_year", ["year", "revenue", "uscc"], unique=False)

    op.create_table(
        "filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("file", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_at", registry.store.models.Instant(timezone=True), nullable=False),
        sa.Column("withdrawn_at", registry.store.models.Instant(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("sheet", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("review", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["filing.id"], name=op.f("fk_filing_parent_id_filing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("recorded_at", name=op.f("uq_filing_recorded_at")),
    )
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_sha256"), ["sha256"], unique=False)

    op.create_table(
        "honour",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("honour", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("document", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "key", name=op.f("pk_honour")),
    )
    with op.batch_alter_table("honour", schema=None) as batch_op:
        batch_op.create_index("ix_honour_honour", ["honour"], unique=False)

    op.create_table(
        "known_name",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "role", "key", name=op.f("pk_known_name")),
    )
    with op.batch_alter_table("known_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_known_name_key"), ["key"], unique=False)

    op.create_table(
        "listing",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("board", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("short_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("listed_entity", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "board", "stage", "stage_on", name=op.f("pk_listing")),
    )
    op.create_table(
        "personal",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal")),
    )
    with op.batch_alter_table("personal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_personal_subject"), ["subject"], unique=False)

    op.create_table(
        "standing",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("size_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revenue_class", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=True),
        sa.Column("highest_tier", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("tiers", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("next_expiry", sa.Date(), nullable=True),
        sa.Column("above_scale", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_highest_tier"), ["highest_tier"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_next_expiry"), ["next_expiry"], unique=False)

    op.create_table(
        "tick",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("identity", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", registry.store.models.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tick")),
    )
    op.create_table(
        "title",
        sa.Column("uscc", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("tier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("batch", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("document", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("list_source", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("basis", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoke_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("certificate", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("overtaken_on", sa.Date(), nullable=True),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("open_term", sa.Integer(), nullable=False),
        sa.Column("filing", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "key", name=op.f("pk_title")),
    )
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.create_index(
            "ix_title_firm", ["uscc", "tier", "level", "valid_from", "ends_on"], unique=False
        )
        batch_op.create_index(
            "ix_title_tier",
            [
                "tier",
                "level",
                "valid_from",
                "ends_on",
                "uscc",
                "valid_to",
                "issued",
                "first",
                "basis",
                "kind",
            ],
            unique=False,
        )

    op.create_table(
        "filing_row",
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("fate", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("cells", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["filing.id"], name=op.f("fk_filing_row_decided_by_filing")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_row_filing_id_filing")),
        sa.PrimaryKeyConstraint("filing_id", "row", name=op.f("pk_filing_row")),
    )
    with op.batch_alter_table("filing_row", schema=None) as batch_op:
        batch_op.create_index("ix_filing_row_fate", ["fate", "filing_id"], unique=False)

    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("fate", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_problem_filing_id_filing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
    )
    with op.batch_alter_table("problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_problem_filing_id"), ["filing_id"], unique=False)

    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("closed_at", registry.store.models.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_statement_filing_id_filing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_filing_id"), ["filing_id"], unique=False)
        batch_op.create_index("ix_statement_subject", ["subject", "kind"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_subject")
        batch_op.drop_index(batch_op.f("ix_statement_filing_id"))

    op.drop_table("statement")
    with op.batch_alter_table("problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_problem_filing_id"))

    op.drop_table("problem")
    with op.batch_alter_table("filing_row", schema=None) as batch_op:
        batch_op.drop_index("ix_filing_row_fate")

    op.drop_table("filing_row")
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.drop_index("ix_title_tier")
        batch_op.drop_index("ix_title_firm")

    op.drop_table("title")
    op.drop_table("tick")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_next_expiry"))
        batch_op.drop_index(batch_op.f("ix_standing_highest_tier"))

    op.drop_table("standing")
    with op.batch_alter_table("personal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_personal_subject"))

    op.drop_table("personal")
    op.drop_table("listing")
    with op.batch_alter_table("known_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_known_name_key"))

    op.drop_table("known_name")
    with op.batch_alter_table("honour", schema=None) as batch_op:
        batch_op.drop_index("ix_honour_honour")

    op.drop_table("honour")
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filing_sha256"))
        batch_op.drop_index(batch_op.f("ix_filing_parent_id"))
        batch_op.drop_index(batch_op.f("ix_filing_kind"))

    op.drop_table("filing")
    with op.batch_alter_table("figures", schema=None) as batch_op:
        batch_op.drop_index("ix_figures_year")

    op.drop_table("figures")
    op.drop_table("evidence")
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.drop_index("ix_enterprise_name_key")
        batch_op.drop_index("ix_enterprise_belonging")

    op.drop_table("enterprise")
    op.drop_table("doubling")
    op.drop_table("count_cache")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_purpose")

    op.drop_table("application")
    op.drop_table("above_scale")
