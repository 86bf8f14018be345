"""The planned steps that the city's filings are made from, and its size."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from registry.sample import Row


@dataclass(frozen=True)
class Step:
    """A filing in the bureau's diary; its rows are written only when the day comes."""

    day: date
    label: str
    kind: str
    file: str
    rows: Callable[[], list[Row]]
    sets: dict[str, str] = field(default_factory=dict)
    complete_on: date | None = None
    withdraws: str | None = None


@dataclass(frozen=True)
class Scale:
    """How large the city is against the calibrated one, and where its chance comes from.

    Every topic draws from a stream of its own, so that a change in one leaves the others alone.
    """

    firms: int
    seed: int

    def n(self, count: int) -> int:
        """A count calibrated for 20,000 firms, for this city; something stays something."""
        return 0 if count == 0 else max(1, round(count * self.firms / 20_000))

    def rng(self, topic: str) -> random.Random:
        return random.Random(f"{self.seed}/{self.firms}/{topic}")
