"""What a person typed into a form becomes a list, so that it is read, checked and filed like any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from registry.filing import Listed
from registry.house import House
from registry.intake.rows import Reading, parse
from registry.intake.sheets import Grid
from registry.kind import Kind, Row
from registry.refusals import MisusedError

#: What a bare number means where people type into a form; a unit behind the number (3000万元) speaks for itself.
FORM_UNITS = {"money": "元", "capital": "元"}


def listed_from_form(
    house: House,
    kind: Kind,
    rows: Sequence[Mapping[str, Any]],
    file: str,
    options: Mapping[str, Any] | None = None,
    units: Mapping[str, str] = FORM_UNITS,
) -> Listed:
    """A list of ``rows`` (field id → text as typed), numbered from 1, ready for ``file_list``.

    ``file`` is what the act is called on record. ``options`` are kept with the filing; ``options["set"]`` gives values
    for all rows, ``meaning`` (change, correction) among them; ``units``: by type, what a bare number means.
    A cell "清空" says "no value", an empty one nothing.
    A form is an act and no file: typed once more after somebody else said otherwise it speaks again, so its hash holds
    the act besides the rows. The rows are spent by ``file_list``: make the list anew after a rehearsal.

    Raises MisusedError for a field that the kind does not have, HeaderError where a key is missing or a value for all
    rows cannot be read.
    """
    given = dict(options or {})
    header = [f.id for f in kind.fields if any(f.id in row for row in rows)]
    if strange := sorted({id for row in rows for id in row} - set(header)):
        raise MisusedError(
            f"{kind.en}: there is no field {strange[0]!r}", f"“{kind.zh}”没有字段 {strange[0]}"
        )
    by_field = {id: units[kind.by_id[id].type] for id in header if kind.by_id[id].type in units}
    grid = Grid("", [list(header), *([row.get(id, "") for id in header] for row in rows)])
    reading = Reading({id: id for id in header}, given.get("set", {}), by_field, asides=False)
    parsed = parse(kind, [grid], reading)
    typed: dict[int, dict[str, Any]] = {}
    for row in parsed.rows:
        typed[row.number - 1] = parsed.cells_of(row)
        row.number -= 1

    def cells_of(row: Row) -> dict[str, Any]:
        return typed[row.number]

    kept = {"columns": parsed.columns, "set": {}, "create": False, "complete_on": None, **given}
    act = json.dumps([kind.id, file, house.new_token(), grid.rows], ensure_ascii=False)
    return Listed(kind, parsed.rows, file, hashlib.sha256(act.encode()).hexdigest(), None, kept, cells_of)
