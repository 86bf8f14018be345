"""One firm as of a day and as known at an instant: every record, every field with its source ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, String, cast, select

from registry.former import spoken_with_former
from registry.house import House
from registry.kind import Kind, Record
from registry.merged import other_codes
from registry.personal import masked, values_of
from registry.store import statements
from registry.store.clock import BEGINNING_TEXT
from registry.store.fold import Stated, in_order, speaking
from registry.store.known import last_filing
from registry.store.merges import NONE, Merges, merges_at, rekeyed

#: Columns that serve the fold, not the reader.
HIDDEN = {"uscc", "key", "name_key", "first", "open_term", "ends_on", "overtaken_on", "issued", "to_day"}


def statements_about(
    connection: Connection, firm: str, known_at: datetime | None, led: Merges = NONE
) -> dict[str, statements.Held]:
    """record word → key → statements held, in fold order, whichever of the firm's codes they were filed with."""
    s = statements.STATEMENT.c
    where = statements.held_at(known_at, None if known_at is None else last_filing(connection, known_at))
    query = select(s.kind, s.subject, s.key, cast(s.valid_from, String), s.filing_id, s.row, s.payload).where(
        s.subject.in_(sorted(led.codes_of([firm]))), where
    )
    found: dict[str, statements.Held] = defaultdict(lambda: defaultdict(list))
    for kind, code, key, valid_from, filing, row, payload in connection.execute(query):
        stated = statements.stated(valid_from, filing, row, payload)
        found[kind][rekeyed(key, code, firm)].append(stated)
    return {kind: {key: in_order(held) for key, held in keys.items()} for kind, keys in found.items()}


def show(
    house: House,
    connection: Connection,
    uscc: str,
    as_of: date,
    known_at: datetime | None,
    printed: str,
    led: Merges | None = None,
) -> Record | None:
    """The document of one firm, or None where nothing was known of it. ``printed``: the instant to print.

    A code that leads to another firm is answered with that firm's document; ``merged_codes`` stands in it where a firm
    has more codes than its own.
    """
    led = merges_at(connection, known_at) if led is None else led
    uscc = led.firm(uscc)
    held = statements_about(connection, uscc, known_at, led)
    if not held.get("enterprise"):
        return None
    day = as_of.isoformat()
    document: Record = {"uscc": uscc, "as_of": day, "known_at": printed}
    records: dict[str, list[Record]] = {}
    for kind in house.kinds.of_firms:
        keys = held.get(kind.record, {})
        records[kind.record] = statements.records_of(kind, uscc, keys) if keys else []
        if kind.record in ("enterprise", "evidence"):
            document[kind.shown] = profile(kind, next(iter(keys.values()), []), day)
        else:
            document[kind.shown] = listed(kind, records[kind.record], day)
    _mask(connection, document)
    document["derived"] = {}
    for room in house.rooms:
        if room.derive:
            document["derived"].update(room.derive(house, records, as_of))
    if uscc in led.codes:
        document["merged_codes"] = other_codes(house, connection, uscc, as_of, known_at, led)
    return document


def profile(kind: Kind, held: Sequence[Stated], day: str) -> Record:
    """field → value with the statement that speaks; fields that say nothing are absent. A first value holds from the
    beginning, printed as null."""
    spoken = spoken_with_former(held, day) if kind.record == "enterprise" else speaking(held, day)
    return {
        f.id: {
            "value": spoken[f.id].value,
            "valid_from": None if spoken[f.id].valid_from == BEGINNING_TEXT else spoken[f.id].valid_from,
            "filing": spoken[f.id].filing,
            "row": spoken[f.id].row,
        }
        for f in kind.fields
        if f.id in spoken and spoken[f.id].value is not None
    }


def listed(kind: Kind, records: Sequence[Record], day: str) -> list[Record]:
    """Records of a dated kind with what they say; of a changing one the span that holds on the day."""
    shown = []
    for record in records:
        if kind.timing == "spans" and not record["from_day"] <= day < record["to_day"]:
            continue
        values = {k: v for k, v in record.items() if k not in HIDDEN and k != "from_day" and v is not None}
        if "ends_on" in record:
            values["state"] = state_of(record, day)
        shown.append(values)
    return shown


def with_nulls(house: House, document: Record) -> Record:
    """The document as the JSON contract prints it: in records, every field of the kind, absent ones as null.

    Profile and evidence stay maps of the fields that speak.
    """
    full = dict(document)
    for kind in house.kinds.of_firms:
        absent = dict.fromkeys(kind.payload_order)
        part = document[kind.shown]
        if isinstance(part, list):
            full[kind.shown] = [{**absent, **entry} for entry in part]
    return full


def state_of(record: Record, day: str) -> str:
    """``upcoming in_force revoked overtaken expired`` for a record with a term."""
    if record["valid_from"] > day:
        return "upcoming"
    if day < record["ends_on"]:
        return "in_force"
    if record.get("revoked_on") and record["revoked_on"] <= day and record["revoked_on"] == record["ends_on"]:
        return "revoked"
    return "overtaken" if record.get("overtaken_on") == record["ends_on"] else "expired"


def _mask(connection: Connection, document: Record) -> None:
    """Replace the tokens of personal values by masked ones: enough to recognise, not to use."""
    cells = [
        document["profile"][name] for name in ("contact_name", "contact_phone") if name in document["profile"]
    ]
    if not cells:
        return
    values = values_of(connection, [cell["value"] for cell in cells])
    for cell in cells:
        cell["value"] = masked(values.get(cell["value"]))
