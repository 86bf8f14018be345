"""How losses run along a network until they settle.

A firm has *groups* of partners: its level of loss is that of its worst group, and a group's loss is the weighted sum of its
partners' losses. What lies before a loop or after it is computed once, in the order of the flow; only inside a loop rounds
are repeated, until no firm loses more than ``TOLERANCE`` in a round. Many stops are followed at once, a column each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import rustworkx as rx
from scipy import sparse
from scipy.sparse import csgraph

from chains.resilience.order import forwards

#: A loop has settled when no firm in it loses more in a round. Rounds end at ``ROUNDS`` whatever happens; losses only
#: grow from round to round, so what is reported is never too much.
TOLERANCE, ROUNDS = 1e-3, 500


@dataclass(frozen=True)
class _Step:
    """Firms whose losses depend on earlier steps alone, or on each other in loops: then ``inner`` are steps over the firms
    of this one, which are repeated in turn."""

    rows: np.ndarray
    groups: sparse.csr_matrix
    given: np.ndarray
    starts: np.ndarray
    inner: Sequence[_Step] = ()


@dataclass(frozen=True)
class Flow:
    """``groups``: groups × firms, rows that add up to 1 at most. ``owner``: the firm of each group, ascending. ``given``: what
    a group loses whatever its partners do."""

    groups: sparse.csr_matrix
    owner: np.ndarray
    given: np.ndarray

    @property
    def size(self) -> int:
        return int(self.groups.shape[1])

    @property
    def looped(self) -> int:
        """How many partners count within loops."""
        return sum(wave.groups.nnz for step in self.steps for wave in step.inner)

    @cached_property
    def loop(self) -> np.ndarray:
        """Per firm the number of the loop that it is in; one that is in none has a number of its own."""
        n, coo = self.size, self.groups.tocoo()
        after = sparse.coo_matrix((np.ones(coo.nnz), (coo.col, self.owner[coo.row])), shape=(n, n)).tocsr()
        found: np.ndarray = csgraph.connected_components(after, directed=True, connection="strong")[1]
        return found.astype(np.int64)

    @cached_property
    def in_loop(self) -> np.ndarray:
        """Per firm, is it in a loop with others."""
        found: np.ndarray = np.bincount(self.loop, minlength=self.size)[self.loop] > 1
        return found

    @cached_property
    def steps(self) -> Sequence[_Step]:
        """The firms that have groups, in the order in which losses reach them."""
        coo, loop = self.groups.tocoo(), self.loop
        count = int(loop.max(initial=-1)) + 1
        ends = np.stack([loop[coo.col], loop[self.owner[coo.row]]], axis=1)
        pairs = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
        order: rx.PyDiGraph[int, None] = rx.PyDiGraph(multigraph=False)
        order.add_nodes_from(range(count))
        order.add_edges_from_no_data([(int(a), int(b)) for a, b in pairs])
        level = np.zeros(count, dtype=np.int64)
        for at, wave in enumerate(rx.topological_generations(order)):
            level[list(wave)] = at
        owners = np.unique(self.owner)
        stage = level[loop[owners]] * 2 + self.in_loop[owners]
        return [self._step(owners[stage == at], bool(at % 2)) for at in np.unique(stage)]

    def _step(self, rows: np.ndarray, loops: bool) -> _Step:
        groups, given, starts = _of(rows, self.groups, self.given[:, None], self.owner)
        if not loops:
            return _Step(rows, groups, given, starts)
        among = groups[:, rows].tocsr()
        groups = groups.copy()
        groups.data[np.isin(groups.indices, rows)] = 0.0
        groups.eliminate_zeros()
        return _Step(rows, groups, given, starts, _waves(among, starts))

    def settle(self, stopped: np.ndarray, tolerance: float = TOLERANCE) -> np.ndarray:
        """The loss of each firm, in [0, 1]. ``stopped``: firms × stops, what each loses by itself; not changed."""
        lost: np.ndarray = np.array(stopped, dtype=float)
        for step in self.steps:
            groups = step.groups @ lost + step.given
            level = np.maximum(lost[step.rows], np.maximum.reduceat(groups, step.starts, axis=0))
            lost[step.rows] = _rounds(step, groups, level, tolerance) if step.inner else level
        np.minimum(lost, 1.0, out=lost)
        return lost

    def worst(self, lost: np.ndarray) -> np.ndarray:
        """Per firm its worst group for one column of losses, the first of those alike; -1: it has none."""
        groups = (self.groups @ lost + self.given).round(12)
        best = np.full(self.size, -1, dtype=np.int64)
        order = np.lexsort((np.arange(len(groups)), -groups, self.owner))
        firms, first = np.unique(self.owner[order], return_index=True)
        best[firms] = order[first]
        return best


def _of(
    rows: np.ndarray, groups: sparse.csr_matrix, given: np.ndarray, owner: np.ndarray
) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """The groups of ``rows`` in their order, what they lose anyhow, and where those of each row begin."""
    first = np.searchsorted(owner, rows)
    lengths = np.searchsorted(owner, rows, side="right") - first
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    which = np.repeat(first - starts, lengths) + np.arange(lengths.sum())
    return groups[which], given[which], starts


def _waves(groups: sparse.csr_matrix, starts: np.ndarray) -> Sequence[_Step]:
    """The firms of loops in an order in which most of the flow runs forwards, so that few rounds are needed. ``given`` of
    each step is the numbers of its groups here: what they lose is known when the loop is reached."""
    size = len(starts)
    owner = np.repeat(np.arange(size), np.diff([*starts, groups.shape[0]]))
    coo = groups.tocoo()
    source, target = coo.col.astype(np.int64), owner[coo.row]
    place = forwards(size, source, target)
    onwards = place[source] < place[target]
    order: rx.PyDiGraph[int, None] = rx.PyDiGraph(multigraph=False)
    order.add_nodes_from(range(size))
    order.add_edges_from_no_data(list(zip(source[onwards].tolist(), target[onwards].tolist(), strict=True)))
    found = []
    for wave in rx.topological_generations(order):
        rows = np.array(sorted(wave), dtype=np.int64)
        found.append(_Step(rows, *_of(rows, groups, np.arange(len(owner)), owner)))
    return found


def _rounds(step: _Step, outside: np.ndarray, lost: np.ndarray, tolerance: float) -> np.ndarray:
    """Losses within loops, from round to round; stops that have settled drop out."""
    found, going = lost.copy(), np.arange(lost.shape[1])
    lost, outside = np.ascontiguousarray(lost), np.ascontiguousarray(outside)
    for _round in range(ROUNDS):
        before = lost.copy()
        for wave in step.inner:
            groups = wave.groups @ lost
            groups += outside[wave.given]
            level = np.maximum.reduceat(groups, wave.starts, axis=0)
            lost[wave.rows] = np.maximum(lost[wave.rows], level)
        active = (lost - before).max(axis=0) > tolerance
        if not active.all():
            found[:, going[~active]] = lost[:, ~active]
            # Products with sparse matrices copy whatever does not lie row by row.
            lost, outside = (np.ascontiguousarray(each[:, active]) for each in (lost, outside))
            going = going[active]
        if not len(going):
            return found
    found[:, going] = lost
    return found


def grouped(
    size: int, key: np.ndarray, owner: np.ndarray, partner: np.ndarray, weight: np.ndarray, given: np.ndarray
) -> tuple[Flow, np.ndarray]:
    """The flow of links by group, and the group of each link. ``key``: links with one key and owner are of one group."""
    order = np.lexsort((key, owner))
    keys, owners = key[order], owner[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(new) - 1
    many = int(new.sum())
    matrix = sparse.coo_matrix((weight, (group, partner)), shape=(many, size)).tocsr()
    matrix.eliminate_zeros()
    return Flow(matrix, owners[new], np.bincount(group, given, many)), group


def batches(many: int, size: int) -> Sequence[slice]:
    """Slices of ``many`` columns of which each holds about ten million numbers."""
    step = max(16, min(256, 10_000_000 // max(size, 1)))
    return [slice(a, b) for a, b in pairwise([*range(0, many, step), many])]
