"""Offers and demands. A demand is made from what some firm offers and says it in other words, so that it is known who fits."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from chains.sample.makers import Makers, there
from chains.sample.parts import sheet
from chains.sample.tables import Product, last_stage, products, traits
from registry.sample import Row
from tiers.sample.filing import Step
from tiers.sample.firms import LAST, Firm
from tiers.sample.titles import choose

OFFERED = (date(2023, 3, 9), date(2024, 3, 7), date(2025, 3, 6), date(2026, 3, 5))
#: Day of the list → number of its demands.
ASKED = {
    date(2024, 9, 10): 30,
    date(2025, 3, 11): 40,
    date(2025, 10, 14): 40,
    date(2026, 3, 10): 45,
    date(2026, 5, 12): 45,
}
CLOSED = (date(2025, 6, 10), date(2025, 12, 9), date(2026, 5, 26))  # fmt: skip
_OFFERS = 1_500
_CERTIFICATES = {
    "新能源汽车": ("IATF 16949", "ISO 9001", "ISO 14001"),
    "医疗器械": ("ISO 13485", "ISO 9001"),
    "生物医药": ("GMP", "ISO 9001"),
    "空天信息": ("GJB 9001C", "ISO 9001"),
    "氢能": ("ISO 9001", "CCS"),
}
_UNITS = {
    "material": ("吨", 200, 20_000),
    "chemical": ("吨", 50, 5_000),
    "part": ("件", 2_000, 400_000),
    "electronic": ("套", 1_000, 200_000),
    "machine": ("台", 20, 3_000),
    "soft": ("项", 5, 80),
    "pharma": ("千克", 50, 8_000),
}
_TITLES = ("寻求{}供应商", "采购{}", "急需{}", "{}配套需求", "征集{}合作单位")


@dataclass(frozen=True)
class Offer:
    """What a firm offers: a product with a trait of its own ('' for none)."""

    firm: Firm
    product: Product
    trait: str
    offered_on: date
    certificates: tuple[str, ...]
    until: date | None

    @property
    def name(self) -> str:
        return f"{self.trait}{self.product.name}"


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


def offers(makers: Makers) -> list[Offer]:
    """What firms say they can supply, one offer for each firm, product and trait."""
    rng = makers.scale.rng("chains/offers")
    able = {
        code: [f for f in some if f.standing(LAST) and f.score > -0.8]
        for code, some in makers.of_trade.items()
    }
    made: dict[tuple[str, str], Offer] = {}
    here = [p for p in products() if not p.missing]
    # A small city cannot offer everything: it takes products from all over the table.
    for product in rng.sample(here, min(len(here), makers.scale.n(_OFFERS))):
        count = max(1, round(_OFFERS * makers.scale.firms / 20_000 / len(here) * rng.uniform(0.5, 1.6)))
        sellers = [f for f in makers.by_product[product] if f.standing(LAST)][: round(count * 0.7) or 1]
        others = [f for code in product.trades for f in able.get(code, ()) if f not in sellers]
        sellers += choose(rng, others, count - len(sellers), 0.3, lambda f: f.score)
        for firm in sellers:
            offer = _offer(rng, firm, product)
            if offer:
                made.setdefault((firm.uscc, offer.name), offer)
    return list(made.values())


def _offer(rng: random.Random, firm: Firm, product: Product) -> Offer | None:
    trait = "" if rng.random() < 0.2 else rng.choice(traits(product.sort))[0]
    days = [day for day in OFFERED if firm.standing(day)]
    if not days:
        return None
    known = _CERTIFICATES.get(product.chain, ("ISO 9001", "ISO 14001"))
    held = tuple(each for each in known if rng.random() < 0.55)
    until = rng.choice((None, None, date(2026, 12, 31), date(2027, 12, 31)))
    return Offer(firm, product, trait, rng.choice(days), held, until)


def offer_steps(makers: Makers, some: list[Offer]) -> list[Step]:
    rng = makers.scale.rng("chains/offer-rows")
    days: dict[date, list[Row]] = {day: [] for day in OFFERED}
    for offer in some:
        unit, low, high = _UNITS[offer.product.sort]
        row: Row = {
            "uscc": offer.firm.uscc,
            "name": offer.firm.name(offer.offered_on),
            "product": offer.name,
            "detail": f"面向{offer.product.chain}产业链{offer.product.stage}环节配套",
            "capacity": f"年{_round(rng, low, high)}{unit}",
            "certificates": "；".join(offer.certificates) or None,
            "until": offer.until,
        }
        days[offer.offered_on].append({key: value for key, value in row.items() if value is not None})
    title = "企业供给能力清单"
    return [sheet(d, f"offers-{d.year}", "offers", f"{title}{d.year}", rows) for d, rows in days.items()]


def _round(rng: random.Random, low: int, high: int) -> int:
    """A number as people say it, small ones more often."""
    number = int(low * (high / low) ** rng.random())
    step = int(10 ** max(0, len(str(number)) - 2))
    return number // step * step


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
    unit, low, high = _UNITS[product.sort]
    said = rng.choice(product.says)
    wish = dict(traits(product.sort)).get(trait)
    latest = day == max(ASKED)
    # The last lists are open in the middle of 2026, each for a while.
    due = date(2026, 6, 20) + timedelta(days=rng.randrange(0, 190)) if latest or day == sorted(ASKED)[-2] else (
        day + timedelta(days=rng.randrange(90, 400))
    )  # fmt: skip
    row: Row = {
        "id": id,
        "buyer": buyer.uscc,
        "chain": product.chain,
        "title": rng.choice(_TITLES).format(said),
        "detail": f"用于本公司{buyer.trade.products[0]}生产" + (f"，{wish}" if wish else ""),
        "quantity": f"{_round(rng, low, high)}{unit}",
        "amount": _round(rng, 300_000, 60_000_000),
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
            here = source.firm.place(LAST)
            row["districts"] = here.area or here.district
            fits = [
                o
                for o in fits
                if (o.firm.place(LAST).area or o.firm.place(LAST).district) == row["districts"]
            ]
    elif rng.random() < 0.4:
        row["tiers_wanted"] = rng.choice(("专精特新中小企业", "专精特新“小巨人”企业", "高新技术企业"))
    closed = None
    if day < date(2026, 1, 1) and rng.random() < 0.55:
        listed = next(d for d in CLOSED if d > day + timedelta(days=60))
        closed = listed - timedelta(days=rng.randrange(5, 40))
    firms = tuple(dict.fromkeys(o.firm for o in fits))
    return Demand(id, day, buyer, product, row, due, closed, firms)


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
