"""The weekly look at what would break the chains, and what of it is new.

Nothing is stored for the comparison: the list of the week before is made again from what was known a week before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chains.asking import network
from chains.risks import risks
from registry.house import House
from registry.jobs.job import Asked, Done

WEEK = timedelta(days=7)
#: So many critical firms of a chain are on its list, and so many chains are named in what a run says.
CRITICAL, NAMED = 10, 6
#: So many of a chain's new risks are named.
EACH = 2
#: One sentence in English and Chinese.
Said = tuple[str, str]


@dataclass(frozen=True)
class Listed:
    """A chain's list: its essential single sources (buyer, product, supplier) and its most critical firms, by id, and how each
    is said in both languages, the first ones first; and how many firms and single sources it has at all."""

    essential: Mapping[tuple[str, ...], Said]
    critical: Mapping[str, Said]
    firms: int
    sources: int

    @property
    def risks(self) -> Mapping[tuple[str, ...], Said]:
        return {**self.essential, **{(firm,): said for firm, said in self.critical.items()}}


def listed(house: House, chain: str, day: date, known_at: datetime) -> Listed:
    found = risks(house, chain, day, known_at, CRITICAL).report
    part = found.part
    names = part.names
    return Listed(
        {
            (part.ids[one.buyer], one.product, part.ids[one.supplier]): (
                f"{names[one.buyer]} has {one.product} from {names[one.supplier]} alone",
                f"{names[one.buyer]}的{one.product}仅由{names[one.supplier]}供应",
            )
            for one in found.sources
            if one.essential
        },
        {
            part.ids[int(firm)]: (
                f"{names[int(firm)]}: its stop would cost {index:.0%}",
                f"{names[int(firm)]}停产将损失{index:.0%}",
            )
            for firm, index in zip(found.critical.firms, found.critical.index, strict=True)
        },
        part.size,
        len(found.sources),
    )


def look(house: House, asked: Asked) -> Done:
    """``evaluated``: firms of all chains; ``changed``: risks that were not on the list of the week before, the first of which are
    named."""
    day, known_at = asked.day, asked.known_at
    chains = list(network(house, day, known_at).chains)
    before = network(house, day - WEEK, known_at - WEEK).chains
    now: dict[str, Listed] = {}
    new: dict[str, list[Said]] = {}
    for at, chain in enumerate(chains):
        asked.progress("chains", at, len(chains))
        now[chain] = listed(house, chain, day, known_at)
        then = listed(house, chain, day - WEEK, known_at - WEEK).risks if chain in before else {}
        new[chain] = [said for risk, said in now[chain].risks.items() if risk not in then]
    order = sorted(chains, key=lambda chain: (-len(new[chain]), -len(now[chain].essential), chain))
    firms, changed = sum(one.firms for one in now.values()), sum(map(len, new.values()))
    said = (
        f"{len(chains)} chains on {day}: {changed} new risks"
        + _told(f"{c}: {now[c].sources} single sources, {len(now[c].essential)} of them essential; {len(new[c])} new"
                + _named([en for en, _zh in new[c]], " (", "; ", " …", ")") for c in order[:NAMED]),
        f"{day} 共 {len(chains)} 条产业链：新增风险 {changed} 项"
        + _told((f"{c}：单一来源 {now[c].sources} 项，其中关键 {len(now[c].essential)} 项；新增 {len(new[c])} 项"
                 + _named([zh for _en, zh in new[c]], "（", "；", "等", "）") for c in order[:NAMED]), "。", "；"),
    )  # fmt: skip
    return Done(firms, changed, said)


def _told(lines: Iterable[str], first: str = ". ", between: str = ". ") -> str:
    text = between.join(lines)
    return first + text if text else ""


def _named(new: Sequence[str], before: str, between: str, more: str, after: str) -> str:
    """The first of what is new in brackets; nothing where nothing is."""
    rest = more if len(new) > EACH else ""
    return before + between.join(new[:EACH]) + rest + after if new else ""
