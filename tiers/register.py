"""What this room adds to the register's list of firms: tiers held, sizes, revenue, expiries, from ``standing``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import Select, literal

from registry import words
from registry.house import House
from registry.room import Column, Facet, RegisterPart
from registry.shell import formats
from registry.shell.languages import language
from tiers.names import rung, short_name
from tiers.standing import STANDING, recompute, stale

S = STANDING.c
NONE = "none"
WINDOWS = (30, 90, 180, 365)


def _words(vocabulary: str) -> Callable[[House], Sequence[tuple[str, str]]]:
    def options(_house: House) -> Sequence[tuple[str, str]]:
        spoken = language()
        return [(id, words.label(vocabulary, id, spoken)) for id in words.vocabulary(vocabulary)]

    return options


def _tiers(_house: House) -> Sequence[tuple[str, str]]:
    return [*((id, short_name(id)) for id in words.vocabulary("tier")), (NONE, _("none in force"))]


def _highest(house: House) -> Sequence[tuple[str, str]]:
    return [(id, short_name(id)) for id in house.settings.quality.order]


def _yes_no(_house: House) -> Sequence[tuple[str, str]]:
    return [("yes", _("yes")), ("no", _("no"))]


def _windows(_house: House) -> Sequence[tuple[str, str]]:
    return [(str(days), _("%(n)s days", n=days)) for days in WINDOWS]


def _holding(query: Select[Any], tier: str, _day: date) -> Select[Any]:
    if tier == NONE:
        return query.where(S.tiers.is_(None))
    return query.where((literal(",") + S.tiers + literal(",")).contains(f",{tier},", autoescape=True))


def _equal(column: Any) -> Callable[[Select[Any], str, date], Select[Any]]:
    return lambda query, value, _day: query.where(column == value)


def _flag(column: Any) -> Callable[[Select[Any], str, date], Select[Any]]:
    return lambda query, value, _day: query.where(column == int(value == "yes"))


def _expiring(query: Select[Any], days: str, day: date) -> Select[Any]:
    # The day itself is the first of the window, as in expiring_180d.
    return query.where(S.next_expiry >= day, S.next_expiry <= day + timedelta(days=int(days) - 1))


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
        Facet("tier", lambda: _("Title in force"), _tiers, _holding),
        Facet("highest", lambda: _("Highest tier"), _highest, _equal(S.highest_tier)),
        Facet("size", lambda: _("Size"), _words("size"), _equal(S.size_class)),
        Facet("revenue", lambda: _("Revenue class"), _words("revenue_class"), _equal(S.revenue_class)),
        Facet("above", lambda: _("Above scale"), _yes_no, _flag(S.above_scale)),
        Facet("listed", lambda: _("Listed"), _yes_no, _flag(S.listed)),
        Facet("expiring", lambda: _("Expires within"), _windows, _expiring),
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
