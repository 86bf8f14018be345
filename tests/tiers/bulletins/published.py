"""A published count made by hand from a register: what publishing gives, for tests of what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from registry.house import House
from registry.kind import Record
from tiers.asking import ask_count, view
from tiers.bulletins import frozen
from tiers.lists import behind_target
from tiers.members import Question
from tiers.snapshot import Snapshot
from tiers.targets import plan

AT = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)


def firms_of(house: House, day: date, id: str) -> list[Record]:
    """The firms of a target with unit and the titles that made them count, as snapshots freeze them."""
    target = next(one for one in plan(house.settings.targets.plan) if one.id == id)
    found = behind_target(house, target, Question(day, house.settings), None)
    terms: dict[tuple[str, int, int], Any] = {}
    with view(house, None) as connection:
        sql = "select uscc, tier, level, valid_from, valid_to, filing, row from title"
        for row in connection.exec_driver_sql(sql):
            terms[row.uscc, row.filing, row.row] = row
    return [
        {
            "uscc": firm["uscc"], "name": firm["name"], "unit": firm["area"] or firm["district"],
            "why": [_why(terms.get((firm["uscc"], why["filing"], why["row"])), why) for why in firm["why"]],
        }
        for firm in (found.firms if found else ())
    ]  # fmt: skip


def _why(term: Any, why: Record) -> Record:
    if why["record"] != "title" or term is None:
        return why
    return {
        **why,
        "tier": term.tier,
        "level": term.level,
        "valid_from": str(term.valid_from),
        "valid_to": str(term.valid_to),
    }


def bridge(house: House, id: str, first: date, last: date) -> Record:
    """A bridge of one reason each way, in the shape of design §6."""
    before, after = ({firm["uscc"] for firm in firms_of(house, day, id)} for day in (first, last))
    steps = [
        {"reason": reason, "delta": sign * len(firms), "firms": sorted(firms)}
        for reason, sign, firms in (("new", 1, after - before), ("expired", -1, before - after))
        if firms
    ]
    ends = {"known_at": None}
    return {
        "target": id,
        "from": {"as_of": first.isoformat(), "value": len(before), **ends},
        "to": {"as_of": last.isoformat(), "value": len(after), **ends},
        "steps": steps,
        "held": {"renewed": sorted(before & after)[:2], "promoted": [], "demoted": []},
    }


BRIDGED = ("quality-firms", "above-scale", "high-tech")


def published(
    house: House, name: str, day: date = date(2026, 6, 30), since: date = date(2026, 5, 31), id: int = 7
) -> tuple[Snapshot, Callable[[str], Sequence[Record]]]:
    """A snapshot with everything that it freezes, and its firms by target."""
    count = ask_count(house, day, None, None, "area")
    bridges = {id: bridge(house, id, since, day) for id in BRIDGED}
    parts = frozen.with_forecast(house, day, None, bridges)
    made = Snapshot(id, name, day, house.clock.now(), AT, "desk", "d" * 64, {}, count, bridges, parts)
    held: dict[str, list[Record]] = {}

    def firms(target: str) -> Sequence[Record]:
        if target not in held:
            held[target] = json.loads(json.dumps(firms_of(house, day, target)))
        return held[target]

    return made, firms
