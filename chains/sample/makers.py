"""Who makes what, who leads a chain and who is outside the city, drawn from the sample's own firms."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from chains.sample.tables import Product, by_chain, last_stage, products
from tiers.sample.city import people
from tiers.sample.filing import Scale
from tiers.sample.firms import HOME, LAST, Firm
from tiers.sample.listing import listings
from tiers.sample.names import Names
from tiers.sample.titles import choose

FIRST = date(2022, 6, 14)  # the chain offices' first lists
_COUNTS = {"strong": (14, 30), "built": (3, 15)}
#: Of the products that are built, how many hang on one firm.
_SINGLE = 0.12
_SUFFIX = {"sse_main": "SH", "sse_star": "SH", "szse_main": "SZ", "szse_chinext": "SZ", "bse": "BJ"}
_ELSEWHERE = ("苏州", "无锡", "宁波", "东莞", "合肥", "西安", "株洲", "武汉", "天津", "上海")
_FORMS = ("科技有限公司", "材料有限公司", "精工有限公司", "股份有限公司")


@dataclass
class Makers:
    """Who could take part, and who does.

    ``stocks``: listed firms with the stock code that their reports bear. ``of_trade``: class of GB/T 4754 → the firms
    that chains can draw on. ``by_product``: the makers of each product, the most sought after first. ``outsiders``:
    product → names of parties that are not on the register. ``leaders``: chain → its leaders, the largest first.
    ``gone``: a leader that left the city, with its chain."""

    scale: Scale
    firms: list[Firm]
    stocks: dict[Firm, str]
    of_trade: dict[str, list[Firm]] = field(default_factory=dict)
    by_product: dict[Product, list[Firm]] = field(default_factory=dict)
    outsiders: dict[Product, list[str]] = field(default_factory=dict)
    leaders: dict[str, list[Firm]] = field(default_factory=dict)
    gone: tuple[str, Firm] | None = None

    def makes(self) -> dict[Firm, list[Product]]:
        """Firm → what it makes."""
        found: dict[Firm, list[Product]] = {}
        for product, makers in self.by_product.items():
            for firm in makers:
                found.setdefault(firm, []).append(product)
        return found


def there(firm: Firm, day: date) -> bool:
    """On the register and not gone on that day, wherever it has its seat."""
    return firm.registered < day and (firm.gone_on is None or firm.gone_on > day)


def left_on(firm: Firm) -> date | None:
    """When a firm moved out of the city, if it did so while chains were on record."""
    return next((on for on, place in firm.places if on > FIRST and place.city != HOME), None)


def make(firms: int, seed: int) -> Makers:
    """Draw the makers of a city of so many firms with that seed."""
    scale, everyone, _events = people(firms, seed)
    rng = scale.rng("chains/makers")
    able = [f for f in everyone if f.legal_person and (f.standing(FIRST) or f.standing(date(2025, 6, 1)))]
    makers = Makers(scale, everyone, _stock_codes(scale, everyone))
    for firm in able:
        makers.of_trade.setdefault(firm.trade.code, []).append(firm)
    names = Names(scale.rng("chains/outside"))
    names.reserve(firm.trade_name for firm in everyone)
    for product in products():
        pool = [firm for code in product.trades for firm in makers.of_trade.get(code, ())]
        makers.by_product[product] = [] if product.missing else _makers(scale, rng, product, pool)
        wanted = rng.randrange(3, 7) if product.missing else rng.randrange(1, 4)
        makers.outsiders[product] = [
            f"{rng.choice(_ELSEWHERE)}{names.trade_name()}{rng.choice(_FORMS)}（样例）" for _ in range(wanted)
        ]
    _lead(makers, rng)
    return makers


def _makers(scale: Scale, rng: random.Random, product: Product, pool: list[Firm]) -> list[Firm]:
    low, high = _COUNTS[product.state]
    count = scale.n(rng.randrange(low, high + 1))
    if product.state == "built" and rng.random() < _SINGLE:
        count = 1
    found = choose(rng, pool, count, 0.3, lambda f: f.score + (1.5 if f.giant else 0))
    # Large ones are sought after first, chance decides among the others.
    return sorted(found, key=lambda f: (-(f.score + (3 if f.giant else 0) + rng.gauss(0, 0.8)), f.uscc))


def _lead(makers: Makers, rng: random.Random) -> None:
    """One to three large firms lead a chain; one more leader leaves the city while it leads."""
    taken: set[Firm] = set()
    for chain, parts in by_chain().items():
        count = rng.choice((1, 2, 2, 3)) if makers.scale.firms >= 2_000 else 1
        found: list[Firm] = []
        # From the last stage upwards: who makes the finished product leads, else who makes its main parts.
        for order in range(last_stage(chain), 0, -1):
            pool = {f for p in parts if p.order == order for f in makers.by_product[p]}
            stable = [f for f in pool if f not in taken and f.standing(FIRST) and f.standing(LAST)]
            stable = [f for f in stable if f.trade.manufacturing]
            found += sorted(stable, key=lambda f: (f.giant or 1_000_000, -f.score, f.uscc))
            if len(found) >= count:
                break
        makers.leaders[chain] = found[:count]
        taken.update(found[:count])
    for product, some in makers.by_product.items():  # who leads one chain is no supplier of another
        leading = {f for chain, found in makers.leaders.items() if chain != product.chain for f in found}
        makers.by_product[product] = [f for f in some if f not in leading] or some
    _leaver(makers, taken)


def _leaver(makers: Makers, taken: set[Firm]) -> None:
    """The strongest firm that makes or could make the product of a last stage, and moved away."""
    away = [
        f
        for f in makers.firms
        if f not in taken and f.legal_person and f.trade.manufacturing and f.standing(FIRST) and left_on(f)
    ]
    made = [p for p in reversed(products()) if not p.missing]  # the first chain that fits wins
    near = {code: p.chain for p in made for code in p.trades}
    finished = {code: p.chain for p in made if p.order == last_stage(p.chain) for code in p.trades}
    for chains in (finished, near):
        fit = [f for f in away if f.trade.code in chains]
        if fit:
            firm = max(fit, key=lambda f: (f.score, f.uscc))
            makers.gone = chains[firm.trade.code], firm
            return


def _stock_codes(scale: Scale, firms: list[Firm]) -> dict[Firm, str]:
    """Listed firms with the code that their reports bear; those delisted since are left out."""
    entries = listings(scale, firms)
    out = {entry.firm for entry in entries if entry.stage == "delisted"}
    return {
        entry.firm: f"{entry.code}.{_SUFFIX[entry.board]}"
        for entry in entries
        if entry.stage == "listed" and entry.board in _SUFFIX and entry.on < date(2022, 1, 1) and entry.firm not in out
    }  # fmt: skip
