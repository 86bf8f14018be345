"""The counts that bureaus report about matchmaking: events, firms and how many of them are SRDI, intents and contracts apart.
Pure.

A relation is a (buyer, supplier, product). In a year it counts once, by the furthest that it came in that year: as a contract,
or as an intent, which is every stage before. Nobody adds intents and contracts up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

#: The stages in their order; the last is a contract, those before are intents.
STAGES = ("contact", "sample", "certification", "small_batch", "contract")
CONTRACT = STAGES[-1]


@dataclass(frozen=True)
class Gathering:
    """An event with the firms that took part; ``held`` None: nobody said whether it was held. ``srdi``: those of the firms
    whose title was in force on its day."""

    id: str
    on: date | None
    chain: str | None
    held: bool | None
    firms: frozenset[str]
    srdi: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step:
    """A stage that a relation reached. ``amount`` in yuan, None where nobody said."""

    buyer: str
    supplier: str
    product: str
    stage: str
    on: date
    amount: int | None
    chain: str | None = None
    event: str | None = None
    action: str | None = None
    filing: int = 0
    row: int = 0

    @property
    def relation(self) -> tuple[str, str, str]:
        return self.buyer, self.supplier, self.product


@dataclass(frozen=True)
class Deals:
    """Relations and what they are worth: ``amount`` is the sum of those whose amount is known, None where none is;
    ``unknown`` is the number of the others."""

    number: int = 0
    amount: int | None = None
    unknown: int = 0


@dataclass(frozen=True)
class Figures:
    """What is reported for one year and chain. ``firms`` are counted once, ``attendances`` once for each event;
    ``unsaid``: past events of which nobody said whether they were held: not counted."""

    year: int
    chain: str | None
    events: int
    unsaid: int
    attendances: int
    firms: int
    srdi: int
    intents: Deals
    contracts: Deals
    stages: Mapping[str, int] = field(default_factory=dict)

    @property
    def srdi_share(self) -> float | None:
        return self.srdi / self.firms if self.firms else None


def furthest(steps: Iterable[Step]) -> dict[tuple[str, str, str], Step]:
    """Relation → its furthest step, of equal ones the latest. What somebody said later is said of a stage of its own."""
    found: dict[tuple[str, str, str], Step] = {}
    for step in sorted(steps, key=lambda one: (STAGES.index(one.stage), one.on, one.filing, one.row)):
        found[step.relation] = step
    return found


def deals(steps: Sequence[Step]) -> Deals:
    amounts = [step.amount for step in steps if step.amount is not None]
    return Deals(len(steps), sum(amounts) if amounts else None, len(steps) - len(amounts))


def figures(gatherings: Iterable[Gathering], steps: Iterable[Step], day: date) -> list[Figures]:
    """Year by year, the latest first, and in each year the whole (``chain`` None) before the chains by name; what names no
    chain counts in the whole only. Only what happened by ``day``."""
    past = [one for one in gatherings if one.on is not None and one.on <= day]
    said = [step for step in steps if step.on <= day]
    years = {one.on.year for one in past if one.on} | {step.on.year for step in said}
    found: list[Figures] = []
    for year in sorted(years, reverse=True):
        met = [one for one in past if one.on and one.on.year == year]
        reached = [step for step in said if step.on.year == year]
        chains = {one.chain for one in met if one.chain} | {step.chain for step in reached if step.chain}
        found.append(_one(year, None, met, reached))
        found += [
            _one(year, name, [g for g in met if g.chain == name], [s for s in reached if s.chain == name])
            for name in sorted(chains)
        ]
    return found


def _one(year: int, chain: str | None, met: Sequence[Gathering], steps: Sequence[Step]) -> Figures:
    held = [one for one in met if one.held]
    came: Collection[str] = set().union(*(one.firms for one in held))
    srdi: Collection[str] = set().union(*(one.srdi for one in held))
    last = list(furthest(steps).values())
    stages: dict[str, int] = defaultdict(int)
    for step in last:
        stages[step.stage] += 1
    return Figures(
        year, chain, len(held), sum(one.held is None for one in met), sum(len(one.firms) for one in held), len(came), len(srdi),
        deals([step for step in last if step.stage != CONTRACT]), deals([step for step in last if step.stage == CONTRACT]),
        {stage: stages[stage] for stage in STAGES},
    )  # fmt: skip


def funnel(steps: Iterable[Step]) -> list[tuple[str, Deals, Deals]]:
    """(stage, relations that came at least so far, those that stand there now), from contact to contract. Their amounts are
    the last ones said; who signs a contract without a sample on record has come as far nevertheless."""
    last = furthest(steps).values()
    return [
        (
            stage,
            deals([step for step in last if STAGES.index(step.stage) >= at]),
            deals([step for step in last if step.stage == stage]),
        )
        for at, stage in enumerate(STAGES)
    ]
