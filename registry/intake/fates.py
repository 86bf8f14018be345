"""What a row changes: its fate, and the statements that it makes. Pure.

Dating (README, "Valid from"): records with their own dates are corrected as a whole. A changing record's fields
hold from the row's day; without one the first value ever filed holds from the beginning, and a later different
value is a change from the day of filing for some fields and a correction of what it replaces for the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from unicodedata import normalize

from registry.kind import Kind, Record, Row
from registry.store.clock import BEGINNING_TEXT
from registry.store.fold import Stated, speaking


class Judged(NamedTuple):
    """``changes``: the row alters what we hold. ``statements``: (valid_from, payload) pairs that it makes."""

    changes: bool
    statements: list[tuple[str, Record]]


def payload_of(kind: Kind, row: Row) -> Record:
    """The fields that the row gives, in the kind's order."""
    values = row.values
    return {name: values[name] for name in kind.payload_order if name in values}


def judge(kind: Kind, row: Row, payload: Record, held: Sequence[Stated], today: str) -> Judged:
    """Compare a row with the statements held about its key, in fold order."""
    day = BEGINNING_TEXT if kind.timing == "dates" else row.values.get(kind.effective or "")
    if not held:
        return Judged(True, [(day or BEGINNING_TEXT, payload)])
    if day:
        state = {name: spoken.value for name, spoken in speaking(held, day).items()}
        return Judged(differs(payload, state), [(day, _as_held(payload, state))])
    return _undated(kind, payload, held, today, row.values.get("meaning"))


def differs(payload: Record, state: Record) -> bool:
    """Whether any field given is not what is held; clearing what was never given changes nothing."""
    return any(
        value != state.get(name) and not alike(value, state.get(name)) for name, value in payload.items()
    )


def alike(one: Any, other: Any) -> bool:
    """The same but for the width of characters: （） or (), which is typing and no news."""
    return (
        isinstance(one, str) and isinstance(other, str) and normalize("NFKC", one) == normalize("NFKC", other)
    )


def _as_held(payload: Record, state: Record) -> Record:
    """What is said once more in other brackets stays as it was written first."""
    if not state:
        return payload
    return {name: state[name] if alike(value, state.get(name)) else value for name, value in payload.items()}


def _undated(kind: Kind, payload: Record, held: Sequence[Stated], today: str, meaning: Any) -> Judged:
    now = speaking(held, today)
    ever = {name for statement in held for name in statement.payload}
    by_day: dict[str, Record] = defaultdict(dict)
    changes = False
    for name, value in payload.items():
        spoken = now.get(name)
        if spoken is not None and (spoken.value == value or alike(spoken.value, value)):
            by_day[spoken.valid_from][name] = spoken.value
            continue
        if spoken is None and value is None:
            continue
        changes = True
        if spoken is None:
            # Never said before: from the beginning. Said only for a later day: a change from now until then.
            day = BEGINNING_TEXT if name not in ever else today
        elif meaning == "change" or (meaning != "correction" and kind.by_id[name].changes):
            day = today
        else:
            day = spoken.valid_from
        by_day[day][name] = value
    return Judged(changes, sorted(by_day.items()))


def contradictions(kind: Kind, rows: Collection[Row], payloads: dict[int, Record]) -> dict[int, str]:
    """Rows of one file that disagree on a key and field: row number → which field and which rows."""
    effective = kind.effective or ""
    if len({(row.key, row.values.get(effective)) for row in rows}) == len(payloads):
        return {}
    groups: dict[tuple[str, Any], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.key, row.values.get(effective)].append(row)
    found: dict[int, str] = {}
    for group in groups.values():
        if len(group) < 2:
            continue
        values: dict[str, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row in group:
            for name, value in payloads[row.number].items():
                said = normalize("NFKC", value) if isinstance(value, str) else value
                values[name][said].append(row.number)
        for name, by_value in values.items():
            if len(by_value) > 1:
                numbers = sorted(n for where in by_value.values() for n in where)
                for number in numbers:
                    found.setdefault(number, f"{kind.by_id[name].zh}, {', '.join(map(str, numbers))}")
    return found
