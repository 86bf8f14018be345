"""The sample's firms: who they are on the day they are founded."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from tiers.sample.codes import credit_code
from tiers.sample.filing import Scale
from tiers.sample.names import LIMITED_FORM, SHARE_FORM, Names
from tiers.sample.tables import Trade, load, trades

HOME = "370100"
OPENING = date(2019, 1, 10)
LAST = date(2026, 6, 30)
ZONE = "济南高新区"
_ELSEWHERE = (
    ("370200", "青岛市"),
    ("370300", "淄博市"),
    ("370600", "烟台市"),
    ("370800", "济宁市"),
    ("370900", "泰安市"),
    ("371400", "德州市"),
    ("371500", "聊城市"),
    ("320100", "南京市"),
    ("130100", "石家庄市"),
)


@dataclass(frozen=True)
class Place:
    city: str
    district: str
    area: str
    street: str
    address: str


@dataclass(eq=False)
class Firm:
    """A firm with its latent quality (``score``, about standard normal) and yearly ``growth`` over its peers."""

    uscc: str
    trade_name: str
    trade: Trade
    ownership: str
    enterprise_type: str
    founded: date
    capital: int
    score: float
    growth: float
    registered: date
    names: list[tuple[date, date, str]] = field(default_factory=list)  # effective, known from, name
    places: list[tuple[date, Place]] = field(default_factory=list)
    giant: int = 0  # rank by revenue among the largest, from 1
    gone_on: date | None = None
    gone: str = ""
    successor: Firm | None = None
    predecessor: str = ""
    parent: str = ""
    restructured_on: date | None = None
    silent: frozenset[str] = frozenset()
    zone: bool = False  # began in the high-tech zone

    def name(self, known_by: date) -> str:
        """The name that the register knew by that day."""
        return [name for _, known, name in self.names if known <= known_by or known == date.min][-1]

    def place(self, on: date) -> Place:
        if len(self.places) == 1:
            return self.places[0][1]
        return [place for since, place in self.places if since <= on or since == date.min][-1]

    def home(self, on: date) -> bool:
        return self.place(on).city == HOME

    def standing(self, on: date, age: int = 0) -> bool:
        """On the register, old enough (in years), not gone, and in the city on that day."""
        if self.registered >= on or (on - self.founded).days < age * 365:
            return False
        return (self.gone_on is None or self.gone_on > on) and self.home(on)

    @property
    def legal_person(self) -> bool:
        return self.uscc.startswith("91")


def registration_day(founded: date) -> date:
    """When a firm enters the register: with the opening load, else with the half-yearly list of new firms."""
    if founded < date(2019, 1, 1):
        return OPENING
    return date(founded.year, 7, 12) if founded.month <= 6 else date(founded.year + 1, 1, 12)


def found(rng: random.Random) -> date:
    """A day of founding: few before 2000, most from 2008 on."""
    year = int(
        rng.choices(
            range(1985, 2026),
            [1 + i * 0.35 for i in range(15)] + [7 + i * 1.6 for i in range(21)] + [34, 30, 26, 22, 14],
        )[0]
    )
    return date(year, 1, 1) + timedelta(rng.randrange(365))


def places_of(rng: random.Random) -> Place:
    """A place in the city: district, functional area where there is one, street and address."""
    rows = load("places")
    row = rng.choices(rows, [int(one["weight"]) for one in rows])[0]
    unit = row["area"] if row["area"] == ZONE else row["district"]
    street = rng.choice(_streets()[unit])
    return Place(
        HOME,
        row["district"],
        row["area"],
        street,
        f"山东省济南市{row['district']}{rng.choice(row['roads'].split(';'))}{rng.randrange(1, 9999)}号",
    )


def elsewhere(rng: random.Random) -> Place:
    code, name = rng.choice(_ELSEWHERE)
    return Place(code, "", "", "", f"{name}样例工业园{rng.randrange(1, 300)}号")


@lru_cache(maxsize=1)
def _streets() -> dict[str, list[str]]:
    units: dict[str, list[str]] = {}
    for row in load("streets"):
        units.setdefault(row["place"], []).append(row["street"])
    return units


def make_firms(scale: Scale) -> list[Firm]:
    """All firms that ever are, in the order of their credit-code serials, sole traders last.

    Raises ValueError for a city too small to show anything.
    """
    rng = scale.rng("firms")
    names = Names(scale.rng("names"))
    kinds, weights = trades()
    outside, traders = scale.n(160), scale.n(60)
    if scale.firms < 60:
        raise ValueError("a sample city needs at least 60 firms")
    firms: list[Firm] = []
    for serial in range(scale.firms - traders):
        trade = rng.choices(kinds, weights)[0]
        place = elsewhere(rng) if serial % (scale.firms // outside) == 5 else places_of(rng)
        score = (
            rng.gauss(0, 1)
            + (0.25 if place.area == ZONE else 0)
            + (0.2 if trade.market in ("make", "soft") else -0.3)
        )
        firms.append(_firm(rng, names, serial, trade, place, score))
    _sole_traders(scale, rng, names, firms, traders)
    _sisters(scale, rng, firms)
    _giants(scale, rng, firms)
    return firms


def _firm(rng: random.Random, names: Names, serial: int, trade: Trade, place: Place, score: float) -> Firm:
    founded = found(rng)
    if score > 1.2 and founded.year > 2016:
        founded = founded.replace(year=rng.randrange(1998, 2016), day=min(founded.day, 28))
    prefix = "93" if trade.code == "1371" and rng.random() < 0.2 else "91"
    ownership = rng.choices(
        ("private", "state", "collective", "foreign", "hmt", "mixed"), (84, 6, 1, 2, 1, 6)
    )[0]
    share = rng.random() < (0.09 if score > 0.8 else 0.015) and prefix == "91"
    form = "专业合作社" if prefix == "93" else SHARE_FORM if share else LIMITED_FORM
    typed = {"93": "农民专业合作社"}.get(
        prefix,
        "股份有限公司(非上市)"
        if share
        else {
            "private": "有限责任公司(自然人投资或控股)",
            "state": "有限责任公司(国有独资)",
            "foreign": "有限责任公司(外商投资)",
            "hmt": "有限责任公司(港澳台投资)",
        }.get(ownership, "其他有限责任公司"),
    )
    capital = rng.choice((1, 2, 3, 5, 5, 5, 10, 10, 20, 30, 50)) * (1_000_000 if score < 1.5 else 3_000_000)
    trade_name = names.trade_name()
    # Life leaves gaps: a field that nobody filled in stays unknown.
    gaps = frozenset(
        key
        for key, share_missing in (
            ("industry", 0.02),
            ("ownership", 0.06),
            ("registered_capital", 0.03),
            ("street", 0.15),
            ("address", 0.02),
            ("products", 0.12),
            ("niche", 0.4),
            ("enterprise_type", 0.05),
        )
        if rng.random() < share_missing
    )
    firm = Firm(
        credit_code(serial, prefix),
        trade_name,
        trade,
        ownership,
        typed,
        founded,
        capital,
        score,
        rng.gauss(0.02 * score, 0.06),
        registration_day(founded),
        silent=gaps,
        zone=place.area == ZONE,
    )
    firm.names.append((date.min, date.min, names.full(trade_name, names.word(trade), form, place.district)))
    firm.places.append((date.min, place))
    return firm


def _sole_traders(scale: Scale, rng: random.Random, names: Names, firms: list[Firm], count: int) -> None:
    """Sole traders (92), a part of whom turn into companies: the company keeps the trader's code as predecessor."""
    plain = [
        firm
        for firm in firms
        if firm.legal_person and firm.score < 0.6 and date(2020, 1, 1) < firm.founded < date(2025, 6, 1)
    ]
    converts = rng.sample(plain, min(len(plain), max(1, count // 3)))
    for index in range(count):
        convert = converts[index] if index < len(converts) else None
        trade = convert.trade if convert else rng.choice(trades()[0][:60])
        place = convert.places[0][1] if convert else places_of(rng)
        founded = date(rng.randrange(2008, 2018), rng.randrange(1, 13), rng.randrange(1, 29))
        trade_name = names.trade_name()
        trader = Firm(
            credit_code(scale.firms + index, "92"),
            trade_name,
            trade,
            "private",
            "个体工商户",
            founded,
            0,
            -1.5,
            0.0,
            registration_day(founded),
            silent=frozenset({"registered_capital", "niche"}),
        )
        trader.names.append(
            (date.min, date.min, f"{place.district or '济南市'}{trade_name}{trade.words[0]}经营部")
        )
        trader.places.append((date.min, place))
        if convert:
            convert.predecessor = trader.uscc
            trader.gone, trader.gone_on = "cancelled", convert.founded
        firms.append(trader)


def _sisters(scale: Scale, rng: random.Random, firms: list[Firm]) -> None:
    """Pairs under one trade name, parent and daughter: true sisters that a matcher must not merge."""
    able = [firm for firm in firms if firm.legal_person and firm.founded.year < 2015 and firm.score > 0.5]
    young = [firm for firm in firms if firm.legal_person and firm.founded.year >= 2015 and firm.score < 0.5]
    count = min(scale.n(200), len(able), len(young))
    for parent, daughter in zip(rng.sample(able, count), rng.sample(young, count), strict=True):
        # The head would differ by one word only: another trade's word keeps the full names apart.
        word = next(w for w in (*daughter.trade.words, "实业", "产业发展") if w not in parent.name(date.max))
        daughter.trade_name, daughter.parent = parent.trade_name, parent.uscc
        prefix = "济南" if parent.name(date.max).startswith("山东") else "山东"
        daughter.names[0] = (date.min, date.min, f"{prefix}{parent.trade_name}{word}{LIMITED_FORM}")


def _giants(scale: Scale, rng: random.Random, firms: list[Firm]) -> None:
    """The firms of one billion yuan and more: old, strong, mostly makers; too large for the SME tiers."""
    able = [
        f
        for f in firms
        if f.legal_person
        and f.founded.year < 2013
        and f.home(LAST)
        and f.trade.market != "lab"
        and not f.parent
    ]
    able.sort(key=lambda f: -(f.score * 2 + (2.0 if f.trade.industrial else 0.0) + rng.gauss(0, 1)))
    for rank, firm in enumerate(able[: scale.n(168)], start=1):
        firm.giant = rank
        firm.capital *= 30 if rank <= 20 else 8
