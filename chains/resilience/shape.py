"""What the shape of a chain alone says: who holds it together, through whom every way to a leader runs, loops, depth."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx as rx

from chains.resilience.scope import Part


@dataclass(frozen=True)
class Articulation:
    """Without ``firm`` the ``cut_off`` firms hang together with the greatest rest no more, in whatever direction."""

    firm: int
    cut_off: int


@dataclass(frozen=True)
class Dominator:
    """Every way from ``firms`` to the leader runs through ``firm``; ``firms`` ascending, without the firm itself."""

    leader: int
    firm: int
    firms: tuple[int, ...]


@dataclass(frozen=True)
class Loop:
    """Firms that supply each other round about, and one shortest way round, from the lowest number."""

    firms: tuple[int, ...]
    example: tuple[int, ...]


def articulation(part: Part) -> list[Articulation]:
    """Firms without whom a connected part of the chain falls apart, those that cut off most first."""
    graph: rx.PyGraph[int, None] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(part.size))
    graph.add_edges_from_no_data(list(part.graph.edge_list()))
    blocks: dict[int, set[int]] = defaultdict(set)
    for (a, b), block in rx.biconnected_components(graph).items():
        blocks[a].add(block)
        blocks[b].add(block)
    points = sorted(firm for firm, of in blocks.items() if len(of) > 1)
    inside: dict[int, set[int]] = defaultdict(set)
    for firm, of in blocks.items():
        for block in of:
            inside[block].add(firm)
    whole = {firm: len(some) for some in rx.connected_components(graph) for firm in some}
    return sorted(
        (Articulation(firm, cut) for firm, cut in _cut_off(points, inside, whole).items()),
        key=lambda a: (-a.cut_off, a.firm),
    )


def _cut_off(
    points: Sequence[int],
    inside: dict[int, set[int]],
    whole: dict[int, int],
) -> dict[int, int]:
    """Per articulation point what hangs off the greatest rest, from the tree of blocks and points: point p is node p of it,
    block b node -1 - b."""
    is_point = set(points)
    near: dict[int, list[int]] = defaultdict(list)
    own: dict[int, int] = dict.fromkeys(points, 1)
    for block, firms in inside.items():
        held = sorted(firms & is_point)
        own[-1 - block] = len(firms) - len(held)
        for point in held:
            near[point].append(-1 - block)
            near[-1 - block].append(point)
    below: dict[int, int] = {}
    parent: dict[int, int | None] = {}
    for root in points:
        if root in parent:
            continue
        parent[root] = None
        order, stack = [], [root]
        while stack:
            at = stack.pop()
            order.append(at)
            for other in near[at]:
                if other not in parent:
                    parent[other] = at
                    stack.append(other)
        for at in reversed(order):
            below[at] = own[at] + sum(below[other] for other in near[at] if parent.get(other) == at)
    found = {}
    for point in points:
        sides = [below[other] for other in near[point] if parent.get(other) == point]
        if parent[point] is not None:
            sides.append(whole[point] - below[point])
        found[point] = whole[point] - 1 - max(sides)
    return found


def dominators(part: Part) -> list[Dominator]:
    """For each leader the firms through which every way of others to it runs, those with most behind them first."""
    towards = part.graph.copy()
    towards.reverse()
    found = []
    for leader in part.leaders:
        tree = rx.immediate_dominators(towards, leader)
        below: dict[int, list[int]] = defaultdict(list)
        for firm, next_ in tree.items():
            if firm != leader and next_ != leader and next_ != firm:
                below[next_].append(firm)
        found += [Dominator(leader, firm, tuple(sorted(_under(below, firm)))) for firm in below]
    return sorted(found, key=lambda d: (-len(d.firms), d.leader, d.firm))


def _under(below: dict[int, list[int]], firm: int) -> list[int]:
    found, stack = [], list(below[firm])
    while stack:
        found.append(at := stack.pop())
        stack += below.get(at, ())
    return found


def loops(part: Part) -> list[Loop]:
    """Firms that supply each other round about, the largest circles of them first."""
    found = []
    for some in rx.strongly_connected_components(part.graph):
        if len(some) > 1:
            firms = tuple(sorted(some))
            found.append(Loop(firms, _round(part, set(firms), firms[0])))
    return sorted(found, key=lambda loop: (-len(loop.firms), loop.firms))


def _round(part: Part, inside: set[int], start: int) -> tuple[int, ...]:
    """A shortest way from ``start`` back to it; the lowest number goes first among those alike."""
    came: dict[int, int] = {}
    wave = deque([start])
    while wave:
        at = wave.popleft()
        for other in sorted(part.graph.successor_indices(at)):
            if other == start:
                way = [at]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return tuple(reversed(way))
            if other in inside and other not in came:
                came[other] = at
                wave.append(other)
    return (start,)


def depth(part: Part) -> np.ndarray:
    """Per firm the fewest links to a leader (a leader: 0); -1 where no way leads to one."""
    found = np.full(part.size, -1, dtype=np.int64)
    found[list(part.leaders)] = 0
    wave, steps = list(part.leaders), 0
    while wave:
        steps += 1
        near = {other for at in wave for other in part.graph.predecessor_indices(at) if found[other] < 0}
        wave = sorted(near)
        found[wave] = steps
    return found
