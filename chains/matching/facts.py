"""What is on record of every firm that matching asks for, on one day: one statement for each thing, read into a frame."""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from sqlalchemy import Connection, and_, or_, select

from chains.asking import network, version
from chains.matching import phrases
from chains.matching.certificates import certificates
from chains.matching.meaning import Corpus
from chains.models import Offer as OfferRow
from chains.models import Outcome
from registry.house import House
from registry.models import Evidence, Figures, Honour
from registry.naming.normal import normal_form
from registry.store.merges import Merges, merges_at
from registry.subjects import ENTERPRISE
from tiers.asking import view
from tiers.models import Title
from tiers.size import size_classes
from tiers.targets import revenue_year

OFFER: Any = OfferRow.__table__  # type: ignore[attr-defined]
OUTCOME: Any = Outcome.__table__  # type: ignore[attr-defined]
TITLE: Any = Title.__table__  # type: ignore[attr-defined]
FIGURES: Any = Figures.__table__  # type: ignore[attr-defined]
EVIDENCE: Any = Evidence.__table__  # type: ignore[attr-defined]
HONOUR: Any = Honour.__table__  # type: ignore[attr-defined]
KEPT = 3
_held: OrderedDict[tuple[Any, ...], Facts] = OrderedDict()
_lock = Lock()
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(万|亿|千)?([^\d\s/,，、;；每]{1,4})")
_TIMES = {"千": 1_000, "万": 10_000, "亿": 100_000_000}


def quantity(typed: str | None) -> tuple[float, str] | None:
    """(amount, unit) of 年产5万套, 50000 套/年 …; None where no number with a unit is said."""
    found = _QUANTITY.search(phrases.plain(typed or "").replace(",", ""))
    return (float(found[1]) * _TIMES.get(found[2] or "", 1), found[3]) if found else None


class Offered(NamedTuple):
    """What a firm offers: the product and the capacity as typed, and the phrases of product and detail, none
    where it offers everything."""

    product: str
    capacity: str | None
    phrases: tuple[str, ...]


class Came(NamedTuple):
    """How far a firm came with a buyer: stage of an outcome on the day."""

    buyer: str
    product: str | None
    stage: str


class Held(NamedTuple):
    """A title in force: tier, level and its last day."""

    tier: str
    level: str
    valid_to: date


@dataclass(frozen=True)
class Phrases:
    """Which phrases are whose: pairs of (firm, phrase), both by number, ordered by firm."""

    firm: np.ndarray
    phrase: np.ndarray

    def best(self, scores: np.ndarray, firms: int) -> np.ndarray:
        """The best score among each firm's phrases, for rows of scores by phrase; 0 for a firm without any."""
        found = np.zeros((len(scores), firms), np.float32)
        if len(self.firm):
            starts = self._starts
            found[:, self.firm[starts]] = np.maximum.reduceat(scores[:, self.phrase], starts, axis=1)
        return found

    def of(self, firm: int) -> np.ndarray:
        """The phrases of one firm, by number."""
        first, last = np.searchsorted(self.firm, [firm, firm + 1])
        return self.phrase[first:last]

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.flatnonzero(np.r_[True, self.firm[1:] != self.firm[:-1]])


@dataclass(frozen=True)
class Facts:
    """Firms by number, in the order of their codes. ``frame``: uscc, name, status, city, home (is that the own city?),
    district, area, unit, industry, revenue (yuan, NaN: unknown), size, standing (of the highest title in force, 0 to 1).

    ``corpus``: every phrase once; ``goods``: those of products, niche and offers, ``offered``: those of offers alone,
    ``scope``: those of scopes of business. ``whole``: a vector for each firm, all its goods together; ``names``: firm names.
    """

    day: date
    frame: pd.DataFrame
    corpus: Corpus
    goods: Phrases
    offered: Phrases
    scope: Phrases
    whole: sparse.csr_matrix
    names: Corpus
    titles: Mapping[int, tuple[Held, ...]] = field(default_factory=dict)
    offers: Mapping[int, tuple[Offered, ...]] = field(default_factory=dict)
    certificates: Mapping[int, frozenset[str]] = field(default_factory=dict)
    outcomes: Mapping[int, tuple[Came, ...]] = field(default_factory=dict)
    #: supplier → {buyer: products}, by credit code or outside party
    supplies: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def number(self) -> Mapping[str, int]:
        return {uscc: at for at, uscc in enumerate(self.frame["uscc"])}

    def holders(self, tiers: Iterable[str]) -> np.ndarray:
        """Which firms hold one of the tiers."""
        return self._marked("tier", tuple(sorted(tiers)))

    def certified(self, certificate: str) -> np.ndarray:
        """Which firms hold a certificate, named as ``certificates.certificate`` names it."""
        return self._marked("certificate", (certificate,))

    def _marked(self, what: str, wanted: tuple[str, ...]) -> np.ndarray:
        if (what, wanted) not in self._marks:
            held: Iterable[tuple[int, Iterable[str]]] = self.certificates.items()
            if what == "tier":
                held = ((at, [one.tier for one in titles]) for at, titles in self.titles.items())
            found = np.zeros(len(self), bool)
            found[[at for at, several in held if not set(wanted).isdisjoint(several)]] = True
            self._marks[what, wanted] = found
        return self._marks[what, wanted]

    @cached_property
    def _marks(self) -> dict[tuple[str, tuple[str, ...]], np.ndarray]:
        return {}

    @cached_property
    def industries(self) -> tuple[np.ndarray, ...]:
        """The division and the class of each firm's industry as numbers; −1 where it is unknown."""
        codes = self.frame["industry"]
        return tuple(pd.factorize(codes.str[:digits])[0] for digits in (3, 5))

    @cached_property
    def active(self) -> np.ndarray:
        found: np.ndarray = self.frame["status"].to_numpy(dtype=object) == "active"
        return found

    @cached_property
    def home(self) -> np.ndarray:
        return self.frame["home"].to_numpy(dtype=bool)

    @cached_property
    def revenue(self) -> np.ndarray:
        return self.frame["revenue"].to_numpy(dtype=float)

    @cached_property
    def buys(self) -> Mapping[str, Mapping[int, frozenset[str]]]:
        """Buyer → {supplier by number: products}."""
        found: dict[str, dict[int, frozenset[str]]] = defaultdict(dict)
        for supplier, buyers in self.supplies.items():
            if (at := self.number.get(supplier)) is not None:
                for buyer, products in buyers.items():
                    found[buyer][at] = products
        return found

    @cached_property
    def capacities(self) -> pd.DataFrame:
        """Offers that say a capacity in numbers: firm, phrase (by number), amount, unit."""
        number = {text: at for at, text in enumerate(self.corpus.texts)}
        rows = [
            (at, number[phrase], *said)
            for at, offers in self.offers.items()
            for offer in offers
            if (said := quantity(offer.capacity))
            for phrase in offer.phrases[:1]
        ]
        return pd.DataFrame(rows, columns=["firm", "phrase", "amount", "unit"])

    @cached_property
    def units(self) -> np.ndarray:
        """The management unit of each firm, '' where unknown."""
        return self.frame["unit"].fillna("").to_numpy(dtype=object)


def facts(house: House, day: date | None = None, known_at: datetime | None = None) -> Facts:
    """What is on record for ``day`` (today), as known at an instant (now), read once for each version of the data. Shared: do
    not change it."""
    day = day or house.clock.today()
    with house.store.read() as live:
        asked = (*version(live, known_at), day)
        with _lock:
            if asked in _held:
                _held.move_to_end(asked)
                return _held[asked]
        with view(house, known_at) as connection:
            found = _read(house, connection, day, known_at, merges_at(live, known_at))
    with _lock:
        _held[asked] = found
        while len(_held) > KEPT:
            _held.popitem(last=False)
    return found


def _read(house: House, connection: Connection, day: date, known_at: datetime | None, led: Merges) -> Facts:
    frame = _firms(house, connection, day)
    number = {uscc: at for at, uscc in enumerate(frame["uscc"])}
    offers, offered = _offers(connection, number, day)
    held = defaultdict(set, {at: set(found) for at, found in offered.items()})
    for at, typed in _certified(connection, number, day):
        held[at].update(certificates(typed))
    links = network(house, day, known_at)
    names = links.nodes["id"].tolist()
    supplies: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for supplier, buyer, product in links.links[["supplier", "buyer", "product"]].itertuples(index=False):
        supplies[names[supplier]][names[buyer]].add(product)
    goods = [
        dict.fromkeys((
            *phrases.listed(products or ""), *phrases.listed(niche or ""),
            *(phrase for offer in offers.get(at, ()) for phrase in offer.phrases),
        ))
        for at, (products, niche) in enumerate(zip(frame.pop("products"), frame.pop("niche"), strict=True))
    ]  # fmt: skip
    scopes = [phrases.scope(text or "") for text in frame.pop("business_scope")]
    titles = _titles(connection, number, day)
    frame["standing"] = _standing(titles, len(frame), house.settings.quality.order)
    return laid_out(
        day, frame, goods, scopes,
        titles=titles,
        offers=offers,
        certificates={at: frozenset(found) for at, found in held.items() if found},
        outcomes=_outcomes(connection, number, day, led),
        supplies={one: {b: frozenset(p) for b, p in buyers.items()} for one, buyers in supplies.items()},
    )  # fmt: skip


def laid_out(
    day: date, frame: pd.DataFrame, goods: Sequence[Iterable[str]], scopes: Sequence[Iterable[str]],
    offers: Mapping[int, tuple[Offered, ...]] | None = None, **more: Any,
) -> Facts:  # fmt: skip
    """Facts from a frame of firms and the phrases of each. Pure."""
    corpus = Corpus.of(sorted({text for several in (*goods, *scopes) for text in several}))
    number = {text: at for at, text in enumerate(corpus.texts)}
    own = _pairs(goods, number)
    offered = [
        [phrase for offer in (offers or {}).get(at, ()) for phrase in offer.phrases]
        for at in range(len(frame))
    ]
    return Facts(
        day, frame, corpus, own, _pairs(offered, number), _pairs(scopes, number), whole_of(own, corpus, len(frame)),
        Corpus.of([normal_form(name).casefold() for name in frame["name"]]), offers=offers or {}, **more,
    )  # fmt: skip


def _pairs(several: Sequence[Iterable[str]], number: Mapping[str, int]) -> Phrases:
    pairs = [(firm, number[text]) for firm, texts in enumerate(several) for text in texts]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return Phrases(both[:, 0], both[:, 1])


def whole_of(goods: Phrases, corpus: Corpus, firms: int) -> sparse.csr_matrix:
    """A vector of length 1 for each firm: all its goods together."""
    ones = np.ones(len(goods.firm), np.float32)
    held = sparse.csr_matrix((ones, (goods.firm, goods.phrase)), shape=(firms, len(corpus.texts)))
    rows = (held @ corpus.vectors).tocsr()
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    rows.data /= np.repeat(lengths, np.diff(rows.indptr)).astype(rows.data.dtype)
    return rows


def _firms(house: House, connection: Connection, day: date) -> pd.DataFrame:
    e, f = ENTERPRISE.c, FIGURES.c
    year = revenue_year(day, house.settings)
    query = (
        select(
            e.uscc, e.name, e.status, e.city, e.district, e.area, e.industry, e.products, e.niche, e.business_scope,
            f.revenue, f.employees, f.total_assets,
        )
        .join_from(ENTERPRISE, FIGURES, and_(f.uscc == e.uscc, f.year == year), isouter=True)
        .where(e.from_day <= day, e.to_day > day)
        .order_by(e.uscc)
    )  # fmt: skip
    frame = pd.DataFrame(connection.execute(query).all(), columns=[c.name for c in query.selected_columns])
    texts = ["city", "district", "area", "industry", "products", "niche", "business_scope"]
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), None)
    frame["size"] = size_classes(frame)
    frame["revenue"] = pd.to_numeric(frame["revenue"], errors="coerce").astype(float)
    frame["status"] = frame["status"].fillna("active")
    frame["home"] = frame["city"] == house.settings.city.code
    frame["unit"] = frame["area"].where(frame["area"].notna(), frame["district"]).astype(object)
    return frame.drop(columns=["employees", "total_assets"])


def _offers(
    connection: Connection, number: Mapping[str, int], day: date
) -> tuple[dict[int, tuple[Offered, ...]], dict[int, frozenset[str]]]:
    """(firm → what it offers on the day, firm → the certificates that its offers name)."""
    o = OFFER.c
    query = select(o.uscc, o.product, o.detail, o.capacity, o.certificates).where(
        or_(o.until.is_(None), o.until >= day)
    )
    offers: dict[int, list[Offered]] = defaultdict(list)
    held: dict[int, set[str]] = defaultdict(set)
    for uscc, product, detail, capacity, named in connection.execute(query.order_by(o.uscc, o.key)):
        at = number.get(uscc)
        if at is not None:
            offers[at].append(Offered(product, capacity, phrases.offered(product, detail or "")))
            held[at].update(certificates(named or ""))
    return {at: tuple(some) for at, some in offers.items()}, {
        at: frozenset(some) for at, some in held.items() if some
    }


def _certified(connection: Connection, number: Mapping[str, int], day: date) -> Iterable[tuple[int, str]]:
    """(firm, what a certificate is called) of awards on record and of evidence."""
    h, e = HONOUR.c, EVIDENCE.c
    awards = select(h.uscc, h.title).where(
        h.honour == "certificate", h.on <= day, or_(h.until.is_(None), h.until >= day), h.title.is_not(None)
    )
    for uscc, title in connection.execute(awards):
        if uscc in number:
            yield number[uscc], title
    marks = select(e.uscc, e.management_certificate, e.overseas_certificate).where(
        e.from_day <= day, e.to_day > day
    )
    for uscc, managed, overseas in connection.execute(marks):
        if uscc in number:
            if managed == "yes":
                yield number[uscc], "管理体系认证"
            if overseas == "yes":
                yield number[uscc], "发达国家产品认证"


def _titles(connection: Connection, number: Mapping[str, int], day: date) -> dict[int, tuple[Held, ...]]:
    t = TITLE.c
    query = select(t.uscc, t.tier, t.level, t.valid_to).where(t.valid_from <= day, t.ends_on > day)
    found: dict[int, list[Held]] = defaultdict(list)
    for uscc, tier, level, valid_to in connection.execute(
        query.order_by(t.uscc, t.tier, t.level, t.valid_to)
    ):
        if uscc in number:
            found[number[uscc]].append(Held(tier, level, valid_to))
    return {at: tuple(some) for at, some in found.items()}


def _standing(titles: Mapping[int, Sequence[Held]], firms: int, order: Sequence[str]) -> np.ndarray:
    """1 for the highest title of the configured order, down to nearly 0 for the lowest; half a step for any other."""
    steps = {tier: 1 - at / (len(order) + 1) for at, tier in enumerate(order)}
    found = np.zeros(firms)
    for at, held in titles.items():
        found[at] = max(steps.get(one.tier, 0.5 / (len(order) + 1)) for one in held)
    return found


def _outcomes(
    connection: Connection, number: Mapping[str, int], day: date, led: Merges
) -> dict[int, tuple[Came, ...]]:
    o = OUTCOME.c
    query = select(o.supplier, o.buyer, o.product, o.stage).where(o.from_day <= day, o.to_day > day)
    found: dict[int, list[Came]] = defaultdict(list)
    for supplier, buyer, product, stage in connection.execute(query.order_by(o.buyer, o.key)):
        at = number.get(led.firm(supplier))
        if at is not None:
            found[at].append(Came(led.firm(buyer), product, stage))
    return {at: tuple(some) for at, some in found.items()}
