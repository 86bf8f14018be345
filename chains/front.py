"""What this room shows the house."""

from __future__ import annotations

from chains.api import chains_api
from chains.blueprint import chains_blueprint
from chains.kinds import kinds
from chains.matching import api as matching_api
from chains.matching.commands import match
from chains.permissions import PERMISSIONS
from registry.room import Room

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (matching_api,)

ROOM = Room(
    "chains",
    kinds=kinds,
    blueprint=chains_blueprint,
    api=chains_api,
    commands=(match,),
    permissions=PERMISSIONS,
)
