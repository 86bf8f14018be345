"""One thing said of many firms at once: rehearsed firm by firm, filed as one list, undone by withdrawing it.

What a person confirmed is what is filed: the rehearsal keeps what it saw, and where anybody filed anything in between it
is made again and must come out the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from registry.filing import Listed, Outcome, file_list
from registry.forms import listed_from_form
from registry.house import House
from registry.intake.fates import alike, payload_of
from registry.kind import Field, Kind, Record, Row
from registry.refusals import OvertakenError, RefusedError
from registry.scope import own
from registry.store import statements
from registry.store.bulk import among, chunks
from registry.store.fold import Stated, speaking
from registry.subjects import ENTERPRISE

#: Profile fields that are one firm's own and nobody sets for many: names, and what only steers an import.
OWN_FIELDS = {"name", "former_names", "short_name", "effective_on"}
#: Why a firm is left out that is gone from the register, or managed by another unit now.
NOT_YOURS = "not_yours"
#: How often filing is tried again where others file meanwhile and nothing of it touches these firms.
ATTEMPTS = 5


#: field, value before, value after, (day, value) of what is said for a later day
Difference = tuple[str, Any, Any, tuple[str, Any] | None]


@dataclass(frozen=True)
class Act:
    """What is said of each firm: a record of ``kind`` with ``values`` (field id → text as typed).

    ``meaning``: change, correction or "" (by field); ``day``: from when a profile field holds, ISO; "": by meaning.
    """

    kind: str
    values: Mapping[str, str]
    meaning: str = ""
    day: str = ""

    @property
    def sets(self) -> dict[str, str]:
        return {name: said for name, said in (("meaning", self.meaning), ("effective_on", self.day)) if said}


@dataclass(frozen=True)
class Rehearsed:
    """What an act would do. ``changed``: (code, name, [(field, value before, value after, later)]), where ``later`` is
    (day, value) if something on record already says otherwise from a later day on, else None; ``refused``: (code, name,
    [(problem, field, value, detail)]); ``unchanged``: how many firms hold it already.

    ``since``: the register's last write that this has seen; ``digest``: all of it in one text.
    """

    changed: list[tuple[str, str, list[Difference]]]
    refused: list[tuple[str, str, list[tuple[str, str | None, str | None, str | None]]]]
    unchanged: int
    since: datetime | None
    digest: str = field(default="", compare=False)

    def sealed(self) -> Rehearsed:
        said = json.dumps([self.changed, self.refused, self.unchanged], ensure_ascii=False, default=str)
        digest = hashlib.sha256(said.encode()).hexdigest()
        return Rehearsed(self.changed, self.refused, self.unchanged, self.since, digest)


class ChangedError(RefusedError):
    """What would be filed is no longer what was confirmed; ``now`` is what it would be."""

    def __init__(self, now: Rehearsed) -> None:
        super().__init__(
            "the register changed meanwhile, and with it what this would do; look through it again",
            "其间登记库有变动，结果与刚才核对的不同；请再次核对",
        )
        self.now = now


def tags(house: House) -> list[Kind]:
    """The kinds of which a record says something by being there: a title, an honour, a membership; first those that
    are announced as whole lists."""
    found = [k for k in house.kinds.of_firms if k.by_name and k.subject == "uscc" and k.key_says]
    return sorted(found, key=lambda kind: kind.whole_list is None)


def tag_fields(kind: Kind) -> list[Field]:
    """What a tag may say, what it must say first."""
    aside = {kind.subject, "name", "district"}
    offered = [f for f in kind.fields if f.id not in aside and not f.personal]
    return sorted(offered, key=lambda f: f.id not in kind.required)


def profile_fields(house: House) -> list[Field]:
    """The fields of a profile that may be set for many firms."""
    kind = house.kinds.by_record["enterprise"]
    return [f for f in kind.fields if not f.personal and f.id not in OWN_FIELDS | {kind.subject}]


def rehearse(house: House, act: Act, codes: Sequence[str], unit: str | None, by: str) -> Rehearsed:
    """What the act would do to each firm; nothing is written. Firms outside ``unit`` are refused."""
    kind, today = house.kinds.by_id[act.kind], house.clock.today()
    with house.store.read() as connection:
        since = house.store.last_write(connection)
        names = _names(connection, codes, unit, today)
        held = statements.held(connection, kind, names) if kind.timing == "spans" else {}
        records = statements.current(connection, kind, names) if kind.timing == "dates" else {}
    day = act.day or today.isoformat()
    changed, refused, unchanged = [], [], 0
    listed = _listed(house, act, list(names), "", {}) if names else None
    outcome = file_list(house, listed, by, dry_run=True, unit=unit) if listed else None
    for row in listed.rows if listed else ():
        code, fates = str(row.values[kind.subject]), outcome.fate_of if outcome else {}
        match fates[row.number]:
            case "accepted":
                differences = (
                    _since(kind, row, held.get(code, {}).get(row.key, []), day)
                    if kind.timing == "spans"
                    else _in_all(kind, row, records.get(code, []))
                )
                changed.append((code, names[code], differences))
            case "unchanged":
                unchanged += 1
            case _:
                why = [(n.code, n.field, n.value, n.detail) for n in row.notes if n.fate != "note"]
                refused.append((code, names[code], why))
    refused += [(code, "", [(NOT_YOURS, None, None, None)]) for code in codes if code not in names]
    return Rehearsed(changed, refused, unchanged, since).sealed()


def file_act(house: House, act: Act, seen: Rehearsed, codes: Sequence[str], unit: str | None, by: str, file: str,
             options: Mapping[str, Any]) -> Outcome:  # fmt: skip
    """Put on record what was rehearsed: one filing of the firms that it changes.

    Raises ChangedError where it would no longer do what ``seen`` says, RefusedError where it changes nothing.
    """
    now = seen
    for _attempt in range(ATTEMPTS):
        changing = [code for code, _name, _fields in now.changed]
        if not changing:
            raise RefusedError(
                "no firm would change; there is nothing to file", "没有企业会因此变化，无需入库"
            )
        try:
            return file_list(
                house, _listed(house, act, changing, file, options), by, since=now.since, unit=unit
            )
        except OvertakenError:
            now = rehearse(house, act, codes, unit, by)
            if now.digest != seen.digest:
                raise ChangedError(now) from None
    raise RefusedError(
        "others are filing all the time; nothing was written, try again in a moment",
        "其他人正在连续入库，本次未写入；请稍后再试",
    )


def _listed(house: House, act: Act, codes: Sequence[str], file: str, options: Mapping[str, Any]) -> Listed:
    kind = house.kinds.by_id[act.kind]
    rows = [{kind.subject: code, **act.values} for code in codes]
    return listed_from_form(house, kind, rows, file, {"set": act.sets, **options})


def _names(connection: Connection, codes: Sequence[str], unit: str | None, day: date) -> dict[str, str]:
    """Code → name today of the firms that are on the register and in the unit, in the order of ``codes``."""
    e = ENTERPRISE.c
    found: dict[str, str] = {}
    for chunk in chunks(codes):
        on_day = and_(e.from_day <= day, e.to_day > day, own(unit))
        query = select(e.uscc, e.name).where(among(connection, e.uscc, chunk), on_day)
        found.update((row.uscc, row.name) for row in connection.execute(query))
    return {code: found[code] for code in dict.fromkeys(codes) if code in found}


def _since(kind: Kind, row: Row, held: Sequence[Stated], day: str) -> list[Difference]:
    """What a row changes from a day on, until something on record says otherwise for a later day."""
    now = speaking(held, day)
    later: dict[str, tuple[str, Any]] = {}
    for statement in held:
        for name, value in statement.payload.items() if statement.valid_from > day else ():
            later.setdefault(name, (statement.valid_from, value))
    return [
        (name, before, value, later.get(name))
        for name, value in payload_of(kind, row).items()
        if not _same(before := now[name].value if name in now else None, value)
    ]


def _in_all(kind: Kind, row: Row, held: Sequence[Record]) -> list[Difference]:
    """What a row changes in the record that it speaks of; all that it says where that is new."""
    of_key = (r for r in held if (r.get("key") or kind.key_of(row.subject or "", r)) == row.key)
    record: Record = next(of_key, {})
    said = payload_of(kind, row)
    return [
        (name, record.get(name), said[name], None) for name in said if not _same(record.get(name), said[name])
    ]


def _same(before: Any, after: Any) -> bool:
    return bool(before == after) or alike(after, before)
