"""The tables of the index. All of it follows from the records and is made again from them (``index.py``), so backups
leave it out (``passing``), and a database that never made it has no segment.

Each firm has a number there; a *segment* is a run of numbers in the order of names. A gram is two neighbouring
characters of a text, and the numbers of its firms stand in blocks of 65,536, a few bytes each: a row for each gram and
firm would take more room than the records themselves.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

PASSING = {"info": {"passing": True}}


class SearchFirm(SQLModel, table=True):
    """What a firm is found by, one text a line: ``names`` (all it bears, bore and goes by) and ``products`` in normal
    form, ``sounds`` as they are typed. ``sort_key``: its name's place in the order of pinyin. On the register from
    ``from_day`` on and before ``to_day``, so that hits are counted without a look at their records."""

    __tablename__ = "search_firm"

    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    uscc: str = Field(unique=True)
    sort_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    names: str = Field(sa_column=Column(Text, nullable=False))
    products: str = Field(sa_column=Column(Text, nullable=False))
    sounds: str = Field(sa_column=Column(Text, nullable=False))
    from_day: date
    to_day: date
    __table_args__ = (Index("ix_search_firm_sort_key", "sort_key", "uscc"), PASSING)


class SearchGram(SQLModel, table=True):
    """The firms of one gram in one block, see ``postings.py``. ``place``: gram and block in one number."""

    __tablename__ = "search_gram"

    place: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    )
    firms: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    __table_args__ = PASSING


class SearchSegment(SQLModel, table=True):
    """``size`` numbers from ``first`` on were given in the order of names."""

    __tablename__ = "search_segment"

    first: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    size: int
    __table_args__ = PASSING


class SearchWaiting(SQLModel, table=True):
    """Firms whose records changed since they were indexed, one row for each filing: credit codes, one a line; null
    stands for all firms."""

    __tablename__ = "search_waiting"

    id: int | None = Field(default=None, primary_key=True)
    firms: str | None = Field(default=None, sa_column=Column(Text))
    __table_args__ = PASSING
