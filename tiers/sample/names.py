"""Invented firm names: place, trade name of rare syllables, word of the trade, legal form."""

from __future__ import annotations

import random
from collections.abc import Iterable

from tiers.sample.tables import Trade, load

PREFIXES = ("济南", "山东", "济南市", "")
SHARE_FORM, LIMITED_FORM = "股份有限公司", "有限公司"


class Names:
    """Hands out names; no trade name twice, except on purpose to sisters."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._first, self._second, self._third = (row["characters"] for row in load("syllables"))
        self._taken: set[str] = set()

    def reserve(self, names: Iterable[str]) -> None:
        """Keep names that others already bear."""
        self._taken.update(names)

    def trade_name(self) -> str:
        """Two or three characters that no other firm of the city uses."""
        while True:
            name = self._rng.choice(self._first) + self._rng.choice(self._second)
            if name[0] == name[1]:
                continue
            if name in self._taken or self._rng.random() < 0.55:
                name += self._rng.choice(self._third)
            if name not in self._taken:
                self._taken.add(name)
                return name

    def full(self, trade_name: str, word: str, form: str, district: str) -> str:
        """A registered name in one of the usual shapes, some with the place in brackets."""
        roll = self._rng.random()
        if roll < 0.03:
            return f"{trade_name}（济南）{word}{form}"
        if roll < 0.09 and len(district) > 2:
            return f"济南{district[:-1]}{trade_name}{word}{form}"
        prefix = self._rng.choices(PREFIXES, (46, 44, 6, 4))[0]
        return f"{prefix}{trade_name}{word}{form}"

    def word(self, trade: Trade) -> str:
        return self._rng.choice(trade.words)
