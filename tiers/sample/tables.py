"""The sample city's own word and list tables under ``data/sample/``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "data" / "sample"


@lru_cache(maxsize=16)
def load(name: str) -> tuple[dict[str, str], ...]:
    """Rows of ``data/sample/<name>.csv`` without the comment lines that name its source."""
    with (ROOT / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return tuple(csv.DictReader(lines))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Trade:
    """An industry of the sample: a GB/T 4754 class with the words its firms use."""

    code: str
    market: str
    words: tuple[str, ...]
    products: tuple[str, ...]
    niches: tuple[str, ...]

    @property
    def industrial(self) -> bool:
        """Sections B, C and D: what the statistics bureau counts as industry."""
        return "06" <= self.code[:2] <= "46"

    @property
    def manufacturing(self) -> bool:
        return "13" <= self.code[:2] <= "43"


@lru_cache(maxsize=1)
def trades() -> tuple[tuple[Trade, ...], tuple[int, ...]]:
    """All industries and their weights."""
    rows = load("industries")
    made = tuple(
        Trade(
            row["code"],
            row["market"],
            *(tuple(row[key].split(";")) for key in ("words", "products", "niches")),
        )
        for row in rows
    )
    return made, tuple(int(row["weight"]) for row in rows)


@dataclass(frozen=True)
class Announced:
    """One announced list of titles, as ``data/sample/lists.csv`` describes it."""

    label: str
    tier: str
    level: str
    kind: str
    batch: str
    issued_on: date
    filed_on: date
    valid_from: date | None
    valid_to: date | None
    new: int
    review: int
    review_of: tuple[str, ...]
    zone: float
    by_name: bool
    issuer: str
    document: str

    @property
    def start(self) -> date:
        return self.valid_from or self.issued_on

    @property
    def end(self) -> date:
        """Last day: printed, else by the term of the tier (three years; tech_sme the calendar year)."""
        if self.valid_to:
            return self.valid_to
        if self.tier == "tech_sme":
            return date(self.issued_on.year, 12, 31)
        return date.fromordinal(self.start.replace(year=self.start.year + 3).toordinal() - 1)


@lru_cache(maxsize=1)
def announced() -> tuple[Announced, ...]:
    """The announced lists in the order of their issue."""
    lists = []
    for row in load("lists"):
        issued, filed = date.fromisoformat(row["issued_on"]), date.fromisoformat(row["filed_on"])
        reviewed = tuple(part for part in row["review_of"].split(";") if part)
        lists.append(
            Announced(
                row["label"],
                row["tier"],
                row["level"],
                row["kind"],
                row["batch"],
                issued,
                filed,
                _day(row["valid_from"]),
                _day(row["valid_to"]),
                int(row["new"]),
                int(row["review"]),
                reviewed,
                float(row["zone"]),
                row["naming"] == "name",
                row["issuer"],
                row["document"],
            )
        )
    return tuple(sorted(lists, key=lambda item: (item.issued_on, item.label)))
