"""Graphs as the browser is given them to draw: names, places, colours by kind, and where a click leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from chains.layout import LEADERS, MISSING, REST, SELF, UNKNOWN, Lane, Layout, Place
from chains.members import SUPPLIER
from chains.nodes import Nodes
from registry import words
from registry.kind import Record
from registry.naming.parts import take_apart
from registry.shell.languages import language

Picture = dict[str, Any]


def picture(
    layout: Layout,
    nodes: Nodes,
    lane_name: Callable[[Lane], str],
    rest: Callable[[Lane], str],
    carried: Mapping[str, Any],
    other: str,
) -> Picture:
    """``nodes``: label, kind, mark, position, where it leads; ``links``: pairs of their indices; ``lanes``: headings;
    ``kinds`` and ``marks``: the key. ``other``: what firms without a role are called in it."""
    drawn = []
    for place in layout.places:
        one: Record = {"x": place.x, "y": place.y, "kind": place.kind, "name": _named(place, nodes)}
        if place.number is not None:
            who = nodes[place.number]
            one["mark"] = mark_of(who)
            # What tells firms apart in little room: the name without place and form.
            one["label"] = take_apart(who["name"]).trade or who["name"]
            one["address"] = url_for("chains.firm", node=who["node"], **carried)
        elif place.kind == REST:
            one["address"] = rest(layout.lanes[place.lane])
        drawn.append(one)
    return {
        "width": layout.width,
        "height": layout.height,
        "nodes": drawn,
        "links": [list(edge) for edge in layout.edges],
        "lanes": [{"x": lane.x, "width": lane.width, "name": lane_name(lane)} for lane in layout.lanes],
        "kinds": kinds(layout, other),
        "marks": sorted({one.get("mark", "") for one in drawn} - {""}),
    }


def mark_of(who: Record) -> str:
    """``outside`` the register, ``gone`` out of business, ``away`` in another city; empty for a firm of the city."""
    if who["status"] == "outside":
        return "outside"
    if who["status"] != "active":
        return "gone"
    return "" if who["here"] else "away"


def _named(place: Place, nodes: Nodes) -> str:
    if place.kind == REST:
        return str(_("the other %(n)s firms", n=place.folded))
    if place.kind == MISSING:
        return str(_("missing: %(product)s", product=place.name))
    return str(nodes[place.number]["name"]) if place.number is not None else place.name


def stage_name(id: str) -> str:
    """A lane's heading."""
    if id == UNKNOWN:
        return str(_("stage unknown"))
    return words.label("role", "leader", language()) if id == LEADERS else id


def kinds(layout: Layout, other: str) -> list[tuple[str, str]]:
    """(kind, word) of what the picture shows, for its key."""
    there = {place.kind for place in layout.places}
    named = {
        **{role: words.label("role", role, language()) for role in ("leader", "key_node", "core_supplier")},
        SELF: _("the firm itself"),
        SUPPLIER: other,
        MISSING: _("missing product"),
        REST: _("folded"),
    }
    return [(kind, word) for kind, word in named.items() if kind in there]
