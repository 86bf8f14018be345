"""The full report of a chain of 20,000 firms and 60,000 links, beside the plain ways to parts of it.

The city is invented: suppliers at up to a dozen tiers from twenty leaders, one link in fifty running the other way, so that
five thousand firms stand in one loop. The peers: networkx for the shape, and one product of the network's matrix with as many
stops as the report computes.
"""

from __future__ import annotations

import time

import networkx as nx
import numpy as np
import pytest
from scipy import sparse

from chains.resilience.report import report
from chains.resilience.scope import Part
from tests.bench.report import say, timed

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
FIRMS, LINKS, LEADERS, PRODUCTS = 20_000, 60_000, 20, 400
GOAL = 10.0


def city(backwards: float = 0.02, seed: int = 1) -> Part:
    r = np.random.default_rng(seed)
    depth = np.minimum(r.geometric(0.25, FIRMS), 12)
    depth[:LEADERS] = 0
    depth.sort()
    first = np.searchsorted(depth, np.arange(15))
    supplier = r.integers(LEADERS, FIRMS, LINKS * 2)
    low, high = first[depth[supplier] - 1], first[depth[supplier]]
    buyer = (low + (high - low) * r.random(LINKS * 2) ** 2).astype(np.int64)
    buyer = np.where(r.random(LINKS * 2) < backwards, r.integers(0, FIRMS, LINKS * 2), buyer)
    pairs = np.unique(np.stack([supplier, buyer], axis=1)[supplier != buyer], axis=0)
    supplier, buyer = pairs[np.sort(r.permutation(len(pairs))[:LINKS])].T
    ids = tuple(f"{at:018d}" for at in range(FIRMS))
    said = r.random(LINKS)
    return Part(
        "chain", ids, ids, np.ones(FIRMS, dtype=bool), tuple(range(LEADERS)),
        np.where(r.random(FIRMS) < 0.8, np.exp(r.normal(17, 1.5, FIRMS)), np.nan), supplier, buyer,
        r.integers(0, PRODUCTS, LINKS), tuple(f"product {at}" if at else "" for at in range(PRODUCTS)),
        np.where(r.random(LINKS) < 0.5, r.random(LINKS) * 0.3, np.nan),
        np.where(said < 0.3, 1.0, np.where(said < 0.65, 0.0, np.nan)),
    )  # fmt: skip


def plain_shape(of: Part) -> None:
    """What networkx has of the same: articulation points, dominators towards each leader, strong components."""
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(range(of.size))
    graph.add_edges_from(zip(of.supplier.tolist(), of.buyer.tolist(), strict=True))
    list(nx.articulation_points(graph.to_undirected()))
    towards = graph.reverse()
    for leader in of.leaders:
        nx.immediate_dominators(towards, leader)
    list(nx.strongly_connected_components(graph))


def test_the_full_report_of_a_large_chain() -> None:
    begun = time.process_time()
    seconds, found = timed(lambda: report(city()))
    worked = time.process_time() - begun
    shape, _ = timed(lambda: plain_shape(city()))
    of = found.part
    matrix = sparse.csr_matrix((np.ones(LINKS), (of.buyer, of.supplier)), shape=(FIRMS, FIRMS))
    stops = np.zeros((FIRMS, found.critical.exact))
    product, _ = timed(lambda: matrix @ stops, repeat=3)
    print(
        f"\nindex computed of {found.critical.exact} firms; no other exceeds {found.critical.bound:.4f}, "
        f"the last of the list has {found.critical.index[-1]:.4f}; {len(found.sources):,} single sources"
    )
    peers = {
        "networkx for the shape alone": shape,
        f"one sparse product for {found.critical.exact} stops": product,
    }
    say(f"report of {FIRMS:,} firms and {LINKS:,} links (goal {GOAL:.0f} s)", seconds, peers)
    print(f"  {'of which this process worked':<58}{worked:>9.3f} s")
    assert worked < GOAL, "on a machine of its own"


@pytest.mark.parametrize("backwards", [0.1, 0.3])
def test_a_chain_that_is_mostly_loops_takes_no_longer_and_says_what_it_left_out(backwards: float) -> None:
    begun = time.process_time()
    found = report(city(backwards))
    seconds = time.process_time() - begun
    print(
        f"\none link in {1 / backwards:.0f} backwards: {seconds:.1f} s, largest loop {len(found.loops[0].firms):,} firms, "
        f"index of {found.critical.exact} firms, certain: {found.critical.certain}"
    )
    assert seconds < GOAL
