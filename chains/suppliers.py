"""A firm's suppliers: what the page shows, the command line prints in JSON and the HTTP API answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
import pandas as pd

from chains import leader
from chains.asking import network
from chains.documents import titles_said
from chains.ends import is_outside
from chains.facts import Held, titles_of
from chains.leader import Concentration, Local, Spell, Turnover
from chains.network import Network
from chains.nodes import Nodes, link_records, ratio
from registry.house import House
from registry.kind import Record
from registry.store.clock import instant_text
from tiers.asking import view
from tiers.terms import years_on


@dataclass(frozen=True)
class Supplied:
    """A firm or outside party with everything about its suppliers. ``found``: its links to them, ``depth`` steps deep."""

    network: Network
    number: int
    found: pd.DataFrame
    titles: Mapping[str, tuple[Held, ...]]

    @cached_property
    def direct(self) -> pd.DataFrame:
        return self.found[self.found["depth"] == 1]

    @cached_property
    def local(self) -> Local:
        return leader.local(self.network, self.direct)

    @cached_property
    def concentration(self) -> Concentration | None:
        return leader.concentration(self.direct)

    @cached_property
    def turnover(self) -> Turnover:
        return leader.turnover(self.network, self.number, years_on(self.network.day, -1))

    @cached_property
    def spells(self) -> list[Spell]:
        """For each row of ``found`` the years in a row to which it belongs."""
        return leader.present_spells(self.network, self.found)

    @cached_property
    def suppliers(self) -> int:
        """How many they are, of all depths."""
        return int(self.found["supplier"].nunique())

    @cached_property
    def customers(self) -> pd.DataFrame:
        return leader.customers(self.network, self.number)

    @cached_property
    def disputed(self) -> pd.DataFrame:
        """Its direct links about which filings differ, those to suppliers first."""
        apart = [links[links["conflict"].to_numpy(dtype=bool)] for links in (self.direct, self.customers)]
        return pd.concat(apart, ignore_index=True)

    @cached_property
    def linked(self) -> bool:
        """Is any link of the firm on record, of any day?"""
        past = self.network.past
        return bool(np.any((past["supplier"] == self.number) | (past["buyer"] == self.number)))


def supplied(
    house: House,
    node: str,
    depth: int | None,
    day: date,
    known_at: datetime | None,
    net: Network | None = None,
) -> Supplied | None:
    """The suppliers of a node; None where the graph has no such node. ``net``: the network of the day, where at hand.

    All of it, titles too, changes with the network's version only, and is kept with it: shared, as the network is."""
    net = net or network(house, day, known_at)
    number = net.number.get(node)
    if number is None:
        return None
    return net.once((Supplied, number, depth), lambda: _looked_up(house, net, number, depth, known_at))


def _looked_up(
    house: House, net: Network, number: int, depth: int | None, known_at: datetime | None
) -> Supplied:
    found = leader.supplies(net, number, depth)
    ends = pd.unique(pd.concat([found["supplier"], found["buyer"]], ignore_index=True))
    sold = leader.customers(net, number)["buyer"].unique()
    codes = [id for id in net.firms([number, *ends.tolist(), *sold.tolist()]) if not is_outside(id)]
    with view(house, known_at) as held:
        return Supplied(net, number, found, titles_of(held, codes, net.day))


def suppliers_document(house: House, seen: Supplied, known_at: datetime | None) -> Record:
    """``local``: at least ``share`` of the direct suppliers belong to the city, the place of ``unknown`` is not on record;
    ``spend`` the part of the buyer's spend that stays in the city. ``concentration``: the Herfindahl–Hirschman index from 0
    to 1, least and most as what is unstated may be spread or not."""
    net, nodes = seen.network, Nodes(seen.network)
    who, local = nodes[seen.number], seen.local
    depths = seen.found["depth"].value_counts().sort_index()
    return {
        "uscc": who["uscc"],
        "node": who["node"],
        "name": who["name"],
        "here": who["here"],
        "status": who["status"],
        "as_of": net.day.isoformat(),
        "known_at": instant_text(known_at or house.clock.now()),
        "suppliers": supplier_records(seen, nodes, seen.found),
        "depths": {str(depth): int(links) for depth, links in depths.items()},
        "local": {
            "firms": local.firms,
            "of": local.of,
            "unknown": local.unknown,
            "share": ratio(local.share),
            "spend": ratio(local.here),
            "spend_elsewhere": ratio(local.elsewhere),
            "spend_unknown": ratio(local.unstated),
            "spend_stated": ratio(local.stated),
        },
        "concentration": _concentration(seen.concentration, nodes),
        "suppliers_a_year_ago": seen.turnover.before,
        "newcomers": _named(nodes, seen.turnover.newcomers),
        "leavers": _named(nodes, seen.turnover.leavers),
        "former": [
            {
                **_named(nodes, [number])[0],
                "since": spells[0].since,
                "until": spells[-1].until,
                "years": sorted({year for spell in spells for year in spell.years}),
            }
            for number, spells in seen.turnover.former
        ],
    }


def supplier_records(seen: Supplied, nodes: Nodes, links: pd.DataFrame) -> list[Record]:
    """One for each of ``links``, which are some of ``seen.found`` under its index, with the years in a row to which it
    belongs."""
    records = []
    for at, link in zip(links.index, link_records(links), strict=True):
        spell = seen.spells[at]
        who, buyer = nodes[link["supplier"]], nodes[link["buyer"]]
        records.append({
            "uscc": who["uscc"], "node": who["node"], "name": who["name"], "depth": link["depth"],
            "product": link["product"], "share_of_buyer_spend": link["share"], "essential": link["essential"],
            "since": spell.since, "until": spell.until, "titles": titles_said(seen.titles, who["uscc"]),
            "here": who["here"], "status": who["status"], "buyer": buyer["node"], "buyer_name": buyer["name"],
            "source": link["source"], "filing": link["filing"], "row": link["row"], "conflict": link["conflict"],
        })  # fmt: skip
    return records


def _concentration(found: Concentration | None, nodes: Nodes) -> Record | None:
    if found is None:
        return None
    top = nodes[found.top]
    return {
        "hhi": ratio(found.least),
        "hhi_most": ratio(found.most),
        "top": {"uscc": top["uscc"], "node": top["node"], "name": top["name"], "share": ratio(found.share)},
    }


def _named(nodes: Nodes, numbers: Sequence[int]) -> list[Record]:
    return [{part: nodes[number][part] for part in ("uscc", "node", "name")} for number in numbers]
