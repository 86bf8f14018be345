"""What this room shows the house."""

from __future__ import annotations

from registry.api import registry_api
from registry.commands import COMMANDS
from registry.desk.commands import intake
from registry.kinds import kinds
from registry.room import Room
from registry.views import CARDS, NAVIGATION, PANELS, PERMISSIONS, registry_blueprint

ROOM = Room(
    "registry",
    kinds=kinds,
    blueprint=registry_blueprint,
    api=registry_api,
    commands=(*COMMANDS, intake),
    navigation=NAVIGATION,
    cards=CARDS,
    panels=PANELS,
    permissions=PERMISSIONS,
)
