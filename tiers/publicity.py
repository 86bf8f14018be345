"""An announced list beside the publicity list before it: who is on both, who dropped out, who is new.

Publicity lists are applications at stage ``publicised``. A later list of titles of the same tier, level and purpose is
compared with the round of its batch, else with the newest round that was publicised in the year before it and whose name
does not speak of another year or batch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from registry.naming.normal import normal_form
from registry.room import Announced
from registry.scope import own
from registry.store.bulk import among, chunks
from registry.store.merges import merges_at
from registry.subjects import ENTERPRISE
from registry.waiting import FILING_ROW
from tiers.after_fold import TITLE
from tiers.findings import APPLICATION
from tiers.rounds import Key

#: A publicity list older than this belongs to another announcement.
BEFORE = timedelta(days=400)
PUBLICISED = "publicised"
#: Stages after which nothing is left to be said about who dropped out.
DECIDED = ("recognised", "rejected", "withdrawn")
PARTS = ("dropped", "new", "both")
_YEAR = re.compile(r"20\d\d")
_BATCH = re.compile(r"第?([一二三四五六七八九十\d]+)批")
_NUMERALS = {numeral: str(n) for n, numeral in enumerate("一二三四五六七八九十", 1)}


@dataclass(frozen=True)
class Compared:
    """``day``: of the publicity list. ``issued``: of the announcement. Credit codes, in their order; ``decided`` are
    those of ``dropped`` whose application has been decided already. ``waiting``: rows of the list that stand for no firm
    yet, of whom some may seem to have dropped out."""

    key: Key
    day: date
    issued: date
    publicised: int
    dropped: tuple[str, ...]
    new: tuple[str, ...]
    both: tuple[str, ...]
    decided: tuple[str, ...]
    waiting: int

    @property
    def open(self) -> tuple[str, ...]:
        """Who dropped out and is still at the stage ``publicised``."""
        return tuple(code for code in self.dropped if code not in self.decided)


def compare(connection: Connection, listed: Announced, today: date) -> Compared | None:
    """The comparison of a list of titles; None where no publicity list comes before it."""
    titles = [(uscc, values) for uscc, values in listed.rows if values.get("tier") and values.get("level")]
    if listed.kind != "titles" or not titles:
        return None
    (tier, level), _n = Counter((values["tier"], values["level"]) for _u, values in titles).most_common(1)[0]
    led = merges_at(connection)
    mine = [(led.firm(uscc), v) for uscc, v in titles if (v["tier"], v["level"]) == (tier, level)]
    issued = max((date.fromisoformat(v["issued_on"]) for _u, v in mine if v.get("issued_on")), default=today)
    batches = {normal_form(str(v["batch"])) for _u, v in mine if v.get("batch")}
    reviewed = sum(v.get("basis") == "review" for _u, v in mine) * 2 > len(mine)
    found = _round(connection, tier, level, "review" if reviewed else "new", batches, issued)
    if found is None:
        return None
    key, day = found
    before, first = _publicised(connection, key)
    now = {uscc for uscc, _values in mine if uscc}
    now |= before.keys() & _holders(connection, tier, level, first)
    return Compared(
        key,
        day,
        issued,
        len(before),
        tuple(sorted(before.keys() - now)),
        tuple(sorted(now - before.keys())),
        tuple(sorted(before.keys() & now)),
        tuple(sorted(code for code in before.keys() - now if before[code] in DECIDED)),
        sum(not uscc for uscc, _values in mine),
    )


def _round(
    connection: Connection, tier: str, level: str, purpose: str, batches: Collection[str], issued: date
) -> tuple[Key, date] | None:
    a = APPLICATION.c
    query = (
        select(a.round, a.from_day)
        .where(a.tier == tier, a.level == level, a.stage == PUBLICISED, a.purpose == purpose)
        .where(a.from_day <= issued, a.from_day >= issued - BEFORE)
        .distinct()
    )
    rows = [(row.from_day, row.round or "") for row in connection.execute(query)]
    named = [row for row in rows if normal_form(row[1]) in batches]
    fitting = named or [row for row in rows if all(may_be_one(row[1], batch) for batch in batches)]
    if not fitting:
        return None
    day, round = max(fitting)
    return Key(tier, level, purpose, round), day


def may_be_one(round: str, batch: str) -> bool:
    """Whether a round and a batch may be the same announcement: no year or number of a batch speaks against it."""
    return all(
        not said[0] or not said[1] or said[0] & said[1]
        for said in (
            [set(_YEAR.findall(text)) for text in (round, batch)],
            [{_NUMERALS.get(n, n) for n in _BATCH.findall(text)} for text in (round, batch)],
        )
    )


def _holders(connection: Connection, tier: str, level: str, since: date) -> set[str]:
    """Who got the title since a day by whatever filing: an announcement may come in several lists, or be filed twice."""
    t = TITLE.c
    query = select(t.uscc).where(t.tier == tier, t.level == level, t.issued >= since)
    return set(connection.execute(query).scalars())


def _publicised(connection: Connection, key: Key) -> tuple[dict[str, str], date]:
    """Who was publicised in a round, credit code → the newest stage on record; and the first day on which some were."""
    a = APPLICATION.c
    same = (a.tier == key.tier, a.level == key.level, a.purpose == key.purpose)
    named = a.round == key.round if key.round else a.round.is_(None)
    query = select(a.uscc, a.stage, a.from_day).where(*same, named).order_by(a.uscc, a.from_day)
    newest: dict[str, str] = {}
    were: set[str] = set()
    first = date.max
    for row in connection.execute(query):
        newest[row.uscc] = row.stage
        if row.stage == PUBLICISED:
            were.add(row.uscc)
            first = min(first, row.from_day)
    return {uscc: newest[uscc] for uscc in were}, first


def refused(connection: Connection, filing: int) -> int:
    """Rows of a filed list that were refused and that nobody turned down: they may be of somebody who seems to have
    dropped out."""
    r = FILING_ROW.c
    query = select(func.count()).where(r.filing_id == filing, r.fate == "refused", r.cells.is_not(None))
    return connection.execute(query).scalar_one()


def firms(connection: Connection, codes: Sequence[str], day: date, unit: str | None) -> list[Any]:
    """The firms of a part of the comparison, by name; an officer sees the own ones."""
    e = ENTERPRISE.c
    found: list[Any] = []
    for chunk in chunks(codes):
        query = select(e.uscc, e.name, e.district, e.area, e.city).where(
            among(connection, e.uscc, chunk), e.from_day <= day, e.to_day > day, own(unit)
        )
        found += connection.execute(query)
    return sorted(found, key=lambda firm: (firm.name, firm.uscc))
