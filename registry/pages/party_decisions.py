"""What is offered for rows in review whose records name parties (a supplier, a buyer): which firm each of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from registry.decisions import open_parties
from registry.house import House
from registry.kind import Kind, Record
from registry.matching import Given, match
from registry.naming.codes import read_code
from registry.queries import firms_named

#: Firms offered for a party, those that its name fits first.
OFFERED = 5


def party_offers(
    connection: Connection, house: House, kind: Kind, waiting: Sequence[Record]
) -> dict[int, Record]:
    """Row → what can be answered: ``parties`` (field, name as typed, firms) in the order of the kind's fields. One party is
    chosen like the firm of any other row; several are chosen together."""
    day = house.clock.today()
    doubts = {kept["row"]: open_parties(kind, kept["why"]) for kept in waiting}
    asked = [(row, field, *said) for row, fields in doubts.items() for field, said in fields.items()]
    given = [
        Given(at, "" if read_code(name).code else name, read_code(name).code)
        for at, (_row, _field, name, _fitting) in enumerate(asked)
    ]
    found = match(house, connection, given, day.isoformat()) if given else []
    codes = [
        list(dict.fromkeys([*fitting, *(one.uscc for one in matched.candidates)]))[:OFFERED]
        for (_row, _field, _name, fitting), matched in zip(asked, found, strict=True)
    ]
    known = firms_named(connection, sorted({code for some in codes for code in some}), day)
    parties: dict[int, list[Record]] = {row: [] for row in doubts}
    for (row, field, name, fitting), some in zip(asked, codes, strict=True):
        firms = [known[code] for code in some if code in known]
        parties[row].append({"field": field, "name": name, "firms": firms, "outside": bool(fitting)})
    return {kept["row"]: _offer(kept, parties[kept["row"]]) for kept in waiting}


def _offer(kept: Record, parties: Sequence[Record]) -> Record:
    alone = parties[0] if len(parties) == 1 else None
    waits = {why.code for why in kept["why"] if why.fate == "review"}
    return {
        "parties": parties,
        "firms": alone["firms"] if alone else [],
        "choose": alone is not None or "orphaned" in waits,
        "create": False,
        "take": bool(waits & {"conflict_in_file", "orphaned", "reopened"}) and not parties,
        "outside": bool(parties) and all(party["outside"] for party in parties),
    }


def chosen_parties(form: Mapping[str, str], kind: Kind) -> dict[str, str] | None:
    """Field → credit code, of what a form says about each party; None where a code does not check or nothing is said.
    A code that was typed goes before a firm that was ticked."""
    found: dict[str, str] = {}
    for field in kind.parties:
        typed = form.get(f"code-{field}", "").strip() or form.get(f"party-{field}", "")
        if not typed:
            continue
        code = read_code(typed).code
        if code is None:
            return None
        found[field] = code
    return found or None
