"""The side navigation, gathered from the rooms."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from registry.room import NavItem, Room
from registry.shell.access import actor, may_open
from registry.shell.languages import language
from registry.shell.serving import house, serving

# The top bar's search goes to the page behind this entry, if a room brings one.
SEARCH_ENTRY = "register"
#: From which order on entries stand under which heading; before the first they stand without one.
HEADINGS: tuple[tuple[int, Callable[[], str]], ...] = (
    (24, lambda: _("Standing and targets")),
    (60, lambda: _("Chains and matching")),
    (80, lambda: _("Records and system")),
)


def items(rooms: Sequence[Room]) -> list[NavItem]:
    return sorted(
        (item for room in rooms for item in room.navigation), key=lambda item: (item.order, item.id)
    )


class Entry(NamedTuple):
    """One entry as a page shows it. ``heading`` stands above it, where it is the first of its part; ``mark()`` gives what
    wants attention there, as number and words."""

    id: str
    icon: str
    label: str
    address: str
    heading: str | None
    mark: Callable[[], tuple[int, str] | None] | None


def entries(shown: Sequence[NavItem]) -> Iterator[Entry]:
    part = 0
    for item in shown:
        least, heading = max(
            (h for h in HEADINGS if h[0] <= item.order), default=(0, None), key=lambda h: h[0]
        )
        said = heading() if heading and least != part else None
        part = least
        yield Entry(item.id, item.icon, item.label(), url_for(item.endpoint), said, item.mark)


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
    made: dict[Hashable, tuple[Entry, ...]] = {}

    def for_asker() -> tuple[Entry, ...]:
        asking = (actor().permissions if "actor" in g else None, language(), request.script_root)
        if asking not in made:
            # Who may not open a page is not shown the way to it.
            made[asking] = tuple(entries([i for i in items(house().rooms) if may_open(i.endpoint)]))
        return made[asking]

    @lru_cache(maxsize=500)
    def drawn(shown: tuple[Entry, ...], here: str | None, marks: tuple[tuple[str, Any], ...]) -> Markup:
        rail = app.jinja_env.get_template("shell/rail.html")
        return Markup(rail.render(entries=shown, current=here, marks=dict(marks)))

    @app.context_processor
    def navigation() -> dict[str, Any]:
        # Once a request: a page may be rendered from many parts.
        held: dict[str, Any] | None = g.get("navigation")
        if held is None:
            shown = for_asker()
            here = current(shown)

            def rail() -> Markup:
                return drawn(shown, here, tuple((e.id, e.mark()) for e in shown if e.mark))

            held = g.navigation = {
                "navigation": shown,
                "rail": rail,
                "search_address": next((e.address for e in shown if e.id == SEARCH_ENTRY), None),
                "sample": serving().sample(),
            }
        return held
