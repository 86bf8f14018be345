"""What counts how much: ``data/codes/match_weights.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from registry import codes


@cache
def weights() -> Mapping[str, float]:
    return {row["id"]: float(row["weight"]) for row in codes.load("codes/match_weights").rows}
