"""What the index of a firm cannot exceed, without following its stop.

A loss that runs along groups of partners is at most the chance that a walk from a firm, which goes on to a partner of one
of its groups as often as the partner weighs there and always takes the worst group, ever comes to the firm that stopped.
It comes there last from one of that firm's direct dependants i, which it visits at most ``m_i`` times, so that with ``c_ij``
the most that j weighs in a group of i

    index of j  ≤  w_j + Σ_i min(1, c_ij · m_i) · index of i,    and ≤ 1

in each direction, and the index in both is at most the sum of the two less ``w_j``. ``m_i`` is 1 outside of loops; in a loop
it is 1 / (1 − r) with r the chance to come back, at most those of coming back within ``STEPS`` steps and that of still being
in the loop then. Where the stop of a dependant was followed, its index stands in place of its bound, with what rounds that
ended early may have left out: so every firm that is computed sharpens the bounds of all before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from chains.resilience.flow import Flow

STEPS = 6
#: Rounds of a sum over ways around loops; where it has not settled by then, nothing is taken to be known of it.
ROUNDS, SLACK, OTHER = 2000, 0.004, 0.1


@dataclass
class Bounds:
    """Of one direction. ``upper``: per firm. ``step``: firms × dependants, what of the dependant's index counts.
    ``error``: what a computed index may lack."""

    weight: np.ndarray
    step: sparse.csr_matrix
    error: float
    upper: np.ndarray
    computed: np.ndarray

    def learn(self, firms: np.ndarray, index: np.ndarray) -> None:
        """The indices of ``firms`` in this direction were computed."""
        self.upper[firms] = np.minimum(self.upper[firms], index + self.error)
        self.computed[firms] = True

    def tighten(self, rounds: int) -> None:
        """Take up to ``rounds`` rounds of the inequality; every one of them holds."""
        for _round in range(rounds):
            tighter = np.minimum(self.upper, self.weight + self.step @ self.upper)
            tighter[self.computed] = self.upper[self.computed]
            settled = (self.upper - tighter).max(initial=0.0) < 1e-6
            self.upper = tighter
            if settled:
                return


def bounds(flow: Flow, weight: np.ndarray, tolerance: float) -> Bounds:
    """``weight``: of firms, adding up to 1. ``tolerance``: with which stops will be followed."""
    visits = _visits(flow)
    step = most(flow) @ sparse.diags_array(np.minimum(_again(flow), np.maximum(visits, 1.0)))
    step.data = np.minimum(step.data, 1.0)
    ones = np.ones(flow.size)
    heavy = weight > 0
    error = tolerance * float(weight[heavy] @ visits[heavy])
    made = Bounds(weight, sparse.csr_matrix(step), min(error, 1.0), ones, np.zeros(flow.size, dtype=bool))
    made.tighten(200)
    return made


def most(flow: Flow) -> sparse.csr_matrix:
    """partners × firms: the greatest weight of the partner in a group of the firm."""
    coo = flow.groups.tocoo()
    at = coo.col.astype(np.int64) * flow.size + flow.owner[coo.row]
    order = np.lexsort((-coo.data, at))
    kept = order[np.unique(at[order], return_index=True)[1]]
    return sparse.csr_matrix(
        (coo.data[kept], (coo.col[kept], flow.owner[coo.row[kept]])), shape=(flow.size, flow.size)
    )


def _visits(flow: Flow) -> np.ndarray:
    """Per firm how many firms of loops a walk from it visits at most, repeated ones counted each time (and each other firm as
    ``OTHER``): a round that left out ``tolerance`` in each leaves out so many times as much. Infinite where no walk leaves
    a loop."""
    counts = np.where(flow.in_loop, 1.0, OTHER)
    found = np.zeros(flow.size)
    for _round in range(ROUNDS):
        longer: np.ndarray = counts + _worst(flow, flow.groups @ found)
        settled = (longer - found).max(initial=0.0) < SLACK
        found = longer
        if settled:
            found *= 1.05  # which no round raises: 1.05 · SLACK stays below 0.05 · OTHER
            return found
    return np.full(flow.size, np.inf)


def _again(flow: Flow) -> np.ndarray:
    """Per firm how often a walk that starts there visits it at most."""
    groups = flow.groups.tocoo()
    inside = flow.loop[flow.owner[groups.row]] == flow.loop[groups.col]
    staying = sparse.csr_matrix(
        (groups.data[inside], (groups.row[inside], groups.col[inside])), shape=groups.shape
    )
    still = np.ones(flow.size)
    for _step in range(STEPS):
        still = _worst(flow, staying @ still)
    one = most(flow).tocoo()
    inside = flow.loop[one.row] == flow.loop[one.col]
    way = sparse.csr_matrix((one.data[inside], (one.col[inside], one.row[inside])), shape=one.shape)
    two = way @ way
    three = two @ way
    back = still + sum(
        _round_ways(a, b) for a, b in ((way, way), (two, way), (two, two), (two, three), (three, three))
    )
    with np.errstate(divide="ignore"):
        often = np.where(back < 1.0, 1.0 / np.maximum(1.0 - back, 1e-12), np.inf)
    return np.where(flow.in_loop, often, 1.0)


def _round_ways(there: sparse.csr_matrix, back: sparse.csr_matrix) -> np.ndarray:
    """The diagonal of ``there @ back``."""
    return np.asarray(there.multiply(back.T).sum(axis=1)).ravel()


def _worst(flow: Flow, by_group: np.ndarray) -> np.ndarray:
    """Per firm the greatest of its groups' numbers; 0 where it has none."""
    found = np.zeros(flow.size)
    if len(flow.owner):
        firms, first = np.unique(flow.owner, return_index=True)
        found[firms] = np.maximum.reduceat(by_group, first)
    return found
