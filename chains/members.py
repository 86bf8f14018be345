"""Who belongs to a chain on the day, and in which of its stages each stands. Pure.

Members are the firms with a role, the direct suppliers of the leaders, and further upstream whoever supplies a member with
a product of the chain. A member stands in the stage whose product it
supplies to other members; where no link tells, in the one whose product its own products or niche name; else its stage is
unknown, which is said and not guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from chains.network import Chain, Network
from registry.naming.normal import normal_form

#: Roles in the order of their weight, and what who has none does.
ROLES = ("leader", "key_node", "core_supplier")
SUPPLIER = "supplier"


@dataclass(frozen=True)
class Member:
    """``roles``: the weightiest first; empty for who only supplies a leader. ``stage``: its name, None where unknown."""

    number: int
    roles: tuple[str, ...]
    stage: str | None

    @property
    def kind(self) -> str:
        return self.roles[0] if self.roles else SUPPLIER


def numbers(network: Network, chain: Chain) -> dict[int, tuple[str, ...]]:
    """Number → roles of everybody in the chain, those with a role first, then the nearest."""
    held: dict[int, set[str]] = {}
    for role in chain.roles:
        held.setdefault(network.number[role.uscc], set()).add(role.role)
    found = {
        at: tuple(role for role in ROLES if role in held[at])
        for at in sorted(held, key=lambda at: (min(map(ROLES.index, held[at])), at))
    }
    leaders = [at for at, roles in found.items() if "leader" in roles]
    suppliers, buyers = network.pairs
    front = np.unique(suppliers[np.isin(buyers, leaders)])
    found |= {at: () for at in front.tolist() if at not in found}
    suppliers, buyers = _of_the_chain(network, chain)
    while front.size:
        front = np.unique(suppliers[np.isin(buyers, list(found)) & ~np.isin(suppliers, list(found))])
        found |= dict.fromkeys(front.tolist(), ())
    return found


def _of_the_chain(network: Network, chain: Chain) -> tuple[np.ndarray, np.ndarray]:
    """Suppliers and buyers of the links whose product is one of the chain's."""
    stages, links = _Stages(chain), network.links
    if not stages.word:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    number, products = pd.factorize(links["product"])
    named = np.array([stages.named(str(product)) is not None for product in products], dtype=bool)
    of_it = named[number] if len(products) else np.zeros(0, dtype=bool)
    return links["supplier"].to_numpy()[of_it], links["buyer"].to_numpy()[of_it]


def within(network: Network, whose: Iterable[int]) -> pd.DataFrame:
    """The links in force between members, with ``at``, their row in ``network.links``."""
    inside = np.zeros(len(network.nodes), dtype=bool)
    inside[list(whose)] = True
    links = network.links
    rows = np.flatnonzero(inside[links["supplier"].to_numpy()] & inside[links["buyer"].to_numpy()])
    return links.iloc[rows].assign(at=rows)


def members(
    network: Network, chain: Chain, products: Mapping[str, str], links: pd.DataFrame | None = None
) -> tuple[Member, ...]:
    """Everybody in the chain with the stage. ``products``: credit code → what the firm says that it makes."""
    whose = numbers(network, chain)
    links = within(network, whose) if links is None else links
    supplied: dict[int, Counter[str]] = {}
    for supplier, product in links[["supplier", "product"]].itertuples(index=False, name=None):
        if product:
            supplied.setdefault(supplier, Counter())[product] += 1
    stages = _Stages(chain)
    ids = network.nodes["id"]
    return tuple(
        Member(at, roles, stages.of(supplied.get(at, Counter()), products.get(str(ids.iat[at]), "")))
        for at, roles in whose.items()
    )


class _Stages:
    """The words of a chain's stages: what names one of them."""

    def __init__(self, chain: Chain) -> None:
        self.order = {stage.name: at for at, stage in enumerate(chain.stages)}
        self.word: dict[str, str] = {}
        for stage in chain.stages:
            for word in (*(product for product, _state in stage.products), stage.name):
                self.word.setdefault(_form(word), stage.name)

    def of(self, supplied: Counter[str], made: str) -> str | None:
        votes: Counter[str] = Counter()
        for product, times in supplied.items():
            named = self.named(product)
            if named is not None:
                votes[named] += times
        if votes:
            return min(votes, key=lambda stage: (-votes[stage], self.order[stage]))
        return self.named(made)

    def named(self, text: str) -> str | None:
        """The stage whose word the text is, or holds: the longest word speaks."""
        form = _form(text)
        if not form:
            return None
        if form in self.word:
            return self.word[form]
        held = [word for word in self.word if len(word) > 1 and word in form]
        if not held:
            return None
        return self.word[min(held, key=lambda word: (-len(word), self.order[self.word[word]]))]


@lru_cache(maxsize=20_000)
def _form(text: str) -> str:
    return normal_form(text)
