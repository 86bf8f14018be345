"""Two versions of a firm side by side: each as of a day and as known at an instant, every value with its filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection

from registry.former import spoken_with_former
from registry.house import House
from registry.kind import Field, Kind, Record
from registry.show import statements_about
from registry.store import statements
from registry.store.clock import FOREVER_TEXT
from registry.store.fold import speaking
from registry.store.merges import NONE, merges_at

Mark = Literal["same", "changed", "only_left", "only_right"]


@dataclass(frozen=True)
class Told:
    """A value with the filing and row that say it; None for both where it was computed."""

    value: Any
    filing: int | None = None
    row: int | None = None


@dataclass(frozen=True)
class Line:
    """One field of both versions. A side that says nothing is None."""

    field: Field
    left: Told | None
    right: Told | None
    mark: Mark


@dataclass(frozen=True)
class Compared:
    """One record of both versions; ``key`` tells it from the firm's others of its kind."""

    kind: Kind
    key: str
    lines: tuple[Line, ...]
    mark: Mark

    @property
    def naming(self) -> list[tuple[Field, Any]]:
        """What tells the record apart, for its heading."""
        told = [
            (line.field, line.left or line.right) for line in self.lines if line.field.id in self.kind.key
        ]
        return [(field, one.value) for field, one in told if one]


#: record word → key → field → what is told
Version = dict[str, dict[str, dict[str, Told]]]


def version(house: House, connection: Connection, uscc: str, day: date, known_at: datetime | None) -> Version:
    """All records of a firm on a day, as known at an instant (None: now), field by field, whichever of its codes they were
    filed with. Of a code that led to another firm then: what was filed with the code itself."""
    led = merges_at(connection, known_at)
    led = NONE if uscc in led.leads else led
    held, text = statements_about(connection, uscc, known_at, led), day.isoformat()
    found: Version = {}
    for kind in house.kinds.of_firms:
        keys = held.get(kind.record)
        if not keys:
            continue
        spans = kind.timing == "spans"
        for record in statements.records_of(kind, uscc, keys):
            if spans and not record["from_day"] <= text < record["to_day"]:
                continue
            found.setdefault(kind.record, {})[record["key"]] = _told(kind, record, keys[record["key"]], text)
    return found


def _told(kind: Kind, record: Record, held: Any, day: str) -> dict[str, Told]:
    if kind.record == "enterprise":
        spoken = dict(spoken_with_former(held, day))
        record = {
            **record,
            "former_names": spoken["former_names"].value if "former_names" in spoken else None,
        }
    else:
        spoken = speaking(held, day if kind.timing == "spans" else FOREVER_TEXT)
    told = {}
    for name in kind.payload_order:
        value, source = record.get(name), spoken.get(name)
        if value is None:
            continue
        said = source is not None and source.value is not None
        told[name] = Told(value, source.filing, source.row) if said and source else Told(value)
    return told


def compare(house: House, left: Version, right: Version) -> list[Compared]:
    """Record by record in the order of kinds and keys, field by field in the order of the kind."""
    found = []
    for kind in house.kinds.of_firms:
        one, other = left.get(kind.record, {}), right.get(kind.record, {})
        for key in sorted({*one, *other}):
            before, after = one.get(key), other.get(key)
            pairs = [(name, (before or {}).get(name), (after or {}).get(name)) for name in kind.payload_order]
            lines = tuple(Line(kind.by_id[name], a, b, _mark(a, b)) for name, a, b in pairs if a or b)
            mark: Mark = "same"
            if before is None or after is None:
                mark = "only_right" if before is None else "only_left"
            elif any(line.mark != "same" for line in lines):
                mark = "changed"
            found.append(Compared(kind, key, lines, mark))
    return found


def _mark(one: Told | None, other: Told | None) -> Mark:
    if one is None:
        return "only_right"
    if other is None:
        return "only_left"
    return "same" if one.value == other.value else "changed"
