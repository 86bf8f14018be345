"""Publishing a count for a bulletin, and finding what is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial
from importlib import import_module
from typing import Any

from registry.house import House
from registry.kind import Record
from tiers.bulletins import frozen
from tiers.bulletins.making import Making
from tiers.bulletins.reports import report_of
from tiers.snapshot import Snapshot

#: Somebody may file while a count is made ready; so often it is made again, so that all its parts know the same.
TRIES = 3


def _publishing() -> Any:
    return import_module("tiers.publishing")


def publish(house: House, name: str, day: date, by: str, *, new: bool = False) -> Snapshot:
    """The published count of a report and day, with what its bulletin needs frozen beside it; published now where there is
    none of that definition yet, or ``new`` is asked for. Raises UnknownReportError."""
    report_of(name)
    for _ in range(TRIES):
        with house.store.read() as connection:
            last = house.store.last_write(connection)
        parts = frozen.parts(house, day, None)
        prepared = _publishing().prepare(house, name, day, by, new=new, parts=parts)
        if prepared.published is not None:
            reused: Snapshot = prepared.published
            return reused
        if last is None or prepared.frozen.known_at == last:
            break
    with house.store.write(by) as unit:
        made: Snapshot = prepared.write(unit)
        return made


def heads(house: House) -> Sequence[Any]:
    """All published counts without their documents, the newest first: ``id, name, as_of, known_at, published_at, by …``."""
    found: Sequence[Any] = _publishing().snapshots(house)
    return found


def making(
    house: House,
    snapshot: Snapshot | int,
    language: str = "zh",
    unit: str | None = None,
    own: Collection[str] | None = None,
) -> Making:
    """The bulletin of a published count. Raises MisusedError where there is none of that number."""
    from_ = _publishing()
    if isinstance(snapshot, int):
        snapshot = from_.snapshot(house, snapshot)
    return Making(house, snapshot, partial(_firms, house, snapshot.id), language, unit, own)


def _firms(house: House, id: int, target: str) -> Sequence[Record]:
    found: Sequence[Record] = _publishing().snapshot_firms(house, id, target)
    return found
