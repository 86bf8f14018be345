"""Reading and writing statements, and keeping the typed tables equal to their fold.

``refold`` serves filing, withdrawal, decision, merge and split; ``hold_all`` serves known-at views and ``db check``. Both
end in ``Folded.take``, so there is one way from statements to records. Only here do codes become firms (``merges.py``).
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
from registry.store.merges import Merges, merges_at, rekeyed
from registry.store.models import Statement

STATEMENT: Any = Statement.__table__  # type: ignore[attr-defined]
WRITE_COLUMNS = ("filing_id", "row", "kind", "subject", "key", "valid_from", "payload")
WRITTEN_AT_A_TIME = 2_000

#: key → its statements in fold order
Held = dict[str, list[Stated]]


def encode(payload: Record) -> str:
    """Compact JSON text, fields in the order given."""
    return orjson.dumps(payload).decode()


def write(connection: Connection, rows: Iterable[tuple[int, int, str, str, str, str, Record]]) -> None:
    """Append statements: tuples in the order of ``WRITE_COLUMNS``, each payload as a record.

    Some at a time, as the texts of a long list take more room than all that it was read into.
    """
    for some in chunks(rows, WRITTEN_AT_A_TIME):
        insert_rows(connection, STATEMENT, WRITE_COLUMNS, [
            (filing, row, kind, subject, key, valid_from, encode(payload))
            for filing, row, kind, subject, key, valid_from, payload in some
        ])  # fmt: skip


def _columns(*extra: Any) -> Select[Any]:
    c = STATEMENT.c
    return select(c.key, cast(c.valid_from, String), c.filing_id, c.row, c.payload, *extra)


def stated(valid_from: str, filing: int, row: int, payload: str) -> Stated:
    return Stated(valid_from, filing, row, orjson.loads(payload))


def as_filed(connection: Connection, kind: Kind, codes: Iterable[str], where: Any = None) -> dict[str, Held]:
    """Statements of one kind by the code that they were filed with: code → key → statements in fold order.

    ``where``: which of them (see ``held_at``); those held now by default.
    """
    c = STATEMENT.c
    found: dict[str, Held] = {}
    for chunk in chunks(sorted(set(codes))):
        query = _columns(c.subject).where(
            among(connection, c.subject, chunk),
            c.kind == kind.record,
            c.closed_at.is_(None) if where is None else where,
        )
        for key, valid_from, filing, row, payload, subject in connection.execute(query):
            found.setdefault(subject, {}).setdefault(key, []).append(stated(valid_from, filing, row, payload))
    for keys in found.values():
        for key, about in keys.items():
            if len(about) > 1:
                keys[key] = in_order(about)
    return found


def joined(firm: str, alone: Mapping[str, Held]) -> Held:
    """What was filed with several codes of one firm, under its own: what tells records apart is all but the code."""
    together: Held = {}
    for code, keys in alone.items():
        for key, about in keys.items():
            one = rekeyed(key, code, firm)
            together[one] = in_order([*together[one], *about]) if one in together else about
    return together


def held(
    connection: Connection, kind: Kind, subjects: Iterable[str], led: Merges | None = None, where: Any = None
) -> dict[str, Held]:
    """Statements of one kind about ``subjects``, whichever of a firm's codes they were filed with: firm → key →
    statements in fold order. ``led``: the merges that stand, read where they are not at hand."""
    led = merges_at(connection) if led is None else led
    found = as_filed(connection, kind, led.codes_of(subjects), where)
    if led.leads:
        for firm in {led.leads[code] for code in found if code in led.leads}:
            found[firm] = joined(firm, _alone(found, firm, led))
        for code in [code for code in found if code in led.leads]:
            del found[code]
    return found


def filed_with(connection: Connection, kind: Kind, firms: Iterable[str], led: Merges) -> dict[str, list[str]]:
    """Of firms with several codes: key under the firm → the codes that the record was filed with, in order."""
    several = led.codes.keys() & set(firms)
    found: dict[str, list[str]] = defaultdict(list)
    if several:
        for code, keys in sorted(as_filed(connection, kind, led.codes_of(several)).items()):
            for key in keys:
                found[rekeyed(key, code, led.firm(code))].append(code)
    return found


def _alone(found: Mapping[str, Held], firm: str, led: Merges) -> dict[str, Held]:
    """The statements of each of a firm's codes."""
    return {code: found.get(code, {}) for code in led.codes[firm]}


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
    """The folded records of one subject, ready for the typed table (None where nothing is said), in a stated order."""
    records: list[Record] = []
    for key in sorted(keys) if len(keys) > 1 else keys:
        for from_day, to_day, fields, filing, row in fold(keys[key]):
            about = {kind.subject: subject, "key": key, "filing": filing, "row": row}
            if kind.timing == "spans":
                about["from_day"], about["to_day"] = from_day, to_day
            records.append({**kind.blank, **fields, **about})
    if kind.finish:
        kind.finish(records)
    return records


class Folded:
    """Rows of one kind and of the tables beside it, gathered to be written in bulk."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._picked = itemgetter(*kind.columns)
        self.rows: list[tuple[Any, ...]] = []
        self.beside: list[list[tuple[Any, ...]]] = [[] for _side in kind.beside]

    def take(self, firm: str, keys: Held, alone: Mapping[str, Held] | None = None) -> None:
        """Fold what is held about one firm. ``alone``: the same by code, where it has several."""
        records = records_of(self.kind, firm, keys)
        self.rows += map(self._picked, records)
        told: Sequence[Record] = records
        if alone and self.kind.several_codes:
            by_code = {code: records_of(self.kind, code, about) for code, about in alone.items()}
            told = self.kind.several_codes(records, by_code)
        for side, rows in zip(self.kind.beside, self.beside, strict=True):
            rows += side.rows(told)

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
    led: Merges | None = None,
) -> None:
    """Make the typed table of ``kind`` equal to the fold for ``subjects``, and for the firms that they lead to.

    ``known``: all open statements about some firms, in fold order, where they are at hand; the others are read.
    ``new``: firms of which nothing was held before, so that no rows of theirs have to go.
    ``led``: the merges that stand, read where they are not at hand.
    """
    at_hand = known or {}
    led = merges_at(connection) if led is None else led
    for chunk in chunks(sorted(led.about(subjects))):
        firms = [subject for subject in chunk if subject not in led.leads]  # other codes hold no records
        # Of a firm with several codes what each of them says is needed as well, so it is always read.
        unread = [firm for firm in firms if firm not in at_hand or firm in led.codes]
        found = as_filed(connection, kind, led.codes_of(unread)) if unread else {}
        for column in (kind.table.c[kind.subject], *(next(iter(side.table.c)) for side in kind.beside)):
            if stale := [subject for subject in chunk if subject not in new]:
                connection.execute(delete(column.table).where(among(connection, column, stale)))
        folded = Folded(kind)
        for firm in firms:
            if firm in led.codes:
                alone = _alone(found, firm, led)
                if keys := joined(firm, alone):
                    folded.take(firm, keys, alone)
            elif keys := at_hand.get(firm) or found.get(firm, {}):
                folded.take(firm, keys)
        folded.write(connection)


def hold_all(
    connection: Connection, kind: Kind, where: Any, led: Merges
) -> Iterator[tuple[str, Held, Mapping[str, Held] | None]]:
    """Every held statement of one kind, firm by firm, streaming: what ``Folded.take`` wants."""
    c = STATEMENT.c
    several = sorted({code for codes in led.codes.values() for code in codes})
    query = _columns(c.subject).where(c.kind == kind.record, where).order_by(c.subject, c.filing_id, c.row)
    if several:
        query = query.where(~among(connection, c.subject, several))
    result = connection.execute(query, execution_options={"yield_per": 10_000})
    for subject, rows in groupby(result, key=lambda row: row.subject):
        keys: Held = defaultdict(list)
        for key, valid_from, filing, row, payload, _subject in rows:
            keys[key].append(stated(valid_from, filing, row, payload))
        yield subject, {key: in_order(about) for key, about in keys.items()}, None
    found = as_filed(connection, kind, several, where) if several else {}
    for firm in sorted(led.codes):
        alone = _alone(found, firm, led)
        if keys := joined(firm, alone):
            yield firm, keys, alone
