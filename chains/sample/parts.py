"""The lists of chains with their stages and products, and of who plays which part in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chains.sample.makers import FIRST, Makers
from chains.sample.tables import Product, by_chain, products
from registry.sample import Row
from tiers.sample.filing import Step
from tiers.sample.firms import Firm

SECOND, THIRD = date(2023, 12, 5), date(2026, 3, 3)
_CHANGED = date(2025, 1, 14)
#: Chains that the city takes up later.
_YOUNG = ("氢能", "空天信息")


def sheet(day: date, label: str, kind: str, title: str, rows: list[Row]) -> Step:
    """A list that was written beforehand, under a file's name that says whose it is."""
    return Step(day, label, kind, f"{title}（样例）.xlsx", lambda: rows)


def chain_steps() -> list[Step]:
    """The editions of the list of chains; a later one says only what is new."""
    old = [p for p in products() if p.chain not in _YOUNG]
    young = [p for p in products() if p.chain in _YOUNG]
    changed = [p for p in products() if p.state != p.was]
    return [
        sheet(FIRST, "chains-2022", "chains", "重点产业链环节与产品清单2022", _chain_rows(old, now=False)),
        sheet(SECOND, "chains-2023", "chains", "新增产业链清单2023", _chain_rows(young, now=False)),
        sheet(THIRD, "chains-2026", "chains", "建强补延进展2026", _chain_rows(changed, now=True)),
    ]


def _chain_rows(some: Iterable[Product], *, now: bool) -> list[Row]:
    return [
        {"chain": p.chain, "stage": p.stage, "order": p.order, "product": p.name, "state": p.state if now else p.was}
        for p in some
    ]  # fmt: skip


def role_steps(makers: Makers) -> list[Step]:
    """Leaders, core suppliers and key nodes with their terms. Nobody ended the part of the leader that left the city."""
    rng = makers.scale.rng("chains/roles")
    days: dict[date, list[Row]] = {FIRST: [], SECOND: [], _CHANGED: []}

    def say(day: date, chain: str, firm: Firm, role: str, since: date, to: date | None = None) -> None:
        row: Row = {"chain": chain, "uscc": firm.uscc, "name": firm.name(day), "role": role, "from": since}
        days[day].append(row | {"to": to} if to else row)

    core, nodes = makers.scale.n(190), makers.scale.n(60)
    for number, chain in enumerate(by_chain()):
        first = SECOND if chain in _YOUNG else FIRST
        leaders = makers.leaders[chain]
        for rank, firm in enumerate(leaders):
            day = SECOND if rank > 0 and rng.random() < 0.5 else first
            say(day, chain, firm, "leader", _month(day))
        if makers.gone and makers.gone[0] == chain:
            say(first, chain, makers.gone[1], "leader", _month(first))
        parts = [p for p in by_chain()[chain] if not p.missing]
        strong = _in_turn(makers, [p for p in parts if p.state == "strong"], leaders, first)
        strong = strong[: _part(core, number)]
        for firm in strong:
            say(first, chain, firm, "core_supplier", _month(first))
            if first == FIRST and rng.random() < 0.08:
                say(_CHANGED, chain, firm, "core_supplier", _month(first), date(2024, 12, 31))
        # Who alone makes something is a node that the chain hangs on.
        single = [p for p in parts if len(makers.by_product[p]) == 1]
        built = [p for p in parts if p.state == "built" and p not in single]
        others = [f for f in _in_turn(makers, [*single, *built], leaders, first) if f not in strong]
        for firm in others[: _part(nodes, number)]:
            say(first, chain, firm, "key_node", _month(first))
    titles = {
        FIRST: "产业链链主与核心配套企业2022",
        SECOND: "产业链链主增补2023",
        _CHANGED: "链上企业调整2025",
    }
    return [sheet(day, f"roles-{day:%Y-%m}", "roles", titles[day], rows) for day, rows in days.items()]


def _part(count: int, number: int) -> int:
    """How many of a count fall to one chain; the first chains get what does not divide."""
    whole, rest = divmod(count, len(by_chain()))
    return whole + (number < rest)


def _month(day: date) -> date:
    return day.replace(day=1)


def _in_turn(makers: Makers, some: Iterable[Product], without: list[Firm], day: date) -> list[Firm]:
    """The firms behind products, the first of each product before the second of any, that are in the city on the day."""
    rows = [makers.by_product[p] for p in some]
    turn = [row[at] for at in range(max(map(len, rows), default=0)) for row in rows if at < len(row)]
    return [f for f in dict.fromkeys(turn) if f.standing(day) and f not in without]
