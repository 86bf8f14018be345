"""What this room adds to the register's list of firms: tiers held, sizes, revenue, expiries, from ``standing``."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import and_, case

from registry import words
from registry.facets import NONE, flag, one_of, several_of, worded
from registry.house import House
from registry.room import Column, Facet, RegisterPart
from registry.shell import formats
from registry.shell.languages import language
from tiers.names import rung, short_name
from tiers.standing import FACTS, STANDING, recompute, stale

S = STANDING.c
WINDOWS = (30, 90, 180, 365)


def _tiers(_house: House) -> Sequence[tuple[str, str]]:
    return [*((id, short_name(id)) for id in words.vocabulary("tier")), (NONE, _("none in force"))]


def _highest(house: House) -> Sequence[tuple[str, str]]:
    """The tiers of the configured order, the ladder's others, and none."""
    order = house.settings.quality.order
    ids = [*order, *(id for id in words.vocabulary("tier") if id not in order)]
    return [*((id, short_name(id)) for id in ids), (NONE, _("none in force"))]


def _windows(_house: House) -> Sequence[tuple[str, str]]:
    return [(str(days), _("%(n)s days", n=days)) for days in WINDOWS]


def _facts(_house: House) -> Sequence[tuple[str, str]]:
    named = {"industry": _("Industry"), "place": _("District"), "founded_on": _("Day of founding"),
             "revenue": _("Revenue of the revenue year"), "employees": _("Employees of the revenue year")}  # fmt: skip
    return [*((fact, named[fact]) for fact in FACTS), (NONE, _("nothing missing"))]


def _expiring(days: str, day: date) -> Any:
    # The day itself is the first of the window, as in expiring_180d.
    return and_(S.next_expiry >= day, S.next_expiry <= _last(int(days), day))


def _last(days: int, day: date) -> date:
    return day + timedelta(days=days - 1)


def _window(day: date) -> Any:
    """The narrowest window that a firm's next expiry lies in."""
    within = [(S.next_expiry <= _last(days, day), days) for days in WINDOWS]
    return case((S.next_expiry < day, None), *within, else_=None)


def _windows_of(group: int | None) -> Sequence[str]:
    return [str(days) for days in WINDOWS if group is not None and days >= group]


NOTHING = Markup('<span class="soft">–</span>')


def _held(row: Any) -> Markup:
    """The tiers in force as chips, the highest first."""
    if not row.tiers:
        return NOTHING
    return _chips(row.tiers, language())


@lru_cache(maxsize=1_000)
def _chips(tiers: str, language: str) -> Markup:
    chips = [
        Markup('<span class="chip rung rung-{}" title="{}">{}</span>').format(
            rung(tier), words.label("tier", tier, language), short_name(tier)
        )
        for tier in sorted(tiers.split(","), key=rung, reverse=True)
    ]
    return Markup('<span class="chips">{}</span>').format(Markup(" ").join(chips))


def _size(row: Any) -> Markup:
    if row.size_class in (None, "unknown"):
        return formats.unknown()
    return escape(words.label("size", row.size_class, language()))


def _expiry(row: Any) -> Markup:
    if row.next_expiry is None:
        return NOTHING
    return formats.day(row.next_expiry)


def _size_name(row: Any) -> str | None:
    return words.label("size", row.size_class, language()) or None


def _marks(row: Any) -> list[str]:
    marks = []
    if row.above_scale:
        marks.append(_("above scale"))
    if row.listed:
        marks.append(_("listed"))
    return marks


@cache
def _mark_chips(marks: tuple[str, ...]) -> Markup:
    chips = [Markup('<span class="chip tone-mute">{}</span>').format(mark) for mark in marks]
    return Markup('<span class="chips">{}</span>').format(Markup(" ").join(chips)) if chips else Markup("")


def _standing(row: Any) -> Markup:
    return _mark_chips(tuple(_marks(row)))


def _names(row: Any) -> str | None:
    return (
        "；".join(words.label("tier", tier, language()) for tier in (row.tiers or "").split(",") if tier)
        or None
    )


_being: set[str] = set()
_checked: dict[str, date] = {}


def freshen(house: House) -> bool:
    """Standings speak of a day: on the first visit of a new one they are computed again beside the running pages."""
    place, today = str(house.store.engine.url), house.clock.today()
    if _checked.get(place) == today:
        return True
    if place in _being:
        return False
    with house.store.read() as connection:
        if not stale(connection, today):
            _checked[place] = today
            return True
    _being.add(place)
    threading.Thread(target=_recompute, args=(house, place, today), daemon=True).start()
    return False


def _recompute(house: House, place: str, today: date) -> None:
    try:
        with house.store.write("standing") as unit:
            recompute(house, unit.connection, None, today)
        _checked[place] = today
    finally:
        _being.discard(place)


REGISTER = RegisterPart(
    table=STANDING,
    facets=(
        several_of("tier", lambda: _("Title in force"), _tiers, S.tiers, order=10),
        several_of("level", lambda: _("Level"), worded("level", (NONE, lambda: _("none in force"))), S.levels, order=11),
        Facet("expiring", lambda: _("Expires within"), _windows, _expiring, _window, _windows_of, 12),
        one_of("size", lambda: _("Size"), worded("size"), S.size_class, order=40),
        one_of("revenue", lambda: _("Revenue class"), worded("revenue_class"), S.revenue_class, order=41),
        flag("above", lambda: _("Above scale"), S.above_scale, order=42),
        flag("doubling", lambda: _("Doubling plan"), S.doubling, order=43),
        flag("listed", lambda: _("Listed"), S.listed, order=44),
        several_of("stage", lambda: _("Listing stage"), worded("stage_listing", (NONE, lambda: _("no stage on record"))),
                   S.stages, order=45),
        several_of("missing", lambda: _("Missing facts"), _facts, S.missing, order=60),
        one_of("highest", lambda: _("Highest tier"), _highest, S.highest_tier, blank=NONE, order=82),
    ),
    columns=(
        Column("tiers", lambda: _("Titles in force"), (S.tiers,), _held, _names),
        Column("size", lambda: _("Size"), (S.size_class,), _size, _size_name),
        Column("standing", lambda: _("Standing"), (S.above_scale, S.listed), _standing,
               lambda row: "；".join(_marks(row)) or None),
        Column("revenue", lambda: _("Revenue"), (S.revenue, S.revenue_class), lambda row: formats.money(row.revenue),
               lambda row: row.revenue, number=True, order=S.revenue, unit="元"),
        Column("expiry", lambda: _("Next expiry"), (S.next_expiry,), _expiry,
               lambda row: row.next_expiry.isoformat() if row.next_expiry else None, order=S.next_expiry),
    ),
    freshen=freshen,
)  # fmt: skip
