"""What the sample city hands over: acts of filing, whichever room invents them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


#: A room's part of the sample city of so many firms with that seed, in the order of its instants. Equal arguments give
#: equal filings; they speak of the city's own firms and change nothing of what the city files itself.
SamplePart = Callable[[int, int], Iterator[SampleFiling]]
