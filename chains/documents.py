"""Chains as the command line prints them in JSON and the HTTP API answers: all of them, one, and its graph.

Days are ISO text, ratios decimal text, absent is None; a party that is not on the register has no ``uscc``, and ``node`` is
what it is called in the graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from chains import members as membership
from chains.asking import network
from chains.facts import Held, products_of, titles_of
from chains.hanging import hanging
from chains.members import ROLES, Member
from chains.network import Chain, Network
from chains.nodes import Nodes, iso, link_records
from registry.house import House
from registry.kind import Record
from registry.store.clock import instant_text
from tiers.asking import view

STATES = ("built", "strong", "missing", "unknown")


@dataclass(frozen=True)
class Seen:
    """A chain with everything that its page, its graph and its files show. ``links``: those in force between members, with
    ``at``, their row in the network's; ``titles``: credit code → titles whose terms run."""

    network: Network
    chain: Chain
    members: tuple[Member, ...]
    links: pd.DataFrame
    titles: Mapping[str, tuple[Held, ...]]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """(supplier, buyer) of the links, each once."""
        both = self.links[["supplier", "buyer"]].drop_duplicates()
        return list(both.itertuples(index=False, name=None))


def seen(house: House, name: str, day: date, known_at: datetime | None) -> Seen | None:
    """The chain on a day, as known at an instant; None where there is none of this name. Kept with the network: shared."""
    net = network(house, day, known_at)
    chain = net.chains.get(name)
    return None if chain is None else net.once((Seen, name), lambda: _looked_up(house, net, chain, known_at))


def _looked_up(house: House, net: Network, chain: Chain, known_at: datetime | None) -> Seen:
    whose = membership.numbers(net, chain)
    links = membership.within(net, whose)
    codes = [code for code in net.firms(list(whose)) if code[0] != "~"]
    with view(house, known_at) as held:
        titles, products = titles_of(held, codes, net.day), products_of(held, codes, net.day)
    return Seen(net, chain, membership.members(net, chain, products, links), links, titles)


def states(chain: Chain) -> dict[str, int]:
    """How many products of a chain are built, strong, missing, or of unknown state."""
    told = Counter(state or "unknown" for stage in chain.stages for _product, state in stage.products)
    return {state: told[state] for state in STATES}


def chain_head(net: Network, chain: Chain) -> Record:
    """A chain in a few numbers. ``firms``: with a role, or supplying a leader; ``here`` of them belong to the city.
    ``single_sources``: as the page of risks counts them. Kept with the network: shared."""
    return net.once((chain_head, chain.name), lambda: _counted(net, chain))


def _counted(net: Network, chain: Chain) -> Record:
    nodes, whose = Nodes(net), membership.numbers(net, chain)
    at_home = net.nodes["here"].to_numpy(dtype=bool)
    counted = Counter(role for roles in whose.values() for role in roles)
    hung = hanging(net, chain.name)
    leaders = [nodes[at] for at, roles in whose.items() if "leader" in roles]
    return {
        "chain": chain.name,
        "leaders": [{part: one[part] for part in ("uscc", "name", "here", "status")} for one in leaders],
        "roles": {role: counted[role] for role in ROLES},
        "firms": len(whose),
        "here": int(at_home[list(whose)].sum()),
        "links": len(membership.within(net, whose)),
        "stages": len(chain.stages),
        "products": states(chain),
        "single_sources": {"all": hung.sources, "essential": hung.essential},
    }


def chains_document(house: House, day: date, known_at: datetime | None) -> Record:
    net = network(house, day, known_at)
    return {
        "as_of": day.isoformat(),
        "known_at": instant_text(known_at or house.clock.now()),
        "chains": [chain_head(net, chain) for chain in net.chains.values()],
    }


def chain_document(house: House, name: str, day: date, known_at: datetime | None) -> Record | None:
    """A chain with its stages, their products, and its members with roles, stage and titles."""
    found = seen(house, name, day, known_at)
    if found is None:
        return None
    nodes = Nodes(found.network)
    standing = Counter(one.stage for one in found.members)
    return {
        **chain_head(found.network, found.chain),
        "as_of": day.isoformat(),
        "known_at": instant_text(known_at or house.clock.now()),
        "stages": [
            {
                "stage": stage.name,
                "order": stage.order,
                "products": [{"product": product, "state": state} for product, state in stage.products],
                "firms": standing[stage.name],
            }
            for stage in found.chain.stages
        ],
        "unplaced": standing[None],
        "members": [member_record(found, nodes, one) for one in found.members],
    }


def member_record(found: Seen, nodes: Nodes, one: Member) -> Record:
    who = nodes[one.number]
    terms = [
        {"role": role.role, "from": iso(role.since), "to": iso(role.until), "filing": role.filing, "row": role.row}
        for role in found.chain.roles
        if role.uscc == who["uscc"]
    ]  # fmt: skip
    return {**who, "roles": terms, "stage": one.stage, "titles": titles_said(found.titles, who["uscc"])}


def titles_said(titles: Mapping[str, tuple[Held, ...]], uscc: str | None) -> list[Record]:
    return [{"tier": tier, "level": level} for tier, level in titles.get(uscc or "", ())]


def graph_document(house: House, name: str, day: date, known_at: datetime | None) -> Record | None:
    """The members of a chain and the links between them, as two lists; ends of links are ``node`` ids."""
    found = seen(house, name, day, known_at)
    if found is None:
        return None
    nodes = Nodes(found.network)
    ids = found.network.nodes["id"].tolist()
    return {
        "chain": found.chain.name,
        "as_of": day.isoformat(),
        "known_at": instant_text(known_at or house.clock.now()),
        "nodes": [
            {**nodes[one.number], "roles": list(one.roles), "stage": one.stage,
             "titles": titles_said(found.titles, nodes[one.number]["uscc"])}
            for one in found.members
        ],
        "links": [
            {
                "supplier": ids[link["supplier"]], "buyer": ids[link["buyer"]], "product": link["product"],
                "share_of_buyer_spend": link["share"], "essential": link["essential"], "since": link["since"],
                "until": link["until"], "source": link["source"], "filing": link["filing"], "row": link["row"],
                "conflict": link["conflict"],
            }
            for link in link_records(found.links)
        ],
    }  # fmt: skip
