"""How far firms stand from one another along the links, and who stands around one. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chains.network import Network

#: Steps that a picture goes at most.
FARTHEST = 4


@dataclass(frozen=True)
class Neighbour:
    """``step``: below zero so many steps upstream (it supplies), above zero downstream. A firm on both sides stands where
    it is nearer; upstream where it is equally near."""

    number: int
    step: int


def distances(heads: np.ndarray, tails: np.ndarray, start: int, size: int, most: int | None) -> np.ndarray:
    """Steps from ``start`` to each of ``size`` nodes along ``tails[i] → heads[i]``, ``most`` at most (None: all); -1 where
    none leads there. Loops end where they began."""
    far = np.full(size, -1, dtype=np.int64)
    far[start] = 0
    front = np.zeros(size, dtype=bool)
    front[start] = True
    step = 0
    while front.any() and (most is None or step < most):
        step += 1
        reached = heads[front[tails]]
        new = np.unique(reached[far[reached] < 0])
        far[new] = step
        front[:] = False
        front[new] = True
    return far


def upstream(network: Network, number: int, most: int | None = None) -> np.ndarray:
    """Steps to each node that supplies ``number``, itself or through others."""
    suppliers, buyers = network.pairs
    return distances(suppliers, buyers, number, len(network.nodes), most)


def downstream(network: Network, number: int, most: int | None = None) -> np.ndarray:
    """Steps to each node that ``number`` supplies, itself or through others."""
    suppliers, buyers = network.pairs
    return distances(buyers, suppliers, number, len(network.nodes), most)


def neighbours(network: Network, number: int, steps: int) -> tuple[Neighbour, ...]:
    """Everybody within ``steps`` of a node, the nearest first, itself as step 0."""
    up, down = upstream(network, number, steps), downstream(network, number, steps)
    found = []
    for at in np.flatnonzero((up >= 0) | (down >= 0)).tolist():
        above, below = int(up[at]), int(down[at])
        found.append(Neighbour(at, -above if above >= 0 and (below < 0 or above <= below) else below))
    return tuple(sorted(found, key=lambda one: (abs(one.step), one.step, one.number)))
