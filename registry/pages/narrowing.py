"""What an address of the register asks for, and the address that asks for it: the same words both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from registry.house import House
from registry.queries import ALL, HOME, OUTSIDE, Narrowed, facets, sortable
from registry.room import Facet
from registry.search.index import up_to_date
from registry.search.sought import Sought, look_up
from registry.shell.languages import language

WHERES = (HOME, OUTSIDE, ALL)
#: Longer texts are no names.
TEXT_CHARS = 100
Arguments = dict[str, Any]


def narrowed_by(house: House, arguments: MultiDict[str, str], unit: str | None) -> Narrowed:
    """What the arguments ask for; values that are none are left out. ``unit``: what the reader is limited to."""
    text = arguments.get("q", "").strip()[:TEXT_CHARS]
    where, place, sort = (arguments.get(name, "") for name in ("city", "place", "sort"))
    chosen = {}
    for facet in facets(house):
        if asked := {value for value in arguments.getlist(facet.id) if value}:
            known = tuple(value for value, _label in facet.options(house) if value in asked)
            if known:
                chosen[facet.id] = known
    sought = _look_up(house, text) if text else None
    ordered = sought.ordered if sought else up_to_date(house)
    return Narrowed(
        text=text,
        where=where if where in WHERES else _usually(text),
        place=place if place in house.places.names else "",
        chosen=chosen,
        sort=sort if sort.removeprefix("-") in sortable(house) else "name",
        unit=unit,
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


def _usually(text: str) -> str:
    """Who searches by name looks for a firm, wherever it is."""
    return ALL if text else HOME


def arguments_of(narrowed: Narrowed, sort: bool = True) -> Arguments:
    """The arguments that ask for this, each in its place and nothing that goes without saying."""
    given: Arguments = {}
    if narrowed.text:
        given["q"] = narrowed.text
    if narrowed.where != _usually(narrowed.text):
        given["city"] = narrowed.where
    if narrowed.place:
        given["place"] = narrowed.place
    given.update({id: list(values) for id, values in sorted(narrowed.chosen.items())})
    if sort and narrowed.sort != "name":
        given["sort"] = narrowed.sort
    return given


def query_of(narrowed: Narrowed) -> str:
    """The same as text, as it stands in an address: two addresses that ask for the same give one text."""
    return urlencode(arguments_of(narrowed), doseq=True)


def conditions(house: House, narrowed: Narrowed) -> list[tuple[str, Arguments]]:
    """(what to show, the arguments without it) for each condition in force."""
    found: list[tuple[str, Narrowed]] = []
    if narrowed.text:
        where = HOME if narrowed.where == ALL else narrowed.where
        found.append((f"“{narrowed.text}”", replace(narrowed, text="", where=where)))
    if narrowed.place:
        found.append((house.places.label(narrowed.place, language()), replace(narrowed, place="")))
    if narrowed.where == OUTSIDE:
        found.append((_("Outside the city"), replace(narrowed, where=HOME)))
    for facet in facets(house):
        if values := narrowed.chosen.get(facet.id):
            labels = labels_of(house, facet)
            found += [
                (f"{facet.label()}：{labels[value]}" if language() == "zh" else f"{facet.label()}: {labels[value]}",
                 replace(narrowed, chosen=_without(narrowed.chosen, facet.id, value)))
                for value in values
            ]  # fmt: skip
    return [(said, arguments_of(rest)) for said, rest in found]


def _without(chosen: Mapping[str, Sequence[str]], id: str, value: str) -> dict[str, tuple[str, ...]]:
    rest = {each: tuple(v for v in values if (each, v) != (id, value)) for each, values in chosen.items()}
    return {each: values for each, values in rest.items() if values}


def labels_of(house: House, facet: Facet) -> dict[str, str]:
    return dict(facet.options(house))
