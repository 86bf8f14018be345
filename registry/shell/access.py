"""Who may call a route.

Every route states its permission with ``@allow("register.read")``; a route that states none is refused, so a
forgotten decorator fails closed. There is no login yet: whoever reaches the loopback address acts as
``web:local`` and may do everything that the rooms declare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request

PUBLIC = "public"
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Actor:
    """Who acts: ``id`` is what filings record as ``by``; ``unit`` the management unit that the actor is limited to."""

    id: str
    permissions: frozenset[str]
    unit: str | None = None

    def may(self, permission: str) -> bool:
        return permission == PUBLIC or permission in self.permissions


def allow(permission: str) -> Callable[[Handler], Handler]:
    """State the permission that a view needs; goes beneath the route decorator."""

    def state(view: Handler) -> Handler:
        view.__dict__["permission"] = permission
        return view

    return state


def stated(app: Flask) -> dict[str, str | None]:
    """Endpoint → stated permission (None where a route states nothing), for every rule of the URL map."""
    found: dict[str, str | None] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[2] == "static":
            found[rule.endpoint] = PUBLIC
            continue
        view: Any = app.view_functions[rule.endpoint]
        # A class-based view keeps its statement on the class.
        owner = getattr(view, "view_class", view)
        found[rule.endpoint] = getattr(view, "permission", None) or getattr(owner, "permission", None)
    return found


def actor() -> Actor:
    """The acting user of this request."""
    current: Actor = g.actor
    return current


def may(permission: str) -> bool:
    """For templates: is the acting user allowed to do this?"""
    return "actor" in g and actor().may(permission)


def init(app: Flask, permissions: Iterable[str]) -> None:
    everything = frozenset(permissions)
    app.jinja_env.globals["may"] = may

    @app.before_request
    def check() -> None:
        g.actor = Actor("web:local", everything)
        if request.endpoint is None:
            return  # no such page: the router answers 404 or 405
        needed = table().get(request.endpoint)
        if needed is None or not g.actor.may(needed):
            abort(403)

    def table() -> dict[str, str | None]:
        # Rooms register their blueprints after this runs, so the table is made at the first request.
        held: dict[str, str | None] | None = current_app.extensions.get("tidu-access")
        if held is None:
            held = current_app.extensions["tidu-access"] = stated(current_app)
        return held
