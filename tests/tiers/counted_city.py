"""A handful of firms, one for each way into and out of a count, and how tests put them on record."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.house import House
from registry.kind import Record
from tests.registry.house import code, file_rows
from tiers.bridge import Bridge
from tiers.bridging import Place, bridge_between

BEFORE, AFTER = date(2024, 12, 31), date(2025, 12, 31)
HERE, THERE = "370102", "370112"  # 历下区, 历城区
TERM = {"issued_on": "2022-01-01", "valid_to": "2027-12-31"}
OVER = {"issued_on": "2022-07-01", "valid_to": "2025-06-30"}
GAP = {"issued_on": "2020-07-01", "valid_to": "2023-06-30"}
LATER = {"issued_on": "2025-07-01", "valid_to": "2028-06-30"}
#: Who is who in ``one_of_each``.
(MOVED_OUT, MERGED, CANCELLED, LICENCE, REVOKED, EXPIRED, MOVED_IN, NEW, BACK, MOVED, RENEWED, PROMOTED, DEMOTED, STAYED,
 HEIR) = (code(n) for n in range(1, 16))  # fmt: skip


def firms(*codes: str, **more: Any) -> list[Record]:
    return [
        {"uscc": uscc, "name": f"济南{int(uscc[10:17])}机械有限公司", "district": "历下区"} | more
        for uscc in codes
    ]


def title(uscc: str, tier: str = "srdi", **more: Any) -> Record:
    return {"uscc": uscc, "tier": tier, **TERM, **more}


def change(house: House, on: str, *rows: Record) -> int | None:
    """A dated change of profiles."""
    name = f"{on}-{'-'.join(str(row) for row in rows)[:60]}.csv"
    return file_rows(house, "enterprises", list(rows), name, sets={"effective_on": on}).filing


def one_of_each(house: House) -> None:
    """Between BEFORE and AFTER every reason happens once, to the firm that is called so."""
    file_rows(house, "enterprises", firms(*(code(n) for n in range(1, 16))))
    change(house, "2023-01-01", {"uscc": MOVED_IN, "city": "青岛市", "district": "清空"})
    change(house, "2025-03-01", {"uscc": MOVED_IN, "city": "济南市", "district": "历下区"})
    change(house, "2025-03-01", {"uscc": MOVED_OUT, "city": "青岛市", "district": "清空"})
    change(house, "2025-03-02", {"uscc": MERGED, "status": "cancelled", "successor_uscc": HEIR})
    change(house, "2025-03-03", {"uscc": CANCELLED, "status": "cancelled"})
    change(house, "2025-03-04", {"uscc": LICENCE, "status": "revoked"})
    change(house, "2025-03-05", {"uscc": MOVED, "district": "历城区"})
    both = (MOVED_OUT, MERGED, CANCELLED, LICENCE, MOVED_IN, MOVED, STAYED)
    file_rows(house, "titles", [
        *(title(uscc) for uscc in both),
        title(REVOKED, revoked_on="2025-04-01"),
        title(EXPIRED, **OVER),
        title(NEW, **LATER),
        title(BACK, **GAP),
        title(BACK, **LATER),
        title(RENEWED, **OVER),
        title(RENEWED, basis="review", **LATER),
        title(PROMOTED),
        title(PROMOTED, "little_giant", **LATER),
        title(DEMOTED, "little_giant", **OVER),
        title(DEMOTED),
    ])  # fmt: skip


def bridged(house: House, before: Place | date, after: Place | date, target: str = "quality-firms") -> Bridge:
    """The bridge between two days as known now, or between places."""
    ends = [end if isinstance(end, Place) else Place(end) for end in (before, after)]
    return bridge_between(house, *ends, target)


def adds_up(document: Record) -> None:
    """What every bridge promises."""
    steps = document["steps"]
    assert document["from"]["value"] + sum(step["delta"] for step in steps) == document["to"]["value"], (
        document
    )
    for row in document.get("by", ()):
        assert row["from"] + sum(step["delta"] for step in row["steps"]) == row["to"], row


def deltas(document: Record) -> dict[str, int]:
    return {step["reason"]: step["delta"] for step in document["steps"]}
