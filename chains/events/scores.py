"""How well the firms of an event suit its demands: the ranking of matching, asked of those who are invited. Who hardly meets
the words is left out: an empty place costs less than a meeting with nothing to talk about. Words that nobody's goods have are
passed over, for who is invited was chosen from what the city has.

Answers to invitations come one by one while an event is prepared, and change nothing about who suits whom: what was judged is
kept until something else is filed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from chains.events.assignment import Pair
from chains.events.reading import Need, Occasion
from chains.matching.answers import declined_without_news
from chains.matching.embedding import meanings
from chains.matching.facts import facts
from chains.matching.ranking import judged
from chains.matching.wanted import Wanted
from chains.matching.weights import weights
from chains.models import MatchAnswer
from registry.house import House
from registry.judgements import JUDGEMENT
from registry.store.bulk import among, chunks
from registry.store.merges import MERGE, merges_at
from registry.store.models import Tick
from registry.waiting import FILING

ANSWER: Any = MatchAnswer.__table__  # type: ignore[attr-defined]
_TICK: Any = Tick.__table__  # type: ignore[attr-defined]
#: What people chose themselves suits at least so well.
CHOSEN = 0.6
#: Of the firms that suit a demand so many are considered.
CONSIDERED = 40
#: Filings of these kinds change nothing about who suits whom.
ASIDE = ("events", "invitations", "meetings", "answers")
KEPT = 4
_held: OrderedDict[tuple[Any, ...], Mapping[str, Mapping[str, float]]] = OrderedDict()
_lock = Lock()


def pairs_of(house: House, held: Occasion) -> list[Pair]:
    """The pairs of an event that suit, with scores from 0 to 1, best first for each demand. A firm that was invited for a
    demand or shortlisted for it suits it; one that was declined, or is struck off the register, does not."""
    firms = [firm for firm in held.coming() if firm not in held.gone]
    suiting = _suiting(house, held)
    declined = declined_without_news(house, list(held.demands), house.clock.today())
    with house.store.read() as connection:
        shortlisted = _shortlisted(connection, held)
    found: list[Pair] = []
    for demand in held.demands:
        scores = {firm: suiting[demand].get(firm, 0.0) for firm in firms}
        for firm in firms:
            if (demand, firm) in shortlisted or demand in held.firms[firm].wanted_by:
                scores[firm] = max(scores[firm], CHOSEN)
            if firm in declined.get(demand, {}):
                scores[firm] = 0.0
        good = (Pair(demand, firm, round(score, 3)) for firm, score in scores.items() if score > 0)
        found += sorted(good, key=lambda pair: (-pair.score, pair.firm))[:CONSIDERED]
    return found


def wanted_of(need: Need) -> Wanted:
    """A demand as matching asks for it."""
    return Wanted(
        need.words, need.chain, need.buyer, need.tiers, need.districts,
        need.certificates, need.amount, need.id, quantity=need.quantity,
    )  # fmt: skip


def _suiting(house: House, held: Occasion) -> Mapping[str, Mapping[str, float]]:
    """Demand → firms of the city that meet its words well enough to talk, and its conditions → score."""
    needs = tuple(held.needs[id] for id in held.demands)
    day = house.clock.today()
    with house.store.read() as connection:
        asked = (*_version(connection), day, needs)
    with _lock:
        if asked in _held:
            _held.move_to_end(asked)
            return _held[asked]
    known = facts(house, day)
    codes = known.frame["uscc"].to_numpy(dtype=object)
    found: dict[str, Mapping[str, float]] = {need.id: {} for need in needs}
    place, weak = partial(_place, house), weights()["weak"]
    for at, one in judged(known, [wanted_of(need) for need in needs], {}, place, meanings(house, known)):
        good = np.flatnonzero(one.meets & (one.near >= weak) & (one.fails == 0))
        found[needs[at].id] = dict(zip(codes[good].tolist(), one.fits[good].tolist(), strict=True))
    with _lock:
        _held[asked] = found
        while len(_held) > KEPT:
            _held.popitem(last=False)
    return found


def _place(house: House, unit: str | None, language: str) -> str:
    return house.places.label(unit, language)


def _version(connection: Connection) -> tuple[Any, ...]:
    f, j, m = FILING.c, JUDGEMENT.c, MERGE.c
    latest = datetime.max.replace(tzinfo=UTC)
    asked = (
        select(func.max(f.recorded_at)).where(f.kind.not_in(ASIDE)),
        *(select(func.max(at)).where(at <= latest) for at in (f.withdrawn_at, m.at, m.split_at, j.at, j.ended_at)),
    )  # fmt: skip
    identity = connection.execute(select(_TICK.c.identity)).scalar()
    return (identity, *(connection.execute(query).scalar() for query in asked))


def _shortlisted(connection: Connection, held: Occasion) -> set[tuple[str, str]]:
    led, a = merges_at(connection), ANSWER.c
    found: set[tuple[str, str]] = set()
    for chunk in chunks(sorted(held.demands)):
        query = select(a.demand, a.uscc).where(among(connection, a.demand, chunk), a.answer != "declined")
        found |= {(demand, led.firm(code)) for demand, code in connection.execute(query)}
    return found
