"""The five-valued algebra of verdicts, over arrays. Pure.

``unmet < unknown < manual_review < met < not_applicable``: written in this order, *all of* is the least of the parts, so
any unmet decides, then any unknown, then any judgement, and what does not apply is left out until nothing else is left.
*Any of* is the same with met and unmet exchanged, and so is "none of".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

Verdicts = np.ndarray[Any, np.dtype[np.int8]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

NAMES = ("unmet", "unknown", "manual_review", "met", "not_applicable")
UNMET, UNKNOWN, MANUAL, MET, OUT = range(5)
_EXCHANGED = np.array([MET, UNKNOWN, MANUAL, UNMET, OUT], dtype=np.int8)


def same(verdict: int, number: int) -> Verdicts:
    """One verdict for ``number`` firms."""
    return np.full(number, verdict, dtype=np.int8)


def all_of(parts: Iterable[Verdicts], number: int) -> Verdicts:
    """Nothing to ask is not_applicable."""
    least = same(OUT, number)
    for part in parts:
        np.minimum(least, part, out=least)
    return least


def none_of(verdicts: Verdicts) -> Verdicts:
    """Met and unmet exchanged."""
    return _EXCHANGED[verdicts]


def any_of(parts: Iterable[Verdicts], number: int) -> Verdicts:
    return none_of(all_of((none_of(part) for part in parts), number))


def decided(sure: Mask, never: Mask) -> Verdicts:
    """Met where it is sure, unmet where it can never be, unknown between."""
    verdicts = np.where(sure, MET, UNKNOWN).astype(np.int8)
    verdicts[never] = UNMET
    return verdicts
