"""The sample's chains as tables: ``data/sample/chains.csv`` and ``product_traits.csv``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tiers.sample.tables import load


@dataclass(frozen=True)
class Product:
    """One product of one stage. ``order`` counts stages upstream first; ``was``: its state before the edition of 2026;
    ``trades``: classes of GB/T 4754 that make it, or are nearest; ``says``: other ways to ask for it."""

    chain: str
    order: int
    stage: str
    name: str
    state: str
    was: str
    trades: tuple[str, ...]
    sort: str
    says: tuple[str, ...]

    @property
    def missing(self) -> bool:
        """Nobody in the city makes it."""
        return self.state == "missing"


@cache
def products() -> tuple[Product, ...]:
    """All products, in the order of the table."""
    return tuple(
        Product(
            row["chain"],
            int(row["order"]),
            row["stage"],
            row["product"],
            row["state"],
            row["was"] or row["state"],
            tuple(row["trades"].split(";")),
            row["sort"],
            tuple(row["says"].split(";")),
        )
        for row in load("chains")
    )


@cache
def by_chain() -> dict[str, tuple[Product, ...]]:
    """Chain → its products, chains in the order of the table."""
    names = dict.fromkeys(product.chain for product in products())
    return {name: tuple(p for p in products() if p.chain == name) for name in names}


@cache
def last_stage(chain: str) -> int:
    return max(product.order for product in by_chain()[chain])


@cache
def traits(sort: str) -> tuple[tuple[str, str], ...]:
    """(trait, how a buyer asks for it) of a sort of product."""
    return tuple((row["trait"], row["says"]) for row in load("product_traits") if row["sort"] == sort)
