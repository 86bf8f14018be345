"""Would earlier forecasts have been right? From past days, with what records of today say of them, compared with what
came. Pure.

An origin knows what was issued, revoked or moved by then, but with today's corrections: this judges the method, not the
speed of filing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from tiers.forecasting.answers import NAMES, QUANTILES, Document, decimal, spread
from tiers.forecasting.fitting import Floats

AHEAD = (6, 12)
ORIGINS = 10
#: Draws of a month a year ahead → months × simulations; None: too little was known. Actual value on a day.
Forecast = Callable[[date, Sequence[date]], "Floats | None"]


@dataclass(frozen=True)
class Trial:
    """One forecast and what came: ``values`` are its draws; ``last`` and ``year_before`` stood at the origin."""

    origin: date
    day: date
    ahead: int
    values: Any
    actual: int
    last: int
    year_before: int

    @property
    def drifting(self) -> float:
        """The floor "last year's change again"."""
        return self.last + (self.last - self.year_before) * self.ahead / 12


def origins(day: date, first: date, most: int = ORIGINS) -> list[date]:
    """The ends of half-years of which at least the shorter horizon is over, the earliest first."""
    found: list[date] = []
    year, month = (day.year, 6) if (day.month, day.day) >= (6, 30) else (day.year - 1, 12)
    while len(found) < most + 2:
        end = date(year, month, 30 if month == 6 else 31)
        if end < first:
            break
        found.append(end)
        year, month = (year, 6) if month == 12 else (year - 1, 12)
    ahead = [end for end in found if months_on(end, AHEAD[0]) <= day]
    return ahead[:most][::-1]


def months_on(end: date, months: int) -> date:
    """The end of a half-year, so many months (6 or 12) on."""
    if months % 12:
        return date(end.year, 12, 31) if end.month == 6 else date(end.year + 1, 6, 30)
    return end.replace(year=end.year + months // 12)


def pinball(quantiles: Sequence[float], actual: float) -> float:
    """The mean loss of the five quantiles: lower is better, in firms."""
    losses = [
        (actual - value) * level if actual >= value else (value - actual) * (1 - level)
        for level, value in zip(QUANTILES, quantiles, strict=True)
    ]
    return sum(losses) / len(losses)


def document(trials: Sequence[Trial]) -> Document:
    """The table of trials and what they say together, by how far ahead and over all."""
    rows = []
    for trial in trials:
        found = spread(trial.values)
        rows.append({
            "origin": trial.origin.isoformat(), "day": trial.day.isoformat(), "ahead": trial.ahead, **found,
            "actual": trial.actual, "in_50": found["p25"] <= trial.actual <= found["p75"],
            "in_90": found["p05"] <= trial.actual <= found["p95"],
            "below": decimal(float(np.mean(trial.values < trial.actual) + np.mean(trial.values == trial.actual) / 2)),
            "last_value": trial.last, "last_change": round(trial.drifting),
        })  # fmt: skip
    scores = [_score(rows, ahead) for ahead in (*AHEAD, None)] if rows else []
    return {"trials": rows, "scores": [score for score in scores if score["forecasts"]]}


def _score(rows: Sequence[Document], ahead: int | None) -> Document:
    mine = [row for row in rows if ahead in (None, row["ahead"])]
    count = max(len(mine), 1)

    def mean(values: Sequence[float]) -> float:
        return sum(values) / count

    return {
        "ahead": ahead, "forecasts": len(mine),
        "in_50": decimal(mean([row["in_50"] for row in mine])), "in_90": decimal(mean([row["in_90"] for row in mine])),
        "error": decimal(mean([abs(row["p50"] - row["actual"]) / max(row["actual"], 1) for row in mine])),
        "loss": decimal(mean([pinball([row[n] for n in NAMES], row["actual"]) for row in mine]), 1),
        "loss_last_value": decimal(mean([pinball([row["last_value"]] * 5, row["actual"]) for row in mine]), 1),
        "loss_last_change": decimal(mean([pinball([row["last_change"]] * 5, row["actual"]) for row in mine]), 1),
    }  # fmt: skip
