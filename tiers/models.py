"""The typed tables of titles, applications, listings and memberships, and the cache of what follows from them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field, SQLModel

from registry.store.models import Instant


class Title(SQLModel, table=True):
    """One term of a title. ``valid_to`` is the last day, inclusive.

    Derived from all terms of the firm (``terms.py``): ``issued`` (issued_on, else valid_from), ``ends_on`` (the first
    day on which this term no longer speaks: after its last day, when revoked, or when a later issued one takes over),
    ``overtaken_on``, ``first`` (1 for the first term of this firm, tier, level and kind). In force on D:
    ``valid_from <= D < ends_on``; on any day at most one term of a title is.
    """

    __tablename__ = "title"

    uscc: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    tier: str
    level: str
    kind: str
    batch: str | None = None
    document: str | None = None
    issuer: str | None = None
    list_source: str | None = None
    issued_on: date | None = None
    valid_from: date
    valid_to: date
    basis: str
    revoked_on: date | None = None
    revoke_reason: str | None = None
    certificate: str | None = None
    issued: date
    ends_on: date
    overtaken_on: date | None = None
    first: int
    open_term: int
    filing: int
    row: int
    # Counting reads nothing but these: by tier for the ladder's table, by firm for who holds what.
    __table_args__ = (
        Index(
            "ix_title_tier",
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
        ),
        Index("ix_title_firm", "uscc", "tier", "level", "valid_from", "ends_on"),
    )


class Application(SQLModel, table=True):
    """One firm in one round, as spans: ``stage`` held from ``stage_on`` until the next stage."""

    __tablename__ = "application"

    uscc: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    from_day: date = Field(primary_key=True)
    to_day: date
    tier: str
    level: str
    purpose: str
    round: str | None = None
    stage: str
    stage_on: date
    document: str | None = None
    filing: int
    row: int
    __table_args__ = (Index("ix_application_purpose", "purpose", "stage", "from_day", "to_day"),)


class Listing(SQLModel, table=True):
    """One stage on one board on one day."""

    __tablename__ = "listing"

    uscc: str = Field(primary_key=True)
    board: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    stage_on: date = Field(primary_key=True)
    code: str | None = None
    short_name: str | None = None
    listed_entity: str | None = None
    filing: int
    row: int


class AboveScale(SQLModel, table=True):
    """On the statistics bureau's list from ``entered_on`` until the day before ``left_on``."""

    __tablename__ = "above_scale"

    uscc: str = Field(primary_key=True)
    entered_on: date = Field(primary_key=True)
    entry_reason: str | None = None
    left_on: date | None = None
    exit_reason: str | None = None
    filing: int
    row: int


class Doubling(SQLModel, table=True):
    """Membership of a doubling programme."""

    __tablename__ = "doubling"

    uscc: str = Field(primary_key=True)
    programme: str = Field(primary_key=True)
    entered_on: date = Field(primary_key=True)
    base_year: int | None = None
    horizon_years: int | None = None
    multiple: str | None = None
    left_on: date | None = None
    exit_reason: str | None = None
    officer: str | None = None
    filing: int
    row: int


class Standing(SQLModel, table=True):
    """What pages filter by, per firm, as of the day it was computed: a cache, never read by as-of questions.

    Several ids in one text are parted by commas, None where there are none: ``tiers`` and ``levels`` of titles in force,
    ``stages`` (the latest on each board), ``missing`` (facts that are asked for everywhere and not on record).
    """

    __tablename__ = "standing"

    uscc: str = Field(primary_key=True)
    as_of: date
    size_class: str
    revenue_class: str
    revenue: int | None = Field(default=None, sa_type=BigInteger)
    highest_tier: str | None = Field(default=None, index=True)
    tiers: str | None = None
    next_expiry: date | None = Field(default=None, index=True)
    above_scale: int = 0
    listed: int = 0
    levels: str | None = None
    stages: str | None = None
    missing: str | None = None
    doubling: int = 0


class Indicator(SQLModel, table=True):
    """What a department filed about an indicator and a period; ``unit`` None: the whole city. ``value``: exact decimal text
    in the indicator's own unit, None where it was taken back."""

    __tablename__ = "indicator"

    indicator: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    period: str
    unit: str | None = None
    value: str | None = None
    reported_by: str | None = None
    document: str | None = None
    filing: int
    row: int


class Goal(SQLModel, table=True):
    """A goal for an indicator, or for the holders of a tier, in a period; ``unit`` None: the whole city. ``goal``: exact
    decimal text in the indicator's own unit."""

    __tablename__ = "target"

    indicator: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    period: str
    unit: str | None = None
    goal: str | None = None
    document: str | None = None
    filing: int
    row: int


class CountCache(SQLModel, table=True):
    """Counts by (last write, day, definition); older entries go when newer facts come."""

    __tablename__ = "count_cache"

    id: str = Field(primary_key=True)
    after: datetime = Field(sa_column=Column(Instant, nullable=False))
    document: str = Field(sa_column=Column(Text, nullable=False))
