"""A published count: what was counted, on which day, as known when, by which definition. Never edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from registry.kind import Record


@dataclass(frozen=True)
class Snapshot:
    """One published count.

    ``name``: what it was published for, a report of design §9 (``monthly quarterly district expiry``).
    ``definition``: hash of everything that the numbers depend on beside the records; ``versions`` says it in full:
    settings, plan, filed targets, rule editions, each with its own hash.
    ``count``: the document of ``count --by area``. ``bridges``: target → bridge document from the end of the period
    before (design §6). ``parts``: further frozen documents of the bulletin, by name (``expiring``, ``forecast`` …).
    """

    id: int
    name: str
    as_of: date
    known_at: datetime
    published_at: datetime
    by: str
    definition: str
    versions: Record
    count: Record
    bridges: Mapping[str, Record]
    parts: Mapping[str, Record]
    supersedes: int | None = None
