"""Articulation points, dominators, loops and depth, against networkx on small graphs and on ones that can be read."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chains.resilience import shape
from chains.resilience.order import forwards
from chains.resilience.scope import Part
from tests.chains.resilience.parts import PARTS, part


def directed(of: Part) -> nx.DiGraph:
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(range(of.size))
    graph.add_edges_from(zip(of.supplier.tolist(), of.buyer.tolist(), strict=True))
    return graph


@given(PARTS)
@settings(max_examples=100, deadline=None)
def test_articulation_points_and_what_they_cut_off_are_those_of_networkx(of: Part) -> None:
    graph = directed(of).to_undirected()
    found = {a.firm: a.cut_off for a in shape.articulation(of)}
    assert found.keys() == set(nx.articulation_points(graph))
    for firm, cut_off in found.items():
        own = nx.node_connected_component(graph, firm) - {firm}
        sides = nx.connected_components(graph.subgraph(own))
        assert cut_off == len(own) - max(map(len, sides))


@given(PARTS)
@settings(max_examples=100, deadline=None)
def test_dominators_are_those_of_networkx_and_cut_their_firms_off(of: Part) -> None:
    graph = directed(of)
    (leader,) = of.leaders
    tree = nx.immediate_dominators(graph.reverse(), leader)
    found = {d.firm: set(d.firms) for d in shape.dominators(of)}
    inner = {next_ for firm, next_ in tree.items() if next_ not in (None, leader, firm) and firm != leader}
    assert found.keys() == inner
    for firm, behind in found.items():
        left = graph.copy()
        left.remove_node(firm)
        assert behind == nx.ancestors(graph, leader) - nx.ancestors(left, leader) - {firm}


@given(PARTS)
@settings(max_examples=100, deadline=None)
def test_loops_are_the_strong_components_and_their_example_is_a_way_round(of: Part) -> None:
    graph = directed(of)
    found = shape.loops(of)
    assert {loop.firms for loop in found} == {
        tuple(sorted(some)) for some in nx.strongly_connected_components(graph) if len(some) > 1
    }
    for loop in found:
        assert set(loop.example) <= set(loop.firms)
        assert all(
            graph.has_edge(a, b)
            for a, b in zip(loop.example, (*loop.example[1:], loop.example[0]), strict=True)
        )


@given(PARTS)
@settings(deadline=None)
def test_depth_is_the_fewest_links_to_a_leader(of: Part) -> None:
    ways = nx.single_source_shortest_path_length(directed(of).reverse(), of.leaders[0])
    assert shape.depth(of).tolist() == [ways.get(at, -1) for at in range(of.size)]


def test_every_way_to_the_leader_runs_through_one() -> None:
    of = part([("c", "b"), ("d", "b"), ("b", "a"), ("e", "a"), ("e", "d")], leaders="a")
    (found,) = shape.dominators(of)
    assert (of.ids[found.leader], of.ids[found.firm], [of.ids[f] for f in found.firms]) == (
        "a",
        "b",
        ["c", "d"],
    )


@given(st.integers(1, 9), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20))
def test_an_order_holds_every_firm_once_and_leads_a_flow_without_loops_forwards(
    size: int, edges: list[tuple[int, int]]
) -> None:
    kept = sorted({(a, b) for a, b in edges if a < size and b < size and a != b})
    source, target = (np.array([e[i] for e in kept], dtype=np.int64) for i in (0, 1))
    place = forwards(size, source, target)
    assert sorted(place.tolist()) == list(range(size))
    graph: nx.DiGraph = nx.DiGraph(kept)
    if nx.is_directed_acyclic_graph(graph):
        assert (place[source] < place[target]).all()


def test_a_graph_of_one_firm_has_no_shape() -> None:
    of = part([], leaders="a")
    assert (shape.articulation(of), shape.dominators(of), shape.loops(of), shape.depth(of).tolist()) == (
        [],
        [],
        [],
        [0],
    )
