"""The outside parties on record: what each was called, how much hangs on it, and which firm it is by now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from chains.ends import OUTSIDE, stock_code
from chains.models import Demand
from chains.parties import joined, names_of
from chains.reading import LINK, OUTCOME
from registry.naming.codes import good_codes
from registry.store.merges import merges_at

DEMAND: Any = Demand.__table__  # type: ignore[attr-defined]
#: Where parties are named: table, end, and what the party does there.
_PLACES = (
    (LINK, "supplier", "supplies"),
    (LINK, "buyer", "buys"),
    (OUTCOME, "supplier", "outcomes"),
    (OUTCOME, "buyer", "outcomes"),
    (DEMAND, "buyer", "demands"),
)
#: How a party is written: by a code that joins its firm by itself, or by a name that may need a person.
CODE, STOCK, NAME = "code", "stock_code", "name"
OPEN, DOUBTFUL, JOINED = "open", "doubtful", "joined"
STATES = (OPEN, DOUBTFUL, JOINED)


@dataclass(frozen=True)
class Party:
    """``names``: most frequent first. ``supplies``, ``buys``: links in which it is the one or the other. ``firm``: the firm
    that it is and ``by`` how that is known (code, stock_code, name, or the person who said so); ``fits``: firms that its
    name fits, where several do and nobody has decided."""

    node: str
    written: str
    names: tuple[str, ...]
    supplies: int
    buys: int
    outcomes: int
    demands: int
    firm: str | None = None
    by: str | None = None
    fits: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return JOINED if self.firm else DOUBTFUL if self.fits else OPEN

    @property
    def links(self) -> int:
        return self.supplies + self.buys


def outside_parties(connection: Connection) -> list[Party]:
    """All of them as known now, those with the most links first, then by name. A few statements, however many."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    given: list[tuple[str, str | None]] = []
    for table, end, word in _PLACES:
        node, name = table.c[end], table.c[f"{end}_name"]
        query = select(node, name, func.count()).where(node.startswith(OUTSIDE, autoescape=True))
        for party, called, number in connection.execute(query.group_by(node, name)):
            counts[party][word] += number
            given += [(party, called)] * number
    names = names_of(given)
    found = joined(connection, connection, counts, merges_at(connection), None)
    parties = [
        Party(
            node, written_as(node), names[node], count["supplies"], count["buys"], count["outcomes"], count["demands"],
            found.firm.get(node), found.by.get(node), found.several.get(node, ()),
        )
        for node, count in counts.items()
    ]  # fmt: skip
    return sorted(parties, key=lambda one: (-one.links, one.names[0], one.node))


def written_as(node: str) -> str:
    key = node.removeprefix(OUTSIDE)
    return CODE if good_codes([key]) else STOCK if stock_code(key) else NAME


def of_state(parties: Iterable[Party], state: str) -> list[Party]:
    """Those of a state; all where none is asked."""
    return [party for party in parties if not state or party.state == state]


def called(parties: Sequence[Party], text: str) -> list[Party]:
    """Those one of whose names holds ``text``, or whose firm's code is it."""
    wanted = text.strip().upper()
    return [one for one in parties if one.firm == wanted or any(wanted in name.upper() for name in one.names)]
