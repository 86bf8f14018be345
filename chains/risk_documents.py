"""A chain's resilience as the command line prints it in JSON and the HTTP API answers it.

Ratios are decimal text, absent is None. A firm is ``{"uscc", "node", "name", "here", "status"}``; a party that is not on the
register has no ``uscc``. Firms that could step in say with ``weak`` that they come not near enough to be proposed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chains.ends import is_outside
from chains.matching.documents import ranked_document
from chains.matching.wanted import Ranked
from chains.matching.weights import weights
from chains.nodes import ratio
from chains.resilience.scope import Part, product_key
from chains.resilience.sources import Source
from chains.resilience.whatif import Hit, Stop
from chains.risks import Lack, Risks, lacks, lapsed, substitutes
from registry.house import House
from registry.kind import Record
from registry.naming.normal import normal_form
from registry.store.clock import instant_text

#: Firms behind a dominator or in a loop, and lists of what the shape says: so many are told of, and how many there are.
FIRMS, LISTED = 20, 100


def party(part: Part, number: int) -> Record:
    id = part.ids[number]
    status = part.status[number] if part.status else None
    return {
        "uscc": None if is_outside(id) else id, "node": id, "name": part.names[number], "here": bool(part.here[number]),
        "status": status,
    }  # fmt: skip


def _head(house: House, asked: Risks) -> Record:
    return {
        "chain": asked.chain.name,
        "as_of": asked.network.day.isoformat(),
        "known_at": instant_text(asked.known_at or house.clock.now()),
    }


def risks_document(house: House, asked: Risks, top: int, language: str = "zh", first: int = 0) -> Record:
    """The whole report. ``top``: of so many single sources from the one at ``first`` on the substitutes are named, None for
    the others."""
    found, part = asked.report, asked.report.part
    instead = substitutes(house, asked, top, first=first)
    weight, ended = found.cascade.weight, lapsed(asked)
    return {
        **_head(house, asked),
        "firms": part.size,
        "links": len(part.supplier),
        "lapsed": None if ended is None else {"links": ended.links, "last": ended.last.isoformat()},
        "single_sources": [
            source_record(part, source, _at(instead, at - first), language) for at, source in enumerate(found.sources)
        ],
        "critical_firms": [
            {**party(part, int(firm)), "index": ratio(float(index)), "own": ratio(float(weight[firm])), "hit": stop.hit,
             "because": [hit_record(part, hit) for hit in stop.hits]}
            for firm, index, stop in zip(found.critical.firms, found.critical.index, found.stops, strict=True)
        ],
        "computed": {
            "firms": found.critical.exact, "certain": bool(found.critical.certain), "bound": ratio(found.critical.bound),
        },
        "assumed": found.cascade.shares.assumed,
        "concentration": [
            {"product": one.product, "depth": one.depth, "suppliers": one.suppliers, "buyers": one.buyers,
             "hhi": ratio(one.hhi), "largest": {**party(part, one.largest), "share": ratio(one.largest_share)},
             "shares_unknown": one.assumed}
            for one in found.concentration
        ],
        "articulation": [{**party(part, one.firm), "cut_off": one.cut_off} for one in found.articulation],
        "dominators": [
            {"leader": party(part, one.leader), **party(part, one.firm), "firms": len(one.firms),
             "such_as": [party(part, firm) for firm in one.firms[:FIRMS]]}
            for one in found.dominators[:LISTED]
        ],
        "loops": [
            {"firms": len(loop.firms), "example": [party(part, firm) for firm in loop.example]} for loop in found.loops
        ],
        "depth": max(0, int(found.depth.max(initial=0))),
    }  # fmt: skip


def _at(instead: Sequence[Sequence[Ranked]], at: int) -> Sequence[Ranked] | None:
    return instead[at] if 0 <= at < len(instead) else None


def strong(firms: Sequence[Record] | None) -> list[Record]:
    """Of ranked firms those that come near enough to be proposed."""
    return [one for one in firms or () if not one["weak"]]


def near_document(firms: Sequence[Ranked], language: str) -> list[Record]:
    least = weights()["stand_in"]
    return [{**one, "weak": one["score"] < least} for one in ranked_document(firms, language)]


def source_record(part: Part, source: Source, instead: Sequence[Ranked] | None, language: str) -> Record:
    return {
        **link_record(part, source.link),
        "essential": source.essential,
        "share": ratio(source.share),
        "substitutes": None if instead is None else near_document(instead, language),
    }


def hit_record(part: Part, hit: Hit) -> Record:
    """``product``: what ran short, None where sales were lost; ``by``: supply or sales; ``through``: the partner next to it."""
    return {
        **party(part, hit.firm),
        "product": hit.product,
        "loss": ratio(hit.loss),
        "by": hit.by,
        "through": None if hit.through is None else party(part, hit.through),
        "steps": hit.steps,
    }


def what_if_document(
    house: House,
    asked: Risks,
    firms: Sequence[int],
    found: Stop,
    most: int | None = None,
    links: Sequence[int] = (),
) -> Record:
    part = asked.report.part
    return {
        **_head(house, asked),
        "stopped": [party(part, firm) for firm in firms],
        "stopped_links": [link_record(part, link) for link in links],
        "index": ratio(found.index),
        "hit": found.hit,
        "hits": [hit_record(part, hit) for hit in found.hits[:most]],
    }


def link_record(part: Part, link: int) -> Record:
    """``link``: how an address names it, see ``link_of``."""
    supplier, buyer = int(part.supplier[link]), int(part.buyer[link])
    product = part.products[part.product[link]]
    return {
        "supplier": party(part, supplier),
        "buyer": party(part, buyer),
        "product": product or None,
        "link": ">".join((part.ids[supplier], part.ids[buyer], product)),
    }


def firms_of(part: Part, typed: str) -> list[int]:
    """The numbers of the firms of a chain that a code, a party of the graph or a whole name stands for."""
    id = typed if typed in part.number else typed.upper()
    if id in part.number:
        return [part.number[id]]
    return list(part.called.get(normal_form(typed), ()))


def link_of(part: Part, typed: str) -> int | None:
    """The number of a link said as ``supplier>buyer>product`` (ends as in the graph; no product: the link that names none)."""
    supplier, buyer, product = (*(text.strip() for text in typed.split(">", 2)), "", "")[:3]
    ends = (part.number.get(supplier), part.number.get(buyer))
    if None in ends:
        return None
    key = product_key(product)
    same = np.flatnonzero((part.supplier == ends[0]) & (part.buyer == ends[1])).tolist()
    return next((at for at in same if product_key(part.products[part.product[at]]) == key), None)


def gaps_document(house: House, asked: Risks, top: int, language: str = "zh") -> Record:
    """What the chain lacks; ``nearest``: at most ``top`` firms for each."""
    return {
        **_head(house, asked),
        "gaps": [lack_record(asked.report.part, lack, language) for lack in lacks(house, asked, top)],
    }


def lack_record(part: Part, lack: Lack, language: str) -> Record:
    gap = lack.gap
    return {
        "stage": gap.stage,
        "product": gap.product,
        "state": gap.state,
        "why": gap.why,
        "buyers": [party(part, buyer) for buyer in gap.buyers[:FIRMS]],
        "nearest": near_document(lack.nearest, language),
    }
