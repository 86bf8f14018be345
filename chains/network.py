"""The graph of record on one day: who supplies whom with what. Pure.

Two frames, and numbers for nodes: analyses work on arrays, networkx and rustworkx get graphs of the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import networkx as nx
import numpy as np
import pandas as pd

T = TypeVar("T")
#: So much worked out about one network is kept at once.
KNOWN = 100
#: What of an outside party and a firm the frame of nodes says.
NODE_COLUMNS = ("id", "name", "uscc", "here", "status", "district", "area", "industry")
LINK_COLUMNS = (
    "supplier", "buyer", "product", "share", "essential", "since", "until", "source", "filing", "row", "conflict", "key",
)  # fmt: skip


@dataclass(frozen=True)
class Role:
    """A firm's part in a chain; days are None where nothing is said."""

    chain: str
    uscc: str
    role: str
    since: date | None
    until: date | None
    filing: int
    row: int


@dataclass(frozen=True)
class Stage:
    """One stage of a chain with its products; ``products``: (product, state) in the order of their names."""

    name: str
    order: int | None
    products: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Chain:
    """A chain of record. ``stages`` upstream first; ``roles``: those in force on the day."""

    name: str
    stages: tuple[Stage, ...]
    roles: tuple[Role, ...]

    def of(self, role: str) -> tuple[str, ...]:
        """Credit codes of the firms in a role, each once."""
        return tuple(dict.fromkeys(each.uscc for each in self.roles if each.role == role))


@dataclass(frozen=True)
class Conflict:
    """Filings that say different things about one link and field; ``said``: (value, filing, row), the one taken last."""

    field: str
    said: tuple[tuple[Any, int, int], ...]


@dataclass(frozen=True)
class Network:
    """Nodes and links by number.

    ``nodes``: one row per node, in the order of their ids. ``uscc`` is None for an outside party; ``here``: it exists and
    belongs to the city on the day; ``status``: active, cancelled, revoked, or outside.
    ``links``: one row per (supplier, buyer, product) in force on the day, ordered so. ``product`` '' where none is named,
    ``share`` of the buyer's spend as a float, NaN where unknown, ``essential`` 1, 0 or NaN; ``since``, ``until``: ISO days
    or NaN; ``source``: link or outcome.
    ``past``: all that was ever said of links, in force or not, with the same columns.
    """

    day: date
    nodes: pd.DataFrame
    links: pd.DataFrame
    past: pd.DataFrame
    chains: Mapping[str, Chain] = field(default_factory=dict)
    conflicts: Mapping[str, Sequence[Conflict]] = field(default_factory=dict)  # by key of the link
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # outside party → names given
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # party → firms that its name fits
    leads: Mapping[str, str] = field(
        default_factory=dict
    )  # end as filed → the firm that it is, where they differ

    _known: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Node id → number."""
        return {id: at for at, id in enumerate(self.nodes["id"])}

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Suppliers and buyers of the relations in force, each pair once whatever the products."""
        both = self.links[["supplier", "buyer"]].drop_duplicates().to_numpy(dtype=np.int64)
        return both[:, 0], both[:, 1]

    @cached_property
    def graph(self) -> nx.DiGraph[int]:
        """supplier → buyer, by number; each edge holds ``links``, the rows of its links."""
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(len(self.nodes)))
        rows: dict[tuple[int, int], list[int]] = {}
        for at, ends in enumerate(
            zip(self.links["supplier"].tolist(), self.links["buyer"].tolist(), strict=True)
        ):
            rows.setdefault(ends, []).append(at)
        graph.add_edges_from((supplier, buyer, {"links": at}) for (supplier, buyer), at in rows.items())
        return graph

    @cached_property
    def node_columns(self) -> Mapping[str, list[Any]]:
        """The columns of ``nodes`` as lists, NaN as None: to look up many nodes one by one."""
        return {
            name: [None if value != value else value for value in self.nodes[name].tolist()]
            for name in NODE_COLUMNS
        }

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was worked out about the network under ``key``, or ``make()`` now: it goes with the network. Shared."""
        if (known := self._known.get(key)) is None:
            if len(self._known) >= KNOWN:
                self._known.clear()
            known = self._known[key] = make()
        return known

    def firms(self, numbers: Sequence[int]) -> list[str]:
        """Node ids of numbers, in their order."""
        ids = self.node_columns["id"]
        return [ids[number] for number in numbers]


def told_once(past: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Of links of the same two firms, product and first day, which were filed under several names or codes of them, the later
    filing's; what that one leaves open stands as it was said before. And of each other one its key → the key that stays."""
    same = ["supplier", "buyer", "product", "since", "source"]
    if not past.duplicated(same).any():
        return past, {}
    ordered = past.sort_values([*same, "filing", "row"], kind="stable")
    told = ordered.groupby(same, dropna=False, sort=False)
    said = {name: told[name].ffill() for name in ("share", "essential", "until")}
    stays = told["key"].transform("last")
    other = ordered["key"] != stays
    twins = dict(zip(ordered.loc[other, "key"].tolist(), stays[other].tolist(), strict=True))
    last = ~ordered.duplicated(same, keep="last")
    return ordered.assign(**said)[last].reset_index(drop=True), twins


def in_force(past: pd.DataFrame, day: date) -> pd.DataFrame:
    """Of all that was said the links in force on ``day``, one for each (supplier, buyer, product): the later filing's
    where there are several, marked as a conflict where their shares differ."""
    on = day.isoformat()
    begun = past["since"].isna() | (past["since"] <= on)
    live = past[begun & (past["until"].isna() | (past["until"] >= on))]
    ends = ["supplier", "buyer", "product"]
    live = live.sort_values([*ends, "filing", "row"], kind="stable")
    last = ~live.duplicated(ends, keep="last")
    if not last.all():
        told = live.groupby(ends)
        shares = told["share"].nunique()
        # Who gives no share does not disagree with who gives one; it is still known.
        taken = live.assign(**{said: told[said].ffill() for said in ("share", "essential")})[last]
        several = shares.reindex(pd.MultiIndex.from_frame(taken[ends])).to_numpy() > 1
        taken["conflict"] = taken["conflict"].to_numpy(dtype=bool) | several
        live = taken
    return live.reset_index(drop=True)
