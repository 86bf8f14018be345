"""What this room shows the house."""

from __future__ import annotations

from chains import party_pages
from chains.belonging import BREAKDOWNS, REGISTER
from chains.blueprint import chains_blueprint
from chains.commands import COMMANDS
from chains.kinds import kinds
from chains.permissions import PERMISSIONS
from registry.room import Room

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (party_pages,)

ROOM = Room(
    "chains",
    kinds=kinds,
    blueprint=chains_blueprint,
    commands=COMMANDS,
    permissions=PERMISSIONS,
    register=REGISTER,
    breakdowns=BREAKDOWNS,
)
