"""Whom to cultivate: firms by their distance to the line, with what each may bring, until the sum reaches the goal. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RENEWAL, NEAR = "renewal", "near"
#: What is stated before anything is measured is worth so many firms.
STATED_WORTH, BAND_WORTH = 10.0, 20.0
BANDS = 3


@dataclass(frozen=True)
class Candidate:
    """One firm. ``what``: a title whose renewal is at stake, or a requirement that is missed alone. ``distance``: the gap
    relative to its threshold, 0 for who holds the title. ``more`` is what lists show besides."""

    uscc: str
    unit: str | None
    what: str
    tier: str
    level: str
    distance: float
    probability: float
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Conversion:
    """How often near misses get there within a year, by distance: (up to this distance, rate), nearest first. ``seen``:
    the firms of a year ago that this rests on, and how many of them did."""

    bands: Sequence[tuple[float, float]]
    seen: tuple[int, int]

    def within(self, distance: float, months: float) -> float:
        """The chance within some months."""
        rate = next((rate for upto, rate in self.bands if distance <= upto), self.bands[-1][1])
        return 1 - float((1 - rate) ** (months / 12))


def conversion(then: Sequence[tuple[float, bool]], stated: float) -> Conversion:
    """Learn from (distance a year ago, holds the title now). Nearer firms never get less than farther ones."""
    seen = sorted(then)
    reached = sum(got for _distance, got in seen)
    rate = (reached + STATED_WORTH * stated) / (len(seen) + STATED_WORTH)
    if len(seen) < BANDS:
        return Conversion(((float("inf"), rate),), (len(seen), reached))
    pools: list[tuple[float, float, int]] = []
    for band in range(BANDS):
        part = seen[len(seen) * band // BANDS : len(seen) * (band + 1) // BANDS]
        mine = (sum(got for _d, got in part) + BAND_WORTH * rate) / (len(part) + BAND_WORTH)
        pools.append((part[-1][0], mine, len(part)))
        while len(pools) > 1 and pools[-1][1] > pools[-2][1]:
            (_upto, one, n), (upto, other, m) = pools[-2], pools[-1]
            pools[-2:] = [(upto, (one * n + other * m) / (n + m), n + m)]
    bands = [(upto, rate) for upto, rate, _n in pools]
    bands[-1] = (float("inf"), bands[-1][1])
    return Conversion(tuple(bands), (len(seen), reached))


@dataclass(frozen=True)
class Cultivation:
    """The firms in their order, each with the sum so far. ``sure``: what counts without any of them. ``cut``: how many of
    the firms reach the goal, None where all together do not; ``short``: by how much they miss it."""

    firms: Sequence[Candidate]
    cumulative: Sequence[float]
    sure: float
    goal: int | None

    @property
    def cut(self) -> int | None:
        if self.goal is None:
            return None
        if self.sure >= self.goal:
            return 0
        return next((n for n, total in enumerate(self.cumulative, 1) if self.sure + total >= self.goal), None)

    @property
    def short(self) -> float:
        if self.goal is None or self.cut is not None:
            return 0.0
        return self.goal - self.sure - (self.cumulative[-1] if self.cumulative else 0.0)


def ordered(candidates: Sequence[Candidate], sure: float, goal: int | None) -> Cultivation:
    """By distance, then the likelier first; each firm once, where it is nearest."""
    best: dict[str, Candidate] = {}
    for one in sorted(candidates, key=_order):
        best.setdefault(one.uscc, one)
    firms = list(best.values())
    total, sums = 0.0, []
    for firm in firms:
        total += firm.probability
        sums.append(total)
    return Cultivation(firms, sums, sure, goal)


def _order(one: Candidate) -> tuple[float, float, str]:
    return one.distance, -one.probability, one.uscc


def by_unit(firms: Sequence[Candidate]) -> dict[str | None, tuple[int, float]]:
    """Management unit → (firms, what they may bring), in the order of the units' ids, the unknown last."""
    found: dict[str | None, tuple[int, float]] = {}
    for firm in firms:
        n, total = found.get(firm.unit, (0, 0.0))
        found[firm.unit] = n + 1, total + firm.probability
    return dict(sorted(found.items(), key=lambda entry: (entry[0] is None, entry[0] or "")))
