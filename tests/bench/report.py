"""How benchmarks speak: a peer and ours measured in the same run, the ratio, and the goal for the ratio."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T], repeat: int = 1) -> tuple[float, T]:
    """The best of ``repeat`` runs in seconds, and the last result."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def say(title: str, ours: float, peers: dict[str, float], goal: tuple[str, float] | None = None) -> None:
    """Print one benchmark: seconds, ratios, and whether the goal (peer, ratio) is met."""
    print(f"\n{title}")
    print(f"  {'ours':<58}{ours:>9.3f} s")
    for name, seconds in peers.items():
        mark = ""
        if goal and goal[0] == name:
            mark = f"   goal ≤ {goal[1]}: {'met' if ours / seconds <= goal[1] else 'MISSED'}"
        print(f"  {name:<58}{seconds:>9.3f} s   ours/this = {ours / seconds:5.2f}{mark}")


def peak_mib() -> float:
    """The largest memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
