"""What firms of the sample say that they can supply."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from chains.sample.makers import Makers
from chains.sample.parts import sheet
from chains.sample.tables import Product, products, traits
from registry.sample import Row
from tiers.sample.filing import Step
from tiers.sample.firms import LAST, Firm
from tiers.sample.titles import choose

OFFERED = (date(2023, 3, 9), date(2024, 3, 7), date(2025, 3, 6), date(2026, 3, 5))
_OFFERS = 1_500
_CERTIFICATES = {
    "新能源汽车": ("IATF 16949", "ISO 9001", "ISO 14001"),
    "医疗器械": ("ISO 13485", "ISO 9001"),
    "生物医药": ("GMP", "ISO 9001"),
    "空天信息": ("GJB 9001C", "ISO 9001"),
    "氢能": ("ISO 9001", "CCS"),
}
#: Sort of product → unit, and from how many to how many of it a year.
UNITS = {
    "material": ("吨", 200, 20_000),
    "chemical": ("吨", 50, 5_000),
    "part": ("件", 2_000, 400_000),
    "electronic": ("套", 1_000, 200_000),
    "machine": ("台", 20, 3_000),
    "soft": ("项", 5, 80),
    "pharma": ("千克", 50, 8_000),
}


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
        unit, low, high = UNITS[offer.product.sort]
        row: Row = {
            "uscc": offer.firm.uscc,
            "name": offer.firm.name(offer.offered_on),
            "product": offer.name,
            "detail": f"面向{offer.product.chain}产业链{offer.product.stage}环节配套",
            "capacity": f"年{about(rng, low, high)}{unit}",
            "certificates": "；".join(offer.certificates) or None,
            "until": offer.until,
        }
        days[offer.offered_on].append({key: value for key, value in row.items() if value is not None})
    title = "企业供给能力清单"
    return [sheet(d, f"offers-{d.year}", "offers", f"{title}{d.year}", rows) for d, rows in days.items()]


def about(rng: random.Random, low: int, high: int) -> int:
    """A number as people say it, small ones more often."""
    number = int(low * (high / low) ** rng.random())
    step = int(10 ** max(0, len(str(number)) - 2))
    return number // step * step
