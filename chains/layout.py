"""Where the parts of a chain stand in its picture: lanes of stages from upstream to downstream, firms beneath each other.
Pure and always the same for the same chain: positions are computed here and only drawn in the browser.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chains.members import ROLES, SUPPLIER, Member
from chains.network import Chain

#: So many things are drawn at once; who is left over is folded, one thing for each lane.
MOST = 300
#: Firms beneath each other before a lane takes another column.
DEEP = 20
#: Distances in pixels.
ACROSS, DOWN, BETWEEN, HEAD = 118, 30, 30, 44
SWEEPS = 4
#: Lanes beside those of the stages.
UNKNOWN, LEADERS = "~unknown", "~leaders"
MISSING, REST, SELF = "missing", "rest", "self"


@dataclass(frozen=True)
class Place:
    """One thing in the picture. ``number`` is its node; None for a missing product (``name``) and for the rest of a lane
    (``folded`` firms). ``kind``: leader, key_node, core_supplier, supplier, missing, rest, or self."""

    id: str
    kind: str
    lane: int
    number: int | None = None
    name: str = ""
    folded: int = 0
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class Lane:
    """``id``: the stage's name, or UNKNOWN, LEADERS; ``x`` its left edge, ``firms`` all that stand in it."""

    id: str
    x: float
    width: float
    firms: int


@dataclass(frozen=True)
class Layout:
    """``edges``: (supplier, buyer) as indices of ``places``, each pair once."""

    lanes: tuple[Lane, ...]
    places: tuple[Place, ...]
    edges: tuple[tuple[int, int], ...]
    width: float
    height: float

    @property
    def folded(self) -> int:
        return sum(place.folded for place in self.places)


def layered(
    chain: Chain, members: Sequence[Member], pairs: Iterable[tuple[int, int]], most: int = MOST
) -> Layout:
    """The map of a chain. ``pairs``: (supplier, buyer) of links between members."""
    pairs = list(dict.fromkeys(pairs))
    links = Counter(end for pair in pairs for end in pair)
    stage = {one.number: _lane(one) for one in members}
    ids = [
        name
        for name in (UNKNOWN, *(stage.name for stage in chain.stages), LEADERS)
        if not name.startswith("~") or name in stage.values()
    ]
    lane = {name: at for at, name in enumerate(ids)}
    gaps = [
        Place(f"{MISSING}:{at}:{product}", MISSING, lane[one.name], name=product)
        for at, one in enumerate(chain.stages)
        for product, state in one.products
        if state == "missing"
    ]
    ranked = sorted(members, key=lambda one: (_rank(one.kind), -links[one.number], one.number))
    firms = [
        (Place(str(one.number), one.kind, lane[stage[one.number]], one.number), one.number) for one in ranked
    ]
    return _drawn(ids, firms, gaps, pairs, most)


def around(
    steps: Mapping[int, int], kinds: Mapping[int, str], pairs: Iterable[tuple[int, int]], most: int = MOST
) -> Layout:
    """The surroundings of a firm. ``steps``: number → signed steps from it (0: itself); lanes are steps, upstream left.
    ``kinds``: number → its weightiest role."""
    pairs = list(dict.fromkeys(pairs))
    links = Counter(end for pair in pairs for end in pair)
    ids = [str(step) for step in sorted(set(steps.values()))]
    lane = {name: at for at, name in enumerate(ids)}
    ranked = sorted(steps, key=lambda at: (abs(steps[at]), _rank(kinds.get(at, SUPPLIER)), -links[at], at))
    kind = {at: kinds.get(at, SUPPLIER) if steps[at] else SELF for at in steps}
    firms = [(Place(str(at), kind[at], lane[str(steps[at])], at), at) for at in ranked]
    return _drawn(ids, firms, [], pairs, most)


def _lane(member: Member) -> str:
    if member.stage is not None:
        return member.stage
    return LEADERS if member.kind == "leader" else UNKNOWN


def _rank(kind: str) -> int:
    return ROLES.index(kind) if kind in ROLES else len(ROLES)


def _drawn(
    ids: Sequence[str],
    firms: Sequence[tuple[Place, int]],
    gaps: Sequence[Place],
    pairs: Sequence[tuple[int, int]],
    most: int,
) -> Layout:
    """Fold what is too much, put the lanes in order, and give each thing its place. ``firms``: the weightiest first."""
    gaps = gaps[: most // 3]
    room = most - len(gaps)
    shown = firms if len(firms) <= room else firms[: max(room - len(ids), 0)]
    places = [place for place, _number in shown]
    where = {number: at for at, (_place, number) in enumerate(shown)}
    left: dict[int, list[int]] = defaultdict(list)
    for place, number in firms[len(shown) :]:
        left[place.lane].append(number)
    for lane, numbers in sorted(left.items()):
        where.update(dict.fromkeys(numbers, len(places)))
        places.append(Place(f"{REST}:{lane}", REST, lane, folded=len(numbers)))
    places += gaps
    edges = tuple(
        dict.fromkeys(
            (where[a], where[b]) for a, b in pairs if a in where and b in where and where[a] != where[b]
        )
    )
    columns: list[list[int]] = [[] for _ in ids]
    for at, place in enumerate(places):
        columns[place.lane].append(at)
    _untangle(columns, places, edges)
    held = Counter(place.lane for place, _number in firms)
    return _placed(ids, columns, places, edges, held)


def _untangle(columns: list[list[int]], places: Sequence[Place], edges: Sequence[tuple[int, int]]) -> None:
    """Order each lane by the middle of its neighbours in other lanes, to and fro, so that fewer lines cross. What is
    missing and what is folded stays last."""
    beside: dict[int, list[int]] = defaultdict(list)
    for a, b in edges:
        if places[a].lane != places[b].lane:
            beside[a].append(b)
            beside[b].append(a)
    height: dict[int, float] = {}

    def measure(column: Sequence[int]) -> None:
        span = max(len(column) - 1, 1)
        for row, at in enumerate(column):
            height[at] = row / span

    def last(at: int) -> int:
        return (MISSING, REST).index(places[at].kind) + 1 if places[at].kind in (MISSING, REST) else 0

    def middle(at: int) -> float:
        near = beside.get(at)
        return sum(height[other] for other in near) / len(near) if near else height[at]

    for column in columns:
        measure(column)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda at: (last(at), middle(at), places[at].id))
            measure(column)


def _placed(
    ids: Sequence[str],
    columns: Sequence[Sequence[int]],
    places: Sequence[Place],
    edges: tuple[tuple[int, int], ...],
    held: Mapping[int, int],
) -> Layout:
    widths = [max(1, -(-len(column) // DEEP)) for column in columns]
    depths = [-(-len(column) // wide) for column, wide in zip(columns, widths, strict=True)]
    deepest = max(depths, default=0)
    laid = list(places)
    lanes, x = [], 0.0
    for lane, (id, column, wide, deep) in enumerate(zip(ids, columns, widths, depths, strict=True)):
        for row, at in enumerate(column):
            # A lane that is less deep than the others stands in their middle.
            y = HEAD + (row % deep + (deepest - deep) / 2) * DOWN
            laid[at] = replace(places[at], x=x + row // deep * ACROSS, y=y) if deep else places[at]
        lanes.append(Lane(id, x, wide * ACROSS, held.get(lane, 0)))
        x += wide * ACROSS + BETWEEN
    return Layout(tuple(lanes), tuple(laid), edges, max(x - BETWEEN, ACROSS), HEAD + max(deepest, 1) * DOWN)
