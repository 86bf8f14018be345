"""The reader of the reference tables under data/: each knows its source and its date.

A table is a CSV file that opens with comment lines (`# source:`, `# dated:`, perhaps `# period:`, any number of
`# note:`), then a header, then rows. Lists inside a cell are separated by semicolons; `several` takes them apart.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
# The columns that together name a row; in a table with none of them, the whole row must be unique.
KEYS = ("vocabulary", "id", "code", "group")
PERIOD = re.compile(r"\d{4}(-\d{4})?")
DATED = re.compile(r"\d{4}(-\d\d-\d\d)?")


class TableError(ValueError):
    """A reference table cannot be used; the message names the file and the line."""


@dataclass(frozen=True)
class Table:
    """One reference table: its source, its date (a day or a year), remarks, and rows by column name. ``period``: the years
    that it is for, where it is for some."""

    source: str
    dated: str
    notes: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    period: str = ""


def several(cell: str) -> tuple[str, ...]:
    """The entries of a list cell, in order, without blanks; an empty cell gives none."""
    return tuple(part for part in (piece.strip() for piece in cell.split(";")) if part)


@cache
def tables(pattern: str) -> tuple[str, ...]:
    """The names of the tables that a pattern such as "plans/*" stands for, in order."""
    return tuple(sorted(str(path.relative_to(DATA).with_suffix("")) for path in DATA.glob(f"{pattern}.csv")))


@cache
def load(name: str, root: Path | None = None) -> Table:
    """The table `name` ("codes/boards") under `root` (default: data/). Its rows are shared: do not change them.

    Raises TableError when the file is missing or not UTF-8, says no source or date, or has ragged or
    repeated rows.
    """
    path = (root or DATA) / f"{name}.csv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: cannot be read: {error}") from error
    said: dict[str, list[str]] = {"source": [], "dated": [], "period": [], "note": []}
    start = 0
    for start, line in enumerate(lines):
        if not line.startswith("#"):
            break
        word, colon, text = line.lstrip("# ").partition(":")
        if not colon or word not in said or not text.strip():
            raise TableError(
                f"{path}:{start + 1}: a comment is '# source: …', '# dated: …', '# period: …' or '# note: …'"
            )
        said[word].append(text.strip())
    for word in ("source", "dated"):
        if len(said[word]) != 1:
            raise TableError(f"{path}:1: wants exactly one '# {word}: …' line, has {len(said[word])}")
    if len(said["period"]) > 1 or not all(map(PERIOD.fullmatch, said["period"])):
        raise TableError(f"{path}:1: '# period:' wants years such as 2023-2025, once")
    if not DATED.fullmatch(said["dated"][0]):
        raise TableError(f"{path}:1: '# dated:' wants a day or a year, not {said['dated'][0]!r}")
    reader = csv.reader(lines[start:], strict=True)
    try:
        records = [(start + reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise TableError(f"{path}:{start + reader.line_num}: {error}") from error
    header = records[0][1] if records else []
    if not header or not all(header) or len(set(header)) != len(header) or header[0].startswith("#"):
        raise TableError(f"{path}:{start + 1}: the header is missing, or repeats or omits a name")
    key = [column for column in KEYS if column in header] or header
    rows: list[dict[str, str]] = []
    seen: dict[tuple[str, ...], int] = {}
    for at, cells in records[1:]:
        if len(cells) != len(header):
            raise TableError(f"{path}:{at}: has {len(cells)} cells, the header has {len(header)}")
        row = dict(zip(header, cells, strict=True))
        known = seen.setdefault(tuple(row[column] for column in key), at)
        if known != at:
            raise TableError(f"{path}:{at}: repeats {', '.join(row[part] for part in key)} of line {known}")
        rows.append(row)
    return Table(
        said["source"][0], said["dated"][0], tuple(said["note"]), tuple(rows), "".join(said["period"])
    )
