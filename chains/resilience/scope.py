"""The part of the network that a chain's resilience is about.

It holds the firms with a role in the chain, everyone upstream of its leaders at any depth, and the direct customers of its
core suppliers: a core supplier that stops is felt there too. Links are those with both ends inside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import rustworkx as rx

from chains.network import Network
from registry.naming.normal import normal_form

LEADER, CORE = "leader", "core_supplier"


@dataclass(frozen=True)
class Part:
    """Firms and links of a chain, numbered anew from 0.

    ``ids``, ``names``: of the firms, in the order of their ids. ``here``: the firm exists and belongs to the city.
    ``leaders``: numbers. ``spend``: yuan a year, NaN where unknown. Of links: ``supplier``, ``buyer``: numbers; ``product``: a
    number into ``products`` (0 is ``""``: none was named); ``share`` of the buyer's spend, NaN where unknown; ``essential``:
    1, 0, NaN. ``status``: of the firms, active, cancelled … or outside; empty where nobody asks.
    """

    chain: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    here: np.ndarray
    leaders: tuple[int, ...]
    spend: np.ndarray
    supplier: np.ndarray
    buyer: np.ndarray
    product: np.ndarray
    products: tuple[str, ...]
    share: np.ndarray
    essential: np.ndarray
    status: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.ids)

    @cached_property
    def number(self) -> Mapping[str, int]:
        return {id: at for at, id in enumerate(self.ids)}

    @cached_property
    def called(self) -> Mapping[str, Sequence[int]]:
        """Normal form of a name → who bears it."""
        found: dict[str, list[int]] = {}
        for at, name in enumerate(self.names):
            found.setdefault(normal_form(name), []).append(at)
        return found

    @cached_property
    def graph(self) -> rx.PyDiGraph[int, None]:
        """supplier → buyer; each pair once, whatever the products."""
        graph: rx.PyDiGraph[int, None] = rx.PyDiGraph(multigraph=False)
        graph.add_nodes_from(range(self.size))
        pairs = sorted(set(zip(self.supplier.tolist(), self.buyer.tolist(), strict=True)))
        graph.add_edges_from_no_data(pairs)
        return graph


def product_key(typed: str) -> str:
    """One product under two spellings is one: width, case and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", typed).casefold().split())


def part_of(network: Network, chain: str, spend: Mapping[str, int] | None = None) -> Part:
    """The part of ``network`` that ``chain`` is about. ``spend``: id → yuan a year, of those of whom it is known."""
    known = network.chains[chain]
    leaders = _numbers(network, known.of(LEADER))
    inside = {*_numbers(network, (role.uscc for role in known.roles)), *_upstream(network, leaders)}
    core = _numbers(network, known.of(CORE))
    suppliers, buyers = network.pairs
    inside.update(buyers[np.isin(suppliers, core)].tolist())
    return cut(network, chain, sorted(inside), leaders, spend or {})


def _numbers(network: Network, ids: Iterable[str]) -> list[int]:
    return sorted({network.number[id] for id in ids if id in network.number})


def _upstream(network: Network, leaders: Sequence[int]) -> set[int]:
    """Everyone from whom a way leads to a leader."""
    suppliers, buyers = network.pairs
    order = np.argsort(buyers, kind="stable")
    starts = np.searchsorted(buyers[order], np.arange(len(network.nodes) + 1))
    by_buyer = suppliers[order]
    seen, wave = set(leaders), list(leaders)
    while wave:
        wave = [
            supplier
            for buyer in wave
            for supplier in by_buyer[starts[buyer] : starts[buyer + 1]].tolist()
            if supplier not in seen and not seen.add(supplier)  # type: ignore[func-returns-value]
        ]
    return seen


def cut(
    network: Network, chain: str, inside: Sequence[int], leaders: Sequence[int], spend: Mapping[str, int]
) -> Part:
    """The nodes ``inside`` (ascending numbers of the network) with the links among them."""
    local = np.full(len(network.nodes), -1, dtype=np.int64)
    local[list(inside)] = np.arange(len(inside))
    links = network.links
    ends = np.stack([local[links["supplier"].to_numpy(np.int64)], local[links["buyer"].to_numpy(np.int64)]])
    held = np.flatnonzero((ends >= 0).all(axis=0))
    links, ends = links.iloc[held], ends[:, held]
    keys = links["product"].map(product_key)
    shown = dict(zip(keys.tolist(), links["product"].tolist(), strict=True))
    order = sorted({"", *shown})
    number = {key: at for at, key in enumerate(order)}
    nodes = network.nodes.iloc[list(inside)]
    ids = tuple(nodes["id"])
    return Part(
        chain,
        ids,
        tuple(nodes["name"]),
        nodes["here"].to_numpy(bool),
        tuple(int(local[leader]) for leader in leaders),
        np.array([spend.get(id, np.nan) for id in ids], dtype=float),
        ends[0],
        ends[1],
        _coded(keys, number),
        tuple(shown.get(key, "") for key in order),
        links["share"].to_numpy(float),
        links["essential"].to_numpy(float),
        tuple(nodes["status"]),
    )


def _coded(keys: pd.Series, number: Mapping[str, int]) -> np.ndarray:
    return np.array([number[key] for key in keys.tolist()], dtype=np.int64)
