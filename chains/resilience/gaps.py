"""What a chain lacks: products that nobody builds, and products that no firm of the city supplies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from chains.network import Chain
from chains.resilience.scope import Part, product_key

MISSING = "missing"


@dataclass(frozen=True)
class Gap:
    """A stage, or one of its products (None: the stage names none). ``state``: built, strong, missing, or None where nobody
    said. ``why``: missing (so put on record) or not_supplied (no firm of the city supplies or offers it). ``buyers``: numbers
    of the firms of the chain that buy it, from elsewhere."""

    stage: str
    product: str | None
    state: str | None
    why: str
    buyers: tuple[int, ...]

    @property
    def wanted(self) -> str:
        """What a firm would have to be able to supply."""
        return self.product or self.stage


def gaps(chain: Chain, part: Part, offered: Collection[str] = ()) -> list[Gap]:
    """In the order of the stages; missing ones of a stage first. ``offered``: products that firms of the city offer or make,
    as ``product_key`` has them."""
    supplied: set[str] = set(offered)
    bought: dict[str, set[int]] = {}
    for supplier, buyer, product in zip(
        part.supplier.tolist(), part.buyer.tolist(), part.product.tolist(), strict=True
    ):
        key = product_key(part.products[product])
        bought.setdefault(key, set()).add(buyer)
        if part.here[supplier]:
            supplied.add(key)
    found: list[Gap] = []
    for stage in chain.stages:
        here = []
        for product, state in stage.products:
            key = product_key(product)
            why = MISSING if state == MISSING else "not_supplied" if key not in supplied else None
            if why:
                here.append(Gap(stage.name, product, state, why, tuple(sorted(bought.get(key, ())))))
        if not stage.products:
            here.append(Gap(stage.name, None, None, "not_supplied", ()))
        found += sorted(here, key=lambda gap: gap.why != MISSING)
    return found
