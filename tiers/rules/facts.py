"""What is on record about firms on a day, by columns, as the rules read it. Pure; ``tiers/assessing.py`` fills it.

Numbers are float64 with NaN for what is not known: money in yuan stays exact to 9·10¹⁵. Words are their places in a scale
(``quantities.SCALES``). Titles and honours are events that the register keeps: no record is none that we know of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from tiers.rules.verdicts import Mask

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Words = np.ndarray[Any, np.dtype[np.object_]]


@dataclass(frozen=True)
class Honours:
    """Honours granted by the day, one row each: ``firm`` is the place in ``Facts.firms``; level "" and rank NaN: not given."""

    firm: np.ndarray[Any, np.dtype[np.intp]]
    honour: Words
    level: Words
    rank: Numbers
    on: np.ndarray[Any, np.dtype[np.datetime64]]
    until: np.ndarray[Any, np.dtype[np.datetime64]]


@dataclass(frozen=True)
class Facts:
    """``figures``: (fact, year) → a column; ``evidence``: fact → a column; all as long as ``firms``.

    ``titles``: (tier, level) → who holds it. ``outside``: fact → where the question does not arise (a size class for an
    industry that has none). ``places`` and ``industry``: codes or None.
    """

    day: date
    firms: Words
    figures: Mapping[tuple[str, int], Numbers]
    evidence: Mapping[str, Numbers]
    titles: Mapping[tuple[str, str], Mask]
    honours: Honours
    city: Words
    district: Words
    area: Words
    industry: Words
    outside: Mapping[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.firms)

    def figure(self, fact: str, year: int) -> Numbers:
        found = self.figures.get((fact, year))
        return self.missing if found is None else found

    def of_day(self, fact: str) -> Numbers:
        found = self.evidence.get(fact)
        return self.missing if found is None else found

    @cached_property
    def missing(self) -> Numbers:
        return np.full(len(self), np.nan)

    @property
    def home(self) -> str | None:
        """The city of all these firms; None where they are of several, or there are none."""
        cities = set(self.city)
        return cities.pop() if len(cities) == 1 else None

    @property
    def last_year(self) -> int:
        return self.day.year - 1


def full_years(since: Any, until: date) -> Numbers:
    """Whole years from each day (datetime64[D], NaT: unknown) up to and including ``until``: a year counts on the day
    before its anniversary. Days after ``until`` give 0."""
    since = np.asarray(since, dtype="datetime64[D]")
    end = np.datetime64(until, "D") + 1
    missing = np.isnat(since)
    months = since.astype("datetime64[M]")
    year = since.astype("datetime64[Y]").astype(int) + 1970
    month_day = (months.astype(int) % 12) * 100 + (since - months.astype("datetime64[D]")).astype(int)
    end_month = end.astype("datetime64[M]")
    end_year = int(end.astype("datetime64[Y]").astype(int)) + 1970
    end_month_day = (int(end_month.astype(int)) % 12) * 100 + int(
        (end - end_month.astype("datetime64[D]")).astype(int)
    )
    years = end_year - year - (month_day > end_month_day)
    return np.where(missing, np.nan, np.maximum(years, 0).astype(float))
