"""An order of the firms of a loop in which most of the flow runs forwards.

After P. Eades, X. Lin, W. F. Smyth, *A fast and effective heuristic for the feedback arc set problem* (1993): firms that nothing
more reaches come first, firms that reach nothing more come last, and where there is neither, the one that gives most more
than it takes comes next.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np


def forwards(size: int, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The place of each of ``size`` firms in the order, from 0; edges run from ``source`` to ``target``."""
    after: list[list[int]] = [[] for _ in range(size)]
    before: list[list[int]] = [[] for _ in range(size)]
    for a, b in zip(source.tolist(), target.tolist(), strict=True):
        if a != b:
            after[a].append(b)
            before[b].append(a)
    out, into = [len(each) for each in after], [len(each) for each in before]
    gone = [False] * size
    heap = [(into[at] - out[at], at) for at in range(size)]
    heapify(heap)
    ready = [at for at in range(size) if not (out[at] and into[at])]
    first: list[int] = []
    last: list[int] = []

    def take(at: int) -> None:
        gone[at] = True
        (first if not into[at] or out[at] else last).append(at)
        for near, left in ((after[at], into), (before[at], out)):
            for other in near:
                if not gone[other]:
                    left[other] -= 1
                    heappush(heap, (into[other] - out[other], other))
                    if not left[other]:
                        ready.append(other)

    while len(first) + len(last) < size:
        while ready:
            if not gone[at := ready.pop()]:
                take(at)
        while heap:
            excess, at = heappop(heap)
            if not gone[at] and excess == into[at] - out[at]:
                take(at)
                break
    place = np.empty(size, dtype=np.int64)
    place[[*first, *reversed(last)]] = np.arange(size)
    return place
