"""The weekly look at what would break the chains, and what of it is new.

Nothing is stored for the comparison: the list of the week before is made again from what was known a week before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chains.asking import network
from chains.risks import risks
from registry.house import House
from registry.jobs.job import Asked, Done

WEEK = timedelta(days=7)
#: So many critical firms of a chain are on its list, and so many chains are named in what a run says.
CRITICAL, NAMED = 10, 6


@dataclass(frozen=True)
class Listed:
    """A chain's list: its essential single sources (buyer, product, supplier) and its most critical firms, by id; and how many
    firms and single sources it has at all."""

    essential: frozenset[tuple[str, str, str]]
    critical: frozenset[str]
    firms: int
    sources: int

    @property
    def risks(self) -> frozenset[object]:
        return self.essential | self.critical


def listed(house: House, chain: str, day: date, known_at: datetime) -> Listed:
    found = risks(house, chain, day, known_at, CRITICAL).report
    part = found.part
    return Listed(
        frozenset(
            (part.ids[one.buyer], one.product, part.ids[one.supplier])
            for one in found.sources
            if one.essential
        ),
        frozenset(part.ids[int(firm)] for firm in found.critical.firms),
        part.size,
        len(found.sources),
    )


def look(house: House, asked: Asked) -> Done:
    """``evaluated``: firms of all chains; ``changed``: risks that were not on the list of the week before."""
    day, known_at = asked.day, asked.known_at
    chains = list(network(house, day, known_at).chains)
    before = network(house, day - WEEK, known_at - WEEK).chains
    now: dict[str, Listed] = {}
    new: dict[str, int] = {}
    for at, chain in enumerate(chains):
        asked.progress("chains", at, len(chains))
        now[chain] = listed(house, chain, day, known_at)
        then = listed(house, chain, day - WEEK, known_at - WEEK).risks if chain in before else frozenset()
        new[chain] = len(now[chain].risks - then)
    order = sorted(chains, key=lambda chain: (-new[chain], -len(now[chain].essential), chain))
    firms, changed = sum(one.firms for one in now.values()), sum(new.values())
    said = (
        f"{len(chains)} chains on {day}: {changed} new risks"
        + _told(f"{c}: {now[c].sources} single sources, {len(now[c].essential)} of them essential; {new[c]} new"
                for c in order[:NAMED]),
        f"{day} 共 {len(chains)} 条产业链：新增风险 {changed} 项"
        + _told((f"{c}：单一来源 {now[c].sources} 项，其中关键 {len(now[c].essential)} 项；新增 {new[c]} 项"
                 for c in order[:NAMED]), "。", "；"),
    )  # fmt: skip
    return Done(firms, changed, said)


def _told(lines: Iterable[str], first: str = ". ", between: str = ". ") -> str:
    text = between.join(lines)
    return first + text if text else ""
