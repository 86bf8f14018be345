"""A small register with links, for tests of this room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chains.asking import network
from registry.house import House
from tests.registry.house import code, file_rows

LEADER, SUPPLIER, OTHER, STRANGER = (code(n) for n in range(1, 5))
NAMES = {
    LEADER: "济南龙头重工有限公司",
    SUPPLIER: "济南明达机械有限公司",
    OTHER: "济南恒信铸造有限公司",
    STRANGER: "济南远方材料有限公司",
}


def firms(house: House, *codes: str, **more: Any) -> int:
    """Put firms on the register; gives the filing."""
    rows = [{"uscc": each, "name": NAMES[each], "district": "历下区", **more} for each in codes]
    filed = file_rows(house, "enterprises", rows, f"firms-{'-'.join(codes)}.csv").filing
    assert filed is not None
    return filed


def file(house: House, kind: str, *rows: Mapping[str, Any], name: str = "", **wish: Any) -> Any:
    return file_rows(house, kind, rows, name or f"{kind}.csv", **wish)


def held(house: House, kind: str) -> list[dict[str, Any]]:
    table = house.kinds.by_id[kind].table
    with house.store.read() as connection:
        query = table.select().order_by(*table.primary_key.columns)
        return [dict(row) for row in connection.execute(query).mappings()]


def problems(outcome: Any) -> list[tuple[int, str | None, str, str]]:
    """(row, field, code, fate) of what was said about rows."""
    return [(number, note.field, note.code, note.fate) for number, note in outcome.problems]


def drawn(house: House, **asked: Any) -> set[tuple[str, str, str]]:
    """(supplier, buyer, product) of the links in force, by node."""
    net = network(house, **asked)
    ids = net.nodes["id"].tolist()
    links = zip(net.links["supplier"], net.links["buyer"], net.links["product"], strict=True)
    return {(ids[supplier], ids[buyer], product) for supplier, buyer, product in links}
