"""Keeping the index. A filing only leaves a note of the firms that it touched, in its own transaction; the first
search after it indexes them, so that putting a list on record costs nothing for it.

New and changed firms get new numbers behind all others, as a segment of its own in the order of names; small segments
are taken up into the next one. What a firm was found by before stays in the blocks and leads nowhere: every candidate
is looked at before it is shown. When most numbers lead nowhere, everything is indexed afresh.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.exc import OperationalError

from registry.house import House, Touched
from registry.search import postings
from registry.search.entries import Entry, entries, in_order
from registry.search.models import SearchFirm, SearchGram, SearchSegment, SearchWaiting
from registry.store.bulk import among, among_values, chunks, insert_rows
from registry.store.engine import Store
from registry.subjects import ENTERPRISE

FIRM: Any = SearchFirm.__table__  # type: ignore[attr-defined]
GRAM: Any = SearchGram.__table__  # type: ignore[attr-defined]
SEGMENT: Any = SearchSegment.__table__  # type: ignore[attr-defined]
WAITING: Any = SearchWaiting.__table__  # type: ignore[attr-defined]
COLUMNS = ("number", *Entry._fields)
#: Up to so many firms are indexed by whoever searches first (a second's work); more beside the running pages.
WHILE_WAITING = 20_000
INDEXING_LOCK = 0x7469_6475_0004
BLOCK = 1 << postings.BLOCK_BITS
#: Asked by every list of firms: any segment, and what waits.
ANY_SEGMENT, WAITING_FIRMS = select(SEGMENT.c.first).limit(1), select(WAITING.c.firms)


def note(_house: House, connection: Connection, touched: Touched) -> None:
    """Leave word of the firms that a filing touched, in its own transaction. One row, however many they are."""
    if "enterprise" in touched:
        firms = touched["enterprise"]
        connection.execute(insert(WAITING).values(firms=None if firms is None else "\n".join(firms)))


def waiting(connection: Connection) -> set[str] | None:
    """Credit codes of the firms that are not indexed as they stand; None: none of them is."""
    if connection.execute(ANY_SEGMENT).first() is None:
        return None
    found: set[str] = set()
    for firms in connection.execute(WAITING_FIRMS).scalars():
        if firms is None:
            return None
        found.update(firms.split("\n"))
    return found


def up_to_date(house: House, *, beside: bool = True) -> bool:
    """Index what waits, and tell whether nothing does any more.

    Where that takes more than a moment it is done beside the running pages (``beside``); where somebody else is
    writing, by the next one who asks. Searches are right meanwhile, only slower, and know no pinyin.
    """
    with house.store.read() as connection:
        firms = waiting(connection)
        number = len(firms) if firms is not None else _on_register(connection)
    if firms is not None and not firms:
        return True
    if not beside or number <= WHILE_WAITING:
        return _index(house.store)
    place = str(house.store.engine.url)
    if place not in _running:
        _running.add(place)
        threading.Thread(target=_index_beside, args=(house.store, place), daemon=True).start()
    return False


_running: set[str] = set()


def _index_beside(store: Store, place: str) -> None:
    try:
        _index(store)
    finally:
        _running.discard(place)


def _on_register(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(ENTERPRISE)).scalar() or 0


def index_afresh(store: Store) -> None:
    """Forget the index and make it again."""
    with store.engine.connect().execution_options(tidu_write=True) as connection, connection.begin():
        if not store.is_sqlite:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": INDEXING_LOCK})
        connection.execute(delete(SEGMENT))
        _catch_up(connection, store.is_sqlite)


def _index(store: Store) -> bool:
    """Indexing is no filing: it takes no instant, and is given up where the database is busy."""
    try:
        with store.engine.connect().execution_options(tidu_at_once=True) as connection, connection.begin():
            if not store.is_sqlite:
                free = text("select pg_try_advisory_xact_lock(:key)")
                if not connection.execute(free, {"key": INDEXING_LOCK}).scalar():
                    return False
            _catch_up(connection, store.is_sqlite)
    except OperationalError:
        return False
    return True


def _catch_up(connection: Connection, sqlite: bool) -> None:
    seen = list(connection.execute(select(WAITING.c.id)).scalars())
    firms = waiting(connection)
    live = connection.execute(select(func.count()).select_from(FIRM)).scalar() or 0
    end = connection.execute(select(func.max(SEGMENT.c.first + SEGMENT.c.size))).scalar() or 0
    if firms is None or len(firms) > live or end > 4 * (live + BLOCK):
        for table in (FIRM, GRAM, SEGMENT):
            connection.execute(delete(table))
        firms, end = None, 0
    elif firms:
        firms = _taken_up(connection, firms)
    if firms is None or firms:
        size = _append(
            connection, sqlite, in_order(connection, None if firms is None else sorted(firms)), end
        )
        connection.execute(insert(SEGMENT).values(first=end, size=size))
    connection.execute(delete(WAITING).where(among_values(sqlite, WAITING.c.id, seen)))


def _taken_up(connection: Connection, firms: Collection[str]) -> set[str]:
    """Take the firms out of the index, with those of the last segments that are no larger, which they join."""
    together = set(firms)
    for chunk in chunks(sorted(together)):
        connection.execute(delete(FIRM).where(among(connection, FIRM.c.uscc, chunk)))
    segments = connection.execute(select(SEGMENT.c.first).order_by(SEGMENT.c.first.desc())).scalars().all()
    for first in segments:
        here = connection.execute(
            select(FIRM.c.uscc).where(FIRM.c.number >= first).limit(2 * len(together) + 1)
        )
        members = list(here.scalars())
        if len(members) > 2 * len(together):
            break
        together.update(members)
        connection.execute(delete(FIRM).where(FIRM.c.number >= first))
        connection.execute(delete(SEGMENT).where(SEGMENT.c.first == first))
    return together


def _append(connection: Connection, sqlite: bool, codes: Sequence[str], end: int) -> int:
    """Number firms from ``end`` on, in the order given, and index them. Gives how many numbers were used."""
    for first, part in _by_block(codes, end):
        held = entries(connection, part)
        numbered = [(first + at, held[uscc]) for at, uscc in enumerate(part) if uscc in held]
        insert_rows(connection, FIRM, COLUMNS, [(number, *entry) for number, entry in numbered])
        rows = list(postings.grouped(pairs_of(numbered)))
        _unite(connection, sqlite, first >> postings.BLOCK_BITS, rows, fresh=first % BLOCK == 0)
    return len(codes)


def _by_block(codes: Sequence[str], end: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Runs of codes whose numbers lie in one block, each with its first number."""
    at = 0
    while at < len(codes):
        room = BLOCK - (end + at) % BLOCK
        yield end + at, codes[at : at + room]
        at += room


def pairs_of(numbered: Sequence[tuple[int, Entry]]) -> Iterator[postings.Pairs]:
    """All (token, offset) of some firms of one block."""
    offsets = np.array([number % BLOCK for number, _entry in numbered], np.uint16)
    yield postings.text_pairs(postings.NAME, [entry.names for _n, entry in numbered], offsets)
    yield postings.text_pairs(postings.PRODUCT, [entry.products for _n, entry in numbered], offsets)
    yield postings.sound_pairs([entry.sounds for _n, entry in numbered], offsets)


def _unite(
    connection: Connection,
    sqlite: bool,
    block: int,
    rows: Sequence[tuple[int, postings.Offsets]],
    fresh: bool,
) -> None:
    """Write one block's offsets by token, together with those that stand there (none in a ``fresh`` block)."""
    for chunk in chunks(rows):
        places = [postings.place(token, block) for token, _offsets in chunk]
        held: dict[int, bytes] = {}
        if not fresh:
            here = among_values(sqlite, GRAM.c.place, places)
            held = {row.place: bytes(row.firms) for row in connection.execute(select(GRAM).where(here))}
            connection.execute(delete(GRAM).where(among_values(sqlite, GRAM.c.place, list(held))))
        insert_rows(connection, GRAM, ("place", "firms"), [
            (at, postings.joined(held[at], offsets) if at in held else postings.packed(offsets))
            for at, (_token, offsets) in zip(places, chunk, strict=True)
        ])  # fmt: skip
