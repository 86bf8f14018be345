"""Demands. Each is made from what some firm offers, so that it is known who fits; half of them say it in other words."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from chains.sample.makers import Makers, there
from chains.sample.offering import UNITS, Offer, about
from chains.sample.parts import sheet
from chains.sample.tables import Product, last_stage, products, traits
from registry.sample import Row
from tiers.sample.filing import Step
from tiers.sample.firms import LAST, Firm

#: Day of the list → number of its demands.
ASKED = {
    date(2024, 9, 10): 30,
    date(2025, 3, 11): 40,
    date(2025, 10, 14): 40,
    date(2026, 3, 10): 45,
    date(2026, 5, 12): 45,
}
#: Lists whose demands are still open when the story ends.
_OPEN = sorted(ASKED)[-2:]
CLOSED = (date(2025, 6, 10), date(2025, 12, 9), date(2026, 5, 26))
#: So many of them call a product by its name.
PLAINLY = 0.5
_TITLES = ("寻求{}供应商", "采购{}", "急需{}", "{}配套需求", "征集{}合作单位")


@dataclass(frozen=True, eq=False)
class Demand:
    """``fits``: the firms whose offers it was made from, all of them; none where nobody in the city makes the product."""

    id: str
    asked_on: date
    buyer: Firm
    product: Product
    row: Row
    due_on: date
    closed_on: date | None
    fits: tuple[Firm, ...]


def demands(makers: Makers, some: list[Offer]) -> list[Demand]:
    """What firms look for, in the order of their lists; six in seven are for something that is offered."""
    rng = makers.scale.rng("chains/demands")
    groups: dict[tuple[Product, str], list[Offer]] = {}
    for offer in some:
        groups.setdefault((offer.product, offer.trait), []).append(offer)
    missing = [p for p in products() if p.missing]
    made: list[Demand] = []
    asked: set[tuple[Product, str]] = set()
    for day, count in ASKED.items():
        known = [
            key for key, of in groups.items() if any(o.offered_on < day for o in of) and key not in asked
        ]
        for number in range(1, makers.scale.n(count) + 1):
            product, trait = rng.choice(missing), ""
            if known and (rng.random() > 0.15 or makers.scale.firms < 5_000):
                product, trait = known.pop(rng.randrange(len(known)))
            asked.add((product, trait))
            offered = [o for o in groups.get((product, trait), ()) if o.offered_on < day]
            buyer = _buyer(makers, rng, product, day, {o.firm for o in offered})
            if buyer:
                id = f"XQ{day:%Y%m}-{number:03d}"
                made.append(_demand(rng, id, day, buyer, product, trait, offered))
    return made


def _buyer(
    makers: Makers, rng: random.Random, product: Product, day: date, without: set[Firm]
) -> Firm | None:
    """A leader of the chain, or a maker of what comes after the product in it."""
    leaders = [f for f in makers.leaders[product.chain] if f not in without]
    later = [
        f
        for p, some in makers.by_product.items()
        if p.chain == product.chain and (p.order > product.order or p.order == last_stage(p.chain))
        for f in some
        if f.standing(day) and f.standing(LAST) and f not in without
    ]
    if leaders and (rng.random() < 0.4 or not later):
        return rng.choice(leaders)
    spare = later or [f for f in makers.firms if there(f, day) and f.trade.manufacturing and f not in without]
    return rng.choice(spare) if spare else None


def _demand(
    rng: random.Random, id: str, day: date, buyer: Firm, product: Product, trait: str, offered: list[Offer]
) -> Demand:
    unit, low, high = UNITS[product.sort]
    said = product.name if rng.random() < PLAINLY else rng.choice(product.says)
    wish = dict(traits(product.sort)).get(trait)
    due = day + timedelta(days=rng.randrange(90, 400))
    if day in _OPEN:  # for a while yet, in the middle of 2026
        due = date(2026, 6, 20) + timedelta(days=rng.randrange(190))
    row: Row = {
        "id": id,
        "buyer": buyer.uscc,
        "chain": product.chain,
        "title": rng.choice(_TITLES).format(said),
        "detail": f"用于本公司{buyer.trade.products[0]}生产" + (f"，{wish}" if wish else ""),
        "quantity": f"{about(rng, low, high)}{unit}",
        "amount": about(rng, 300_000, 60_000_000),
        "due_on": due,
    }
    fits = [o for o in offered if o.until is None or o.until >= due]
    if fits:
        # What a demand insists on one of those who fit has; who has it not fits no longer.
        source = rng.choice(fits)
        if source.certificates and rng.random() < 0.2:
            row["certificates"] = source.certificates[0]
            fits = [o for o in fits if source.certificates[0] in o.certificates]
        if rng.random() < 0.12:
            row["districts"] = _unit(source.firm)
            fits = [o for o in fits if _unit(o.firm) == row["districts"]]
    elif rng.random() < 0.4:
        row["tiers_wanted"] = rng.choice(("专精特新中小企业", "专精特新“小巨人”企业", "高新技术企业"))
    closed = None
    if day < date(2026, 1, 1) and rng.random() < 0.55:
        listed = next(d for d in CLOSED if d > day + timedelta(days=60))
        closed = listed - timedelta(days=rng.randrange(5, 40))
    firms = tuple(dict.fromkeys(o.firm for o in fits))
    return Demand(id, day, buyer, product, row, due, closed, firms)


def _unit(firm: Firm) -> str:
    """Who manages a firm: its functional area, else its district."""
    place = firm.place(LAST)
    return place.area or place.district


def demand_steps(some: list[Demand]) -> list[Step]:
    """The lists of demands, and later the lists of those that were closed."""
    asked: dict[date, list[Row]] = {day: [] for day in ASKED}
    closed: dict[date, list[Row]] = {day: [] for day in CLOSED}
    for demand in some:
        asked[demand.asked_on].append(demand.row)
        if demand.closed_on:
            day = next(d for d in CLOSED if d > demand.closed_on)
            key: Row = {name: demand.row[name] for name in ("id", "buyer", "title")}
            closed[day].append(key | {"closed_on": demand.closed_on})
    steps = [
        sheet(d, f"demands-{d:%Y-%m}", "demands", f"产业链需求清单{d:%Y-%m}", rows)
        for d, rows in asked.items()
    ]
    return steps + [
        sheet(d, f"demands-closed-{d:%Y-%m}", "demands", f"已办结需求{d:%Y-%m}", rows) for d, rows in closed.items()
    ]  # fmt: skip
