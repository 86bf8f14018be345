"""The sample city goes onto the register through the ordinary actions, with a simulated clock."""

from __future__ import annotations

import hashlib
import heapq
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from registry.filing import Listed, file_list
from registry.house import House
from registry.importing import Wish, options
from registry.intake.rows import Progress, Reading, parse
from registry.intake.sheets import Grid
from registry.sample import SampleFiling
from registry.store.clock import Clock
from registry.store.engine import Store
from registry.store.models import Filing
from registry.subjects import ENTERPRISE
from registry.withdrawal import withdraw
from tiers.sample import sample_city
from tiers.standing import STANDING, recompute

#: Credit codes of the sample lie in an area that is not assigned to any place.
AREA = "91370199"
FILING: Any = Filing.__table__  # type: ignore[attr-defined]


def is_empty(house: House) -> bool:
    with house.store.read() as connection:
        return connection.execute(select(FILING.c.id).limit(1)).first() is None


def is_whole(house: House) -> bool:
    """Whether the sample city was filed to its end: its last step makes the standings."""
    with house.store.read() as connection:
        return connection.execute(select(STANDING.c.uscc).limit(1)).first() is not None


_CODE = ENTERPRISE.c.uscc
_OF_SAMPLE = select(_CODE).where(_CODE.between(AREA, AREA + "Z")).limit(1)


def is_sample(house: House) -> bool:
    """Whether the register holds firms of the sample city."""
    with house.store.read() as connection:
        return connection.execute(_OF_SAMPLE).first() is not None


class _SimulatedTime:
    """The clock that the sample's filings see."""

    def __init__(self) -> None:
        self.now = datetime(2019, 1, 1, tzinfo=UTC)

    def read(self) -> datetime:
        return self.now


def file_sample(house: House, firms: int, seed: int, progress: Progress | None = None) -> int:
    """File the whole city, with what the rooms add to it; gives the number of filings. The cache of standings is made
    once, at the end."""
    time = _SimulatedTime()
    filing = replace(house, store=Store(house.store.engine, Clock(time.read)), derives=False)
    ids: dict[str, int] = {}
    added = [room.sample(firms, seed) for room in house.rooms if room.sample]
    steps = heapq.merge(sample_city(firms, seed), *added, key=lambda step: step.at)
    for done, step in enumerate(steps, start=1):
        time.now = step.at
        if step.withdraws:
            withdraw(filing, ids[step.withdraws], step.by, yes=True)
        elif step.rows:
            ids[step.label] = _file(filing, step)
        if progress:
            progress("file", done, 0)
    with house.store.write("sample") as unit:
        recompute(house, unit.connection, None, house.clock.today())
    return len(ids)


def _file(house: House, step: SampleFiling) -> int:
    kind = house.kinds.by_id[step.kind]
    header = list(dict.fromkeys(name for row in step.rows for name in row))
    grid = Grid(kind.zh, [header, *([row.get(name) for name in header] for row in step.rows)])
    units = {f.id: "美元" if f.id.endswith("_usd") else "元" for f in kind.fields if f.type == "money"}
    reading = Reading({name: name for name in header}, step.sets, units)
    parsed = parse(kind, [grid], reading)
    content = json.dumps([step.label, header, grid.rows[1:]], ensure_ascii=False, default=str)
    complete_on = step.complete_on.isoformat() if isinstance(step.complete_on, date) else None
    wish = Wish(reading, complete_on=complete_on, yes=True)
    listed = Listed(
        kind, parsed.rows, step.file, hashlib.sha256(content.encode()).hexdigest(), parsed.sheet,
        options(parsed, wish), parsed.cells_of,
    )  # fmt: skip
    outcome = file_list(house, listed, step.by, complete_on=complete_on, yes=True)
    assert outcome.filing is not None
    return outcome.filing
