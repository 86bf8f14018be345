"""How far the stop of a firm would reach: an index of economic systemic risk for every firm of a chain.

After C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, *Quantifying firm-level economic systemic risk from nation-wide
supply networks*, Scientific Reports 12:7719 (2022). With ``s_ji`` the share of supplier j in the spend of i, and 1 − h the
*loss* of a firm (h its level, 1 before the stop):

- **Inputs (downstream).** Essential products of i work as Leontief has them: ``loss_k = Σ_j s_ji · loss_j / Σ_j s_ji``
  over the suppliers j of product k. All other inputs work linearly: ``loss_0 = Σ_j s_ji · loss_j``.
  ``loss_i = max(own stop, loss_0, max_k loss_k)``.
- **Sales (upstream).** ``loss_j = max(own stop, Σ_i W_ji · loss_i / outlet_j)`` with ``W_ji = s_ji · spend_i`` and
  ``outlet_j`` all that j is known to sell, or what j is known to spend where that is more.
- Both settle by themselves, each from the stop alone; ``loss_i`` is the greater of the two, and the **index** of a firm is
  ``Σ_i w_i · loss_i / Σ_i w_i`` when it alone stops, ``w`` being what firms spend: 1 is everything, and a firm without
  links has its own weight.

What is simpler here than in the paper, and why: volumes are shares times spend, since no invoices are on record. A product is
essential for a buyer where one of its links says so (the paper takes it from a survey of industries); where nobody said, it
counts as other. A stopped supplier is not replaced by itself (the paper lets the supplier's share of its market do that):
who could step in is answered apart, by name. What a firm buys or sells beyond the links on record comes and goes as before.
Weights are spend rather than sales. Assumed shares and spends: shares.py. A loop has settled when no firm loses another
``TOLERANCE`` in a round. So a second supplier of an essential product never makes the stop of the first one worse for those
who were there before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from chains.resilience.flow import TOLERANCE, Flow, batches, grouped
from chains.resilience.scope import Part
from chains.resilience.shares import Shares, filled

#: Of so many firms at most the index is computed in a report, those with the highest bounds first; of fewer where loops are
#: wide, so that firms times links in loops stay below ``WORK``.
MOST, WORK, LEAST = 4096, 12_000_000, 128


@dataclass(frozen=True)
class Cascade:
    """The two flows of a part. ``input_of``, ``outlet_of``: per link, the group that it is in, and ``input_weight``,
    ``outlet_weight`` what it weighs there; ``cut``: per link, does it bring nothing."""

    part: Part
    shares: Shares
    inputs: Flow
    outlets: Flow
    input_of: np.ndarray
    outlet_of: np.ndarray
    input_weight: np.ndarray
    outlet_weight: np.ndarray
    cut: np.ndarray

    @cached_property
    def weight(self) -> np.ndarray:
        """Per firm, adding up to 1."""
        return self.shares.spend / self.shares.spend.sum()

    def stop(self, firms: Sequence[int], tolerance: float = TOLERANCE) -> tuple[np.ndarray, np.ndarray]:
        """Losses by inputs and by sales where all ``firms`` stop together; per firm."""
        stopped = np.zeros((self.part.size, 1))
        stopped[list(firms)] = 1.0
        return (
            self.inputs.settle(stopped, tolerance)[:, 0],
            self.outlets.settle(stopped, tolerance)[:, 0],
        )

    def indices(self, firms: Sequence[int], tolerance: float = TOLERANCE) -> np.ndarray:
        """The index of each of ``firms``."""
        found = []
        for each in batches(len(firms), self.part.size):
            some = list(firms)[each]
            stopped = np.zeros((self.part.size, len(some)))
            stopped[some, np.arange(len(some))] = 1.0
            lost = self.inputs.settle(stopped, tolerance)
            np.maximum(lost, self.outlets.settle(stopped, tolerance), out=lost)
            found.append(self.weight @ lost)
        return np.minimum(np.concatenate(found), 1.0) if found else np.zeros(0)

    def bounds(self) -> np.ndarray:
        """What the index of each firm does not exceed: losses added up along every way, as if none had a greater beside it.

        Losses are convex in the stops and never greater than their cause, so with ``c_ij`` the most that j can weigh in a group
        of i, the index of j is at most ``w_j + Σ_i c_ij · (that of i)``; and 1.
        """
        both = np.zeros(self.part.size)
        for flow in (self.inputs, self.outlets):
            step = _most(flow)
            bound = np.ones(self.part.size)
            for _round in range(200):
                tighter = np.minimum(bound, self.weight + step @ bound)
                done = (bound - tighter).max(initial=0.0) < 1e-9
                bound = tighter
                if done:
                    break
            both += bound
        return np.minimum(both - self.weight, 1.0)

    def nearby(self) -> np.ndarray:
        """Per firm about what it and those within three links of it would lose: only good for an order."""
        both = np.zeros(self.part.size)
        for flow in (self.inputs, self.outlets):
            step, found = _most(flow), self.weight
            for _round in range(3):
                found = self.weight + step @ found
            both += found
        return both


def _most(flow: Flow) -> sparse.csr_matrix:
    """partners × firms: the greatest weight of the partner in a group of the firm, as it may add to that firm's loss.

    The loss of a firm is the greatest of its groups', so it is at most the sum over partners of their greatest weights.
    """
    coo = flow.groups.tocoo()
    at = coo.col.astype(np.int64) * flow.size + flow.owner[coo.row]
    order = np.lexsort((-coo.data, at))
    first = np.unique(at[order], return_index=True)[1]
    kept = order[first]
    return sparse.csr_matrix(
        (coo.data[kept], (coo.col[kept], flow.owner[coo.row[kept]])), shape=(flow.size, flow.size)
    )


def cascade(part: Part, without: np.ndarray | None = None) -> Cascade:
    """The flows of a part. ``without``: links (bool, per link) that bring nothing."""
    shares = filled(part)
    cut = np.zeros(len(part.supplier), dtype=bool) if without is None else without
    wide = len(part.products) + len(part.supplier)
    own = np.where(part.product == 0, len(part.products) + np.arange(len(part.product)), part.product)
    pair = part.buyer * wide + own
    vital = np.isin(pair, pair[part.essential == 1])
    key = np.where(vital, own, -1)  # the other inputs of a buyer are one group
    total = _sums(part.buyer * wide + key + 1, shares.share)
    members = _sums(part.buyer * wide + key + 1, np.ones(len(pair)))
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.where(total > 0, shares.share / total, 1.0 / members)
    weight = np.where(vital, within, shares.share)
    inputs, input_of = grouped(
        part.size, key, part.buyer, part.supplier, np.where(cut, 0.0, weight), np.where(cut, weight, 0.0)
    )
    worth = shares.share * shares.spend[part.buyer]
    sold = np.bincount(part.supplier, worth, part.size)
    outlet = np.fmax(sold, part.spend)[part.supplier]
    with np.errstate(divide="ignore", invalid="ignore"):
        hanging = np.where(outlet > 0, worth / outlet, 0.0)
    outlets, outlet_of = grouped(
        part.size,
        np.zeros(len(pair), dtype=np.int64),
        part.supplier,
        part.buyer,
        np.where(cut, 0.0, hanging),
        np.where(cut, hanging, 0.0),
    )
    return Cascade(part, shares, inputs, outlets, input_of, outlet_of, weight, hanging, cut)


def _sums(key: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Per entry the sum of its key's."""
    _keys, at = np.unique(key, return_inverse=True)
    return np.bincount(at, of)[at] if len(key) else np.zeros(0)


@dataclass(frozen=True)
class Ranked:
    """``firms`` with the highest indices, highest first, and their ``index``. ``exact``: of how many firms it was computed;
    ``bound``: what the index of no other firm exceeds (0: all were computed)."""

    firms: np.ndarray
    index: np.ndarray
    exact: int
    bound: float

    @property
    def certain(self) -> bool:
        """No firm that is left out of the list could stand above its last."""
        return len(self.index) == 0 or self.bound <= self.index[-1]


def ranked(of: Cascade, top: int, most: int | None = None) -> Ranked:
    """The ``top`` firms by index. Firms are computed in the order of their bounds (of those alike, in the order of what their
    nearest partners would lose) until no other can be among the top, or ``most`` are computed."""
    if most is None:
        most = int(np.clip(WORK // max(1, of.inputs.looped + of.outlets.looped), LEAST, MOST))
    bounds = of.bounds()
    order = np.lexsort((np.arange(len(bounds)), -of.nearby().round(12), -bounds.round(12)))
    values = np.full(len(bounds), -1.0)
    done = 0
    while done < min(len(order), most):
        some = order[done : min(done + 128, most)]
        values[some] = of.indices(some.tolist())
        done += len(some)
        reached = np.sort(values[order[:done]])[::-1][:top]
        if done >= len(order) or (len(reached) == top and reached[-1] >= bounds[order[done]]):
            break
    best = np.lexsort((np.arange(len(values)), -values.round(12)))[: min(top, done)]
    left = float(bounds[order[done]]) if done < len(order) else 0.0
    return Ranked(best, values[best], done, left)
