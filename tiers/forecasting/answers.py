"""What a forecast says: quantiles by month, the chance of reaching a goal, and what would have to be true. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from tiers.forecasting.fitting import Floats, Model
from tiers.forecasting.history import Records, day_of
from tiers.forecasting.paths import Paths

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NAMES = ("p05", "p25", "p50", "p75", "p95")
Document = dict[str, Any]


def spread(values: Floats) -> Document:
    """The quantiles and the mean of draws, as whole numbers."""
    found = np.quantile(values, QUANTILES)
    return {
        **{name: round(float(v)) for name, v in zip(NAMES, found, strict=True)},
        "mean": round(float(values.mean())),
    }


def by_month(points: Sequence[int], total: Floats) -> list[Document]:
    return [
        {"day": day_of(point).isoformat(), **spread(values)}
        for point, values in zip(points, total, strict=True)
    ]


def reaches(values: Floats | float, goal: float, direction: str) -> Any:
    """Which draws meet the goal: ``about`` within 5 %, as targets are judged."""
    whole = np.round(values)
    if direction == "more_than":
        return whole > goal
    if direction == "at_most":
        return whole <= goal
    if direction == "about":
        return np.abs(whole - goal) <= abs(goal) * 0.05
    return whole >= goal


def decimal(value: float, places: int = 4) -> str:
    """A ratio as decimal text."""
    return str(Decimal(repr(round(float(value), places))).quantize(Decimal(1).scaleb(-places)))


def chance(values: Floats, goal: float, direction: str) -> str:
    return decimal(float(np.mean(reaches(values, goal, direction))))


def grade(chance: str) -> tuple[str, int]:
    """How a chance is said: ``under`` or ``over`` the last hundredth, so many ``hundredths`` near the ends, else ``tenths``."""
    share = float(chance)
    if share < 0.01:
        return "under", 1
    if share > 0.99:
        return "over", 99
    if share < 0.1 or share > 0.95:
        return "hundredths", round(share * 100)
    return "tenths", round(share * 10)


def difference(base: Floats, other: Floats) -> Document:
    """What another scenario changes, draw by draw: the same chances lie under both."""
    change = other - base
    low, middle, high = np.quantile(change, (0.05, 0.5, 0.95))
    return {
        "p05": round(float(low)),
        "p50": round(float(middle)),
        "p95": round(float(high)),
        "mean": round(float(change.mean())),
    }


def crossing(median: Callable[[float], float], goal: float, high: float, steps: int) -> float | None:
    """Where a rising median meets the goal between 0 and ``high``, by false position; None where it stays below."""
    low, under, over = 0.0, median(0.0), median(high)
    if over < goal:
        return None
    for _step in range(steps):
        if under >= goal or over - under < 1e-9:
            return low if under >= goal else high
        middle = low + (high - low) * (goal - under) / (over - under)
        found = median(middle)
        if abs(found - goal) < 0.5:
            return middle
        if found >= goal:
            high, over = middle, found
        else:
            low, under = middle, found
    return high


def new_a_month(paths: Paths, at: int, goal: float) -> float | None:
    """How many new firms a month, evenly from now on, make the median reach the goal at one month."""
    lasting = paths.lasting[at]
    if not lasting.max():
        return None
    top = max(goal, 1.0)
    return crossing(lambda n: float(np.median(paths.held[at] + n * lasting)), goal, top, 40)


def cohorts(model: Model, records: Records, ending: Mapping[tuple[int, int], int]) -> list[Document]:
    """What is known of each cohort: its renewals so far, and how many of its titles end within the horizon."""
    found = []
    for key in sorted({*model.cohorts, *ending}):
        group, year = key
        tier, _, level = records.groups[group].partition(":")
        good, bad = model.cohorts.get(key, (0, 0))
        expected = model.expected(group, year)
        found.append({
            "tier": tier, "level": level or None, "issued": year, "renewed": good, "lapsed": bad,
            "ending": ending.get(key, 0), "expected": None if expected is None else decimal(expected),
        })  # fmt: skip
    return found
