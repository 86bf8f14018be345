"""Asking how resilient a chain is: the graph of the day, what firms spend, and who in the city could step in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from chains.asking import network
from chains.ends import is_outside
from chains.kinds import chain_name
from chains.matching.ranking import search_all
from chains.matching.wanted import Ranked, Wanted
from chains.models import Offer
from chains.network import Chain, Network
from chains.resilience.gaps import Gap, gaps
from chains.resilience.report import Report, report
from chains.resilience.scope import part_of, product_key
from registry.house import House
from registry.models import Figures
from registry.naming.normal import split_names
from registry.refusals import MisusedError
from registry.store.bulk import among, chunks
from registry.subjects import ENTERPRISE
from tiers.asking import view

FIGURES: Any = Figures.__table__  # type: ignore[attr-defined]
OFFER: Any = Offer.__table__  # type: ignore[attr-defined]
#: So many critical firms are ranked unless asked otherwise, and so many substitutes named for each link.
TOP, SUBSTITUTES = 20, 5
YEAR = timedelta(days=366)
#: How many chains' reports are kept; a report is of one network, which changes with the data.
KEPT = 24
_held: OrderedDict[tuple[int, str, int], tuple[Network, Report]] = OrderedDict()
_goods: OrderedDict[int, tuple[Network, frozenset[str]]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Risks:
    """A chain's resilience on a day, as known at an instant (None: now)."""

    network: Network
    chain: Chain
    report: Report
    known_at: datetime | None


def risks(house: House, name: str, day: date, known_at: datetime | None = None, top: int = TOP) -> Risks:
    """The report of a chain. Raises MisusedError where there is none of this name."""
    net = network(house, day, known_at)
    chain = net.chains.get(chain_name(name))
    if chain is None:
        known = "、".join(net.chains)
        raise MisusedError(
            f"{name}: there is no chain of this name; "
            + (f"there are {known}" if known else "none is on record"),
            f"没有产业链“{name}”；" + (f"已有：{known}" if known else "尚未登记任何产业链"),
        )
    key = (id(net), chain.name, top)
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return Risks(net, chain, _held[key][1], known_at)
    bare = part_of(net, chain.name)
    made = report(part_of(net, chain.name, spend(house, bare.ids, day, known_at)), top)
    with _lock:
        # The network is kept with it: as long as it lives, no other one has its id.
        _held[key] = (net, made)
        while len(_held) > KEPT:
            _held.popitem(last=False)
    return Risks(net, chain, made, known_at)


def spend(house: House, ids: Sequence[str], day: date, known_at: datetime | None) -> dict[str, int]:
    """Firm → what it spends in a year, in yuan: total cost, else revenue, of the latest year before that of ``day`` of which
    either is known and positive. Firms without are left out."""
    f = FIGURES.c
    found: dict[str, int] = {}
    with view(house, known_at) as held:
        for chunk in chunks([id for id in ids if not is_outside(id)]):
            said = func.coalesce(f.total_cost, f.revenue)
            query = select(f.uscc, said).where(among(held, f.uscc, chunk), f.year < day.year, said > 0)
            found.update((uscc, yuan) for uscc, yuan in held.execute(query.order_by(f.uscc, f.year)))
    return found


@dataclass(frozen=True)
class Lapsed:
    """``links`` of a chain's firms that ended within a year and go on nowhere; ``last``: the last day of the latest of them."""

    links: int
    last: date


def lapsed(asked: Risks) -> Lapsed | None:
    """Links to and from the chain's firms of the past year that are in force no more, such as those of a yearly list that nobody
    has renewed; None where there are none. Each (supplier, buyer, product) counts once."""
    net, ends = asked.network, ["supplier", "buyer", "product"]
    own = [net.number[id] for id in asked.report.part.ids]
    day, before = net.day.isoformat(), (net.day - YEAR).isoformat()
    ended = net.past[(net.past["until"] < day) & (net.past["until"] >= before)]
    ended = ended[
        ended["buyer"].isin(own)
        | ended["supplier"].isin([net.number[role.uscc] for role in asked.chain.roles])
    ]
    live = pd.MultiIndex.from_frame(net.links.loc[net.links["supplier"].isin(ended["supplier"]), ends])
    ended = ended[~pd.MultiIndex.from_frame(ended[ends]).isin(live)]
    if ended.empty:
        return None
    return Lapsed(len(ended.drop_duplicates(ends)), date.fromisoformat(ended["until"].max()))


def substitutes(
    house: House, asked: Risks, top: int, each: int = SUBSTITUTES, first: int = 0
) -> list[list[Ranked]]:
    """For ``top`` single sources from the one at ``first`` on the firms of the city that come nearest to supplying the product,
    by what was known of them at the report's instant."""
    part = asked.report.part
    wanted = [
        Wanted(
            source.product,
            chain=asked.chain.name,
            buyer=part.ids[source.buyer],
            without=frozenset({part.ids[source.supplier]}),
        )
        for source in asked.report.sources[first : first + top]
    ]
    found = search_all(house, wanted, each, asked.network.day, asked.known_at) if wanted else []
    return [list(one.ranked) for one in found]


@dataclass(frozen=True)
class Lack:
    """A gap and the firms of the city nearest to it."""

    gap: Gap
    nearest: Sequence[Ranked]


def lacks(house: House, asked: Risks, each: int = SUBSTITUTES) -> list[Lack]:
    """What the chain lacks, each with the firms of the city that come nearest."""
    made = _made(house, asked)
    found = gaps(asked.chain, asked.report.part, made)
    ids = asked.report.part.ids
    # Who buys it elsewhere needs it; it does not supply it.
    wanted = [
        Wanted(gap.wanted, chain=asked.chain.name, without=frozenset(ids[buyer] for buyer in gap.buyers))
        for gap in found
    ]
    near = search_all(house, wanted, each, asked.network.day, asked.known_at) if wanted else []
    return [Lack(gap, one.ranked) for gap, one in zip(found, near, strict=True)]


def _made(house: House, asked: Risks) -> frozenset[str]:
    """Products that firms of the city offer on the day, or name among their own; read once for each network."""
    key = id(asked.network)
    with _lock:
        if key in _goods:
            return _goods[key][1]
    found = _read_made(house, asked)
    with _lock:
        _goods[key] = (asked.network, found)
        while len(_goods) > KEPT // 6:
            _goods.popitem(last=False)
    return found


def _read_made(house: House, asked: Risks) -> frozenset[str]:
    e, o, day, home = ENTERPRISE.c, OFFER.c, asked.network.day, house.settings.city.code
    here = (e.from_day <= day) & (e.to_day > day) & (e.city == home)
    here &= func.coalesce(e.status, "active") == "active"
    with view(house, asked.known_at) as held:
        offered = select(o.product).join(ENTERPRISE, e.uscc == o.uscc)
        offered = offered.where(here, o.until.is_(None) | (o.until >= day)).distinct()
        found = {product_key(product) for product in held.execute(offered).scalars()}
        named = select(e.products).where(here, e.products.is_not(None)).distinct()
        for products in held.execute(named).scalars():
            found.update(map(product_key, split_names(products)))
    return frozenset(found)
