"""Twice the same firm: which codes lead to which firm, as it is judged now or was judged at an instant.

Statements are append-only and keep the code that they were filed with; whoever folds or reads them asks here whom a
code speaks of. Nothing else in the house knows that a firm may have several codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from registry.store.models import Merge

MERGE: Any = Merge.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Merges:
    """``leads``: code → the firm at the end of its way. ``codes``: firm → all its codes, its own among them, in order."""

    leads: Mapping[str, str]
    codes: Mapping[str, tuple[str, ...]]

    def firm(self, code: str) -> str:
        """The firm that a code speaks of."""
        return self.leads.get(code, code)

    def codes_of(self, subjects: Iterable[str]) -> set[str]:
        """Every code under which statements about ``subjects`` may be filed."""
        asked = set(subjects)
        if not self.leads:
            return asked
        firms = {self.firm(subject) for subject in asked}
        return firms.union(*(self.codes[firm] for firm in firms if firm in self.codes))

    def about(self, subjects: Iterable[str]) -> set[str]:
        """``subjects`` and the firms that they lead to: all whose records may change with their statements."""
        asked = set(subjects)
        return asked | {self.firm(subject) for subject in asked} if self.leads else asked


#: Every code is a firm of its own.
NONE = Merges({}, {})


def resolved(pairs: Mapping[str, str]) -> Merges:
    """Chains followed to their ends: A → B and B → C lead both to C. Pure; ``pairs`` (loser → survivor) have no cycle."""
    leads = {}
    for loser, survivor in pairs.items():
        while survivor in pairs:
            survivor = pairs[survivor]
        leads[loser] = survivor
    codes: dict[str, list[str]] = defaultdict(list)
    for loser, firm in leads.items():
        codes[firm].append(loser)
    return Merges(leads, {firm: tuple(sorted([firm, *losers])) for firm, losers in codes.items()})


def standing(known_at: datetime | None) -> Any:
    """The condition "this merge stands", now or at an instant."""
    m = MERGE.c
    if known_at is None:
        return m.split_at.is_(None)
    return and_(m.at <= known_at, or_(m.split_at.is_(None), m.split_at > known_at))


def merges_at(connection: Connection, known_at: datetime | None = None) -> Merges:
    """The merges that stand now, or stood at an instant."""
    pairs = connection.execute(select(MERGE.c.loser, MERGE.c.survivor).where(standing(known_at))).all()
    return resolved({row.loser: row.survivor for row in pairs}) if pairs else NONE


def rekeyed(key: str, code: str, firm: str) -> str:
    """A key under another code: keys begin with the code that they were filed with."""
    return firm + key[len(code) :]
