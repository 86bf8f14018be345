"""Which pairs of demand and firm meet at an event, as a flow of least cost. Pure.

A buyer sits at a table and meets one firm in each slot; a firm goes from table to table. What is wanted, in this order: as
many meetings as there are places and pairs; first meetings before second ones, second ones before third ones, for demands and
firms alike; pairs that suit best. Any such choice has a timetable without clashes (see chains.events.timetable).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

#: Points of a full score, and what each meeting beyond the third weighs against the scores.
POINTS, FURTHER = 1000, 100
#: From which meeting on fairness no longer goes before scores.
LEVELS = 3

Reason = Literal[
    "no_candidate", "places_full", "slots_full", "firms_taken", "comes_as_buyer", "not_wanted", "buyers_taken", "not_active"
]  # fmt: skip


@dataclass(frozen=True)
class Hall:
    """What an event has room for: at most ``tables`` meetings in each slot, and so many for each firm."""

    tables: int
    slots: int
    per_firm: int

    @property
    def places(self) -> int:
        return self.tables * self.slots


@dataclass(frozen=True, order=True)
class Pair:
    """A demand and a firm that suits it; ``score`` from 0 to 1."""

    demand: str
    firm: str
    score: float


def possible(pairs: Iterable[Pair], buyer_of: Mapping[str, str], firms: Collection[str]) -> list[Pair]:
    """The pairs that can meet, best score of each, in the order of their ids: invited demands and firms, and no firm that
    comes as a buyer itself, for that one sits at its own table."""
    asked, buyers = set(firms), set(buyer_of.values())
    best: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        if pair.demand in buyer_of and pair.firm in asked and pair.firm not in buyers and pair.score > 0:
            held = best.get((pair.demand, pair.firm))
            if held is None or held.score < pair.score:
                best[pair.demand, pair.firm] = pair
    return [best[ids] for ids in sorted(best)]


def choose(pairs: Iterable[Pair], buyer_of: Mapping[str, str], firms: Collection[str], hall: Hall) -> list[Pair]:  # fmt: skip
    """The pairs that meet, in the order of their ids. ``buyer_of``: invited demand → its buyer; ``firms``: those invited.
    A buyer meets a firm once, whatever the number of demands that it suits. The order of what is given does not matter."""
    able = possible(pairs, buyer_of, firms)
    if not able or hall.places < 1 or hall.per_firm < 1:
        return []
    return [able[at] for at in _flow(able, buyer_of, hall)]


def _flow(able: Sequence[Pair], buyer_of: Mapping[str, str], hall: Hall) -> list[int]:
    """Numbers of the pairs that the flow of most meetings and least cost runs through."""
    demands, demand_of = _numbered([pair.demand for pair in able])
    firms, firm_of = _numbered([pair.firm for pair in able])
    buyers, buyer_of_demand = _numbered([buyer_of[id] for id in demands])
    meets, meeting_of = _numbered_pairs(buyer_of_demand[demand_of], firm_of)
    source, hub, sink = 0, 1, 2
    buyer_at = 3
    demand_at = buyer_at + len(buyers)
    meet_at = demand_at + len(demands)
    firm_at = meet_at + len(meets)
    per_demand = np.minimum(np.bincount(demand_of, minlength=len(demands)), hall.slots)
    per_firm = np.minimum(np.bincount(firm_of, minlength=len(firms)), min(hall.per_firm, hall.slots))
    most = int(min(hall.places, per_demand.sum(), per_firm.sum()))
    # More than all that scores and further meetings could ever weigh: fairness goes first.
    step = (most + 1) * (POINTS + 2 * FURTHER * max(hall.slots, hall.per_firm)) + 1
    flow = SimpleMinCostFlow()

    def arcs(tails: object, heads: object, capacity: object, cost: object) -> np.ndarray:
        columns = np.broadcast_arrays(tails, heads, capacity, cost)  # type: ignore[arg-type]
        return np.asarray(
            flow.add_arcs_with_capacity_and_unit_cost(*(np.ascontiguousarray(c, np.int64) for c in columns))
        )

    points = np.array([round(pair.score * POINTS) for pair in able], np.int64)
    through = arcs(demand_at + np.arange(len(demands))[demand_of], meet_at + meeting_of, 1, POINTS - points)
    arcs([source], [hub], most, 0)
    arcs(hub, buyer_at + np.arange(len(buyers)), hall.slots, 0)
    each, cost = _shares(per_demand, step)
    arcs(buyer_at + buyer_of_demand[each], demand_at + each, 1, cost)
    arcs(meet_at + np.arange(len(meets)), firm_at + meets, 1, 0)
    each, cost = _shares(per_firm, step)
    arcs(firm_at + each, sink, 1, cost)
    supply = np.zeros(firm_at + len(firms), np.int64)
    supply[source], supply[sink] = most, -most
    flow.set_nodes_supplies(np.arange(len(supply)), supply)
    if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:  # pragma: no cover - costs beyond 64 bits
        raise ValueError("the event is too large to be planned at once")
    return [int(at) for at in np.flatnonzero(np.asarray(flow.flows(through)) > 0)]


def _shares(capacities: np.ndarray, step: int) -> tuple[np.ndarray, np.ndarray]:
    """(number, cost) of each unit of capacity: the first free, the next ones dearer and dearer."""
    each = np.repeat(np.arange(len(capacities)), capacities)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(capacities) - capacities, capacities) + 1
    return each, (np.minimum(nth, LEVELS) - 1) * step + np.maximum(nth - LEVELS, 0) * FURTHER


def _numbered(ids: Sequence[str]) -> tuple[list[str], np.ndarray]:
    once = sorted(set(ids))
    place = {id: number for number, id in enumerate(once)}
    return once, np.array([place[id] for id in ids], np.int64)


def _numbered_pairs(buyers: np.ndarray, firms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The firm of each (buyer, firm), and for each pair the number of its own."""
    once, at = np.unique(np.stack([buyers, firms], axis=1), axis=0, return_inverse=True)
    return once[:, 1], at.reshape(-1)


def cost_of(chosen: Iterable[Pair]) -> tuple[int, int]:
    """How unfair a choice is, and its score less what meetings beyond the third weigh, as a cost: what ``choose`` makes
    least among the choices with most meetings."""
    picked = list(chosen)
    degrees = [*Counter(p.demand for p in picked).values(), *Counter(p.firm for p in picked).values()]
    unfair = sum(min(nth, LEVELS) - 1 for degree in degrees for nth in range(1, degree + 1))
    further = sum(max(nth - LEVELS, 0) * FURTHER for degree in degrees for nth in range(1, degree + 1))
    return unfair, further + sum(POINTS - round(p.score * POINTS) for p in picked)


def left_out(
    chosen: Iterable[Pair], able: Iterable[Pair], buyer_of: Mapping[str, str], firms: Collection[str], hall: Hall
) -> tuple[dict[str, Reason], dict[str, Reason]]:  # fmt: skip
    """Why an invited demand or firm has no meeting. ``able``: the pairs that could have met."""
    picked = list(chosen)
    full = len(picked) >= hall.places
    at_table = Counter(buyer_of.get(pair.demand, pair.demand) for pair in picked)
    suits, wanted = defaultdict(list), set()
    for pair in able:
        suits[pair.demand].append(pair.firm)
        wanted.add(pair.firm)
    demands: dict[str, Reason] = {}
    for demand in sorted(buyer_of.keys() - {pair.demand for pair in picked}):
        demands[demand] = (
            "no_candidate" if demand not in suits
            else "slots_full" if at_table[buyer_of[demand]] >= hall.slots
            else "places_full" if full
            else "firms_taken"
        )  # fmt: skip
    buyers = set(buyer_of.values())
    others: dict[str, Reason] = {}
    for firm in sorted(set(firms) - {pair.firm for pair in picked}):
        others[firm] = (
            "comes_as_buyer" if firm in buyers
            else "not_wanted" if firm not in wanted
            else "places_full" if full
            else "buyers_taken"
        )  # fmt: skip
    return demands, others
