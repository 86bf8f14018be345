"""The file of a list and what was read from it, kept under ``var/drafts/<token>/`` until the list is filed or dropped.

A file is read once: what stands in its tables is kept beside it as plain cells, so that turning pages and changing
columns never reads a long PDF again.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from registry.intake.lists import ReadList
from registry.intake.sheets import Grid, as_typed

TOKEN = re.compile(r"[0-9a-f]{32}")
LIST, READ = "list", "read.json"


@dataclass(frozen=True)
class Guessed:
    """What the text around the table says of the list, and the words that it rests on."""

    value: Any
    text: str


@dataclass(frozen=True)
class Kept:
    """``guesses``: field id → guess; ``publicity`` and ``firms`` (the number that the text speaks of) among
    them, see intake.announced. ``warnings``: sentences (English, Chinese)."""

    name: str
    sha256: str
    grids: tuple[Grid, ...]
    guesses: Mapping[str, Guessed]
    warnings: tuple[tuple[str, str], ...]


def folder(var: Path, token: str) -> Path:
    if not TOKEN.fullmatch(token):
        raise ValueError(token)
    return var / "drafts" / token


def keep(var: Path, token: str, read: ReadList) -> Kept:
    """Keep what was read beside the file."""
    kept = taken(read)
    document = {
        "name": kept.name,
        "sha256": kept.sha256,
        "grids": [
            {"name": g.name, "rows": [[as_typed(cell) for cell in row] for row in g.rows]} for g in kept.grids
        ],
        "guesses": {id: {"value": as_typed(g.value), "text": g.text} for id, g in kept.guesses.items()},
        "warnings": kept.warnings,
    }
    place = folder(var, token)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    (place / READ).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return kept


def taken(read: ReadList) -> Kept:
    """What the desk uses of a list that was read."""
    guesses = {}
    for one in fields(read.guesses):
        guess = getattr(read.guesses, one.name)
        if guess is not None and guess.value not in (None, ""):
            guesses[one.name] = Guessed(guess.value, guess.text)
    warnings = tuple((said.en, said.zh) for said in read.warnings)
    return Kept(read.name, read.sha256, tuple(read.grids), guesses, warnings)


def find(var: Path, token: str) -> Kept | None:
    """What was read of a list; None where its files are gone."""
    try:
        document = json.loads((folder(var, token) / READ).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Kept(
        document["name"],
        document["sha256"],
        tuple(Grid(g["name"], g["rows"]) for g in document["grids"]),
        {id: Guessed(**g) for id, g in document["guesses"].items()},
        tuple((en, zh) for en, zh in document["warnings"]),
    )


def forget(var: Path, token: str) -> None:
    shutil.rmtree(folder(var, token), ignore_errors=True)
