"""What was said to firms that were proposed for demands. A declined pair comes back only with news.

News are filed after the answer and say what was not said before: of the firm's goods, evidence, titles or offers, or of the
demand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, or_, select

from chains.matching.demands import leads
from chains.matching.exclusions import Declined
from chains.models import MatchAnswer
from registry.filing import file_list
from registry.forms import listed_from_form
from registry.house import House
from registry.store.bulk import among, chunks
from registry.store.merges import Merges, merges_at, rekeyed
from registry.store.statements import STATEMENT

ANSWER: Any = MatchAnswer.__table__  # type: ignore[attr-defined]
#: What of a profile tells what a firm can supply.
GOODS = {"products", "niche", "business_scope"}
NEWS = ("evidence", "title", "offer")
#: What somebody is called, which paper says so, and that a demand was closed for a while, is no news.
ASIDE = {"name", "district", "document", "closed_on", "buyer_name"}


def answers(house: House, demand: str, day: date | None = None) -> dict[str, Any]:
    """Firm → its answer (the table's row) for one demand, up to ``day``."""
    day = day or house.clock.today()
    with house.store.read() as connection:
        led = merges_at(connection)
        return {led.firm(row.uscc): row for row in _said(connection, [demand], day)}


def answer(
    house: House, demand: str, uscc: str, said: str, reason: str, by: str, unit: str | None = None
) -> int | None:
    """Put an answer on record: shortlisted, declined or accepted. Gives the filing."""
    row = {"demand": demand, "uscc": uscc, "answer": said, "reason": reason}
    listed = listed_from_form(
        house,
        house.kinds.by_id["answers"],
        [{id: value for id, value in row.items() if value}],
        f"answer {demand}",
    )
    return file_list(house, listed, by, unit=unit).filing


def declined_without_news(
    house: House, demands: Sequence[str], day: date
) -> Mapping[str, Mapping[str, Declined]]:
    """Demand → firm → why it was declined, where nothing new was filed since."""
    if not demands:
        return {}
    with house.store.read() as connection:
        led = merges_at(connection)
        # Of a firm with several codes the last word holds.
        last = {(row.demand, led.firm(row.uscc)): row for row in _said(connection, demands, day)}
        said = [row for row in last.values() if row.answer == "declined"]
        if not said:
            return {}
        firms = _last_news(connection, {led.firm(row.uscc) for row in said}, led)
        asked = _last_word(connection, {row.demand for row in said})
    found: dict[str, dict[str, Declined]] = defaultdict(dict)
    for row in said:
        firm = led.firm(row.uscc)
        if max(firms.get(firm, 0), asked.get(row.demand, 0)) <= row.filing:
            found[row.demand][firm] = Declined(row.reason, row.on and row.on.isoformat())
    return found


def _said(connection: Connection, demands: Sequence[str], day: date) -> list[Any]:
    a = ANSWER.c
    found: list[Any] = []
    for chunk in chunks(sorted(set(demands))):
        query = select(a.demand, a.uscc, a.answer, a.reason, a.on, a.filing, a.row).where(
            among(connection, a.demand, chunk), or_(a.on.is_(None), a.on <= day)
        )
        found += connection.execute(query.order_by(a.demand, a.on.nulls_first(), a.filing, a.row)).all()
    return found


def _last_news(connection: Connection, firms: Collection[str], led: Merges) -> dict[str, int]:
    """Firm → the last filing that says something new of what it can supply."""
    rows = _statements(connection, led.codes_of(firms), ("enterprise", *NEWS))
    return _news(((led.firm(row.subject), row) for row in rows), {})


def _last_word(connection: Connection, demands: Collection[str]) -> dict[str, int]:
    """Demand → the last filing that says something new of it; not that its buyer goes by another name or code now."""
    rows = _statements(connection, demands, ("demand",))
    buyers = {buyer for row in rows if (buyer := orjson.loads(row.payload).get("buyer"))}
    return _news(((row.subject, row) for row in rows), leads(connection, buyers))


def _statements(connection: Connection, subjects: Collection[str], kinds: Sequence[str]) -> list[Any]:
    """What speaks of subjects, in the order in which it was filed."""
    s = STATEMENT.c
    found: list[Any] = []
    for chunk in chunks(sorted(subjects)):
        query = select(s.id, s.subject, s.kind, s.key, s.filing_id, s.row, s.payload)
        found += connection.execute(
            query.where(among(connection, s.subject, chunk), s.kind.in_(kinds), s.closed_at.is_(None))
        ).all()
    return sorted(found, key=lambda row: (row.filing_id, row.row, row.id))


def _news(rows: Iterable[tuple[str, Any]], lead: Mapping[str, str]) -> dict[str, int]:
    """(subject, statement) → the last filing of each subject in which a field has not the value that was said before: a list
    that comes again, with an address that changed, says nothing new of goods. ``lead``: values → the same, as known now."""
    found: dict[str, int] = {}
    said: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for subject, row in rows:
        now = {
            field: lead.get(value, value) if isinstance(value, str) else value
            for field, value in orjson.loads(row.payload).items()
            if (field in GOODS if row.kind == "enterprise" else field not in ASIDE)
        }
        before = said[row.kind, rekeyed(row.key, row.subject, subject)]
        if any(before.get(field) != value for field, value in now.items()):
            found[subject] = row.filing_id
        before |= now
    return found


def counted(house: House, demands: Sequence[str]) -> dict[str, dict[str, int]]:
    """Demand → answer → how many firms."""
    with house.store.read() as connection:
        led = merges_at(connection)
        said = _said(connection, demands, house.clock.today())
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (demand, _firm), row in {(row.demand, led.firm(row.uscc)): row for row in said}.items():
        found[demand][row.answer] += 1
    return found
