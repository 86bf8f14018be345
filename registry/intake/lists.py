"""A list as it came: its tables, and what it says about itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry.intake.sheets import Grid, UnreadableError, read_grids
from registry.settings import Limits


@dataclass(frozen=True)
class Said:
    en: str
    zh: str


@dataclass(frozen=True)
class Guess:
    """A value and the text that it rests on."""

    value: Any
    text: str


@dataclass(frozen=True)
class Guesses:
    publicity: Guess | None = None
    tier: Guess | None = None
    level: Guess | None = None
    kind: Guess | None = None
    batch: Guess | None = None
    document: Guess | None = None
    issuer: Guess | None = None
    issued_on: Guess | None = None
    valid_from: Guess | None = None
    valid_to: Guess | None = None
    basis: Guess | None = None
    purpose: Guess | None = None
    round: Guess | None = None
    stage: Guess | None = None
    stage_on: Guess | None = None
    firms: Guess | None = None


@dataclass(frozen=True)
class ReadList:
    name: str
    sha256: str
    grids: tuple[Grid, ...]
    guesses: Guesses = field(default_factory=Guesses)
    warnings: tuple[Said, ...] = ()


def read_list(path: Path, name: str, limits: Limits, progress: Callable[..., None] | None = None) -> ReadList:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    if path.suffix == ".docx":
        from docx import Document

        document = Document(str(path))
        grids = tuple(
            Grid(f"table {n}", [[cell.text for cell in row.cells] for row in table.rows])
            for n, table in enumerate(document.tables, 1)
        )
        return ReadList(name, sha256, grids)
    return ReadList(name, sha256, tuple(read_grids(path, limits)))


def read_pasted(text: str) -> ReadList:
    lines = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]
    lines = [line for line in lines if any(line)]
    if not lines:
        raise UnreadableError("nothing was pasted; paste a list of firms", "没有粘贴内容；请粘贴企业名单")
    if not any("名称" in cell for cell in lines[0]):
        lines.insert(0, ["企业名称", "区县", "统一社会信用代码"][: max(map(len, lines))])
    return ReadList("", hashlib.sha256(text.encode()).hexdigest(), (Grid("", lines),))
