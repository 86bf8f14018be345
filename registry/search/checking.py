"""Whether the index says what the records say: every firm is indexed as it stands, in its place, under all its grams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from registry.search import postings
from registry.search.entries import Entry, entries
from registry.search.index import BLOCK, FIRM, GRAM, SEGMENT, pairs_of, waiting
from registry.store.bulk import among_values, chunks
from registry.store.engine import Store
from registry.subjects import ENTERPRISE


def index_faults(store: Store) -> Iterator[str]:
    """One line for each firm that a search would miss or show wrongly. Firms that wait to be indexed are no fault."""
    with store.read() as connection:
        late = waiting(connection)
        if late is None:
            return
        indexed: set[str] = set()
        query = select(*(FIRM.c[name] for name in ("number", *Entry._fields))).order_by(FIRM.c.number)
        starts = set(connection.execute(select(SEGMENT.c.first)).scalars())
        held = [(row[0], Entry(*row[1:])) for row in connection.execute(query)]
        yield from _out_of_order(held, starts)
        for chunk in chunks(held):
            indexed.update(entry.uscc for _number, entry in chunk)
            fresh = entries(connection, [entry.uscc for _number, entry in chunk])
            for _number, entry in chunk:
                if entry.uscc not in late and _plain(entry) != _plain(fresh.get(entry.uscc)):
                    yield f"search_firm: {entry.uscc} is not indexed as it is on record"
        on_record = connection.execute(select(ENTERPRISE.c.uscc).distinct().order_by(ENTERPRISE.c.uscc))
        for uscc in on_record.scalars():
            if uscc not in indexed and uscc not in late:
                yield f"search_firm: {uscc} is not indexed"
        yield from _lacking_grams(connection, store.is_sqlite, held)


def _plain(entry: Entry | None) -> Any:
    return entry and (bytes(entry.sort_key), *map(str, entry[:1] + entry[2:]))


def _out_of_order(held: Sequence[tuple[int, Entry]], starts: set[int]) -> Iterator[str]:
    """Firms that stand before one of a later name in their segment."""
    last = b""
    ahead = sorted(starts)
    for number, entry in held:
        while ahead and number >= ahead[0]:
            ahead.pop(0)
            last = b""
        key = bytes(entry.sort_key)
        if key < last:
            yield f"search_firm: {entry.uscc} stands out of the order of names"
        last = key


def _lacking_grams(connection: Connection, sqlite: bool, held: Sequence[tuple[int, Entry]]) -> Iterator[str]:
    blocks: dict[int, list[tuple[int, Entry]]] = {}
    for number, entry in held:
        blocks.setdefault(number // BLOCK, []).append((number, entry))
    for block, numbered in blocks.items():
        codes = {number % BLOCK: entry.uscc for number, entry in numbered}
        lacking: set[str] = set()
        for chunk in chunks(postings.grouped(pairs_of(numbered))):
            places = [postings.place(token, block) for token, _offsets in chunk]
            here = select(GRAM).where(among_values(sqlite, GRAM.c.place, places))
            found = {row.place: bytes(row.firms) for row in connection.execute(here)}
            for place, (_token, offsets) in zip(places, chunk, strict=True):
                gone = np.setdiff1d(offsets, postings.unpacked(found.get(place, b"")))
                lacking.update(codes[offset] for offset in gone.tolist())
        for uscc in sorted(lacking):
            yield f"search_gram: {uscc} is missing under some of its grams"
