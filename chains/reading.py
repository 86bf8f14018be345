"""The graph of record, read from the tables: one statement for links, one for each thing around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import orjson
import pandas as pd
from sqlalchemy import Connection, String, cast, func, select

from chains.ends import is_outside
from chains.models import ChainRole, ChainStage, Outcome, SupplyLink
from chains.network import (
    LINK_COLUMNS,
    NODE_COLUMNS,
    Chain,
    Conflict,
    Network,
    Role,
    Stage,
    in_force,
    told_once,
)
from chains.parties import joined, names_of
from registry.store import statements
from registry.store.bulk import among, chunks
from registry.store.known import last_filing
from registry.store.merges import Merges, merges_at
from registry.subjects import ENTERPRISE

STAGE: Any = ChainStage.__table__  # type: ignore[attr-defined]
ROLE: Any = ChainRole.__table__  # type: ignore[attr-defined]
LINK: Any = SupplyLink.__table__  # type: ignore[attr-defined]
OUTCOME: Any = Outcome.__table__  # type: ignore[attr-defined]
#: From which stage on what came of a meeting is a supply link.
SUPPLYING = ("small_batch", "contract")
#: Fields of a link on which two filings may differ.
DISPUTED = ("share_of_buyer_spend", "essential", "to")


def read(live: Connection, held: Connection, day: date, known_at: datetime | None, home: str) -> Network:
    """The network on ``day``. ``held``: the register as known at the instant; ``live``: the database itself."""
    led = merges_at(live, known_at)
    past = _links(held)
    ends = pd.unique(pd.concat([past["supplier_node"], past["buyer_node"]], ignore_index=True))
    parties = joined(live, held, filter(is_outside, ends), led, known_at)
    lead = {id: parties.firm.get(id, led.firm(id)) for id in ends}
    chains = _chains(held, day, led)
    others = {role.uscc for chain in chains.values() for role in chain.roles}
    ids = sorted({*lead.values(), *others})
    number = {id: at for at, id in enumerate(ids)}
    place = {id: number[firm] for id, firm in lead.items()}
    for end in ("supplier", "buyer"):
        past[end] = np.fromiter((place[id] for id in past.pop(f"{end}_node").tolist()), np.int64, len(past))
    given = [
        (node, name)
        for end in ("supplier_given", "buyer_given")
        for node, name in past.pop(end).dropna().tolist()
    ]
    # A party that became a firm and two codes that were merged may have the same link on record twice.
    past, twins = told_once(past)
    conflicts = _conflicts(live, known_at, twins)
    past["conflict"] = past["key"].isin(conflicts)
    past = past[list(LINK_COLUMNS)]
    # A firm that was joined to its own customer supplies nobody but itself: no link.
    past = past[past["supplier"] != past["buyer"]].reset_index(drop=True)
    names = names_of(given)
    nodes = _nodes(held, ids, day, home, names)
    leads = {id: firm for id, firm in lead.items() if id != firm}
    return Network(day, nodes, in_force(past, day), past, chains, conflicts, names, parties.several, leads)


def _links(held: Connection) -> pd.DataFrame:
    c = LINK.c
    # Days as the text that they are compared as: making dates of them and text again takes most of the time.
    query = select(
        c.supplier, c.buyer, c.product, c.share_of_buyer_spend, c.essential, cast(c["from"], String), cast(c.to, String),
        c.supplier_name, c.buyer_name, c.filing, c.row, c.key,
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (supplier, buyer, product or "", _number(share), _flag(essential), since, until, "link", filing, row, key,
         _given(supplier, by), _given(buyer, to))
        for supplier, buyer, product, share, essential, since, until, by, to, filing, row, key in held.execute(query)
    ]  # fmt: skip
    o = OUTCOME.c
    began = (
        select(o.buyer, o.key, func.min(o.from_day).label("since"))
        .where(o.stage.in_(SUPPLYING))
        .group_by(o.buyer, o.key)
        .subquery()
    )
    newest = select(
        o.supplier, o.buyer, o.product, o.supplier_name, o.buyer_name, o.filing, o.row, o.key, began.c.since
    )
    newest = newest.join(
        began, (began.c.buyer == o.buyer) & (began.c.key == o.key) & (began.c.since == o.from_day)
    )
    rows += [
        (r.supplier, r.buyer, r.product or "", np.nan, np.nan, _iso(r.since), None, "outcome", r.filing, r.row, r.key,
         _given(r.supplier, r.supplier_name), _given(r.buyer, r.buyer_name))
        for r in held.execute(newest)
    ]  # fmt: skip
    columns = (
        "supplier_node", "buyer_node", "product", "share", "essential", "since", "until", "source", "filing", "row", "key",
        "supplier_given", "buyer_given",
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype({"share": float, "essential": float, "filing": np.int64, "row": np.int64})


def _number(text: str | None) -> float:
    return np.nan if text is None else float(text)


def _flag(word: str | None) -> float:
    return np.nan if word is None else float(word == "yes")


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _given(node: str, name: str | None) -> tuple[str, str | None] | None:
    return (node, name) if is_outside(node) else None


def _conflicts(
    live: Connection, known_at: datetime | None, twins: Mapping[str, str]
) -> dict[str, tuple[Conflict, ...]]:
    """Key of a link → what different filings say differently about it. ``twins``: other keys of it → the one that stays."""
    c = statements.STATEMENT.c
    held = statements.held_at(known_at, None if known_at is None else last_filing(live, known_at))
    twice = (
        select(c.key)
        .where(c.kind == "link", held)
        .group_by(c.key)
        .having(func.count(c.filing_id.distinct()) > 1)
    )
    keys = list({*live.execute(twice).scalars(), *twins, *twins.values()})
    said: dict[str, list[tuple[int, int, dict[str, Any]]]] = defaultdict(list)
    for chunk in chunks(keys):
        query = select(c.key, c.filing_id, c.row, c.payload).where(
            among(live, c.key, chunk), c.kind == "link", held
        )
        for key, filing, row, payload in live.execute(query):
            said[twins.get(key, key)].append((filing, row, orjson.loads(payload)))
    found: dict[str, tuple[Conflict, ...]] = {}
    for key, statements_ in said.items():
        statements_.sort(key=lambda one: one[:2])
        differing = []
        for name in DISPUTED:
            values = [(payload[name], filing, row) for filing, row, payload in statements_ if name in payload]
            if len({value for value, _filing, _row in values}) > 1:
                differing.append(Conflict(name, tuple(values)))
        if differing:
            found[key] = tuple(differing)
    return found


def _chains(held: Connection, day: date, led: Merges) -> dict[str, Chain]:
    stages: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    s = STAGE.c
    for row in held.execute(select(STAGE).order_by(s.chain, s.key)):
        stages[row.chain]
        if row.stage:
            stages[row.chain][row.stage].append(row)
    roles: dict[str, list[Role]] = defaultdict(list)
    r = ROLE.c
    query = select(r.chain, r.uscc, r.role, r["from"], r.to, r.filing, r.row).order_by(
        r.chain, r.uscc, r.role
    )
    for chain, uscc, role, since, until, filing, row in held.execute(query):
        if (since is None or since <= day) and (until is None or until >= day):
            roles[chain].append(Role(chain, led.firm(uscc), role, since, until, filing, row))
        else:
            roles[chain]
    return {
        name: Chain(name, _stages(stages.get(name, {})), tuple(roles.get(name, ())))
        for name in sorted({*stages, *roles})
    }


def _stages(rows: Mapping[str, Sequence[Any]]) -> tuple[Stage, ...]:
    found = []
    for name, some in rows.items():
        order = min((row.order for row in some if row.order is not None), default=None)
        products = tuple((row.product, row.state) for row in some if row.product)
        found.append(Stage(name, order, products))
    return tuple(sorted(found, key=lambda stage: (stage.order is None, stage.order or 0, stage.name)))


def _nodes(
    held: Connection, ids: Sequence[str], day: date, home: str, names: Mapping[str, tuple[str, ...]]
) -> pd.DataFrame:
    e = ENTERPRISE.c
    firms: dict[str, Any] = {}
    columns = (e.uscc, e.name, e.city, e.status, e.district, e.area, e.industry, e.from_day)
    for chunk in chunks([id for id in ids if not is_outside(id)]):
        # The version of the day; before a firm was, the first one gives its name.
        query = select(*columns).where(among(held, e.uscc, chunk)).order_by(e.uscc, e.from_day)
        for row in held.execute(query):
            if row.uscc not in firms or row.from_day <= day:
                firms[row.uscc] = row
    rows: list[tuple[Any, ...]] = []
    for id in ids:
        firm = firms.get(id)
        if firm is None:
            shown = names[id][0] if id in names else id
            rows.append((id, shown, None, False, "outside", None, None, None))
        else:
            status = firm.status or "active"
            here = firm.city == home and status == "active" and firm.from_day <= day
            rows.append((id, firm.name, id, here, status, firm.district, firm.area, firm.industry))
    return pd.DataFrame(rows, columns=list(NODE_COLUMNS), dtype=object).astype({"here": bool})
