"""When and where chosen pairs meet: slots without clashes, one table for each buyer where that is possible. Pure.

Buyers and firms are the two sides of a graph, a slot is a colour of its edges: with as many slots as anybody has meetings
there is always a colouring (König), and no slot needs more tables than there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chains.events.assignment import Hall, Pair


@dataclass(frozen=True, order=True)
class Placed:
    """A meeting with its place; slots and tables are counted from 1."""

    slot: int
    table: int
    demand: str
    firm: str
    score: float = 0.0


def timetable(chosen: Iterable[Pair], buyer_of: Mapping[str, str], hall: Hall) -> list[Placed]:
    """The chosen pairs with slots and tables, in their order: no buyer and no firm twice in a slot, no table either.
    Raises ValueError where the pairs do not fit the hall."""
    pairs = sorted(chosen)
    degrees = Counter(buyer_of[pair.demand] for pair in pairs)
    if len(pairs) > hall.places or max(degrees.values(), default=0) > hall.slots:
        raise ValueError("more meetings than places")
    own = _seated(degrees, hall)
    if own is not None:
        # Buyers that share a table are one side together, so the table is never asked for twice.
        slots = coloured([(own[buyer_of[pair.demand]], pair.firm) for pair in pairs], hall.slots)
        tables = [own[buyer_of[pair.demand]] for pair in pairs]
    else:
        edges = [(buyer_of[pair.demand], pair.firm) for pair in pairs]
        slots = levelled(edges, coloured(edges, hall.slots, hall.tables), hall)
        tables = _moving(edges, slots, hall)
    return sorted(
        Placed(slot + 1, table, pair.demand, pair.firm, pair.score)
        for pair, slot, table in zip(pairs, slots, tables, strict=True)
    )


def _seated(degrees: Mapping[str, int], hall: Hall) -> dict[str, int] | None:
    """A table of its own for each buyer, or one shared by buyers whose meetings fit it; None where somebody has to move."""
    free = [hall.slots] * hall.tables
    seats: dict[str, int] = {}
    for buyer in sorted(degrees, key=lambda one: (-degrees[one], one)):
        # While tables are empty nobody shares one.
        table = max(range(hall.tables), key=lambda at: (free[at], -at)) if len(seats) < hall.tables else next(
            (at for at in range(hall.tables) if free[at] >= degrees[buyer]), -1
        )  # fmt: skip
        if table < 0 or free[table] < degrees[buyer]:
            return None
        free[table] -= degrees[buyer]
        seats[buyer] = table + 1
    return seats


def coloured(edges: Sequence[tuple[Hashable, Hashable]], colours: int, most: int | None = None) -> list[int]:
    """A colour from 0 for each edge of a bipartite graph (left, right), none twice at a node. Every node's edges must not
    be more than the colours. The lowest colour first, if possible one that has not ``most`` edges already."""
    sizes = [0] * colours
    at: dict[tuple[int, Hashable], list[int]] = defaultdict(lambda: [-1] * colours)
    colour = [-1] * len(edges)
    for edge, (left, right) in enumerate(edges):
        one, other = at[0, left], at[1, right]
        free = [c for c in range(colours) if one[c] < 0 and other[c] < 0]
        both = next((c for c in free if most is None or sizes[c] < most), free[0] if free else None)
        if both is None:
            both, blocked = one.index(-1), other.index(-1)
            _swap(edges, colour, at, (1, right), both, blocked)
        colour[edge] = both
        one[both] = other[both] = edge
        sizes[both] += 1
    return colour


def _swap(
    edges: Sequence[tuple[Hashable, Hashable]],
    colour: list[int],
    at: Mapping[tuple[int, Hashable], list[int]],
    start: tuple[int, Hashable],
    first: int,
    second: int,
) -> None:
    """Change the two colours round along the path of ``first``, ``second``, ``first`` … from a node."""
    path, node, wanted = [], start, first
    while (edge := at[node][wanted]) >= 0:
        path.append(edge)
        node = (1 - node[0], edges[edge][1 - node[0]])
        wanted = second if wanted == first else first
    ends = [((0, edges[edge][0]), (1, edges[edge][1])) for edge in path]
    for edge, both in zip(path, ends, strict=True):
        for end in both:
            at[end][colour[edge]] = -1
    for edge, both in zip(path, ends, strict=True):
        colour[edge] = second if colour[edge] == first else first
        for end in both:
            at[end][colour[edge]] = edge


def levelled(edges: Sequence[tuple[Hashable, Hashable]], given: Sequence[int], hall: Hall) -> list[int]:
    """The colouring with no more edges of a colour than there are tables."""
    colour = list(given)
    at: dict[tuple[int, Hashable], list[int]] = defaultdict(lambda: [-1] * hall.slots)
    for edge, (left, right) in enumerate(edges):
        at[0, left][colour[edge]] = at[1, right][colour[edge]] = edge
    nodes, sizes = list(at), Counter(colour)
    while sizes[most := max(range(hall.slots), key=lambda c: (sizes[c], -c))] > hall.tables:
        least = min(range(hall.slots), key=lambda c: (sizes[c], c))
        # Some paths of the two colours begin and end with the more frequent one: as many as it has more edges.
        for node in nodes:
            if sizes[most] <= hall.tables or sizes[most] - sizes[least] < 2:
                break
            if at[node][most] >= 0 > at[node][least] and _surplus(edges, at, node, most, least):
                _swap(edges, colour, at, node, most, least)
                sizes[most] -= 1
                sizes[least] += 1
    return colour


def _surplus(
    edges: Sequence[tuple[Hashable, Hashable]],
    at: Mapping[tuple[int, Hashable], list[int]],
    start: tuple[int, Hashable],
    first: int,
    second: int,
) -> bool:
    """Does the path from a node hold one more edge of the first colour than of the second?"""
    node, wanted, more = start, first, 0
    while (edge := at[node][wanted]) >= 0:
        more += 1 if wanted == first else -1
        node = (1 - node[0], edges[edge][1 - node[0]])
        wanted = second if wanted == first else first
    return more == 1


def _moving(edges: Sequence[tuple[str, str]], slots: Sequence[int], hall: Hall) -> list[int]:
    """Tables where not every buyer can keep one: those with most meetings choose first, and who must move moves little."""
    taken: set[tuple[int, int]] = set()
    of_buyer: dict[str, list[int]] = defaultdict(list)
    for edge, (buyer, _firm) in enumerate(edges):
        of_buyer[buyer].append(edge)
    tables = [0] * len(edges)
    for buyer in sorted(of_buyer, key=lambda one: (-len(of_buyer[one]), one)):
        mine = sorted(of_buyer[buyer], key=lambda edge: slots[edge])
        rest = mine
        while rest:
            free = [
                (sum((slots[edge], table) not in taken for edge in rest), -table)
                for table in range(1, hall.tables + 1)
            ]
            table = -max(free)[1]
            here = [edge for edge in rest if (slots[edge], table) not in taken]
            for edge in here:
                tables[edge] = table
                taken.add((slots[edge], table))
            rest = [edge for edge in rest if edge not in here]
    return tables
