"""The routes of this room's part of the API joined."""

from __future__ import annotations

from flask import Blueprint

from registry.api import filings, firms, todo
from registry.api.blueprint import blueprint

#: Importing a module hangs its routes on the blueprint.
ROUTES = (firms, filings, todo)


def registry_api() -> Blueprint:
    return blueprint
