"""All names of the register, ready to be searched for near ones; kept in memory and brought up to date by what changed.

One register of names is held for each database; it is asked for its newest write before each use. Few changes are laid
beside the index, many build it anew.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from registry.house import House
from registry.naming.candidates import WIDE, Effort, Entry, NameIndex
from registry.store.models import Tick
from registry.subjects import ENTERPRISE, KNOWN_NAME

HELD = 4
#: Up to this share of changed names an index is added to rather than built anew; a small one is always built anew.
ADDED, SMALL = 0.02, 20_000


@dataclass(frozen=True)
class Names:
    """An index with what came later beside it and what has gone left out. Never changed: a new one takes its place."""

    entries: frozenset[Entry]
    base: NameIndex
    later: NameIndex
    gone: frozenset[Entry] = frozenset()

    def near(self, keys: Sequence[str], k: int, effort: Effort = WIDE) -> list[list[tuple[Entry, float]]]:
        """For each normal form the ``k`` nearest names with their likeness, best first."""
        found: list[list[tuple[Entry, float]]] = []
        spare = k + min(len(self.gone), k)
        for old, new in zip(
            self.base.search(keys, spare, effort), self.later.search(keys, k, effort), strict=True
        ):
            entries = [(self.base.entries[h.entry], h.score) for h in old]
            entries = [each for each in entries if each[0] not in self.gone]
            entries += [(self.later.entries[h.entry], h.score) for h in new]
            found.append(sorted(entries, key=lambda each: (-each[1], each[0]))[:k])
        return found

    def bearers(self, core: str) -> int:
        """How many names of the register hold a trade name, about; 0 where none is known."""
        return self.base.bearers(core) + self.later.bearers(core)

    def with_names(self, entries: frozenset[Entry]) -> Names:
        came, gone = entries - self.entries, self.entries - entries
        later = frozenset(self.later.entries)
        if len(self.base) < SMALL or len(came) + len(gone) + len(later) + len(self.gone) > ADDED * len(
            self.base
        ):
            return Names(entries, NameIndex(sorted(entries)), NameIndex(()))
        beside = (later | (came - self.gone)) - gone
        return Names(entries, self.base, NameIndex(sorted(beside)), (self.gone | (gone - later)) - came)


EMPTY = Names(frozenset(), NameIndex(()), NameIndex(()))
_held: dict[tuple[str, str], tuple[Any, Names]] = {}
_lock = threading.Lock()


def known_names(house: House, connection: Connection) -> Names:
    """The names of the register as this connection sees it."""
    tick = connection.execute(select(Tick.__table__)).first()  # type: ignore[attr-defined]
    if tick is None:
        return EMPTY
    today = house.clock.today()
    register, state = (str(house.store.engine.url), tick.identity), (tick.at, today)
    with _lock:
        held = _held.pop(register, None)
        if held is None or held[0] != state:
            held = (state, (held[1] if held else EMPTY).with_names(_read(connection, today)))
        _held[register] = held
        while len(_held) > HELD:
            del _held[next(iter(_held))]
        return held[1]


def _read(connection: Connection, today: date) -> frozenset[Entry]:
    """Every name that a firm bears, bore, or is called by; a name that it bears again is the present one."""
    e, k = ENTERPRISE.c, KNOWN_NAME.c
    found: dict[tuple[str, str], Entry] = {}
    names = select(k.uscc, k.role, k.key, k.name).where(k.role != "code")
    for uscc, role, key, name in connection.execute(names):
        if role == "former" or (uscc, key) not in found:
            found[uscc, key] = Entry(uscc, key, role, name)
    for uscc, key, name, begins, ends in connection.execute(
        select(e.uscc, e.name_key, e.name, e.from_day, e.to_day).order_by(e.from_day)
    ):
        present = begins <= today < ends
        held = found.get((uscc, key))
        if present or held is None or held.role == "short":
            found[uscc, key] = Entry(uscc, key, "present" if present else "former", name)
    return frozenset(found.values())
