"""A file becomes a filing: read, settle the columns, check every row, put the list on record, answer."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from registry.filing import FATES, Listed, Outcome, file_list
from registry.filings import filed_before
from registry.house import House
from registry.intake.problems import message
from registry.intake.rows import Parsed, Progress, Reading, parse
from registry.intake.sources import read_grids
from registry.kind import Kind, Note
from registry.said import Said
from registry.store.clock import instant_text


@dataclass(frozen=True)
class Wish:
    """What the person asked for besides the file itself; the options of ``cli.py import``."""

    reading: Reading = field(default_factory=Reading)
    create: bool = False
    complete_on: str | None = None
    yes: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Imported:
    """The answer to an import; ``document`` is its JSON. ``before``: when and as what this very file was filed first."""

    outcome: Outcome
    parsed: Parsed
    kind: Kind
    before: tuple[int, datetime] | None = None

    def document(self, language: str = "zh") -> dict[str, Any]:
        fates = self.outcome.fates
        answer: dict[str, Any] = {
            "filing": self.outcome.filing,
            "kind": self.kind.id,
            "rows": self.outcome.rows,
            **{fate: fates[fate] for fate in FATES},
            "columns": self.parsed.columns,
            "problems": [
                problem(number, note, language, self.parsed.grid.place(number))
                for number, note in self.outcome.problems
            ],
        }
        if self.outcome.left:
            answer["left"] = self.outcome.left
        if self.before:
            filing, at = self.before
            answer["filed_before"] = {"filing": filing, "recorded_at": instant_text(at)}
        return answer


def problem(number: int, note: Note, language: str = "zh", place: Said | None = None) -> dict[str, Any]:
    """One entry of ``problems``; ``place``: where a row stands whose number nobody can see, such as page 3, row 12."""
    said = {"place": place.in_language(language)} if place else {}
    return {
        **said,
        "row": number,
        "field": note.field,
        "code": note.code,
        "value": note.value,
        "message": message(note.code, note.value, note.field, note.detail, language),
        "fate": note.fate,
    }


def import_file(house: House, kind: Kind, path: Path, by: str, wish: Wish, progress: Progress | None = None,
                name: str | None = None, unit: str | None = None) -> Imported:  # fmt: skip
    """Import one file. Raises UnreadableError and HeaderError (used wrongly), NeedsConfirmationError, RefusedError.

    ``name`` is what the file is called on record where ``path`` is a temporary copy; ``unit`` the management unit that the
    filer is limited to.
    """
    with without_collector():
        return _import(house, kind, path, by, wish, progress, name, unit)


@contextmanager
def without_collector() -> Iterator[None]:
    """Millions of cells are alive until the filing is written; looking for cycles among them takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _import(house: House, kind: Kind, path: Path, by: str, wish: Wish, progress: Progress | None, name: str | None,
            unit: str | None) -> Imported:  # fmt: skip
    if progress:
        progress("open", 0, 1)
    grids = read_grids(path, house.settings.limits, wish.reading.sheet, progress)
    parsed = parse(kind, grids, wish.reading, progress)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    with house.store.read() as connection:
        before = filed_before(connection, kind.id, sha256, parsed.sheet)
    listed = Listed(
        kind,
        parsed.rows,
        name or path.name,
        sha256,
        parsed.sheet,
        options(parsed, wish),
        parsed.cells_of,
        asides=parsed.asides,
    )
    outcome = file_list(
        house, listed, by, create=wish.create, complete_on=wish.complete_on, yes=wish.yes,
        dry_run=wish.dry_run, progress=progress, unit=unit,
    )  # fmt: skip
    return Imported(outcome, parsed, kind, before)


def options(parsed: Parsed, wish: Wish) -> dict[str, Any]:
    """How the file was read, kept with the filing so that a row in review can be read again the same way."""
    return {
        "columns": parsed.columns,
        "set": dict(wish.reading.sets),
        "create": wish.create,
        "complete_on": wish.complete_on,
    }
