"""What was held when: terms cut to what a day knew, spans, and who counted at each month's end. Pure.

Days are numbers of days since 1970-01-01 (``datetime64[D]`` as int64), so that they compare and add without a calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
FAR = 10**6  # later than every day that a register names
EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    return (day - EPOCH).days


def day_of(number_: int) -> date:
    return EPOCH + timedelta(days=int(number_))


@dataclass(frozen=True)
class Records:
    """Everything that made firms count for one thing, one row a term; firms and groups by their places.

    ``group``: place in ``groups`` (``srdi:provincial``); ``title``: the same for all terms of one title of one firm.
    ``last``: the last day as printed, FAR for memberships without an end; ``revoked``: the first day without, FAR if
    none. ``months``: how long a term of each group lasts. ``stay_*``: spans in which a firm was the city's.
    """

    firms: tuple[str, ...]
    groups: tuple[str, ...]
    months: tuple[int, ...]
    firm: Ints
    group: Ints
    title: Ints
    start: Ints
    last: Ints
    issued: Ints
    revoked: Ints
    stay_firm: Ints
    stay_from: Ints
    stay_to: Ints

    def rows(self, keep: Any) -> Records:
        """Some of the terms, in the order given."""
        return replace(self, **{n: getattr(self, n)[keep] for n in _TERM})


_TERM = ("firm", "group", "title", "start", "last", "issued", "revoked")


def known_on(records: Records, day: int) -> Records:
    """What a reader on ``day`` could know of it: nothing that was issued, revoked or moved later."""
    kept = records.rows((records.issued <= day) & (records.revoked > records.start))
    stays = records.stay_from <= day
    return replace(
        kept,
        revoked=np.where(kept.revoked <= day, kept.revoked, FAR),
        stay_firm=records.stay_firm[stays],
        stay_from=records.stay_from[stays],
        stay_to=np.where(records.stay_to[stays] <= day, records.stay_to[stays], FAR),
    )


def overtaken(records: Records) -> Ints:
    """Of each term the first day on which a later issued one of the same title speaks; FAR if none does."""
    order = np.lexsort((records.start, records.issued, records.title))
    title = records.title[order]
    # Backwards the titles fall, so a running minimum begins anew with each of them.
    keyed = records.start[order] + title * (4 * FAR)
    least = np.minimum.accumulate(keyed[::-1])[::-1] - title * (4 * FAR)
    found = np.full(len(order), FAR, dtype=np.int64)
    if len(order):
        follows = np.append(title[1:] == title[:-1], False)
        found[order[follows]] = least[1:][follows[:-1]]
    return found


def following(records: Records) -> Ints:
    """Of each term the place of the next one of its title by its first day; −1 if none follows."""
    order = np.lexsort((records.start, records.title))
    found = np.full(len(order), -1, dtype=np.int64)
    same = records.title[order][1:] == records.title[order][:-1]
    found[order[:-1][same]] = order[1:][same]
    return found


@dataclass(frozen=True)
class Spans:
    """In force and at home: ``start <= day < end``. ``row``: the term's place; ``gone``: it ended by an exit (revoked,
    cancelled, moved, left the list), not by its printed last day."""

    row: Ints
    firm: Ints
    start: Ints
    end: Ints
    gone: Mask


def spans(records: Records) -> Spans:
    """Terms cut by what overtook or revoked them and by the firm's stays; empty ones are left out."""
    natural = np.minimum(records.last + 1, overtaken(records))
    ends = np.minimum(natural, records.revoked)
    order = np.argsort(records.stay_firm, kind="stable")
    firm, first, to = (a[order] for a in (records.stay_firm, records.stay_from, records.stay_to))
    low, high = (np.searchsorted(firm, records.firm, side) for side in ("left", "right"))
    times = high - low
    row = np.repeat(np.arange(len(records.firm)), times)
    at = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times) + np.repeat(low, times)
    start = np.maximum(records.start[row], first[at]) if len(row) else row
    end = np.minimum(ends[row], to[at]) if len(row) else row
    keep = start < end
    row, start, end = row[keep], start[keep], end[keep]
    return Spans(row, records.firm[row], start, end, end < natural[row])


def presence(found: Spans, firms: int, points: Sequence[int]) -> Mask:
    """firms × points: who counted on each day."""
    held = np.zeros((firms, len(points)), dtype=bool)
    for place, point in enumerate(points):
        held[found.firm[(found.start <= point) & (point < found.end)], place] = True
    return held


def month_end(year: int, month: int) -> date:
    """The last day of a month; months beyond 1 … 12 lie in other years."""
    at = year * 12 + month  # the month after, counted from zero
    return date(at // 12, at % 12 + 1, 1) - timedelta(days=1)


def ends_after(day: date, months: int) -> list[date]:
    """The next month ends, later than ``day``."""
    first = 0 if month_end(day.year, day.month) > day else 1
    return [month_end(day.year, day.month + first + n) for n in range(months)]


def ends_before(day: date, months: int) -> list[date]:
    """The last month ends up to ``day``, the earliest first."""
    last = 0 if month_end(day.year, day.month) == day else -1
    return [month_end(day.year, day.month + last - n) for n in reversed(range(months))]
