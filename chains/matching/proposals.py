"""Who is newly among the best for an open demand: looked at on schedule, told in the run's message, marked on the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from chains.matching.demands import open_demands
from chains.matching.embedding import learn
from chains.matching.facts import facts
from chains.matching.models import MatchProposal
from chains.matching.ranking import TOP, search_all
from chains.matching.weights import weights
from registry.house import House
from registry.jobs.job import Asked, Done
from registry.store.bulk import among, chunks, insert_rows
from registry.store.engine import Write

PROPOSAL: Any = MatchProposal.__table__  # type: ignore[attr-defined]
#: Stands in the place of a firm for the first look at a demand.
LOOKED = ""
#: So long a firm is called new.
NEW_FOR = timedelta(days=14)
#: So many demands are named in the message of a run.
NAMED = 5


def fresh(house: House, demands: Sequence[str]) -> dict[str, frozenset[str]]:
    """Demand → firms that came among its best lately. Those of the first look at a demand are not new."""
    with house.store.read() as connection:
        seen = _seen(connection, demands)
    since = house.clock.today() - NEW_FOR
    found: dict[str, frozenset[str]] = {}
    for demand, firms in seen.items():
        first = min(firms.values())
        if new := frozenset(uscc for uscc, on in firms.items() if on > first and on >= since):
            found[demand] = new
    return found


def _seen(connection: Connection, demands: Sequence[str]) -> dict[str, dict[str, date]]:
    """Demand → firm → the day on which it was first among the best."""
    p = PROPOSAL.c
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for chunk in chunks(sorted(set(demands))):
        query = select(p.demand, p.uscc, p.first_on).where(among(connection, p.demand, chunk))
        for demand, uscc, on in connection.execute(query):
            found[demand][uscc] = on
    return found


def look(house: House, asked: Asked) -> Done:
    """Rank the city for every open demand. ``evaluated``: demands; ``changed``: firms that are newly among the best."""
    weak = weights()["weak"]
    wanted = [one for one in open_demands(house, asked.day) if one.has_words]
    asked.progress("match", 0, len(wanted))
    learn(house, facts(house, asked.day))
    ranked = search_all(house, [one.wanted for one in wanted], TOP, asked.day)
    best = {
        one.id: [firm.uscc for firm in found.ranked if firm.reasons[0].score >= weak]
        for one, found in zip(wanted, ranked, strict=True)
    }
    with house.store.read() as connection:
        seen = _seen(connection, list(best))
    rows = [
        (demand, uscc, asked.day.isoformat())
        for demand, firms in best.items()
        for uscc in (LOOKED, *firms)
        if uscc not in seen.get(demand, {})
    ]
    news: dict[str, int] = defaultdict(int)
    for demand, _uscc, _on in rows:
        if demand in seen:
            news[demand] += 1
    asked.progress("match", len(wanted), len(wanted))

    def write(unit: Write) -> int:
        held = _seen(unit.connection, list(best))  # a run beside this one may have been faster
        left = [row for row in rows if row[1] not in held.get(row[0], {})]
        insert_rows(unit.connection, PROPOSAL, ("demand", "uscc", "first_on"), left)
        return sum(row[0] in seen for row in left)

    return Done(len(wanted), sum(news.values()), _said(len(wanted), news, len(best) - len(seen)), write)


def _said(demands: int, news: dict[str, int], first: int) -> tuple[str, str]:
    most = sorted(news, key=lambda id: (-news[id], id))[:NAMED]
    en = f"{demands} open demands: {sum(news.values())} firms newly among the best of {len(news)}"
    zh = f"有效需求 {demands} 项：{len(news)} 项需求新出现匹配企业 {sum(news.values())} 家"
    if most:
        en += f" ({', '.join(f'{id} {news[id]}' for id in most)})"
        zh += f"（{'、'.join(f'{id} {news[id]} 家' for id in most)}）"
    if first:
        en, zh = f"{en}; {first} looked at for the first time", f"{zh}；首次匹配 {first} 项"
    return en, zh
