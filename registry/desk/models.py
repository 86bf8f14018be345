"""Lists on the desk that are not filed yet, and what was decided about their rows.

They are no facts: nothing of them is on record before the list is filed, and they are written beside the register's
statements, without taking an instant (``Store.note``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from registry.store.models import Instant

OPEN, FILED, DROPPED = "open", "filed", "dropped"


class Draft(SQLModel, table=True):
    """One list. ``token`` names the folder that keeps its file; ``options`` is JSON: the table chosen, how its columns
    are read, what holds for the whole list, and as of which day and reading its rows were matched. ``unit``: the
    management unit of who made it, if limited to one. ``revision`` counts every change of the list or of a row."""

    __tablename__ = "draft"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    kind: str
    file: str
    sha256: str
    made_by: str
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    revision: int = 0
    unit: str | None = None
    state: str = Field(default=OPEN, index=True)
    filing_id: int | None = Field(default=None, foreign_key="filing.id")
    options: str = Field(default="{}", sa_column=Column(Text, nullable=False))


class DraftRow(SQLModel, table=True):
    """One row of a list. ``found`` is what matching said (certain, choose, none), with ``found_uscc`` and ``candidates``
    (JSON, best first); ``decision`` what holds now: open, certain, chosen, create, left_open or dropped. ``by`` None:
    nobody has touched it. ``revision`` counts decisions, so that two people do not overwrite each other."""

    __tablename__ = "draft_row"

    draft_id: int = Field(foreign_key="draft.id", primary_key=True)
    row: int = Field(primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False))
    place: str | None = None
    code: str | None = None
    cells: str = Field(sa_column=Column(Text, nullable=False))
    found: str
    found_uscc: str | None = None
    candidates: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    decision: str
    uscc: str | None = None
    place_given: str | None = None
    by: str | None = None
    at: datetime | None = Field(default=None, sa_column=Column(Instant))
    revision: int = 0
    __table_args__ = (Index("ix_draft_row_decision", "draft_id", "decision", "row"),)
