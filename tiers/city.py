"""The whole city under the rules of a day: its facts and answers, held until the next filing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import cached_property
from threading import Lock

import numpy as np

from registry import codes
from registry.house import House
from tiers.assessing import Outcome, questions
from tiers.facts import load_facts
from tiers.rules.climb import near_distances
from tiers.rules.evaluation import Evaluation
from tiers.rules.explain import Asked
from tiers.rules.facts import Facts
from tiers.rules.verdicts import Mask

#: Days that are held at once: a page's own and one that somebody compares it with.
HELD = 2
#: Simulations that are held with a city.
SIMULATED = 4
_cities: dict[Hashable, City] = {}
_lock = Lock()


class City:
    """The firms in business on a day, and what the editions of that day say about them. Answers are made when asked for."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.evaluation = Evaluation(facts)
        self._simulated: dict[Hashable, Outcome] = {}
        self._near: dict[tuple[str, str, bool], Mapping[str, dict[int, float]]] = {}

    @cached_property
    def asked(self) -> Mapping[tuple[str, str], Asked]:
        """(tier, level) → the question that a new application of the day would be put; gaps are left out."""
        return {
            (composed.base.tier, composed.base.level): Asked(self.evaluation, composed, "new")
            for composed in questions(None, None, "new", self.facts.day, self.facts.home)
            if composed.edition.status != "not_found"
        }

    def holders(self, tier: str, level: str) -> Mask:
        """Who holds the title, or one that stands above it by rule."""
        held = np.zeros(len(self.facts), dtype=bool)
        above = {row["id"] for row in codes.load("codes/tiers").rows if tier in codes.several(row["within"])}
        for (one, at), who in self.facts.titles.items():
            if (one, at) == (tier, level) or one in above:
                held |= who
        return held

    def near(self, tier: str, level: str, open_: bool) -> Mapping[str, list[int]]:
        """Criterion → places of the firms that miss it alone and do not hold the title, nearest first; with ``open_`` the
        firms of which the fewest other facts are missing before that."""
        return {id: list(distances) for id, distances in self.distances(tier, level, open_).items()}

    def distances(self, tier: str, level: str, open_: bool = False) -> Mapping[str, dict[int, float]]:
        """The same with the distance of each firm to the line: the gap relative to its threshold."""
        key = (tier, level, open_)
        if key not in self._near:
            held = self.holders(tier, level)
            found = {
                id: {at: far for at, far in places.items() if not held[at]}
                for id, places in near_distances(self.asked[tier, level], open_).items()
            }
            self._near[key] = {id: places for id, places in found.items() if places}
        return self._near[key]

    @cached_property
    def by_tier(self) -> Mapping[str, Mask]:
        """Tier → who holds it, of whatever level."""
        found: dict[str, Mask] = {}
        for (tier, _level), who in self.facts.titles.items():
            found[tier] = found[tier] | who if tier in found else who
        return found

    @cached_property
    def titled(self) -> Mask:
        """Who holds any title."""
        return np.asarray(
            np.logical_or.reduce([np.zeros(len(self.facts), dtype=bool), *self.by_tier.values()])
        )

    def simulated(self, key: Hashable, run: Callable[[], Outcome]) -> Outcome:
        """The outcome of a simulation, held while others are not many."""
        if key not in self._simulated:
            while len(self._simulated) >= SIMULATED:
                self._simulated.pop(next(iter(self._simulated)), None)
            self._simulated[key] = run()
        return self._simulated[key]


def city_on(house: House, day: date) -> City:
    """The city of a day as the register has it now; kept until something is filed."""
    with house.store.read() as connection:
        key = (house.store.engine.url, house.store.last_write(connection), day, house.settings.city.code)
        with _lock:
            if key not in _cities:
                while len(_cities) >= HELD:
                    _cities.pop(next(iter(_cities)))
                _cities[key] = City(load_facts(house, connection, day))
            return _cities[key]
