"""The tables of the one idea: filings and what they state.

A *filing* is one act of putting facts on record. A *statement* is what one row of it says about one key.
Statements are append-only; closing them (``closed_at``) is all that a withdrawal does. Everything else in the
database is folded from them (``fold.py``) or keeps the fate of rows that have not become statements.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
)
from sqlmodel import Field, SQLModel

#: Named constraints, set before the first migration, so that every later one can find them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
metadata.naming_convention = NAMING


class Instant(TypeDecorator[datetime]):
    """UTC instants that keep their zone on SQLite: stored as fixed-width text there, timestamptz elsewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class Filing(SQLModel, table=True):
    """One act of putting facts on record: who, when, from which file, and how its rows fared."""

    __tablename__ = "filing"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    file: str
    sha256: str = Field(index=True)
    by: str
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False, unique=True))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    withdrawn_by: str | None = None
    #: A decision on a row in review is a filing of its own that leans on the one it decides.
    parent_id: int | None = Field(default=None, foreign_key="filing.id", index=True)
    sheet: str | None = None
    #: ``{"columns": {header: {"field", "unit"} | null}, "set": {...}, ...}``: how the file was read.
    options: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    review: int = 0
    refused: int = 0


class FilingRow(SQLModel, table=True):
    """The fate of one row. ``cells`` keeps what was typed only while the row waits in review or was refused."""

    __tablename__ = "filing_row"

    filing_id: int = Field(foreign_key="filing.id", primary_key=True)
    row: int = Field(primary_key=True)
    fate: str
    subject: str | None = None
    cells: str | None = Field(default=None, sa_column=Column(Text))
    decided_by: int | None = Field(default=None, foreign_key="filing.id")
    __table_args__ = (Index("ix_filing_row_fate", "fate", "filing_id"),)


class Problem(SQLModel, table=True):
    """Why a row was refused, waits, or what was noted about it. Messages are made from the code."""

    __tablename__ = "problem"

    id: int | None = Field(default=None, primary_key=True)
    filing_id: int = Field(foreign_key="filing.id", index=True)
    row: int
    field: str | None = None
    code: str
    value: str | None = None
    fate: str
    detail: str | None = Field(default=None, sa_column=Column(Text))


class Statement(SQLModel, table=True):
    """What one row says about one key from one day on. ``payload`` is compact JSON of the fields given.

    ``key`` starts with ``subject`` (a credit code, a chain, an indicator). Held at instant T:
    filed by T and not closed by T.
    """

    __tablename__ = "statement"

    id: int | None = Field(default=None, primary_key=True)
    filing_id: int = Field(foreign_key="filing.id", index=True)
    row: int
    kind: str
    subject: str
    key: str
    valid_from: date = Field(sa_column=Column(Date, nullable=False))
    payload: str = Field(sa_column=Column(Text, nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    __table_args__ = (Index("ix_statement_subject", "subject", "kind"),)


class Merge(SQLModel, table=True):
    """The judgement that two codes are one firm. Standing at instant T: made by T and not split by T.

    Never edited but for its end: splitting closes it, and the pair may be merged anew.
    """

    __tablename__ = "merge"

    id: int | None = Field(default=None, primary_key=True)
    loser: str
    survivor: str
    by: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    split_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    split_by: str | None = None
    __table_args__ = (
        # A code leads to one firm at a time.
        Index(
            "uq_merge_loser",
            "loser",
            unique=True,
            sqlite_where=text("split_at IS NULL"),
            postgresql_where=text("split_at IS NULL"),
        ),
    )


class Personal(SQLModel, table=True):
    """Personal values stand apart; statements hold only ``id``. Erasing sets ``value`` to null."""

    __tablename__ = "personal"

    id: str = Field(primary_key=True)
    subject: str = Field(index=True)
    field: str
    value: str | None = None


class Tick(SQLModel, table=True):
    """One row: which register this is, and the instant of its last write.

    Commits are ordered by ``at``, whatever the machine's clock says; ``identity`` keeps views of two registers apart.
    """

    __tablename__ = "tick"

    id: int = Field(default=1, sa_column=Column(Integer, primary_key=True, autoincrement=False))
    identity: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
