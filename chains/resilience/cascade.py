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

from chains.resilience.bounds import Bounds, bounds
from chains.resilience.flow import TOLERANCE, Flow, batches, grouped
from chains.resilience.scope import Part
from chains.resilience.shares import Shares, filled

#: The index of every firm is computed in chains up to ``SMALL`` firms. In greater ones of ``MOST`` firms at most; of fewer where
#: loops are wide, so that firms times links in loops stay below ``WORK``.
SMALL, MOST, WORK, LEAST = 2048, 4096, 40_000_000, 128
#: So many firms are computed together, and so many rounds sharpen the bounds after each such batch.
BATCH, ROUNDS = 128, 15


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
        spend: np.ndarray = self.shares.spend
        share: np.ndarray = spend / spend.sum()
        return share

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
        return self.both(firms, tolerance)[2]

    def both(
        self, firms: Sequence[int], tolerance: float = TOLERANCE
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What each of ``firms`` weighs by inputs alone, by sales alone, and its index."""
        found = np.zeros((3, len(firms)))
        for each in batches(len(firms), self.part.size):
            some = list(firms)[each]
            stopped = np.zeros((self.part.size, len(some)))
            stopped[some, np.arange(len(some))] = 1.0
            lost = [flow.settle(stopped, tolerance) for flow in (self.inputs, self.outlets)]
            found[:, each] = [self.weight @ one for one in (*lost, np.maximum(*lost))]
        supply, sales, index = np.minimum(found, 1.0)
        return supply, sales, index

    def bounds(self) -> np.ndarray:
        """What the index of each firm does not exceed (see bounds.py)."""
        supply, sales = (bounds(flow, self.weight, TOLERANCE).upper for flow in (self.inputs, self.outlets))
        upper: np.ndarray = np.minimum(supply + sales - self.weight, 1.0)
        return upper


def cascade(part: Part, without: np.ndarray | None = None) -> Cascade:
    """The flows of a part. ``without``: links (bool, per link) that bring nothing."""
    shares = filled(part)
    cut = np.zeros(len(part.supplier), dtype=bool) if without is None else without
    wide = len(part.products) + len(part.supplier)
    own = np.where(part.product == 0, len(part.products) + np.arange(len(part.product)), part.product)
    pair = part.buyer * wide + own
    vital = np.isin(pair, pair[part.essential == 1])
    key = np.where(vital, own, -1)  # the other inputs of a buyer are one group
    group = part.buyer * (wide + 1) + key + 1
    total, members = _sums(group, shares.share), _sums(group, np.ones(len(pair)))
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
    """The ``top`` firms by index. Of a chain of up to ``SMALL`` firms all are computed. Of a greater one those whose bounds are
    highest and, as computing a firm sharpens the bounds of its partners, those that weigh most in the bounds of firms
    which may yet be among the top; until no other can be, or ``most`` are computed."""
    size = of.part.size
    if most is None:
        wide = int(np.clip(WORK // max(1, of.inputs.looped + of.outlets.looped), LEAST, MOST))
        most = size if size <= SMALL else wide
    values = np.full(size, -1.0)
    if size <= most:
        values = of.indices(range(size))
        best = np.lexsort((np.arange(size), -values.round(12)))[:top]
        return Ranked(best, values[best], size, 0.0)
    sides = [bounds(flow, of.weight, TOLERANCE) for flow in (of.inputs, of.outlets)]
    done, left, reached = 0, 1.0, -1.0
    while True:
        open_ = np.minimum(sum(side.upper for side in sides) - of.weight, 1.0)
        open_[values >= 0] = -1.0
        left = float(open_.max())
        if done >= top:
            reached = float(np.partition(values, size - top)[size - top])
        if done >= most or left <= reached:
            break
        some = _next(sides, open_, reached, values < 0, min(BATCH, most - done))
        supply, sales, values[some] = of.both(some.tolist())
        done += len(some)
        for side, index in zip(sides, (supply, sales), strict=True):
            side.learn(some, index)
            side.tighten(ROUNDS)
    best = np.lexsort((np.arange(size), -values.round(12)))[: min(top, done)]
    return Ranked(best, values[best], done, left)


def _next(
    sides: Sequence[Bounds], upper: np.ndarray, reached: float, open_: np.ndarray, many: int
) -> np.ndarray:
    """The firms to compute next: of those with the highest bounds three eighths, then those whose own bounds weigh most in the
    bounds of firms that may yet be among the top."""
    size = len(upper)
    first = np.lexsort((np.arange(size), -upper.round(12)))[: max(1, many * 3 // 8)]
    waiting = (upper > reached).astype(float)
    gain = sum((side.upper - side.weight) * (side.step.T @ waiting) for side in sides)
    gain[~open_] = -1.0
    gain[first] = -1.0
    others = np.lexsort((np.arange(size), -gain.round(12)))[: many - len(first)]
    return np.concatenate([first, others[gain[others] >= 0]])
