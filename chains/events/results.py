"""What is on record about actions and outcomes, and what the figures are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, select

from chains.ends import is_outside
from chains.events.figures import Figures, Gathering, Step, figures, furthest
from chains.events.reading import ACCEPTED, CANCELLED, DEMAND, EVENT, HELD, INVITATION, MEETING, MISSED
from chains.models import IntegrationAction, Outcome
from chains.parties import joined
from registry.house import House
from registry.kind import Record
from registry.scope import managed
from registry.store.merges import Merges, merges_at
from tiers.members import Question
from tiers.title_spells import title_spells

ACTION: Any = IntegrationAction.__table__  # type: ignore[attr-defined]
OUTCOME: Any = Outcome.__table__  # type: ignore[attr-defined]
#: Whose holders count as SRDI firms: a little giant is one by rule, also where its lower title is not on record.
SRDI_TIERS = ("srdi", "little_giant")


@dataclass(frozen=True)
class Action:
    """What a leader opened to others."""

    firm: str
    resource: str
    title: str
    chain: str | None
    detail: str | None
    opened_on: date | None
    closed_on: date | None
    filing: int
    row: int

    @property
    def id(self) -> str:
        """Names it in an address: the row that speaks of it now."""
        return f"{self.filing}-{self.row}"

    def open_on(self, day: date) -> bool:
        return (self.opened_on or day) <= day <= (self.closed_on or day)


@dataclass(frozen=True)
class Results:
    """All actions and outcomes. ``steps``: every stage on record, the latest first; ``names``: node → name;
    ``of_action``: id of an action → its steps."""

    actions: Sequence[Action]
    steps: Sequence[Step]
    names: Mapping[str, str]
    of_action: Mapping[str, Sequence[Step]]
    documents: Mapping[tuple[int, int], str | None]
    demands: Mapping[tuple[int, int], str | None]

    def name(self, node: str) -> str:
        return self.names.get(node, node.removeprefix("~"))


def results(connection: Connection, today: date) -> Results:
    led = merges_at(connection)
    a = ACTION.c
    actions = [
        Action(led.firm(r.uscc), r.resource, r.title, r.chain, r.detail, r.opened_on, r.closed_on, r.filing, r.row)
        for r in connection.execute(select(ACTION).order_by(a.uscc, a.key))
    ]  # fmt: skip
    rows = connection.execute(
        select(OUTCOME).order_by(OUTCOME.c.stage_on.desc(), OUTCOME.c.buyer, OUTCOME.c.key)
    ).all()
    lead = _nodes(connection, {code for row in rows for code in (row.buyer, row.supplier)}, led)
    chain_of = _chains(connection)
    by_title: dict[str, list[Action]] = defaultdict(list)
    for one in actions:
        by_title[one.title].append(one)
    steps: list[Step] = []
    of_action: dict[str, list[Step]] = defaultdict(list)
    # A stage that was said again later is the same stage; spans of other fields repeat it.
    seen: set[tuple[str, str, str, str]] = set()
    for row in rows:
        buyer, supplier = lead[row.buyer], lead[row.supplier]
        key = (buyer, supplier, row.product or "", row.stage)
        if key in seen:
            continue
        seen.add(key)
        action = _meant(by_title.get(row.action or "", ()), {buyer, supplier})
        chain = (
            chain_of.get(("demand", row.demand))
            or chain_of.get(("event", row.event))
            or (action.chain if action else None)
        )
        step = Step(buyer, supplier, row.product or "", row.stage, row.stage_on, row.amount, chain, row.event, row.action,
                    row.filing, row.row)  # fmt: skip
        steps.append(step)
        if action:
            of_action[action.id].append(step)
    nodes = {*(one.firm for one in actions), *lead.values()}
    names = {code: firm.name for code, firm in managed(connection, filter(_is_firm, nodes), today).items()}
    for row in rows:
        for node, given in ((row.buyer, row.buyer_name), (row.supplier, row.supplier_name)):
            if given:
                names.setdefault(lead[node], given)
    documents, demands = (
        {(r.filing, r.row): getattr(r, part) for r in rows} for part in ("document", "demand")
    )
    return Results(actions, steps, names, of_action, documents, demands)


def _is_firm(node: str) -> bool:
    return not is_outside(node)


def _nodes(connection: Connection, ends: Collection[str], led: Merges) -> dict[str, str]:
    """End as filed → the firm or outside party that it is now."""
    parties = joined(connection, connection, filter(is_outside, ends), led, None)
    return {end: parties.firm.get(end, led.firm(end)) for end in ends}


def _meant(actions: Sequence[Action], parties: Collection[str]) -> Action | None:
    """The action that an outcome names: that of one of its firms, else the only one of that title."""
    own = [one for one in actions if one.firm in parties]
    return own[0] if len(own) == 1 else actions[0] if len(actions) == 1 else None


def _chains(connection: Connection) -> dict[tuple[str, str | None], str]:
    e, d = EVENT.c, DEMAND.c
    found: dict[tuple[str, str | None], str] = {}
    for what, id, chain in (("event", e.event, e.chain), ("demand", d.id, d.chain)):
        found |= {
            (what, row[0]): row[1] for row in connection.execute(select(id, chain).where(chain.is_not(None)))
        }
    return found


# Who took part --------------------------------------------------------------------------------------------


def gatherings(connection: Connection, house: House, today: date) -> list[Gathering]:
    """All events with the firms that took part: who said that they come or has a meeting in the agenda, buyers of demands as
    well; not those whose every meeting was missed or cancelled, nor who cancelled."""
    led = merges_at(connection)
    i, m = INVITATION.c, MEETING.c
    buyer = {r.id: r.buyer for r in connection.execute(select(DEMAND.c.id, DEMAND.c.buyer))}
    came: dict[str, dict[str, bool]] = defaultdict(dict)

    buyers: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(i.event, i.demand, i.uscc, i.state).order_by(i.filing, i.row)):
        code = row.uscc or buyer.get(row.demand)
        if row.uscc:  # the last word about a firm holds
            came[row.event][led.firm(row.uscc)] = row.state == ACCEPTED
        elif code and row.state == ACCEPTED and not is_outside(code):
            buyers[row.event].add(led.firm(code))
    for event, firms in buyers.items():
        came[event].update(dict.fromkeys(firms, True))
    met: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(select(m.event, m.demand, m.uscc, m.state)):
        for code in (row.uscc, buyer.get(row.demand)):
            if code and not is_outside(code):
                met[row.event, led.firm(code)].add(row.state or "planned")
    for (event, firm), states in met.items():
        if HELD in states:
            came[event][firm] = True
        elif states <= {MISSED, CANCELLED}:
            came[event][firm] = came[event].get(firm, False) and MISSED not in states
        else:
            came[event].setdefault(firm, True)
    found = [
        Gathering(r.event, r.held_on, r.chain, _held(r.state, r.held_on, today),
                  frozenset(firm for firm, comes in came[r.event].items() if comes))
        for r in connection.execute(select(EVENT).order_by(EVENT.c.event))
    ]  # fmt: skip
    return _with_srdi(connection, house, found, today)


def _held(state: str | None, on: date | None, today: date) -> bool | None:
    if state == "held":
        return True
    return False if state == "cancelled" or on is None or on >= today else None


def _with_srdi(
    connection: Connection, house: House, found: Iterable[Gathering], today: date
) -> list[Gathering]:
    """Each gathering with the firms whose title was in force on its day: one reading of all spells."""
    spells = title_spells(
        connection, Question(today, house.settings), "t.tier in ('" + "', '".join(SRDI_TIERS) + "')"
    )
    made = []
    for one in found:
        held: frozenset[str] = frozenset()
        if one.on is not None and len(spells.firms):
            day = (one.on - date(1970, 1, 1)).days
            begins, ends = (np.asarray(days).astype(np.int64) for days in (spells.begins, spells.ends))
            holders = {spells.codes[at] for at in spells.firms[(begins <= day) & (ends > day)]}
            held = frozenset(one.firms & holders)
        made.append(Gathering(one.id, one.on, one.chain, one.held, one.firms, held))
    return made


def reported(house: House, day: date | None = None) -> list[Figures]:
    """The figures of all years and chains on a day (today)."""
    day = day or house.clock.today()
    with house.store.read() as connection:
        found = results(connection, house.clock.today())
        return figures(gatherings(connection, house, house.clock.today()), found.steps, day)


class Participant(NamedTuple):
    """A firm that took part in ``events``: (id, name). ``srdi``: its title was in force on the day of one of them."""

    uscc: str
    name: str
    events: tuple[tuple[str, str], ...]
    srdi: bool


def took_part_in(house: House, year: int | None, chain: str | None, srdi: bool = False) -> list[Participant]:
    """The firms behind the figures of a year and chain (all where None), in the order of their names."""
    today = house.clock.today()
    with house.store.read() as connection:
        titles = {row.event: row.title or row.event for row in connection.execute(select(EVENT))}
        met = [
            one
            for one in gatherings(connection, house, today)
            if one.held
            and one.on
            and one.on <= today
            and year in (None, one.on.year)
            and chain in (None, one.chain)
        ]
        codes = set().union(*(one.srdi if srdi else one.firms for one in met))
        firms = managed(connection, codes, today)
    return sorted(
        (
            Participant(
                code,
                firms[code].name if code in firms else code,
                tuple((one.id, titles[one.id]) for one in met if code in one.firms),
                any(code in one.srdi for one in met),
            )
            for code in codes
        ),
        key=lambda one: (one.name, one.uscc),
    )


def figures_document(found: Iterable[Figures]) -> list[Record]:
    """The figures as plain values: a year's whole has no chain, amounts are yuan, the share a decimal text."""
    return [
        {
            "year": one.year, "chain": one.chain, "events": one.events, "events_unsaid": one.unsaid,
            "attendances": one.attendances, "firms": one.firms, "srdi": one.srdi,
            "srdi_share": None if one.srdi_share is None else f"{one.srdi_share:.4f}",
            "intents": vars(one.intents), "contracts": vars(one.contracts), "stages": dict(one.stages),
        }
        for one in found
    ]  # fmt: skip


def outcomes_document(house: House, year: int | None = None) -> list[Record]:
    """Each relation by its furthest step (in a year), the latest first."""
    today = house.clock.today()
    with house.store.read() as connection:
        found = results(connection, today)
    steps = [step for step in found.steps if step.on <= today and year in (None, step.on.year)]
    last = sorted(furthest(steps).values(), key=lambda s: (-s.on.toordinal(), s.supplier, s.buyer, s.product))
    return [
        {
            "buyer": None if is_outside(s.buyer) else s.buyer, "buyer_name": found.name(s.buyer),
            "supplier": None if is_outside(s.supplier) else s.supplier, "supplier_name": found.name(s.supplier),
            "product": s.product or None, "stage": s.stage, "on": s.on.isoformat(), "amount": s.amount, "chain": s.chain,
            "event": s.event, "action": s.action, "filing": s.filing, "row": s.row,
        }
        for s in last
    ]  # fmt: skip
