"""Reading what was filed: the list of filings, one filing with its rows, and what waits for a decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from registry.filing import FATES
from registry.intake.problems import message
from registry.kind import Record
from registry.personal import veiled
from registry.scope import filed_by
from registry.store.clock import instant_text
from registry.waiting import FILING, FILING_ROW, PROBLEM

_row = select(func.min(FILING_ROW.c.row)).where(FILING_ROW.c.filing_id == FILING.c.id).scalar_subquery()
#: A filing, and of a decision the row that it decides: its only one.
ASKED: Any = select(FILING, case((FILING.c.parent_id.is_not(None), _row)).label("parent_row"))


def filings(
    connection: Connection,
    limit: int | None = None,
    offset: int = 0,
    kind: str | None = None,
    by: str | None = None,
) -> list[Record]:
    """Newest first, as ``filings list`` shows them. ``by``: those of one account."""
    query = _narrowed(ASKED, kind, by).order_by(FILING.c.id.desc()).offset(offset)
    return [document(row) for row in connection.execute(query.limit(limit) if limit else query)]


def newest_filing(connection: Connection, known_at: datetime | None) -> tuple[int, datetime] | None:
    """The last filing that stood at an instant (None: now): its id and when it was put on record."""
    f = FILING.c
    query = select(f.id, f.recorded_at)
    if known_at is None:
        query = query.where(f.withdrawn_at.is_(None))
    else:
        query = query.where(
            f.recorded_at <= known_at, (f.withdrawn_at.is_(None)) | (f.withdrawn_at > known_at)
        )
    row = connection.execute(query.order_by(f.id.desc()).limit(1)).first()
    return None if row is None else (row.id, row.recorded_at)


def filings_before(
    connection: Connection, limit: int, before: int | None, kind: str | None = None, by: str | None = None
) -> list[Record]:
    """Newest first, those with a smaller id than ``before``."""
    query = _narrowed(ASKED, kind, by).order_by(FILING.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(FILING.c.id < before)
    return [document(row) for row in connection.execute(query)]


def number_of_filings(connection: Connection, kind: str | None = None, by: str | None = None) -> int:
    return connection.execute(_narrowed(select(func.count()).select_from(FILING), kind, by)).scalar() or 0


def _narrowed(query: Select[Any], kind: str | None, by: str | None) -> Select[Any]:
    if by is not None:
        query = query.where(filed_by(FILING.c.by, by))
    return query.where(FILING.c.kind == kind) if kind else query


def filed_before(connection: Connection, kind: str, sha256: str, sheet: str) -> tuple[int, datetime] | None:
    """The first filing, still standing, of this very file and sheet as this kind: its id and instant."""
    f = FILING.c
    query = select(f.id, f.recorded_at).where(
        f.sha256 == sha256, f.kind == kind, f.sheet == sheet, f.parent_id.is_(None), f.withdrawn_at.is_(None)
    )
    row = connection.execute(query.order_by(f.id).limit(1)).first()
    return None if row is None else (row.id, row.recorded_at)


def filing_row(connection: Connection, id: int) -> Any:
    """One filing as ``document`` wants it, or None."""
    return connection.execute(ASKED.where(FILING.c.id == id)).first()


def document(row: Any) -> Record:
    return {
        "id": row.id,
        "kind": row.kind,
        "file": row.file,
        "sha256": row.sha256,
        "by": row.by,
        "recorded_at": instant_text(row.recorded_at),
        "withdrawn_at": row.withdrawn_at and instant_text(row.withdrawn_at),
        "withdrawn_by": row.withdrawn_by,
        "parent": row.parent_id,
        "parent_row": row.parent_row,
        "rows": row.rows,
        **{fate: getattr(row, fate) for fate in FATES},
    }


def filing(connection: Connection, id: int, language: str = "zh") -> Record | None:
    """One filing with how it was read, its problems, and the rows that wait with what was typed."""
    row = filing_row(connection, id)
    if row is None:
        return None
    shown = document(row)
    shown["sheet"] = row.sheet
    shown.update(json.loads(row.options))
    shown["problems"] = problems(connection, id, language)
    shown["waiting"] = waiting(connection, id)
    return shown


def results(
    connection: Connection, id: int, fate: str | None = None, after: int = -1, limit: int | None = None,
    upto: int | None = None,
) -> list[Record]:  # fmt: skip
    """The rows of a filing behind ``after`` (up to ``upto``) with their fate and firm, in the sheet's order."""
    r = FILING_ROW.c
    query = select(r.row, r.fate, r.subject).where(r.filing_id == id, r.row > after).order_by(r.row)
    if fate:
        query = query.where(r.fate == fate)
    if upto is not None:
        query = query.where(r.row <= upto)
    found = connection.execute(query.limit(limit) if limit else query)
    return [{"row": row.row, "fate": row.fate, "uscc": row.subject} for row in found]


def problems(
    connection: Connection, id: int, language: str = "zh", limit: int | None = None,
    rows: Sequence[int] | None = None,
) -> list[Record]:  # fmt: skip
    p = PROBLEM.c
    query = (
        select(p.row, p.field, p.code, p.value, p.fate, p.detail)
        .where(p.filing_id == id)
        .order_by(p.row, p.id)
    )
    if rows is not None:
        query = query.where(p.row.in_(rows))
    return [
        {
            "row": row.row, "field": row.field, "code": row.code, "value": row.value,
            "message": message(row.code, row.value, row.field, row.detail, language), "fate": row.fate,
        }
        for row in connection.execute(query.limit(limit) if limit else query)
    ]  # fmt: skip


def waiting(connection: Connection, id: int, fate: str = "review") -> list[Record]:
    """Rows of one filing with a fate that keeps what was typed: ``review`` or ``refused``."""
    r = FILING_ROW.c
    query = (
        select(r.row, r.subject, r.cells, r.decided_by)
        .where(r.filing_id == id, r.fate == fate)
        .order_by(r.row)
    )
    return [
        {
            "row": row.row,
            "subject": row.subject,
            "cells": veiled(json.loads(row.cells or "{}")),
            "decided_by": row.decided_by,
        }
        for row in connection.execute(query)
    ]


def filing_at(connection: Connection, id: int) -> datetime | None:
    """The instant of a filing: "just after it" is what ``--known-at ID`` means."""
    return connection.execute(select(FILING.c.recorded_at).where(FILING.c.id == id)).scalar()
