"""The register's filings: the opening load, new firms, changes and endings by half-year, gaps filled in March."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from registry.sample import Row
from tiers.sample.filing import Step
from tiers.sample.firms import HOME, OPENING, Firm
from tiers.sample.life import HALVES, Events, filed_after, half_of

FORMER_DISTRICTS = {"章丘区": "章丘市", "济阳区": "济阳县", "莱芜区": "莱城区"}


def opening_row(firm: Firm) -> Row:
    """A firm as the register first writes it. In 2019 sheets still use some former names of districts."""
    place = firm.places[0][1]
    old = firm.registered == OPENING and int(firm.uscc[12:15], 36) % 4 == 0
    row: Row = {
        "uscc": firm.uscc,
        "name": firm.names[0][2],
        "short_name": firm.trade_name if firm.score > 0.4 else None,
        "city": place.city if place.city != HOME else None,
        "district": (FORMER_DISTRICTS.get(place.district, place.district) if old else place.district) or None,
        "area": place.area or None,
        "street": place.street or None,
        "address": place.address,
        "industry": firm.trade.code,
        "ownership": firm.ownership,
        "enterprise_type": firm.enterprise_type,
        "founded_on": firm.founded,
        "registered_capital": firm.capital or None,
        "status": "active",
        "business_scope": f"{firm.trade.products[0]}的研发、生产、销售和技术服务",
        "products": "；".join(firm.trade.products),
        "niche": firm.trade.niches[0],
        "predecessor_uscc": firm.predecessor or None,
        "parent_uscc": firm.parent or None,
    }
    if firm.trade.code in ("3831", "4851", "7320"):
        row["digital_core"] = "yes" if int(firm.uscc[12:15], 36) % 3 == 0 else "no"
    if int(firm.uscc[12:16], 36) % 60 == 0:
        row |= {"contact_name": "样例联系人", "contact_phone": "0531-00000000"}
    return {key: value for key, value in row.items() if value is not None and key not in firm.silent}


def register_steps(firms: list[Firm], events: Events, rng: random.Random) -> list[Step]:
    """The opening load, the half-yearly new firms, changes and endings, and a yearly supplement of gaps."""

    def rows_of(some: list[Firm]) -> Callable[[], list[Row]]:
        return lambda: [opening_row(firm) for firm in some]

    opening = [f for f in firms if f.registered == OPENING]
    steps = [
        Step(
            OPENING, "register-2019", "enterprises", "济南市企业名录（2018年末，样例）.xlsx", rows_of(opening)
        )
    ]
    for half in HALVES:
        year, part = half
        said = f"{year}年{'上' if part == 1 else '下'}半年"
        tag = f"{year}-h{part}"
        made = [f for f in firms if f.registered != OPENING and half_of(f.founded) == half]
        if made:
            steps.append(
                Step(
                    filed_after(half, 12),
                    f"register-new-{tag}",
                    "enterprises",
                    f"{said}新设企业（样例）.xlsx",
                    rows_of(made),
                )
            )
        for label, title, some, write in (
            ("renamed", "名称变更", events.renamed, _renamed_row),
            ("moved", "住所变更", events.moved, _moved_row),
            ("ended", "注销吊销", events.gone, _ended_row),
            ("absorbed", "吸收合并", events.absorbed, _ended_row),
        ):
            days = [(day, firm) for day, firm in some if half_of(day) == half]
            if days:
                steps.append(
                    Step(
                        filed_after(half, 12),
                        f"register-{label}-{tag}",
                        "enterprises",
                        f"{said}{title}企业（样例）.xlsx",
                        _write(write, days),
                        {"meaning": "change"},
                    )
                )
    steps += _supplements(firms, rng)
    return steps


def _write(write: Callable[[date, Firm], Row], days: list[tuple[date, Firm]]) -> Callable[[], list[Row]]:
    return lambda: [write(day, firm) for day, firm in days]


def _renamed_row(day: date, firm: Firm) -> Row:
    new = next(name for since, _, name in firm.names if since == day)
    return {"uscc": firm.uscc, "name": new, "effective_on": day}


def _moved_row(day: date, firm: Firm) -> Row:
    """A move says all parts of the new place; a firm that left the city has no district here any more."""
    place = next(place for since, place in firm.places if since == day)
    away = "清空"
    return {
        "uscc": firm.uscc,
        "name": firm.name(day),
        "city": place.city,
        "district": place.district or away,
        "area": place.area or away,
        "street": place.street or away,
        "address": place.address,
        "effective_on": day,
    }


def _ended_row(day: date, firm: Firm) -> Row:
    row: Row = {"uscc": firm.uscc, "name": firm.name(day), "status": firm.gone, "effective_on": day}
    if firm.successor:
        row["successor_uscc"] = firm.successor.uscc
    return row


def _supplements(firms: list[Firm], rng: random.Random) -> list[Step]:
    """Every March some gaps are filled: what was unknown becomes known, from the beginning."""
    steps = []
    gappy = [f for f in firms if f.silent & {"industry", "ownership", "niche"} and f.legal_person]
    for year in range(2020, 2027):
        day = date(year, 3, 14)
        some = [f for f in gappy if f.registered < day and (f.gone_on is None or f.gone_on > day)]
        chosen = sorted(rng.sample(some, len(some) // 12), key=lambda f: f.uscc)
        steps.append(
            Step(
                day,
                f"register-supplement-{year}",
                "enterprises",
                f"{year}年企业信息补充（样例）.xlsx",
                _write(_supplement_row, [(day, f) for f in chosen]),
                {"meaning": "correction"},
            )
        )
    return steps


def _supplement_row(day: date, firm: Firm) -> Row:
    full = {"industry": firm.trade.code, "ownership": firm.ownership, "niche": firm.trade.niches[0]}
    row: Row = {"uscc": firm.uscc, "name": firm.name(day)}
    row |= {key: value for key, value in full.items() if key in firm.silent}
    return row
