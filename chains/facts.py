"""What the register says about the firms of a graph, asked for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from registry import words
from registry.store.bulk import among, chunks
from registry.subjects import ENTERPRISE
from tiers.models import Title

TITLE: Any = Title.__table__  # type: ignore[attr-defined]
#: Tier and level.
Held = tuple[str, str]


def titles_of(held: Connection, codes: Iterable[str], day: date) -> Mapping[str, tuple[Held, ...]]:
    """Credit code → the titles whose terms run on the day, in the order of the table of tiers. ``held``: the register as
    known at the instant."""
    order = {tier: at for at, tier in enumerate(words.vocabulary("tier"))}
    t = TITLE.c
    found: dict[str, set[Held]] = {}
    for chunk in chunks(sorted(set(codes))):
        query = select(t.uscc, t.tier, t.level).where(
            among(held, t.uscc, chunk), t.valid_from <= day, t.ends_on > day
        )
        for uscc, tier, level in held.execute(query):
            found.setdefault(uscc, set()).add((tier, level))
    return {
        uscc: tuple(sorted(titles, key=lambda one: (order.get(one[0], len(order)), one)))
        for uscc, titles in found.items()
    }


def products_of(held: Connection, codes: Iterable[str], day: date) -> Mapping[str, str]:
    """Credit code → what the firm names as its products and niche on the day, where it names any."""
    e = ENTERPRISE.c
    found: dict[str, str] = {}
    for chunk in chunks(sorted(set(codes))):
        query = select(e.uscc, e.niche, e.products).where(
            among(held, e.uscc, chunk), e.from_day <= day, e.to_day > day
        )
        for uscc, niche, products in held.execute(query):
            if said := "；".join(filter(None, (niche, products))):
                found[uscc] = said
    return found
