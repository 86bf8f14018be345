"""Publishing a count for a bulletin, with what the bulletin says besides; and the bulletin of what is published."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import partial

from registry.house import House
from tiers import publishing
from tiers.bulletins import frozen
from tiers.bulletins.making import Making, once
from tiers.bulletins.reports import report_of
from tiers.publishing import Prepared
from tiers.snapshot import Snapshot


def prepare(
    house: House, name: str, day: date, by: str, *, new: bool = False, known_at: datetime | None = None
) -> Prepared:
    """The count of a report and day, ready to be published with what its bulletin needs; or the one that is published
    already by the same definition, unless ``new``. Raises UnknownReportError."""
    report_of(name)
    parts = partial(frozen.with_forecast, house, day)
    return publishing.prepare(house, name, day, by, new=new, known_at=known_at, parts=parts)


def publish(
    house: House, name: str, day: date, by: str, *, new: bool = False, known_at: datetime | None = None
) -> Snapshot:
    """``prepare`` and write; nothing is written where a published count is reused."""
    prepared = prepare(house, name, day, by, new=new, known_at=known_at)
    if prepared.published is not None:
        return prepared.published
    with house.store.write(by) as unit:
        return prepared.write(unit)


def making(
    house: House,
    snapshot: Snapshot | int,
    language: str = "zh",
    unit: str | None = None,
    own: Collection[str] | None = None,
) -> Making:
    """The bulletin of a published count. Raises MisusedError where there is none of that number."""
    if isinstance(snapshot, int):
        snapshot = publishing.snapshot(house, snapshot)
    firms = once(partial(publishing.snapshot_firms, house, snapshot.id))
    return Making(house, snapshot, firms, language, unit, own)
