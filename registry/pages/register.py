"""企业库: the list of firms: search, facets, order, pages, export."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection, Select
from werkzeug.wrappers import Response

from registry import industries, words
from registry.facet_counts import facet_counts
from registry.find import find
from registry.house import House
from registry.naming.codes import read_code
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint, table_file
from registry.pages.firm_rows import firm_rows
from registry.pages.found import Found
from registry.pages.narrowing import arguments_of, conditions, narrowed_by, query_of
from registry.pages.values import term
from registry.queries import (
    ALL,
    COUNTED,
    HOME,
    OUTSIDE,
    Narrowed,
    chosen_firms,
    columns,
    facets,
    firms,
    in_batches,
    number_at_most,
    number_of_firms,
    page_of_firms,
    parts,
)
from registry.saved_views import views_of
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.store.merges import merges_at

#: Counted lists are remembered until the next filing, so that turning pages counts nothing again.
REMEMBERED = 256
#: Firms of other units that a name finds, at most.
OTHERS = 20
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
        if code and chosen_firms(connection, [merges_at(connection).firm(code)], narrowed.unit, day):
            return redirect(url_for("registry.firm", uscc=code))
        total = _number(connection, here, narrowed)
        many = bool(narrowed.text) and total > COUNTED
        page = page if many else min(page, max(1, -(-total // size)))
        rows = page_of_firms(connection, here, narrowed, day, size, (page - 1) * size)
        others = _others(here, connection, narrowed)
        found = Found(connection, narrowed.text, day, [row.uscc for row in rows])
    shown = {
        "rows": firm_rows(rows, columns(here), found),
        "others": others,
        "counted": COUNTED,
        "narrowed": narrowed,
        "arguments": arguments_of(narrowed),
        "query": query_of(narrowed),
        "columns": columns(here),
        "paging": tables.uncounted(page, size, len(rows)) if many else tables.numbered(page, size, total),
        "conditions": conditions(here, narrowed),
        "wheres": [
            (HOME, _("In the city")),
            (OUTSIDE, _("Outside the city")),
            (ALL, _("Everywhere")),
        ],
        "fresh": fresh,
    }
    page_of_it = render_template("registry/firms.html", **shown)
    if request.headers.get("HX-Request") != "true":
        return page_of_it
    # A form sends every field that it has; the address keeps what it asks for.
    turned: dict[str, Any] = {"page": page} if page > 1 else {}
    address = url_for("registry.register", **arguments_of(narrowed), **turned)
    return Response(page_of_it, mimetype="text/html", headers={"HX-Push-Url": address})


@blueprint.get("/firms/facets")
@allow("register.read")
def register_facets() -> str:
    """The filter bar with the number of firms behind each choice: asked for by the list once it stands, or, where
    there is no script, a page of its own."""
    here = house()
    narrowed = _narrowed(here)
    with here.store.read() as connection:
        counts = facet_counts(connection, here, narrowed, here.clock.today())
        views = views_of(connection, actor().id)
    if counts is None:
        return render_template(
            "registry/_facets_coming.html", narrowed=narrowed, arguments=arguments_of(narrowed), again=True
        )
    shown = [
        (facet, _choices(facet.options(here), counts[facet.id], narrowed.chosen.get(facet.id, ())))
        for facet in facets(here)
    ]
    part = request.headers.get("HX-Request") == "true"
    return render_template(
        "registry/_facets.html" if part else "registry/facets.html",
        facets=shown,
        narrowed=narrowed,
        arguments=arguments_of(narrowed),
        views=views,
        alone=not part,
    )


def _choices(
    options: Sequence[tuple[str, str]], counts: dict[str, int], chosen: Sequence[str]
) -> list[tuple[str, str, int, bool]]:
    """(value, label, firms, chosen) of what would give any firm, and of what is chosen in vain."""
    return [
        (value, label, counts.get(value, 0), value in chosen)
        for value, label in options
        if counts.get(value) or value in chosen
    ]


@blueprint.get("/firms/export<suffix>")
@allow("register.read")
def export_register(suffix: str) -> Response:
    """The list as narrowed, whole: plain yuan, words instead of ids; as a list of firms it imports back."""
    here = house()
    return exported(here, suffix, firms(here, _narrowed(here), here.clock.today()))


def exported(here: House, suffix: str, listed: Select[Any]) -> Response:
    """A list of firms, as ``queries.firms`` reads it, as a file."""
    more = columns(here)
    known = here.kinds.by_record["enterprise"].by_id
    header = [*(term(known[id]) for id in EXPORTED), _("Industry name")]
    header += [column.label() + (f"（{column.unit}）" if column.unit else "") for column in more]
    with here.store.read() as connection:
        rows = (
            [row.uscc, row.name, row.city, _place(here, row.district), _place(here, row.area), row.industry,
             words.label("status", row.status, language()) or None, industries.name_of(row.industry, language()) or None,
             *(column.plain(row) for column in more)]
            for row in in_batches(connection, listed)
        )  # fmt: skip
        return table_file(f"firms-{here.clock.today().isoformat()}", suffix, _("Firms"), header, rows)


def _others(house: House, connection: Connection, narrowed: Narrowed) -> list[tuple[str, str]]:
    """For a district officer who looks for a name: firms of other units that bear it, as name and unit only."""
    if narrowed.unit is None or not narrowed.text:
        return []
    found = find(connection, narrowed.text, house.clock.today(), OTHERS)
    return [
        (firm["name"], house.places.label(firm["area"] or firm["district"], language()))
        for firm in found
        if (firm["area"] or firm["district"]) != narrowed.unit and firm["by"] != "product"
    ]


def _place(house: House, id: str | None) -> str | None:
    return house.places.label(id, language()) or None


def _narrowed(house: House) -> Narrowed:
    return narrowed_by(house, request.args, actor().unit)


def _number(connection: Connection, house: House, narrowed: Narrowed) -> int:
    day = house.clock.today()
    asked: Any = (
        house.store.engine.url, house.store.last_write(connection), day, narrowed.text, narrowed.where, narrowed.place,
        narrowed.unit, tuple(sorted(narrowed.chosen.items())), narrowed.ordered,
    )  # fmt: skip
    if asked not in _counted:
        while len(_counted) >= REMEMBERED:
            _counted.pop(next(iter(_counted)), None)
        count = number_at_most if narrowed.text else number_of_firms
        _counted[asked] = count(connection, house, narrowed, day)
    return _counted[asked]
