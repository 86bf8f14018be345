"""Near misses: firms that lack one requirement of a tier and no other, with what it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from registry.find import on_day
from registry.house import House
from registry.kind import Record
from registry.shell.languages import language
from registry.store.bulk import among
from registry.subjects import ENTERPRISE
from tiers import wording
from tiers.city import City, city_on
from tiers.rules.climb import collect, gap_documents


@dataclass(frozen=True)
class Group:
    """The firms that miss one criterion: ``places`` in the city's facts, nearest first."""

    id: str
    text: str
    clause: str
    places: Sequence[int]


@dataclass(frozen=True)
class Step:
    """How many firms are one step below a tier: ``sure`` lack one requirement and no other; ``open`` those and the firms of
    which other facts are missing."""

    tier: str
    level: str
    sure: int
    open: int


def summary(house: House, day: date) -> list[Step]:
    """For each tier and level with rules, how many firms miss one requirement of it."""
    city = city_on(house, day)
    found = []
    for tier, level in city.asked:
        sure, wide = (sum(map(len, city.near(tier, level, open_).values())) for open_ in (False, True))
        found.append(Step(tier, level, sure, wide))
    return found


def groups(
    city: City, tier: str, level: str, open_: bool, place: str = "", own: Collection[str] | None = None
) -> list[Group]:
    """By criterion, the most firms first; ``place``: those of one district or area; ``own``: of these firms only."""
    asked, spoken = city.asked[tier, level], language()
    criteria = {criterion.id: criterion for criterion, _of in asked.tops()}
    found = []
    for id, places in city.near(tier, level, open_).items():
        if place:
            places = [at for at in places if place in (city.facts.area[at], city.facts.district[at])]
        if own is not None:
            places = [at for at in places if city.facts.firms[at] in own]
        if places:
            text = wording.heading(criteria[id], spoken, asked.edition.tables)
            found.append(Group(id, text, criteria[id].clause, places))
    return sorted(found, key=lambda group: -len(group.places))


def firms(
    house: House, city: City, tier: str, level: str, id: str, places: Sequence[int]
) -> Iterator[Record]:
    """Firms that miss a criterion, with name, place, the gaps in their own numbers, and facts that other criteria wait for."""
    asked = city.asked[tier, level]
    criterion = next(criterion for criterion, _of in asked.tops() if criterion.id == id)
    names = names_of(house, city.facts.day, [city.facts.firms[at] for at in places])
    for at in places:
        uscc = city.facts.firms[at]
        yield {
            "uscc": uscc,
            "name": names.get(uscc, uscc),
            "district": city.facts.district[at],
            "area": city.facts.area[at],
            "gaps": gap_documents(asked, criterion, at),
            "collect": [entry["fact"] for entry in collect(asked, at)],
        }


def names_of(house: House, day: date, codes: Sequence[str]) -> dict[str, str]:
    """What firms are called on a day."""
    e: Any = ENTERPRISE.c
    with house.store.read() as connection:
        rows = connection.execute(select(e.uscc, e.name).where(on_day(day), among(connection, e.uscc, codes)))
        return {row.uscc: row.name for row in rows}
