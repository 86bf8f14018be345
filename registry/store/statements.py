"""Reading and writing statements, and keeping the typed tables equal to their fold.

``refold`` serves filing, withdrawal and decision; ``fold_all`` serves known-at views and ``db check``. Both end in
``records_of``, so there is one way from statements to records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Select, String, and_, cast, delete, or_, select

from registry.kind import Kind, Record
from registry.store.bulk import among, chunks, insert_rows
from registry.store.fold import Stated, fold, in_order
from registry.store.models import Statement

STATEMENT: Any = Statement.__table__  # type: ignore[attr-defined]
WRITE_COLUMNS = ("filing_id", "row", "kind", "subject", "key", "valid_from", "payload")

#: key → its statements in fold order
Held = dict[str, list[Stated]]


def encode(payload: Record) -> str:
    """Compact JSON text, fields in the order given."""
    return orjson.dumps(payload).decode()


def write(connection: Connection, rows: Sequence[tuple[int, int, str, str, str, str, str]]) -> None:
    """Append statements: tuples in the order of ``WRITE_COLUMNS``."""
    insert_rows(connection, STATEMENT, WRITE_COLUMNS, rows)


def _columns(*extra: Any) -> Select[Any]:
    c = STATEMENT.c
    return select(c.key, cast(c.valid_from, String), c.filing_id, c.row, c.payload, *extra)


def stated(valid_from: str, filing: int, row: int, payload: str) -> Stated:
    return Stated(valid_from, filing, row, orjson.loads(payload))


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


def current(connection: Connection, kind: Kind, subjects: Iterable[str]) -> dict[str, list[Record]]:
    """The typed table's rows about ``subjects``, with days as ISO text: the current fold with all that follows from it."""
    found: dict[str, list[Record]] = defaultdict(list)
    for chunk in chunks(sorted(set(subjects))):
        query = select(kind.table).where(among(connection, kind.table.c[kind.subject], chunk))
        for row in connection.execute(query).mappings():
            record = {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}
            found[record[kind.subject]].append(record)
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
    for key in sorted(keys) if len(keys) > 1 else keys:
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


class Folded:
    """Rows of one kind and of the tables beside it, gathered to be written in bulk."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._blank: Record = dict.fromkeys(kind.columns)
        self._picked = itemgetter(*kind.columns)
        self.rows: list[tuple[Any, ...]] = []
        self.beside: list[list[tuple[Any, ...]]] = [[] for _side in kind.beside]

    def take(self, records: Sequence[Record]) -> None:
        # Laid over a blank, a record has every column, and one C call picks them all.
        self.rows += [self._picked({**self._blank, **record}) for record in records]
        for side, rows in zip(self.kind.beside, self.beside, strict=True):
            rows += side.rows(records)

    def write(self, connection: Connection) -> None:
        insert_rows(connection, self.kind.table, self.kind.columns, self.rows)
        for side, rows in zip(self.kind.beside, self.beside, strict=True):
            insert_rows(connection, side.table, side.columns, rows)
        self.rows, self.beside = [], [[] for _side in self.beside]


def refold(
    connection: Connection,
    kind: Kind,
    subjects: Iterable[str],
    known: Mapping[str, Held] | None = None,
    new: Collection[str] = (),
) -> None:
    """Make the typed table of ``kind`` equal to the fold for ``subjects``.

    ``known``: all open statements about some subjects, in fold order, where they are at hand; the others are read.
    ``new``: subjects of which nothing was held before, so that no rows of theirs have to go.
    """
    at_hand = known or {}
    for chunk in chunks(sorted(set(subjects))):
        unread = [subject for subject in chunk if subject not in at_hand]
        found = held(connection, kind, unread) if unread else {}
        for column in (kind.table.c[kind.subject], *(next(iter(side.table.c)) for side in kind.beside)):
            if stale := [subject for subject in chunk if subject not in new]:
                connection.execute(delete(column.table).where(among(connection, column, stale)))
        folded = Folded(kind)
        for subject in chunk:
            if keys := at_hand.get(subject) or found.get(subject):
                folded.take(records_of(kind, subject, keys))
        folded.write(connection)


def fold_all(connection: Connection, kind: Kind, where: Any) -> Iterator[list[Record]]:
    """Fold every held statement of one kind afresh, streaming: one subject's records after the other's."""
    c = STATEMENT.c
    query = _columns(c.subject).where(c.kind == kind.record, where).order_by(c.subject, c.filing_id, c.row)
    result = connection.execute(query, execution_options={"yield_per": 10_000})
    for subject, rows in groupby(result, key=lambda row: row.subject):
        keys: Held = defaultdict(list)
        for key, valid_from, filing, row, payload, _subject in rows:
            keys[key].append(stated(valid_from, filing, row, payload))
        yield records_of(kind, subject, {key: in_order(about) for key, about in keys.items()})
