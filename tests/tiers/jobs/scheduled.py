"""A house with addresses, a run of one of its jobs, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.house import House
from registry.jobs.period import parse
from registry.jobs.running import Ran, run
from tests.registry.delivery.parcels import rows
from tiers.publishing import heads


def to(house: House, **delivery: Any) -> House:
    """The house with other addresses."""
    given = {"timeout_seconds": 5, "longest_seconds": 20, **delivery}
    return replace(
        house,
        settings=house.settings.model_copy(
            update={"delivery": house.settings.delivery.model_copy(update=given)}
        ),
    )


def ran(house: House, job: str, period: str, **wish: Any) -> Ran:
    return run(house, house.jobs[job], parse(period), "test", **wish)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def parcels_of(house: House) -> list[str]:
    return [row.parcel for row in rows(house)]


def published_for(house: House) -> list[tuple[str, str, str]]:
    return [(head.name, head.as_of.isoformat(), head.by) for head in heads(house)]
