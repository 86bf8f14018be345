"""Who supplies whom with what: the sample's supply links as they came about, before anybody files them.

Calibration (20,000 firms): about 5,000 links of 1,500 firms; few firms with very many customers; four steps and more from the
deepest supplier to a leader; one link in eight with a party outside; loops where makers of machines supply their suppliers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from chains.sample.makers import Makers
from chains.sample.tables import Product, by_chain, last_stage, products
from tiers.sample.firms import Firm

#: A firm of the sample, or the name of a party that is not on the register.
End = Firm | str
UNTIL = date(2026, 4, 1)
_HUGE = 30
_FEW = 6


@dataclass(frozen=True)
class Link:
    """``share`` of the buyer's spend, None where nobody said; ``essential``: yes, no or None; ``yearly``: known from the
    buyer's yearly reports until 2025."""

    supplier: End
    buyer: End
    product: Product
    since: date
    until: date | None = None
    share: Decimal | None = None
    essential: str | None = None
    yearly: bool = False

    @property
    def ends(self) -> tuple[str, str]:
        return name_or_code(self.supplier), name_or_code(self.buyer)


def name_or_code(end: End) -> str:
    return end if isinstance(end, str) else end.uscc


def weave(makers: Makers) -> list[Link]:
    """All links, buyer by buyer."""
    rng = makers.scale.rng("chains/links")
    loom = _Loom(makers, rng)
    for chain, leaders in makers.leaders.items():
        for rank, leader in enumerate(leaders):
            loom.lead(chain, leader, rank)
    if makers.gone:
        loom.lead(*makers.gone, 1)
    leading = {firm for some in makers.leaders.values() for firm in some}
    for firm, made in makers.makes().items():
        if firm not in leading:
            loom.need(firm, made)
    loom.loops()
    loom.abroad()
    return loom.woven()


class _Loom:
    """Takes links one by one; no pair and product twice."""

    def __init__(self, makers: Makers, rng: random.Random) -> None:
        self.makers, self.rng = makers, rng
        self.links: dict[tuple[str, str, Product], Link] = {}

    def lead(self, chain: str, leader: Firm, rank: int) -> None:
        """A leader buys from every stage beneath its own, of most products from several."""
        depth = last_stage(chain)
        breadth = (8.0, 4.0, 2.5)[min(rank, 2)] * (1.5 if 0 < leader.giant <= 20 else 1.0)
        for product in by_chain()[chain]:
            near = product.order >= depth - 2
            if product.order < depth and self.rng.random() < (0.95 if near else 0.6):
                count = 1 + int(breadth * self.rng.paretovariate(1.6) * (0.6 if near else 0.3))
                self.buy(leader, product, min(count, _HUGE))

    def need(self, firm: Firm, made: list[Product]) -> None:
        """What a maker needs: of the stage before its own, now and then of an earlier one.

        Who makes things for several stages buys for the first of them, so that hardly a way is longer than the stages
        of a chain; listed firms are large and buy more."""
        listed = firm in self.makers.stocks
        stage = (max if listed else min)(product.order for product in made)
        product = self.rng.choice([p for p in made if p.order == stage])
        inputs = [p for p in by_chain()[product.chain] if p.order < product.order]
        if not inputs:
            return
        weights = [
            (0.35 if p.missing else 1.0) * (1.0 if p.order == product.order - 1 else 0.25) for p in inputs
        ]
        wanted = 9 if listed else self.rng.choices((1, 2, 3, 4, 6), (26, 32, 24, 13, 5))[0]
        for each in dict.fromkeys(self.rng.choices(inputs, weights, k=wanted)):
            self.buy(firm, each, 1 if self.rng.random() < 0.72 else 2)

    def buy(self, buyer: Firm, product: Product, count: int) -> None:
        made_here = self.makers.by_product[product]
        outside = self.makers.outsiders[product]
        for _ in range(count):
            if not made_here or self.rng.random() < 0.02:
                supplier: End = outside[min(len(outside) - 1, int(self.rng.paretovariate(1.2)) - 1)]
            else:
                # The first makers have most customers, as in any market.
                at = int(len(made_here) * self.rng.random() ** 2.4)
                supplier = made_here[at]
            self.add(supplier, buyer, product)

    def loops(self) -> None:
        """Makers of machines and software supply those who supply them, or their suppliers' suppliers."""
        of_buyer: dict[Firm, list[Firm]] = {}
        for link in self.links.values():
            if isinstance(link.supplier, Firm) and isinstance(link.buyer, Firm):
                of_buyer.setdefault(link.buyer, []).append(link.supplier)
        tools = [p for p in products() if p.sort in ("machine", "soft") and p.order >= 3]
        # Those with a few suppliers only: else half of the city would stand in one loop.
        able = [
            (f, p) for p in tools for f in self.makers.by_product[p] if 0 < len(of_buyer.get(f, ())) <= _FEW
        ]
        for firm, tool in self.rng.sample(able, min(len(able), self.makers.scale.n(16))):
            other = self.rng.choice(of_buyer[firm])
            if self.rng.random() < 0.5:
                other = self.rng.choice(of_buyer.get(other, [other]))
            if len(of_buyer.get(other, ())) <= _FEW:
                self.add(firm, other, tool)

    def abroad(self) -> None:
        """Customers outside the city, named in reports."""
        sold = [(p, f) for p, some in self.makers.by_product.items() if p.state == "strong" for f in some[:4]]
        for _ in range(self.makers.scale.n(60)):
            if sold:
                product, firm = self.rng.choice(sold)
                self.add(firm, self.rng.choice(self.makers.outsiders[product]), product)

    def add(self, supplier: End, buyer: End, product: Product) -> None:
        key = name_or_code(supplier), name_or_code(buyer), product
        if key[0] == key[1] or key in self.links:
            return
        since = self._since(end for end in (supplier, buyer) if isinstance(end, Firm))
        if since is None:
            return
        until = None
        if self.rng.random() < 0.07 and since < date(2025, 6, 1):
            until = max(since, date(2022, 12, 31)) + timedelta(days=30 * self.rng.randrange(2, 34))
        self.links[key] = Link(supplier, buyer, product, since, until and min(until, UNTIL))

    def _since(self, ends: Iterable[Firm]) -> date | None:
        """When it began: both were there, and longer ago where both are old."""
        first = max(date(max(firm.founded.year + 1, 2012), 1, 1) for firm in ends)
        if first >= date(2022, 1, 1) or self.rng.random() < 0.4:
            first = max(first, date(2022, 1, 1))
        if first >= UNTIL:
            return None
        day = first + timedelta(days=int((UNTIL - first).days * self.rng.random() ** 1.5))
        if day < date(2021, 1, 1):
            return day.replace(month=1, day=1)  # of old ones people know the year
        return day.replace(day=1)

    def woven(self) -> list[Link]:
        """The links with shares and with what is essential."""
        of_buyer: dict[str, list[Link]] = {}
        suppliers: dict[Product, set[str]] = {}
        for link in self.links.values():
            of_buyer.setdefault(link.ends[1], []).append(link)
            suppliers.setdefault(link.product, set()).add(link.ends[0])
        made = []
        for some in of_buyer.values():
            weights = [self.rng.paretovariate(1.3) for _ in some]
            large = sorted(weights)[-3] if len(some) > 6 else None
            known = self.rng.uniform(0.45, 0.92)
            for link, weight in zip(some, weights, strict=True):
                # A buyer of many knows the shares of its largest suppliers.
                chance = 0.95 if large is not None and weight >= large else 0.58
                told = self.rng.random() < chance or link.buyer in self.makers.stocks
                share = Decimal(max(1, round(10_000 * known * weight / sum(weights)))) / 10_000
                made.append(
                    replace(
                        link,
                        share=share if told else None,
                        essential=self._essential(link.product, len(suppliers[link.product]) == 1),
                    )
                )
        return made

    def _essential(self, product: Product, single: bool) -> str | None:
        yes = 0.7 if product.missing else 0.6 if single else 0.22 if product.sort == "electronic" else 0.1
        roll = self.rng.random()
        return "yes" if roll < yes else "no" if roll < yes + 0.25 else None
