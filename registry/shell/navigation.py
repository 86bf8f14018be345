"""The side navigation, gathered from the rooms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from registry.room import NavItem, Room
from registry.shell.access import may_open
from registry.shell.serving import house, serving

# The top bar's search goes to the page behind this entry, if a room brings one.
SEARCH_ENTRY = "register"
#: From which order on entries stand under which heading; before the first they stand without one.
HEADINGS: tuple[tuple[int, Callable[[], str]], ...] = (
    (24, lambda: _("Standing and targets")),
    (80, lambda: _("Records and system")),
)


def headed(entries: Sequence[tuple[NavItem, str]]) -> dict[str, str]:
    """Entry → the heading above it, for the first entry of each part."""
    found: dict[str, str] = {}
    for least, heading in HEADINGS:
        first = next((item for item, _address in entries if item.order >= least), None)
        if first is not None:
            found[first.id] = heading()
    return found


def items(rooms: Sequence[Room]) -> list[NavItem]:
    return sorted(
        (item for room in rooms for item in room.navigation), key=lambda item: (item.order, item.id)
    )


def current(entries: Sequence[tuple[NavItem, str]]) -> str | None:
    """The id of the entry that this page belongs to: the longest address that begins this page's address."""
    best, length = None, -1
    for item, address in entries:
        path = address.rstrip("/")
        inside = request.path == path or request.path.startswith(f"{path}/")
        # The overview at "/" begins every address, so it counts for itself alone.
        if (inside if path else request.path == "/") and len(path) > length:
            best, length = item.id, len(path)
    return best


def init(app: Flask) -> None:
    @app.context_processor
    def navigation() -> dict[str, Any]:
        # Once a request: a page may be rendered from many parts.
        held: dict[str, Any] | None = g.get("navigation")
        if held is None:
            # Who may not open a page is not shown the way to it.
            shown = (item for item in items(house().rooms) if may_open(item.endpoint))
            entries = [(item, url_for(item.endpoint)) for item in shown]
            search = next((address for item, address in entries if item.id == SEARCH_ENTRY), None)
            held = g.navigation = {
                "navigation": entries,
                "nav_headings": headed(entries),
                "current_entry": current(entries),
                "search_address": search,
                "sample": serving().sample(),
            }
        return held
