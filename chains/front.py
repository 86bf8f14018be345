"""What this room shows the house."""

from __future__ import annotations

from chains import permissions
from chains.blueprint import chains_blueprint
from chains.events import pages, results_pages
from chains.kinds import kinds
from registry.room import Room

ROOM = Room(
    "chains",
    kinds=kinds,
    blueprint=chains_blueprint,
    navigation=(*pages.NAVIGATION, *results_pages.NAVIGATION),
    permissions=permissions.PERMISSIONS,
)
