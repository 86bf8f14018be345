"""The typed tables of this room: the current fold of what was said about chains, links, demands and meetings.

An end of a link is a *node*: a credit code, or ``~`` and the normal form of a name that no firm bore when the row was
filed (an outside party). Codes stand as filed; who reads them asks which firm they lead to.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Text
from sqlmodel import Field, SQLModel


class ChainStage(SQLModel, table=True):
    """One product of one stage of a chain, or a chain of which no more is known. ``state``: built, strong, missing."""

    __tablename__ = "chain_stage"

    chain: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    stage: str | None = None
    order: int | None = Field(default=None, sa_column=Column("order", Integer))
    product: str | None = None
    state: str | None = None
    filing: int
    row: int


class ChainRole(SQLModel, table=True):
    """A firm's part in a chain from ``from`` (None: ever) to ``to`` (inclusive, None: until further notice)."""

    __tablename__ = "chain_role"

    uscc: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    chain: str = Field(index=True)
    role: str
    from_: date | None = Field(default=None, sa_column=Column("from", Date))
    to: date | None = Field(default=None, sa_column=Column("to", Date))
    filing: int
    row: int


class SupplyLink(SQLModel, table=True):
    """``supplier`` supplies ``buyer``, from ``from`` (None: ever) to ``to`` (inclusive, None: until further notice).

    ``share_of_buyer_spend``: exact decimal text of a ratio. The names are those that an outside party was given.
    """

    __tablename__ = "supply_link"

    buyer: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    supplier: str = Field(index=True)
    product: str | None = None
    share_of_buyer_spend: str | None = None
    essential: str | None = None
    from_: date | None = Field(default=None, sa_column=Column("from", Date))
    to: date | None = Field(default=None, sa_column=Column("to", Date))
    supplier_name: str | None = None
    buyer_name: str | None = None
    filing: int
    row: int


class Demand(SQLModel, table=True):
    """What a buyer looks for. ``tiers_wanted``, ``districts``, ``certificates``: entries parted by semicolons; the first two
    are ids. Open until ``due_on`` (inclusive) or the day before ``closed_on``."""

    __tablename__ = "demand"

    id: str = Field(primary_key=True)
    key: str
    buyer: str | None = Field(default=None, index=True)
    buyer_name: str | None = None
    chain: str | None = None
    title: str | None = None
    detail: str | None = Field(default=None, sa_column=Column(Text))
    quantity: str | None = None
    amount: int | None = Field(default=None, sa_type=BigInteger)
    tiers_wanted: str | None = None
    districts: str | None = None
    certificates: str | None = None
    due_on: date | None = None
    closed_on: date | None = None
    filing: int
    row: int


class Offer(SQLModel, table=True):
    """What a firm can supply; good until ``until`` (inclusive, None: until further notice)."""

    __tablename__ = "offer"

    uscc: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    product: str
    detail: str | None = Field(default=None, sa_column=Column(Text))
    capacity: str | None = None
    certificates: str | None = None
    until: date | None = None
    filing: int
    row: int


class MatchAnswer(SQLModel, table=True):
    """What was said to a firm that was proposed for a demand: shortlisted, declined …"""

    __tablename__ = "match_answer"

    demand: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    uscc: str = Field(index=True)
    answer: str
    reason: str | None = None
    on: date | None = Field(default=None, sa_column=Column("on", Date))
    filing: int
    row: int


class MatchEvent(SQLModel, table=True):
    """A matchmaking event: ``tables`` × ``slots`` meetings at most, each firm at most ``meetings_per_firm``."""

    __tablename__ = "match_event"

    event: str = Field(primary_key=True)
    key: str
    title: str | None = None
    chain: str | None = None
    held_on: date | None = None
    starts_at: str | None = None
    place: str | None = None
    tables: int | None = None
    slots: int | None = None
    slot_minutes: int | None = None
    meetings_per_firm: int | None = None
    state: str | None = None
    filing: int
    row: int


class Invitation(SQLModel, table=True):
    """A demand (its buyer comes) or a firm (``uscc``) invited to an event."""

    __tablename__ = "invitation"

    event: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    demand: str | None = None
    uscc: str | None = Field(default=None, index=True)
    state: str
    on: date | None = Field(default=None, sa_column=Column("on", Date))
    filing: int
    row: int


class Meeting(SQLModel, table=True):
    """A firm meets the buyer of a demand at a table in a slot; both are counted from 1."""

    __tablename__ = "meeting"

    event: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    demand: str
    uscc: str = Field(index=True)
    table: int | None = Field(default=None, sa_column=Column("table", Integer))
    slot: int | None = None
    state: str | None = None
    note: str | None = None
    filing: int
    row: int


class IntegrationAction(SQLModel, table=True):
    """What a leader opened to others, from ``opened_on`` to ``closed_on`` (inclusive)."""

    __tablename__ = "integration_action"

    uscc: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    resource: str
    title: str
    chain: str | None = None
    detail: str | None = Field(default=None, sa_column=Column(Text))
    opened_on: date | None = None
    closed_on: date | None = None
    filing: int
    row: int


class Outcome(SQLModel, table=True):
    """How far two firms came, as spans: ``stage`` held from ``stage_on`` until the next stage."""

    __tablename__ = "outcome"

    buyer: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    from_day: date = Field(primary_key=True)
    to_day: date
    supplier: str = Field(index=True)
    product: str | None = None
    stage: str
    stage_on: date
    amount: int | None = Field(default=None, sa_type=BigInteger)
    demand: str | None = None
    event: str | None = None
    action: str | None = None
    document: str | None = None
    supplier_name: str | None = None
    buyer_name: str | None = None
    filing: int
    row: int
    __table_args__ = (Index("ix_outcome_stage", "stage", "from_day", "to_day"),)
