"""How firms are narrowed and counted: facets of the usual shapes, and those that follow from the profile alone.

A facet has two sides that must agree: the condition that a firm has a value, and the group that a firm is counted in
with the values of that group. Unknown is a value of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, literal

from registry import industries, words
from registry.house import House
from registry.room import Facet, Options, RegisterPart
from registry.shell.languages import language
from registry.subjects import ENTERPRISE

UNKNOWN, NONE = "unknown", "none"
Label = Callable[[], str]


def worded(vocabulary: str, *more: tuple[str, Callable[[], str]]) -> Options:
    """The words of a vocabulary, and further values behind them."""

    def options(_house: House) -> Sequence[tuple[str, str]]:
        spoken = language()
        known = [(id, words.label(vocabulary, id, spoken)) for id in words.vocabulary(vocabulary)]
        return [*known, *((id, label()) for id, label in more)]

    return options


def yes_no(_house: House) -> Sequence[tuple[str, str]]:
    return [("yes", _("yes")), ("no", _("no"))]


def one_of(
    id: str, label: Label, options: Options, column: Any, blank: str = UNKNOWN, order: int = 50
) -> Facet:
    """A firm has one value in ``column``; ``blank`` is what a firm without has."""
    value = func.coalesce(column, blank)

    def fits(wanted: str, _day: date) -> Any:
        return value == wanted

    return Facet(id, label, options, fits, lambda _day: value, lambda group: (group,), order)


def flag(id: str, label: Label, column: Any, order: int = 50) -> Facet:
    """1 is yes; 0, and a firm of which nothing was computed yet, is no."""
    value = func.coalesce(column, 0)

    def fits(wanted: str, _day: date) -> Any:
        return value == int(wanted == "yes")

    return Facet(
        id, label, yes_no, fits, lambda _day: value, lambda group: ("yes" if group else "no",), order
    )


def several_of(
    id: str, label: Label, options: Options, column: Any, blank: str = NONE, order: int = 50
) -> Facet:
    """A firm has each of the ids that stand in ``column``, parted by commas; ``blank`` where there are none."""

    def fits(wanted: str, _day: date) -> Any:
        if wanted == blank:
            return column.is_(None)
        return (literal(",") + column + literal(",")).contains(f",{wanted},", autoescape=True)

    def of(group: str | None) -> Sequence[str]:
        return group.split(",") if group else (blank,)

    return Facet(id, label, options, fits, lambda _day: column, of, order)


def _districts(house: House) -> Sequence[tuple[str, str]]:
    return [*_labelled(house, house.places.districts), (UNKNOWN, _("unknown"))]


def _areas(house: House) -> Sequence[tuple[str, str]]:
    areas = house.places.names.keys() - house.places.districts
    return [*_labelled(house, areas), (UNKNOWN, _("in no functional area"))]


def _labelled(house: House, ids: Collection[str]) -> list[tuple[str, str]]:
    return [(id, house.places.label(id, language())) for id in house.places.names if id in ids]


def _industries(_house: House) -> Sequence[tuple[str, str]]:
    """Sections, and under each its divisions: ``C``, ``C13``, ``C14`` …"""
    spoken = language()
    found = [(code if row["level"] == "section" else industries.section_of(code) + code)
             for code, row in industries.table().items() if row["level"] in ("section", "division")]  # fmt: skip
    named = [(code, f"{code} {industries.name_of(code, spoken)}") for code in sorted(found)]
    return [*named, (UNKNOWN, _("unknown"))]


def _in_industry(wanted: str, _day: date) -> Any:
    industry = ENTERPRISE.c.industry
    if wanted == UNKNOWN:
        return industry.is_(None)
    return industry.startswith(wanted)


def _of_industry(group: str | None) -> Sequence[str]:
    if not group:
        return (UNKNOWN,)
    return (group[0], group) if len(group) > 1 else (group,)


def _statuses(_house: House) -> Sequence[tuple[str, str]]:
    return [(id, words.label("status", id, language())) for id in words.vocabulary("status")]


E = ENTERPRISE.c
#: What the profile alone tells. A firm whose status nobody gave counts as active.
REGISTER = RegisterPart(
    table=None,
    facets=(
        one_of("district", lambda: _("District"), _districts, E.district, order=30),
        one_of("area", lambda: _("Functional area"), _areas, E.area, order=31),
        Facet("industry", lambda: _("Industry"), _industries, _in_industry,
              lambda _day: func.substr(E.industry, 1, 3), _of_industry, 32),
        one_of("status", lambda: _("Status"), _statuses, E.status, blank="active", order=80),
        one_of("ownership", lambda: _("Ownership"), worded("ownership"), E.ownership, order=81),
    ),
    columns=(),
)  # fmt: skip
