"""From when to when a title speaks. Pure; days are ISO text.

What is printed wins. Without it ``valid_from`` is the day of issue and ``valid_to`` follows from the tier's term
(README, "Terms"). Where two terms of one title overlap, the later issued speaks from its ``valid_from``.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from registry import codes
from registry.kind import Record

LIST_MONTHS = 24
ONE_DAY = timedelta(days=1)


class Term(NamedTuple):
    """A term of a title as ``models.Title`` keeps it."""

    tier: str
    level: str
    kind: str
    valid_from: date
    valid_to: date
    issued: date
    ends_on: date
    overtaken_on: date | None = None
    revoked_on: date | None = None
    revoke_reason: str | None = None

    @property
    def title(self) -> tuple[str, str]:
        return self.tier, self.level


@cache
def term_of(tier: str) -> str:
    """``3y``, ``year`` or ``list``."""
    return next(row["term"] for row in codes.load("codes/tiers").rows if row["id"] == tier)


def years_on(day: date, years: int) -> date:
    """The same date some years on; from 29 February the 28th where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_on(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month: of the last day of a month always the last."""
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    last = monthrange(year, month + 1)[1]
    whole = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if whole else min(day.day, last))


def last_day(start: date, term: str) -> date:
    """The last day of a term that begins on ``start``. A list title's is the latest that it can be.

    ``3y`` is the day before the same date three years on, except from 29 February: 28 February.
    """
    if term == "year":
        return date(start.year, 12, 31)
    years = 3 if term == "3y" else LIST_MONTHS // 12
    if start.month == 2 and start.day == 29:
        return years_on(start, years)
    return years_on(start, years) - ONE_DAY


def day_after(day: str) -> str:
    return (date.fromisoformat(day) + ONE_DAY).isoformat() if day < "9999-12-31" else day


def settle(records: list[Record]) -> None:
    """Fill the derived columns of all terms of one firm, in place; see ``models.Title``."""
    records[:] = [r for r in records if r.get("valid_from") or r.get("issued_on")]
    groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        record["kind"] = record.get("kind") or "enterprise"
        record["basis"] = record.get("basis") or "new"
        record["valid_from"] = record.get("valid_from") or record["issued_on"]
        record["issued"] = record.get("issued_on") or record["valid_from"]
        record["open_term"] = 0
        if not record.get("valid_to"):
            term = term_of(record["tier"])
            record["open_term"] = int(term == "list")
            # A year's registration lasts until the end of the year of registration, whenever it is printed to start.
            start = record["issued"] if term == "year" else record["valid_from"]
            record["valid_to"] = last_day(date.fromisoformat(start), term).isoformat()
        groups[record["tier"], record["level"], record["kind"]].append(record)
    for terms in groups.values():
        speak(terms)


def speak(terms: list[Record]) -> None:
    """Who speaks when, among the terms of one title: sets ``first``, ``overtaken_on`` and ``ends_on``."""
    terms.sort(key=lambda r: (r["issued"], r["valid_from"], r["filing"], r["row"]))
    overtaken: str | None = None
    for index in range(len(terms) - 1, -1, -1):
        term = terms[index]
        term["first"] = int(index == 0)
        term["overtaken_on"] = overtaken
        overtaken = min(overtaken or term["valid_from"], term["valid_from"])
        ends = min(
            d for d in (day_after(term["valid_to"]), term.get("revoked_on"), term["overtaken_on"]) if d
        )
        term["ends_on"] = max(ends, term["valid_from"])


def list_ends(issues: Iterable[str]) -> Mapping[str, str]:
    """For the issue days of one market list: the last day of the titles of each ."""
    days: Sequence[str] = sorted(set(issues))
    ends = {}
    for index, day in enumerate(days):
        longest = last_day(date.fromisoformat(day), "list").isoformat()
        following = days[index + 1] if index + 1 < len(days) else None
        before_next = (date.fromisoformat(following) - ONE_DAY).isoformat() if following else longest
        ends[day] = min(longest, before_next)
    return ends


def last_of(term: Term, terms: Sequence[Term]) -> Term:
    """The term that ends an unbroken row of terms of one title."""
    following = term.valid_to + ONE_DAY if term.valid_to < date.max else term.valid_to
    later = [
        t
        for t in terms
        if (t.tier, t.level, t.kind) == (term.tier, term.level, term.kind)
        and term.valid_from < t.valid_from <= following
    ]
    return last_of(min(later, key=lambda t: t.valid_from), terms) if later else term
