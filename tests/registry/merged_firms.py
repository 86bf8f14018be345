"""Firms that are one: what tests of merging put on record and look at."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from registry.find import find
from registry.house import House
from registry.kind import Record
from registry.show import show
from registry.store.known import faults
from tests.registry.house import code, file_rows
from tiers.asking import ask_count

A, B, C, D = (code(n) for n in range(1, 5))
TODAY = date(2026, 3, 1)
KINDS = ("enterprises", "titles", "figures", "above-scale", "evidence")


def firms(house: House, **names: str) -> None:
    rows = [
        {"uscc": {"a": A, "b": B, "c": C, "d": D}[key], "name": name, "district": "历下区"}
        for key, name in names.items()
    ]
    file_rows(house, "enterprises", rows, "firms.csv")


def two(house: House) -> None:
    firms(house, a="济南甲机械有限公司", b="济南乙机械有限公司")


def title(uscc: str, batch: str = "1", **more: Any) -> Record:
    return {"uscc": uscc, "tier": "srdi", "batch": batch, "issued_on": "2024-05-01", **more}


def check(house: House) -> list[str]:
    everything = dict.fromkeys(kind.record for kind in house.kinds.all)
    return list(faults(house.store, house.kinds.all, lambda c: house.after_fold(c, everything)))


def contents(house: House) -> dict[str, set[tuple[str, ...]]]:
    """Every typed table whole, sources included, the tables beside them, and what pages filter by."""
    tables: list[Any] = []
    for kind in house.kinds.all:
        tables += [kind.table, *(side.table for side in kind.beside)]
    parts = [room.register for room in house.rooms if room.register]
    tables += [part.table for part in parts if part.table is not None]
    with house.store.read() as connection:
        return {t.name: {tuple(map(str, row)) for row in connection.execute(select(t))} for t in tables}


def profile(house: House, uscc: str, day: date = TODAY, known_at: Any = None) -> Record | None:
    with house.store.read() as connection:
        return show(house, connection, uscc, day, known_at, "")


def found(house: House, typed: str) -> list[tuple[str, str, str]]:
    with house.store.read() as connection:
        return [(firm["uscc"], firm["matched"], firm["by"]) for firm in find(connection, typed, TODAY)]


def holders(house: House) -> int:
    tiers = ask_count(house, TODAY, None)["tiers"]
    return sum(row["firms_valid"] for row in tiers if row["tier"] == "srdi")
