"""Demands on record, and what each of them looks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from chains.ends import is_outside
from chains.matching import certificates
from chains.matching.wanted import Wanted
from chains.models import Demand
from chains.parties import joined
from registry.codes import several
from registry.filing import Outcome, file_list
from registry.forms import listed_from_form
from registry.house import House
from registry.store.bulk import among, chunks
from registry.store.merges import merges_at
from registry.subjects import ENTERPRISE

DEMAND: Any = Demand.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Sought:
    """A demand on record. ``buyer``: a credit code or an outside party, ``buyer_name`` what it is called."""

    id: str
    title: str
    detail: str
    buyer: str | None
    buyer_name: str | None
    chain: str | None
    quantity: str | None
    amount: int | None
    tiers: tuple[str, ...]
    districts: tuple[str, ...]
    certificates: tuple[str, ...]
    due_on: date | None
    closed_on: date | None
    filing: int
    row: int

    def open_on(self, day: date) -> bool:
        return (self.due_on is None or day <= self.due_on) and (
            self.closed_on is None or day < self.closed_on
        )

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            f"{self.title}\n{self.detail}", self.chain, self.buyer, self.tiers, self.districts, self.certificates,
            self.amount, self.id, quantity=self.quantity,
        )  # fmt: skip

    @property
    def has_words(self) -> bool:
        return bool(self.wanted.phrases)


def demands(house: House, id: str | None = None) -> list[Sought]:
    """All demands in the order of their ids, or the one with this id."""
    with house.store.read() as connection:
        query = select(DEMAND).order_by(DEMAND.c.id)
        if id is not None:
            query = query.where(DEMAND.c.id == id)
        rows = connection.execute(query).all()
        lead = leads(connection, {row.buyer for row in rows if row.buyer})
        called = _names(connection, set(lead.values()), house.clock.today())
    return [_sought(row, lead.get(row.buyer, row.buyer), called) for row in rows]


def demand(house: House, id: str) -> Sought | None:
    return next(iter(demands(house, id)), None)


def open_demands(house: House, day: date) -> list[Sought]:
    return [one for one in demands(house) if one.open_on(day)]


def file_demand(
    house: House, typed: dict[str, str], by: str, *, as_named: bool = False, dry_run: bool = False
) -> Outcome:
    """Put a demand on record, as typed into a form; ``as_named``: its buyer is none of the firms that bear the name;
    ``dry_run``: only say what would become of it."""
    listed = listed_from_form(house, house.kinds.by_id["demands"], [typed], f"demand {typed['id']}")
    for row in listed.rows if as_named else ():
        row.values["as_named"] = True
    return file_list(house, listed, by, dry_run=dry_run)


def free_id(house: House) -> str:
    """An id that no demand has: the year and a number."""
    year = house.clock.today().year
    with house.store.read() as connection:
        taken = set(connection.execute(select(DEMAND.c.id).where(DEMAND.c.id.like(f"{year}-%"))).scalars())
    number = len(taken) + 1
    while f"{year}-{number:04d}" in taken:
        number += 1
    return f"{year}-{number:04d}"


def _sought(row: Any, buyer: str | None, called: dict[str, str]) -> Sought:
    tiers, districts = (several(cell or "") for cell in (row.tiers_wanted, row.districts))
    named = certificates.several(row.certificates or "")
    shown = called.get(buyer or "") or row.buyer_name
    return Sought(
        row.id, row.title or "", row.detail or "", buyer, shown, row.chain, row.quantity, row.amount,
        tiers, districts, named, row.due_on, row.closed_on, row.filing, row.row,
    )  # fmt: skip


def leads(connection: Connection, buyers: Collection[str]) -> dict[str, str]:
    """Buyer as filed → the firm that it is, or the outside party."""
    led = merges_at(connection)
    outside = joined(connection, connection, {one for one in buyers if is_outside(one)}, led, None).firm
    return {one: outside.get(one, one) if is_outside(one) else led.firm(one) for one in buyers}


def _names(connection: Connection, firms: set[str], day: date) -> dict[str, str]:
    e = ENTERPRISE.c
    found: dict[str, str] = {}
    for chunk in chunks(sorted(firms)):
        query = select(e.uscc, e.name).where(
            among(connection, e.uscc, chunk), e.from_day <= day, e.to_day > day
        )
        found.update((row.uscc, row.name) for row in connection.execute(query))
    return found
