"""The routes of this room's part of the API joined."""

from __future__ import annotations

from flask import Blueprint

from registry.api import filings, firms, names, own, schedule, todo
from registry.api.blueprint import blueprint

#: Importing a module hangs its routes on the blueprint.
ROUTES = (firms, filings, names, todo, own, schedule)


def registry_api() -> Blueprint:
    return blueprint
