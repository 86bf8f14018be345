"""The chance of goals at a glance: from what was worked out or published before, never worked out for it. Set-based reads."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from registry.house import House
from registry.kind import Record
from tiers.forecasting.asking import held_forecasts
from tiers.forecasting.subjects import TARGETS
from tiers.published import PublishedCount

SNAPSHOT: Any = PublishedCount.__table__  # type: ignore[attr-defined]
#: A published forecast speaks for so long, a quarter and a bit.
FRESH = timedelta(days=100)
REMEMBERED = 16
_parts: dict[Hashable, Record] = {}


@dataclass(frozen=True)
class Chance:
    """``chance`` as decimal text, as of a day; ``goal`` and ``due``: what it is the chance of."""

    chance: str
    as_of: str
    goal: int
    due: str


def chances(house: House, day: date, known_at: datetime | None) -> dict[str, Chance]:
    """Target → the chance of its goal on its due day, where that lies ahead and somebody has asked for it before: the page
    of the forecast, its card, or the last published count."""
    held = held_forecasts(house, TARGETS, day, known_at)
    published = {} if len(held) == len(TARGETS) else _published(house, day, known_at)
    found = {}
    for target in TARGETS:
        if target in held:
            one = _chance(held[target]["judged"], held[target]["chances"], day.isoformat())
        else:
            said = published.get("targets", {}).get(target)
            one = _chance(said["judged"], said["ends"], published["as_of"]) if said else None
        if one is not None and one.due > day.isoformat():
            found[target] = one
    return found


def _chance(judged: Record | None, ends: list[Record], as_of: str) -> Chance | None:
    last = next((end for end in ends if end["due"] and end["chance"] is not None), None)
    return Chance(last["chance"], as_of, judged["goal"], judged["due"]) if judged and last else None


def _published(house: House, day: date, known_at: datetime | None) -> Record:
    """The forecasts of the newest published count that is fresh on a day (and was known at the instant); else empty."""
    s = SNAPSHOT.c
    newest = select(s.id).where(s.as_of <= day, s.as_of > day - FRESH)
    if known_at is not None:
        newest = newest.where(s.known_at <= known_at)
    with house.store.read() as connection:
        id = connection.execute(newest.order_by(s.as_of.desc(), s.id.desc()).limit(1)).scalar()
        if id is None:
            return {}
        key = (house.store.engine.url, id)
        if key not in _parts:  # a published count is never changed
            parts = json.loads(connection.execute(select(s.parts).where(s.id == id)).scalar_one())
            while len(_parts) >= REMEMBERED:
                _parts.pop(next(iter(_parts)), None)
            _parts[key] = parts.get("forecast", {})
        return _parts[key]
