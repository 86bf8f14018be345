"""Outside parties: names on links that no firm bore when they were filed, and the firms that they turned out to be.

Nothing is rewritten when a party comes onto the register: links keep what was said, and whoever reads them asks here. So
the two clocks tell the history, and what is withdrawn or split comes apart again by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from chains.ends import OUTSIDE, listed_firms, stock_code
from registry.judgements import JUDGEMENT
from registry.naming.codes import good_codes
from registry.store.bulk import among, chunks
from registry.store.merges import Merges
from registry.subjects import bearers_of, existing


@dataclass(frozen=True)
class Joined:
    """``firm``: party → the firm that it is. ``by``: how that is known: code, stock_code, name, or who judged it.
    ``several``: party → the firms that its name fits, where nobody has decided yet."""

    firm: Mapping[str, str]
    by: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]


def joined(
    live: Connection, held: Connection, parties: Iterable[str], led: Merges, known_at: datetime | None
) -> Joined:
    """Which outside parties are firms of the register. ``held``: the register as known at the instant (None: now);
    ``live``: the database itself, where judgements are."""
    keys = {party.removeprefix(OUTSIDE): party for party in parties}
    firm: dict[str, str] = {}
    by: dict[str, str] = {}
    several: dict[str, tuple[str, ...]] = {}

    def take(key: str, firms: Iterable[str], how: str) -> None:
        found = sorted({led.firm(code) for code in firms})
        party = keys[key]
        if len(found) == 1:
            firm[party], by[party] = found[0], how
        elif found:
            several[party] = tuple(found)

    codes = {key: led.firm(key) for key in good_codes(keys)}
    on_record = existing(held, codes.values())
    for key, code in codes.items():
        take(key, {code} & on_record, "code")
    stocks = {key: stock for key in keys.keys() - codes.keys() if (stock := stock_code(key))}
    listed = listed_firms(held, stocks.values())
    for key, stock in stocks.items():
        take(key, listed.get(stock, ()), "stock_code")
    names = keys.keys() - codes.keys() - stocks.keys()
    judged = _judged(live, names, known_at)
    different = {(key, led.firm(uscc)) for key, uscc, verdict, _who in judged if verdict == "different"}
    for key, bearers in bearers_of(held, names).items():
        borne = {led.firm(bearer.uscc) for bearer in bearers}
        take(key, {code for code in borne if (key, code) not in different}, "name")
    for key, uscc, verdict, who in judged:
        if verdict == "same":
            several.pop(keys[key], None)
            take(key, [uscc], who)
    return Joined(firm, by, several)


def _judged(
    live: Connection, keys: Iterable[str], known_at: datetime | None
) -> list[tuple[str, str, str, str]]:
    """(key, firm, verdict, who) of judgements that speak at the instant, oldest first."""
    j: Any = JUDGEMENT.c
    speaks = j.ended_at.is_(None)
    if known_at is not None:
        speaks = and_(j.at <= known_at, or_(j.ended_at.is_(None), j.ended_at > known_at))
    found: list[tuple[str, str, str, str]] = []
    for chunk in chunks(sorted(set(keys))):
        query = select(j.given_key, j.uscc, j.verdict, j.by).where(among(live, j.given_key, chunk), speaks)
        found += (tuple(row) for row in live.execute(query.order_by(j.at, j.id)))
    return found


def names_of(given: Iterable[tuple[str, str | None]]) -> dict[str, tuple[str, ...]]:
    """Party → the names that it was given, most frequent first."""
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for party, name in given:
        counted[party][name or party.removeprefix(OUTSIDE)] += 1
    return {
        party: tuple(sorted(names, key=lambda name: (-names[name], name))) for party, names in counted.items()
    }
