"""链上位置: what a firm's profile says about its place in chains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from chains.asking import network
from chains.network import Network
from chains.nodes import Nodes, link_records
from chains.pictures import mark_of
from registry.house import House
from registry.kind import Record
from registry.pages.asked import Asked

#: Suppliers and customers that the panel names; the page has all of them.
NAMED = 6


def position_panel(house: House, asked: Asked, document: Record) -> Mapping[str, Any] | None:
    """Roles, and the largest suppliers and customers of the day; None where no chain and no link names the firm."""
    net = network(house, asked.day, asked.known_at)
    number = net.number.get(document["uscc"])
    if number is None:
        return None
    links = net.links
    return {
        "roles": [role for chain in net.chains.values() for role in chain.roles if role.uscc == document["uscc"]],
        "sides": [
            ("suppliers", *_side(net, links[links["buyer"] == number], "supplier")),
            ("customers", *_side(net, links[links["supplier"] == number], "buyer")),
        ],
    }  # fmt: skip


def _side(net: Network, links: pd.DataFrame, end: str) -> tuple[int, list[Record]]:
    """How many stand on one side, and the first of them with what is supplied."""
    ordered = links.sort_values(["share", end], ascending=[False, True], na_position="last", kind="stable")
    first = ordered[end].drop_duplicates()
    named: dict[int, Record] = {}
    nodes = Nodes(net) if len(first) else None
    for link in link_records(ordered[ordered[end].isin(first.head(NAMED))]):
        assert nodes is not None
        who = nodes[link[end]]
        one = named.setdefault(
            link[end], {**who, "mark": mark_of(who), "products": [], "share": link["share"]}
        )
        if link["product"] and link["product"] not in one["products"]:
            one["products"].append(link["product"])
    return len(first), list(named.values())
