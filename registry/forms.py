"""A form is a list of few rows: what was typed goes through the very reading and the very checks of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from registry.filing import Listed
from registry.house import House
from registry.intake.rows import Reading, parse
from registry.intake.sheets import Grid
from registry.kind import Kind


def listed_from_form(
    house: House,  # noqa: ARG001 – the way in of all forms, whatever they will ask of the house
    kind: Kind,
    rows: Sequence[Mapping[str, str]],
    file: str,
    options: Mapping[str, Any],
) -> Listed:
    """Rows of field id → typed text, ready for ``file_list``; a field that a row lacks says nothing.

    ``file`` is what the filing is called; ``options`` are kept with it, of which ``set`` (field → text) holds for all
    rows. Raises HeaderError where no row names a firm, a key is missing or a value of ``set`` cannot be read.
    """
    header = list(dict.fromkeys(field for row in rows for field in row))
    grid = Grid(file, [header, *([row.get(field) for field in header] for row in rows)])
    parsed = parse(
        kind, [grid], Reading({field: field for field in header}, options.get("set", {}), asides=False)
    )
    kept = {"set": {}, **options, "columns": parsed.columns}
    return Listed(kind, parsed.rows, file, "", None, kept, parsed.cells_of)
