"""企业库: the list of firms: search, facets, order, pages, export."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from registry import industries, words
from registry.house import House
from registry.naming.codes import read_code
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint, table_file
from registry.pages.found import Found
from registry.pages.values import term
from registry.queries import (
    ALL,
    COUNTED,
    HOME,
    OUTSIDE,
    STATUSES,
    Narrowed,
    columns,
    facets,
    firms,
    firms_named,
    in_batches,
    number_at_most,
    number_of_firms,
    page_of_firms,
    parts,
    sortable,
)
from registry.room import Column
from registry.search.index import up_to_date
from registry.search.sought import Sought, look_up
from registry.shell import tables
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house

#: Counted lists are remembered until the next filing, so that turning pages counts nothing again.
REMEMBERED = 256
EXPORTED = ("uscc", "name", "city", "district", "area", "industry", "status")
_counted: dict[Hashable, int] = {}


@blueprint.get("/firms")
@allow("register.read")
def register() -> str | Response:
    """The list. A whole credit code that is on the register leads to its firm at once."""
    here = house()
    day = here.clock.today()
    fresh = all(part.freshen(here) for part in parts(here))
    narrowed = _narrowed(here)
    web, page = here.settings.web, page_number()
    size = web.search_rows if narrowed.text else web.page_rows
    with here.store.read() as connection:
        code = read_code(narrowed.text).code if len(narrowed.text) >= 18 else None
        if code and firms_named(connection, [code], day):
            return redirect(url_for("registry.firm", uscc=code))
        total = _number(connection, here, narrowed)
        many = bool(narrowed.text) and total > COUNTED
        page = page if many else min(page, max(1, -(-total // size)))
        rows = page_of_firms(connection, here, narrowed, day, size, (page - 1) * size)
        found = Found(connection, narrowed.text, day, [row.uscc for row in rows])
    shown = {
        "rows": rows,
        "narrowed": narrowed,
        "columns": columns(here),
        "cells": _cells(columns(here)),
        "found": found,
        "paging": tables.uncounted(page, size, len(rows)) if many else tables.numbered(page, size, total),
        "counted": COUNTED,
        "narrowings": _narrowings(here, narrowed),
        "places": [(id, here.places.label(id, language())) for id in here.places.names],
        "facets": [(facet, facet.options(here)) for facet in facets(here)],
        "statuses": [(id, words.label("status", id, language())) for id in STATUSES],
        "wheres": [
            (HOME, _("In the city")),
            (OUTSIDE, _("Outside the city")),
            (ALL, _("Everywhere")),
        ],
        "fresh": fresh,
    }
    return render_template("registry/firms.html", **shown)


@blueprint.get("/firms/export<suffix>")
@allow("register.read")
def export_register(suffix: str) -> Response:
    """The list as narrowed, whole: plain yuan, words instead of ids; as a list of firms it imports back."""
    here = house()
    day = here.clock.today()
    more = columns(here)
    known = here.kinds.by_record["enterprise"].by_id
    header = [*(term(known[id]) for id in EXPORTED), _("Industry name")]
    header += [column.label() + (f"（{column.unit}）" if column.unit else "") for column in more]
    with here.store.read() as connection:
        rows = (
            [row.uscc, row.name, row.city, _place(here, row.district), _place(here, row.area), row.industry,
             words.label("status", row.status, language()) or None, industries.name_of(row.industry, language()) or None,
             *(column.plain(row) for column in more)]
            for row in in_batches(connection, firms(here, _narrowed(here), day))
        )  # fmt: skip
        return table_file(f"firms-{day.isoformat()}", suffix, _("Firms"), header, rows)


def _cells(columns: Sequence[Column]) -> Callable[[Any], Markup]:
    """The rooms' cells of one row, joined here: over fifty rows they are most of the page's work."""
    opened = [
        (column.shown, Markup('<td data-label="{}" class="{}">').format(
            column.label(), "number" if column.number else f"column-{column.id}"))
        for column in columns
    ]  # fmt: skip
    return lambda row: Markup("".join([f"{cell}{escape(shown(row))}</td>" for shown, cell in opened]))


def _place(house: House, id: str | None) -> str | None:
    return house.places.label(id, language()) or None


def _narrowed(house: House) -> Narrowed:
    """What the address asks for; values that are none are left out."""
    text = request.args.get("q", "").strip()[:100]
    where = request.args.get("city", "")
    chosen = {}
    for facet in facets(house):
        value = request.args.get(facet.id, "")
        if value and value in dict(facet.options(house)):
            chosen[facet.id] = value
    sought = _look_up(house, text) if text else None
    ordered = sought.ordered if sought else up_to_date(house)
    place, status, sort = (request.args.get(name, "") for name in ("place", "status", "sort"))
    return Narrowed(
        text=text,
        # Who searches by name looks for a firm, wherever it is.
        where=where if where in (HOME, OUTSIDE, ALL) else ALL if text else HOME,
        place=place if place in house.places.names else "",
        status=status if status in STATUSES else "",
        chosen=chosen,
        sort=sort if sort.removeprefix("-") in sortable(house) else "name",
        sought=sought,
        ordered=ordered,
    )


def _look_up(house: House, text: str) -> Sought:
    """Look a text up in the index, which is brought up to date first where it is not."""
    for _again in range(2):
        with house.store.read() as connection:
            sought = look_up(connection, text)
        if sought.ordered or not up_to_date(house):
            break
    return sought


def _narrowings(house: House, narrowed: Narrowed) -> list[tuple[str, str]]:
    """(what to show, argument to drop) for each condition in force."""
    found = []
    if narrowed.text:
        found.append((f"“{narrowed.text}”", "q"))
    if narrowed.place:
        found.append((house.places.label(narrowed.place, language()), "place"))
    if narrowed.status:
        found.append((words.label("status", narrowed.status, language()), "status"))
    if narrowed.where == OUTSIDE:
        found.append((_("Outside the city"), "city"))
    found += [
        (f"{facet.label()}: {dict(facet.options(house))[narrowed.chosen[facet.id]]}", facet.id)
        for facet in facets(house)
        if facet.id in narrowed.chosen
    ]
    return found


def _number(connection: Connection, house: House, narrowed: Narrowed) -> int:
    day = house.clock.today()
    asked: Any = (
        house.store.engine.url, house.store.last_write(connection), day, narrowed.text, narrowed.where, narrowed.place,
        narrowed.status, tuple(sorted(narrowed.chosen.items())), narrowed.ordered,
    )  # fmt: skip
    if asked not in _counted:
        while len(_counted) >= REMEMBERED:
            _counted.pop(next(iter(_counted)), None)
        count = number_at_most if narrowed.text else number_of_firms
        _counted[asked] = count(connection, house, narrowed, day)
    return _counted[asked]
