"""The typed tables of the register: the current fold of statements about firms.

Tables with ``from_day`` and ``to_day`` hold every version of a record as half-open spans, so a question about any
day D is one condition (``from_day <= D < to_day``) and needs no history of its own. All are written by
``registry.store.statements`` only; but for documents (``registry.documents``) and saved views (``registry.saved_views``),
which say nothing about firms.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.store.models import Instant


class Enterprise(SQLModel, table=True):
    """Profiles as spans. Money in yuan; ``name_key`` is the normal form; ``city`` is six digits."""

    __tablename__ = "enterprise"

    uscc: str = Field(primary_key=True)
    from_day: date = Field(primary_key=True)
    to_day: date
    name: str
    name_key: str
    former_names: str | None = Field(default=None, sa_type=Text)
    short_name: str | None = None
    city: str
    district: str | None = None
    area: str | None = None
    street: str | None = None
    address: str | None = Field(default=None, sa_type=Text)
    industry: str | None = None
    ownership: str | None = None
    enterprise_type: str | None = None
    legal_form: str
    founded_on: date | None = None
    registered_capital: str | None = None
    status: str | None = None
    business_scope: str | None = Field(default=None, sa_type=Text)
    products: str | None = Field(default=None, sa_type=Text)
    niche: str | None = None
    pillar: str | None = None
    digital_core: str | None = None
    predecessor_uscc: str | None = None
    successor_uscc: str | None = None
    parent_uscc: str | None = None
    parent_listed: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    filing: int
    row: int
    __table_args__ = (
        Index("ix_enterprise_name_key", "name_key"),
        Index("ix_enterprise_belonging", "uscc", "city", "from_day", "to_day", "status", "founded_on"),
    )


class KnownName(SQLModel, table=True):
    """What finds a firm beyond its registered name, by ``role``: ``former`` and ``short`` names, another ``code`` of its
    own (twice the same firm)."""

    __tablename__ = "known_name"

    uscc: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    key: str = Field(primary_key=True, index=True)
    name: str


class Figures(SQLModel, table=True):
    """One firm's accounts of one year, in yuan and persons; ratios and other decimals as decimal text."""

    __tablename__ = "figures"

    uscc: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    revenue: int | None = Field(default=None, sa_type=BigInteger)
    main_revenue: int | None = Field(default=None, sa_type=BigInteger)
    product_revenue: int | None = Field(default=None, sa_type=BigInteger)
    hitech_revenue: int | None = Field(default=None, sa_type=BigInteger)
    export_revenue: int | None = Field(default=None, sa_type=BigInteger)
    rd_expense: int | None = Field(default=None, sa_type=BigInteger)
    rd_domestic: int | None = Field(default=None, sa_type=BigInteger)
    total_cost: int | None = Field(default=None, sa_type=BigInteger)
    net_profit: int | None = Field(default=None, sa_type=BigInteger)
    tax_paid: int | None = Field(default=None, sa_type=BigInteger)
    total_assets: int | None = Field(default=None, sa_type=BigInteger)
    total_liabilities: int | None = Field(default=None, sa_type=BigInteger)
    net_assets: int | None = Field(default=None, sa_type=BigInteger)
    employees: int | None = None
    rd_staff: int | None = None
    tech_staff: int | None = None
    equity_paid_in: int | None = Field(default=None, sa_type=BigInteger)
    valuation_usd: int | None = Field(default=None, sa_type=BigInteger)
    value_added: int | None = Field(default=None, sa_type=BigInteger)
    energy_tce: str | None = None
    land_mu: str | None = None
    platform_score: str | None = None
    filing: int
    row: int
    __table_args__ = (Index("ix_figures_year", "year", "revenue", "uscc"),)


class Evidence(SQLModel, table=True):
    """What cannot be read off accounts, as spans."""

    __tablename__ = "evidence"

    uscc: str = Field(primary_key=True)
    from_day: date = Field(primary_key=True)
    to_day: date
    niche_since: date | None = None
    new_product_since: date | None = None
    ip1_count: int | None = None
    ip1_self_count: int | None = None
    ip1_high_value_count: int | None = None
    ip2_count: int | None = None
    invention_patents: int | None = None
    utility_models: int | None = None
    software_copyrights: int | None = None
    market_share: str | None = None
    rank_world: int | None = None
    rank_national: int | None = None
    rank_province: int | None = None
    rd_institution: str | None = None
    standards_led: int | None = None
    own_brand: str | None = None
    management_certificate: str | None = None
    overseas_certificate: str | None = None
    information_system: str | None = None
    digital_level: int | None = None
    strategic_emerging: str | None = None
    six_basics: str | None = None
    key_field: str | None = None
    credit_score: str | None = None
    credit_blacklist: str | None = None
    abnormal_list: str | None = None
    filing: int
    row: int


class Honour(SQLModel, table=True):
    """An award, platform, brand, pilot, certificate … on a day, perhaps until a day (the last one, inclusive)."""

    __tablename__ = "honour"

    uscc: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    honour: str
    on: date
    level: str | None = None
    rank: int | None = None
    title: str | None = None
    document: str | None = None
    until: date | None = None
    filing: int
    row: int
    __table_args__ = (Index("ix_honour_honour", "honour"),)


class RequestKey(SQLModel, table=True):
    """A request of the API that was carried out: who sent it under which key, what it said, and the filing it made."""

    __tablename__ = "request_key"

    by: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: str
    filing_id: int = Field(foreign_key="filing.id")


class Document(SQLModel, table=True):
    """A file attached to a firm as evidence. The bytes stand under their hash and stay while any row names them;
    ``about``: ``kind:key`` of a record, ``enterprise:field``, or nothing for the firm as a whole."""

    __tablename__ = "document"

    id: int | None = Field(default=None, primary_key=True)
    uscc: str = Field(index=True)
    sha256: str = Field(index=True)
    name: str
    type: str
    size: int
    about: str | None = None
    note: str | None = Field(default=None, sa_type=Text)
    by: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    removed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    removed_by: str | None = None


class SavedView(SQLModel, table=True):
    """A narrowed and sorted list of firms under a name. ``query`` is the address's arguments, normalised;
    ``shared`` 1: everybody sees it."""

    __tablename__ = "saved_view"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    query: str = Field(sa_column=Column(Text, nullable=False))
    owner: str
    shared: int = 0
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    __table_args__ = (UniqueConstraint("owner", "name"),)
