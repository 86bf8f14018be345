"""What the sample city hands over: filings, and the planned steps they are made from."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

Value = str | int | float | date | None
Row = dict[str, Value]


@dataclass(frozen=True)
class SampleFiling:
    """One act of filing. ``rows`` carry the field ids of the import kinds; money is whole yuan, shares are
    decimal strings, days are dates. ``sets`` hold for the whole list. ``withdraws`` names the label of an earlier
    filing that this step takes back; then there are no rows."""

    label: str
    at: datetime
    kind: str
    file: str
    rows: list[Row]
    sets: dict[str, str]
    complete_on: date | None = None
    withdraws: str | None = None
    by: str = "sample"


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
