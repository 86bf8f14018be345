"""Asking for the graph: the right view of the register for the instant, built once per version of the data."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, date, datetime
from functools import cache
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from chains.network import Network
from chains.reading import read
from registry.house import House
from registry.judgements import JUDGEMENT
from registry.store.known import FILING, newest
from registry.store.merges import MERGE
from registry.store.models import Tick
from tiers.asking import view

KEPT = 6
_TICK: Any = Tick.__table__  # type: ignore[attr-defined]
_held: OrderedDict[tuple[Any, ...], Network] = OrderedDict()
_lock = Lock()


def network(house: House, day: date | None = None, known_at: datetime | None = None) -> Network:
    """The network on ``day`` (today) as known at an instant (now). Shared: do not change its frames."""
    day = day or house.clock.today()
    with house.store.read() as live:
        asked = (*version(live, known_at), day)
        with _lock:
            if asked in _held:
                _held.move_to_end(asked)
                return _held[asked]
        with view(house, known_at) as held:
            found = read(live, held, day, known_at, house.settings.city.code)
    with _lock:
        _held[asked] = found
        while len(_held) > KEPT:
            _held.popitem(last=False)
    return found


def version(live: Connection, known_at: datetime | None) -> tuple[Any, ...]:
    """What the graph depends on: the register, its last filing, withdrawal or merge, and the last judgement. The notes that
    jobs and caches keep are no news."""
    until = known_at or datetime.max.replace(tzinfo=UTC)
    return tuple(live.execute(_versions(), {"until": until}).first() or ())


@cache
def _versions() -> Select[Any]:
    j = JUDGEMENT.c
    until: Any = bindparam("until")
    events = (FILING.c.recorded_at, FILING.c.withdrawn_at, MERGE.c.at, MERGE.c.split_at, j.at, j.ended_at)
    return select(_TICK.c.identity, *(newest(at, until) for at in events))
