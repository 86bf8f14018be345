"""What if these firms, or these links, stopped: who would be hit, by how much, and through what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chains.resilience.cascade import Cascade, cascade
from chains.resilience.flow import TOLERANCE
from chains.resilience.scope import Part

#: A loss below this is not told of.
TOLD = 0.0005


@dataclass(frozen=True)
class Hit:
    """A firm that loses by a stop. ``loss`` in [0, 1]; ``weighted``: its part of the index. ``by``: supply (``product`` ran
    short, None where the link names none) or sales (customers buy less). ``through``: the partner that weighs most in it.
    ``steps``: how many links lie between it and what stopped."""

    firm: int
    loss: float
    weighted: float
    by: str
    product: str | None
    through: int | None
    steps: int


@dataclass(frozen=True)
class Stop:
    """``index``: of all that stops together. ``hits``: who is hit beside what stopped itself, the most weighty first;
    ``hit``: how many they are, told of or not."""

    index: float
    hits: tuple[Hit, ...]
    hit: int


def stop(of: Cascade, firms: Sequence[int], most: int | None = None, tolerance: float = TOLERANCE) -> Stop:
    """All ``firms`` stop together. ``most``: so many hits are told of."""
    return _told(of, *of.stop(firms, tolerance), firms, most)


def stop_each(of: Cascade, firms: Sequence[int], most: int | None = None) -> list[Stop]:
    """What happens where each of ``firms`` alone stops, in their order."""
    stopped = np.zeros((of.part.size, len(firms)))
    stopped[list(firms), np.arange(len(firms))] = 1.0
    supply, sales = of.inputs.settle(stopped), of.outlets.settle(stopped)
    return [_told(of, supply[:, at], sales[:, at], [firm], most) for at, firm in enumerate(firms)]


def _told(of: Cascade, supply: np.ndarray, sales: np.ndarray, firms: Sequence[int], most: int | None) -> Stop:
    lost = np.maximum(supply, sales)
    weighted = of.weight * lost
    hit = np.flatnonzero(lost >= TOLD)
    hit = hit[~np.isin(hit, list(firms))]
    causes = [_Cause(of, supply, True, firms), _Cause(of, sales, False, firms)]
    hits = []
    for at in hit[np.lexsort((hit, -weighted[hit].round(12)))][:most].tolist():
        cause = causes[int(sales[at] > supply[at])]
        by = "supply" if cause.inputs else "sales"
        hits.append(Hit(at, float(lost[at]), float(weighted[at]), by, *cause.of(at), cause.steps(at)))
    return Stop(min(1.0, float(weighted.sum())), tuple(hits), len(hit))


def stop_links(part: Part, links: Sequence[int], firms: Sequence[int] = (), most: int | None = None) -> Stop:
    """``links`` bring nothing any more, and ``firms`` stop."""
    without = np.zeros(len(part.supplier), dtype=bool)
    without[list(links)] = True
    return stop(cascade(part, without), firms, most)


def what_if(of: Cascade, firms: Sequence[int], links: Sequence[int] = (), most: int | None = None) -> Stop:
    """``firms`` stop, and ``links`` bring nothing any more."""
    return stop_links(of.part, links, firms, most) if links else stop(of, firms, most)


class _Cause:
    """Through which link each firm loses most, in one direction: of its worst group the one that brings the greatest loss, of
    those alike the first."""

    def __init__(self, of: Cascade, lost: np.ndarray, inputs: bool, stopped: Sequence[int]) -> None:
        part = of.part
        self.inputs, self._part, self._stopped = inputs, part, frozenset(stopped)
        flow, group_of, weight = (
            (of.inputs, of.input_of, of.input_weight)
            if inputs
            else (of.outlets, of.outlet_of, of.outlet_weight)
        )
        self._partner = part.supplier if inputs else part.buyer
        worst = flow.worst(lost)
        brought = weight * np.where(of.cut, 1.0, lost[self._partner])
        owner = flow.owner[group_of]
        links = np.flatnonzero((worst[owner] == group_of) & (brought > 0))
        links = links[np.lexsort((links, -brought[links].round(12), owner[links]))]
        firms, first = np.unique(owner[links], return_index=True)
        self._link = dict(zip(firms.tolist(), links[first].tolist(), strict=True))
        self._cut = of.cut

    def of(self, firm: int) -> tuple[str | None, int | None]:
        link = self._link.get(firm)
        if link is None:
            return None, None
        named = self._part.products[self._part.product[link]] or None
        return named if self.inputs else None, int(self._partner[link])

    def steps(self, firm: int) -> int:
        seen: set[int] = set()
        at, many = firm, 0
        while at not in self._stopped and at not in seen and at in self._link:
            seen.add(at)
            link = self._link[at]
            many += 1
            if self._cut[link]:
                break
            at = int(self._partner[link])
        return max(1, many)
