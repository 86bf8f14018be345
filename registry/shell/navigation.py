"""The side navigation, gathered from the rooms."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from flask import Flask, g, request, url_for

from registry.room import NavItem, Room
from registry.shell.access import actor, may_open
from registry.shell.languages import language
from registry.shell.serving import house, serving

# The top bar's search goes to the page behind this entry, if a room brings one.
SEARCH_ENTRY = "register"


def items(rooms: Sequence[Room]) -> list[NavItem]:
    return sorted(
        (item for room in rooms for item in room.navigation), key=lambda item: (item.order, item.id)
    )


class Entry(NamedTuple):
    """One entry as a page shows it."""

    id: str
    icon: str
    label: str
    address: str


def current(entries: Sequence[Entry]) -> str | None:
    """The id of the entry that this page belongs to: the longest address that begins this page's address."""
    best, length = None, -1
    for entry in entries:
        path = entry.address.rstrip("/")
        inside = request.path == path or request.path.startswith(f"{path}/")
        # The overview at "/" begins every address, so it counts for itself alone.
        if (inside if path else request.path == "/") and len(path) > length:
            best, length = entry.id, len(path)
    return best


def init(app: Flask) -> None:
    # Every page shows the same entries to all who may do the same, in one language.
    made: dict[Hashable, list[Entry]] = {}

    def entries() -> list[Entry]:
        asking = (actor().permissions if "actor" in g else None, language(), request.script_root)
        if asking not in made:
            # Who may not open a page is not shown the way to it.
            made[asking] = [
                Entry(item.id, item.icon, item.label(), url_for(item.endpoint))
                for item in items(house().rooms)
                if may_open(item.endpoint)
            ]
        return made[asking]

    @app.context_processor
    def navigation() -> dict[str, Any]:
        # Once a request: a page may be rendered from many parts.
        held: dict[str, Any] | None = g.get("navigation")
        if held is None:
            shown = entries()
            held = g.navigation = {
                "navigation": shown,
                "current_entry": current(shown),
                "search_address": next((e.address for e in shown if e.id == SEARCH_ENTRY), None),
                "sample": serving().sample(),
            }
        return held
