"""How many firms each choice of the register would give: one query, whatever is chosen.

Firms are fetched once in groups that no facet tells apart; what a choice would give is then added up from the groups.
"What I would get if I chose it" means: the other facets as they are chosen, this one by the value alone.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from registry.house import House
from registry.queries import Narrowed, facets, groups_of_firms
from registry.room import Facet

#: Groups of the last lists asked for; a filing makes them anew.
REMEMBERED = 4
PATIENCE_SECONDS = 2.0
_held: dict[Hashable, Groups] = {}
_making = threading.Lock()


@dataclass(frozen=True)
class Groups:
    """``firms``: how many firms each group has. ``places``: per facet, for each group its place in ``known``."""

    firms: Any
    places: Mapping[str, Any]
    known: Mapping[str, Sequence[Any]]

    @classmethod
    def of_rows(cls, rows: Sequence[Any], facets: Sequence[Facet]) -> Groups:
        import numpy as np  # takes a moment to load, and the list itself does without

        numbers, *columns = zip(*rows, strict=True) if rows else ((), *(() for _facet in facets))
        places, known = {}, {}
        for facet, column in zip(facets, columns, strict=True):
            index: dict[Any, int] = {group: at for at, group in enumerate(dict.fromkeys(column))}
            places[facet.id] = np.fromiter(map(index.__getitem__, column), dtype=np.int32, count=len(column))
            known[facet.id] = list(index)
        return cls(np.array(numbers, dtype=np.int64), places, known)

    def counts(
        self, facets: Sequence[Facet], chosen: Mapping[str, Sequence[str]]
    ) -> dict[str, dict[str, int]]:
        """Facet → value → firms that the value alone, with what is chosen of the other facets, would give."""
        import numpy as np

        fitting = {
            facet.id: self._fitting(facet, chosen[facet.id]) for facet in facets if chosen.get(facet.id)
        }
        # How many facets a group misses: it counts for a facet if it misses none but that one.
        misses = sum((~fits for fits in fitting.values()), np.zeros(len(self.firms), dtype=np.int8))
        found: dict[str, dict[str, int]] = {}
        for facet in facets:
            others = misses - ~fitting[facet.id] if facet.id in fitting else misses
            groups = self.known[facet.id]
            summed = np.bincount(
                self.places[facet.id], weights=self.firms * (others == 0), minlength=len(groups)
            )
            counted = found.setdefault(facet.id, {})
            for group, number in zip(groups, summed.astype(int).tolist(), strict=True):
                for value in facet.of(group) if number else ():
                    counted[value] = counted.get(value, 0) + number
        return found

    def _fitting(self, facet: Facet, values: Sequence[str]) -> Any:
        import numpy as np

        wanted = set(values)
        fits = [bool(wanted & set(facet.of(group))) for group in self.known[facet.id]]
        return np.array(fits, dtype=bool)[self.places[facet.id]]


def facet_counts(
    connection: Connection, house: House, narrowed: Narrowed, day: date
) -> dict[str, dict[str, int]] | None:
    """Facet → value → number of firms; values that no firm would have are left out.

    None while another reader has groups made and it takes long: ask again in a moment, so that not all of a server's
    threads stand and wait.
    """
    all_facets = facets(house)
    asked = (str(house.store.engine.url), house.store.last_write(connection), day,
             narrowed.text, narrowed.where, narrowed.place, narrowed.unit, tuple(f.id for f in all_facets))  # fmt: skip
    groups = _held.get(asked)
    if groups is None:
        if not _making.acquire(timeout=PATIENCE_SECONDS):
            return None
        try:
            if (groups := _held.get(asked)) is None:
                while len(_held) >= REMEMBERED:
                    del _held[next(iter(_held))]
                groups = Groups.of_rows(groups_of_firms(connection, house, narrowed, day), all_facets)
                _held[asked] = groups
        finally:
            _making.release()
    return groups.counts(all_facets, narrowed.chosen)
