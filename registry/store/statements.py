"""Reading and writing statements, and keeping the typed tables equal to their fold.

``refold`` serves filing, withdrawal and decision; ``fold_all`` serves known-at views and ``db check``. Both end in
``records_of``, so there is one way from statements to records.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, or_, select

from registry.kind import Kind, Record
from registry.store.bulk import among, chunks, insert_rows
from registry.store.fold import Stated, fold, in_order
from registry.store.models import Statement

STATEMENT: Any = Statement.__table__  # type: ignore[attr-defined]
WRITE_COLUMNS = ("filing_id", "row", "kind", "subject", "key", "valid_from", "payload")

#: key → its statements in fold order
Held = dict[str, list[Stated]]


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write(connection: Connection, rows: Sequence[tuple[int, int, str, str, str, str, str]]) -> None:
    """Append statements: tuples in the order of ``WRITE_COLUMNS``."""
    insert_rows(connection, STATEMENT, WRITE_COLUMNS, rows)


def _columns(*extra: Any) -> Select[Any]:
    c = STATEMENT.c
    return select(c.key, c.valid_from, c.filing_id, c.row, c.payload, *extra)


def stated(valid_from: date, filing: int, row: int, payload: str) -> Stated:
    return Stated(valid_from.isoformat(), filing, row, json.loads(payload))


def held(connection: Connection, kind: Kind, subjects: Iterable[str]) -> dict[str, Held]:
    """Open statements of one kind about ``subjects``: subject → key → statements in fold order."""
    c = STATEMENT.c
    found: dict[str, Held] = {}
    for chunk in chunks(sorted(set(subjects))):
        query = _columns(c.subject).where(
            among(connection, c.subject, chunk), c.kind == kind.record, c.closed_at.is_(None)
        )
        for key, valid_from, filing, row, payload, subject in connection.execute(query):
            found.setdefault(subject, {}).setdefault(key, []).append(stated(valid_from, filing, row, payload))
    for keys in found.values():
        for key, about in keys.items():
            if len(about) > 1:
                keys[key] = in_order(about)
    return found


def held_at(known_at: datetime | None, last_filing: int | None = None) -> Any:
    """The condition "held at that instant" on the statement table; None means now."""
    c = STATEMENT.c
    if known_at is None:
        return c.closed_at.is_(None)
    return and_(c.filing_id <= (last_filing or 0), or_(c.closed_at.is_(None), c.closed_at > known_at))


def records_of(kind: Kind, subject: str, keys: Held) -> list[Record]:
    """The folded records of one subject, ready for the typed table, in a stated order."""
    records: list[Record] = []
    for key in sorted(keys):
        for span in fold(keys[key]):
            record = {
                **span.fields,
                kind.subject: subject,
                "key": key,
                "filing": span.filing,
                "row": span.row,
            }
            if kind.timing == "spans":
                record["from_day"], record["to_day"] = span.from_day, span.to_day
            records.append(record)
    if kind.finish:
        kind.finish(records)
    return records


def refold(
    connection: Connection, kind: Kind, subjects: Iterable[str], fresh: dict[str, Held] | None = None
) -> None:
    """Make the typed table of ``kind`` equal to the fold for ``subjects``.

    ``fresh`` may hand over statements already at hand (subjects that had none before the filing).
    """
    table = kind.table
    subjects = sorted(set(subjects))
    known = fresh or {}
    for chunk in chunks(subjects):
        asked = [subject for subject in chunk if subject not in known]
        found = {**held(connection, kind, asked), **{s: known[s] for s in chunk if s in known}}
        if asked:
            connection.execute(delete(table).where(among(connection, table.c[kind.subject], asked)))
        rows: list[tuple[Any, ...]] = []
        for subject in chunk:
            if keys := found.get(subject):
                rows += [tuple(map(record.get, kind.columns)) for record in records_of(kind, subject, keys)]
        insert_rows(connection, table, kind.columns, rows)


def fold_all(connection: Connection, kind: Kind, where: Any) -> Iterator[Record]:
    """Fold every held statement of one kind afresh, streaming, subjects in order."""
    c = STATEMENT.c
    query = _columns(c.subject).where(c.kind == kind.record, where).order_by(c.subject, c.filing_id, c.row)
    result = connection.execute(query, execution_options={"yield_per": 10_000})
    for subject, rows in groupby(result, key=lambda row: row.subject):
        keys: Held = defaultdict(list)
        for key, valid_from, filing, row, payload, _subject in rows:
            keys[key].append(stated(valid_from, filing, row, payload))
        yield from records_of(kind, subject, {key: in_order(about) for key, about in keys.items()})
