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

from registry import codes

CLASSES = ("large", "medium", "small", "micro")


@cache
def groups() -> tuple[dict[str, str], ...]:
    return codes.load("codes/size_groups").rows


@cache
def group_of(industry: str) -> str | None:
    """The group of a code with its letter: the longest prefix speaks; None where no group covers it."""
    digits = industry[1:]
    best, found = 0, None
    for row in groups():
        for prefix in codes.several(row["codes"]):
            if digits.startswith(prefix) and len(prefix) > best:
                best, found = len(prefix), row["group"]
    return found


def size_classes(frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Class per row of a frame with ``industry, employees, revenue, total_assets`` (missing: NaN or None)."""
    result = np.full(len(frame), "unknown", dtype=object)
    industry = frame["industry"].astype(object)
    known = {code: group_of(code) for code in industry.dropna().unique()}
    group = industry.map(known).to_numpy(dtype=object)
    # A section letter alone (C) covers several groups only where they differ; without digits nothing can be said.
    has_code = industry.notna().to_numpy() & (industry.fillna("").str.len() > 1).to_numpy()
    result[has_code & pd.isna(group)] = "not_applicable"
    for row in groups():
        here = np.flatnonzero(group == row["group"])
        if len(here):
            result[here] = _classes(row, frame.iloc[here])
    return result


def _classes(row: dict[str, str], frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.object_]]:
    metrics = [m for m in ("1", "2") if row[f"metric{m}"]]
    values = [pd.to_numeric(frame[row[f"metric{m}"]], errors="coerce").to_numpy(dtype=float) for m in metrics]
    low = [np.where(np.isnan(v), -np.inf, v) for v in values]
    high = [np.where(np.isnan(v), np.inf, v) for v in values]

    def rank(of: list[Any]) -> Any:
        """How many of the limits small, medium, large are reached by every metric."""
        reached = np.zeros(len(frame), dtype=int)
        for step, name in enumerate(("small", "medium", "large"), start=1):
            all_limits = np.logical_and.reduce(
                [v >= float(row[f"{name}{m}"]) for m, v in zip(metrics, of, strict=True)]
            )
            reached = np.where(all_limits, step, reached)
        return reached

    least, most = rank(low), rank(high)
    names = np.array(["micro", "small", "medium", "large"], dtype=object)
    return np.where(least == most, names[least], "unknown")
