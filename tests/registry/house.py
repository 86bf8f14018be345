"""A house for tests: any database, a clock that the test sets, and lists filed from plain rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stdnum.cn import uscc as standard

import cli
from registry import settings
from registry.filing import Listed, Outcome, file_list
from registry.house import House
from registry.intake.rows import Reading, parse
from registry.intake.sheets import Grid
from registry.store.clock import Clock
from tests.prepared import opened

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


class Time:
    """A clock that stands still until the test moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def read(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


def code(number: int) -> str:
    """A valid credit code of the unassigned area 370199."""
    first = f"91370199MA{number:07d}"
    return first + standard.calc_check_digit(first)


def open_test_house(
    database_url: str, var: Path, time: Time | None = None, **sections: Mapping[str, Any]
) -> House:
    """A house on ``database_url`` with its files under ``var``; ``sections`` override settings."""
    given = settings.load(environment={}).model_dump()
    given["database"]["url"] = database_url
    given["paths"]["var"] = str(var)
    given["accounts"]["hashing"] = "scrypt:256:8:1"
    for section, keys in sections.items():
        given[section].update(keys)
    return House(
        settings.Settings.model_validate(given),
        opened(database_url, Clock((time or Time()).read)),
        cli.ROOMS,
    )


def file_rows(
    house: House, kind: str, rows: Sequence[Mapping[str, Any]], name: str = "list.csv", **wish: Any
) -> Outcome:
    """File plain rows through the ordinary action; ``sets`` and the options of ``file_list`` may be given."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    grid = Grid("list", [header, *([row.get(key) for key in header] for row in rows)])
    units = {f.id: "元" for f in house.kinds.by_id[kind].fields if f.type == "money"}
    reading = Reading({key: key for key in header}, wish.pop("sets", {}), units)
    parsed = parse(house.kinds.by_id[kind], [grid], reading)
    content = json.dumps([name, grid.rows], ensure_ascii=False, default=str)
    listed = Listed(
        house.kinds.by_id[kind],
        parsed.rows,
        name,
        hashlib.sha256(content.encode()).hexdigest(),
        parsed.sheet,
        {"columns": parsed.columns, "set": dict(reading.sets)},
        parsed.cells_of,
    )
    return file_list(house, listed, "test", **wish)


def table(house: House, kind: str) -> set[tuple[Any, ...]]:
    """The typed table without what names the source: what is held, whoever said it."""
    found = house.kinds.by_id[kind].table
    columns = [c for c in found.columns if c.name not in ("filing", "row")]
    with house.store.read() as connection:
        return {
            tuple(map(str, row)) for row in connection.execute(found.select().with_only_columns(*columns))
        }
