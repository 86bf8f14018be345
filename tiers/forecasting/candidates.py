"""The firms of a cultivation list, from the rules' near misses and from titles that end before the goal is due."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from registry.house import House
from registry.kind import Record
from registry.refusals import MisusedError
from registry.store.clock import instant_text
from tiers import near
from tiers.city import City, city_on
from tiers.forecasting.aims import aims_of
from tiers.forecasting.answers import decimal
from tiers.forecasting.asking import held, judged_on, kept, months_ahead, subject_of
from tiers.forecasting.cultivation import (
    NEAR,
    RENEWAL,
    Candidate,
    Conversion,
    Cultivation,
    by_unit,
    conversion,
    ordered,
)
from tiers.forecasting.history import day_of, ends_after, number
from tiers.forecasting.subjects import Titles, tiers_known
from tiers.rules.climb import gap_documents
from tiers.rules.verdicts import Mask
from tiers.sampling import is_sample
from tiers.targets import plan_id
from tiers.terms import years_on

HARDLY = 0.0005  # such a chance is left out: the title is hardly given any more
#: Targets for which firms can be named; of the others the rules know no line.
CULTIVATED = ("quality-firms", "high-tech")


class NotCultivatedError(MisusedError):
    def __init__(self, target: str) -> None:
        known = ", ".join((*CULTIVATED, *tiers_known()))
        super().__init__(
            f"{target}: there is no cultivation list of it; known are {known}",
            f"“{target}”没有培育清单；可用：{known}",
        )


Found = tuple[Cultivation, Record]


def cultivate(house: House, target: str, day: date, plan_name: str | None = None) -> Found:
    """(the list, what it rests on): ``until``, ``months``, ``rates`` (tier → how often near misses got there). As known
    now, since rules are asked of the register as it stands. Raises NotCultivatedError."""
    if target not in (*CULTIVATED, *tiers_known()):
        raise NotCultivatedError(target)
    key = _key(house, target, day, plan_name)
    return kept(house, None, *key, make=lambda: _cultivate(house, target, day, plan_name))


def held_cultivation(house: House, target: str, day: date, plan_name: str | None = None) -> Found | None:
    """The list where it was worked out since the last filing; None where it was not. Computes nothing."""
    found: Found | None = held(house, None, *_key(house, target, day, plan_name))
    return found


def _key(house: House, target: str, day: date, plan_name: str | None) -> tuple[Hashable, ...]:
    return "cultivation", target, day, plan_name or house.settings.targets.plan


def _cultivate(house: House, target: str, day: date, plan_name: str | None) -> Found:
    aims = aims_of(house, target, day, None, plan_name)
    aim = aims.ahead or aims.asked
    due = aim.due if aim else None
    until = judged_on(day, due, ends_after(day, months_ahead(house.settings.forecast.months, day, due)))
    months = (until - day).days / 30.44
    subject = subject_of(house, target, day, None)
    city = city_on(house, day)
    places = {uscc: at for at, uscc in enumerate(city.facts.firms)}
    found: list[Candidate] = []
    value = subject.values([day])[0]
    assert isinstance(subject, Titles)
    stake = subject.at_stake(day, until)
    found += _renewals(subject, stake, city, places, day)
    model, known = subject.model(day)
    now = sum(known.last[row] >= number(day) for _chance, row in stake.values())
    sure = (value - now) * (1 - min(float(model.exits.sum()) * months / 12, 1.0))
    rates: dict[str, Conversion] = {}
    for tier, level in _lines(house, city, target):
        holders = _holders(house, city, target, tier, level)
        rates[f"{tier}:{level}"] = rate = _conversion(house, city, tier, level, day)
        found += _near(city, tier, level, holders, rate, months)
    said = {
        "plan": None if aim is None else plan_id(aim.plan),
        "goal": None if aim is None or aim.goal is None else int(aim.goal),
        "direction": None if aim is None else aim.direction,
        "until": until.isoformat(),
        "value": value,
        "rates": {
            name: {
                "seen": rate.seen[0],
                "reached": rate.seen[1],
                "bands": [decimal(r) for _upto, r in rate.bands],
            }
            for name, rate in rates.items()
        },
    }
    return ordered(found, sure, aim.wanted if aim else None), said


def _lines(house: House, city: City, target: str) -> Iterator[tuple[str, str]]:
    """The tiers and levels that a near miss can lead to."""
    wanted = (
        house.settings.quality.titles
        if target == "quality-firms"
        else [target.replace("high-tech", "high_tech")]
    )
    for tier, level in city.asked:
        if tier in wanted or f"{tier}:{level}" in wanted:
            yield tier, level


def _holders(house: House, city: City, target: str, tier: str, level: str) -> Mask:
    """Whom the title would not bring anything: of quality firms all that are one already."""
    if target != "quality-firms":
        return city.holders(tier, level)
    held = np.zeros(len(city.facts), dtype=bool)
    for (one, at), who in city.facts.titles.items():
        if one in house.settings.quality.titles or f"{one}:{at}" in house.settings.quality.titles:
            held |= who
    return held


def _distances(city: City, tier: str, level: str) -> dict[int, tuple[float, str]]:
    """Place of each firm one requirement below → (distance, the requirement)."""
    return {
        at: (distance, id)
        for id, distances in city.distances(tier, level).items()
        for at, distance in distances.items()
    }


def _conversion(house: House, city: City, tier: str, level: str, day: date) -> Conversion:
    """What came of those who were one step below a year ago."""
    before = city_on(house, years_on(day, -1))
    held = city.holders(tier, level)
    now = {uscc: bool(held[at]) for at, uscc in enumerate(city.facts.firms)}
    then = []
    if (tier, level) in before.asked:
        for at, (distance, _id) in _distances(before, tier, level).items():
            then.append((distance, now.get(before.facts.firms[at], False)))
    return conversion(then, house.settings.forecast.near_rate)


def _near(
    city: City, tier: str, level: str, holders: Mask, rate: Conversion, months: float
) -> Iterator[Candidate]:
    for at, (distance, id) in _distances(city, tier, level).items():
        chance = rate.within(distance, months)
        if holders[at] or not np.isfinite(distance) or chance < HARDLY:
            continue
        yield Candidate(
            str(city.facts.firms[at]), _unit(city, at), NEAR, tier, level, round(float(distance), 4), chance,
            {"criterion": id, "at": at},
        )  # fmt: skip


def _renewals(
    subject: Titles, stake: dict[str, tuple[float, int]], city: City, places: dict[Any, int], day: date
) -> Iterator[Candidate]:
    known = subject.model(day)[1]
    for uscc, (chance, row) in stake.items():
        if chance < HARDLY:
            continue
        tier, _, level = known.groups[int(known.group[row])].partition(":")
        at = places.get(uscc)
        yield Candidate(
            uscc, None if at is None else _unit(city, at), RENEWAL, tier, level, 0.0, chance,
            {"last": day_of(int(known.last[row])).isoformat(), "at": at},
        )  # fmt: skip


def _unit(city: City, at: int) -> str | None:
    unit: str | None = city.facts.area[at] or city.facts.district[at] or None
    return unit


def shown(house: House, day: date, firms: Sequence[Candidate]) -> Iterator[Record]:
    """Candidates as lists show them: name, place, and what is missing in the firm's own numbers."""
    city = city_on(house, day)
    names = near.names_of(house, day, [firm.uscc for firm in firms])
    gaps = {firm.uscc: found for firm, found in _gaps(city, firms)}
    for firm in firms:
        yield {
            "uscc": firm.uscc, "name": names.get(firm.uscc, firm.uscc), "unit": firm.unit, "what": firm.what,
            "tier": firm.tier, "level": firm.level or None, "last": firm.more.get("last"),
            "criterion": firm.more.get("criterion"), "gaps": gaps.get(firm.uscc, []), "distance": decimal(firm.distance),
            "probability": decimal(firm.probability, 3),
        }  # fmt: skip


def _gaps(city: City, firms: Sequence[Candidate]) -> Iterator[tuple[Candidate, list[Record]]]:
    for firm in firms:
        if firm.what == NEAR:
            asked = city.asked[firm.tier, firm.level]
            criterion = next(c for c, _of in asked.tops() if c.id == firm.more["criterion"])
            yield firm, gap_documents(asked, criterion, firm.more["at"])


def ask_cultivation(
    house: House,
    target: str,
    day: date,
    unit: str | None = None,
    own: frozenset[str] | None = None,
    whole: bool = False,
    plan_name: str | None = None,
) -> Record:
    """The list as a document: the firms that it takes to reach the goal (``whole``: all), of one management unit or of the
    officer's ``own``, with the sum over those shown. Raises NotCultivatedError."""
    found, rests = cultivate(house, target, day, plan_name)
    taken = part(found, unit, own, whole)
    rows, total = [], 0.0
    for row, firm in zip(shown(house, day, taken), taken, strict=True):
        total += firm.probability
        rows.append({**row, "cumulative": decimal(total, 1)})
    return {
        "target": target, "as_of": day.isoformat(), "known_at": instant_text(house.clock.now()), **rests,
        **summary(found), "unit": unit, "firms": rows, "sample": is_sample(house),
    }  # fmt: skip


def part(
    found: Cultivation, unit: str | None = None, own: frozenset[str] | None = None, whole: bool = False
) -> list[Candidate]:
    """The firms up to the goal, or all, perhaps of one unit (``unknown``: of none) and of an officer."""
    firms = found.firms if whole or found.cut is None else found.firms[: found.cut]
    return [
        firm
        for firm in firms
        if (unit is None or (firm.unit or "unknown") == unit) and (own is None or firm.uscc in own)
    ]


def summary(found: Cultivation) -> Record:
    """What the whole city's list says: goal, what is sure, how many firms it takes or how far they fall short, by unit."""
    firms = part(found)
    return {
        "sure": round(found.sure),
        "candidates": len(found.firms),
        "expected": decimal(found.cumulative[-1] if found.cumulative else 0.0, 1),
        "takes": found.cut,
        "short": decimal(found.short, 1),
        "units": [
            {"unit": unit, "firms": n, "expected": decimal(total, 1)}
            for unit, (n, total) in by_unit(firms).items()
        ],
    }
