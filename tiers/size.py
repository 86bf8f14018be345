"""Size classes of firms by industry group, persons, revenue and assets. Pure, vectorised.

统计上大中小微型企业划分办法（2017）: a firm is in the highest class of which it reaches every lower limit; micro needs one
indicator below the small limit. Industries that no group covers are ``not_applicable``. A class that the missing
facts could still change is ``unknown``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from tiers.rules.editions import SizeGroup
from tiers.rules.library import library

CLASSES = ("large", "medium", "small", "micro")


@cache
def groups() -> tuple[SizeGroup, ...]:
    return library().editions["size-2017"].groups


@cache
def group_of(industry: str) -> str | None:
    """The group of a code with its letter: the longest prefix speaks; None where no group covers it."""
    digits = industry[1:]
    fitting = [
        (len(code), group.id) for group in groups() for code in group.industries if digits.startswith(code)
    ]
    return max(fitting)[1] if fitting else None


def size_classes(frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Class per row of a frame with ``industry, employees, revenue, total_assets`` (missing: NaN or None)."""
    result = np.full(len(frame), "unknown", dtype=object)
    industry = frame["industry"].astype(object)
    known = {code: group_of(code) for code in industry.dropna().unique()}
    group = industry.map(known).to_numpy(dtype=object)
    # A section letter alone (C) covers several groups only where they differ; without digits nothing can be said.
    has_code = industry.notna().to_numpy() & (industry.fillna("").str.len() > 1).to_numpy()
    result[has_code & pd.isna(group)] = "not_applicable"
    for one in groups():
        here = np.flatnonzero(group == one.id)
        if len(here):
            result[here] = _classes(one, frame.iloc[here])
    return result


def _classes(group: SizeGroup, frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.object_]]:
    values = [pd.to_numeric(frame[fact], errors="coerce").to_numpy(dtype=float) for fact in group.limits]
    low = [np.where(np.isnan(v), -np.inf, v) for v in values]
    high = [np.where(np.isnan(v), np.inf, v) for v in values]

    def rank(of: list[Any]) -> Any:
        """How many of the limits small, medium, large are reached by every metric."""
        reached = np.zeros(len(frame), dtype=int)
        for step, place in enumerate((2, 1, 0), start=1):
            limits = [float(limit[place]) for limit in group.limits.values()]
            all_limits = np.logical_and.reduce([v >= limit for v, limit in zip(of, limits, strict=True)])
            reached = np.where(all_limits, step, reached)
        return reached

    least, most = rank(low), rank(high)
    names = np.array(["micro", "small", "medium", "large"], dtype=object)
    return np.where(least == most, names[least], "unknown")
