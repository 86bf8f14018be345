"""The tables of published counts. Rows are written once and never changed; see ``publishing.py``."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from registry.store.models import Instant


class PublishedCount(SQLModel, table=True):
    """One published count; the documents are canonical JSON text.

    ``sha256``: of everything that is frozen, the firms among it (``publishing.content``). ``before_id``: the published
    count that the bridges start from, None where they start from the end of the period before as known at ``known_at``.
    """

    __tablename__ = "snapshot"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    as_of: date
    known_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    published_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    by: str
    definition: str
    versions: str = Field(sa_column=Column(Text, nullable=False))
    count: str = Field(sa_column=Column(Text, nullable=False))
    bridges: str = Field(sa_column=Column(Text, nullable=False))
    parts: str = Field(sa_column=Column(Text, nullable=False))
    before_id: int | None = None
    supersedes: int | None = None
    sha256: str
    __table_args__ = (Index("ix_snapshot_name", "name", "as_of"),)


class PublishedFirm(SQLModel, table=True):
    """A firm that counted for a target of a published count. ``why``: JSON list of the records that made it count."""

    __tablename__ = "snapshot_firm"

    snapshot_id: int = Field(foreign_key="snapshot.id", primary_key=True)
    target: str = Field(primary_key=True)
    uscc: str = Field(primary_key=True)
    name: str
    unit: str
    why: str = Field(sa_column=Column(Text, nullable=False))


class PublishedSource(SQLModel, table=True):
    """A filing that firms of a published count stand on: what leans on it, without reading every firm's reasons."""

    __tablename__ = "snapshot_filing"

    snapshot_id: int = Field(foreign_key="snapshot.id", primary_key=True)
    filing_id: int = Field(primary_key=True)
    firms: int
    __table_args__ = (Index("ix_snapshot_filing_filing", "filing_id"),)
