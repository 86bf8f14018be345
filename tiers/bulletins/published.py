"""Publishing a count for a bulletin, and finding what is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
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
    prepared = prepare(house, name, day, by, new=new)
    if prepared.published is not None:
        reused: Snapshot = prepared.published
        return reused
    with house.store.write(by) as unit:
        made: Snapshot = prepared.write(unit)
        return made


def prepare(house: House, name: str, day: date, by: str, *, new: bool = False) -> Any:
    """The same, ready to be written in a unit of work: a ``publishing.Prepared``."""
    report_of(name)
    from_ = _publishing()
    if not new and any((one.name, one.as_of) == (name, day) for one in from_.snapshots(house)):
        prepared = from_.prepare(house, name, day, by, new=new, parts={})
        if prepared.published is not None:
            return prepared
    for _ in range(TRIES):
        with house.store.read() as connection:
            last = house.store.last_write(connection)
        parts = frozen.parts(house, day, None)
        prepared = from_.prepare(house, name, day, by, new=new, parts=parts)
        if prepared.published is not None or last is None or prepared.frozen.known_at == last:
            break
    if prepared.published is None:
        moved = frozen.moved(house, day, None, prepared.frozen.bridges)
        parts = {**prepared.frozen.parts, "moved": moved}
        prepared = replace(prepared, frozen=replace(prepared.frozen, parts=parts))
    return prepared


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
    found: Snapshot = _publishing().snapshot(house, snapshot) if isinstance(snapshot, int) else snapshot
    return Making(house, found, partial(_firms, house, found.id), language, unit, own)


def _firms(house: House, id: int, target: str) -> Sequence[Record]:
    found: Sequence[Record] = _publishing().snapshot_firms(house, id, target)
    return found
