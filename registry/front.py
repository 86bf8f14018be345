"""What this room shows the house."""

from __future__ import annotations

from registry.accounts.commands import COMMANDS as ACCOUNT_COMMANDS
from registry.api.room import registry_api
from registry.commands import COMMANDS
from registry.delivery.commands import deliveries
from registry.desk.commands import intake
from registry.facets import REGISTER
from registry.kinds import kinds
from registry.room import Room
from registry.search.index import note
from registry.views import CARDS, NAVIGATION, PANELS, PERMISSIONS, TODO, registry_blueprint

ROOM = Room(
    "registry",
    kinds=kinds,
    blueprint=registry_blueprint,
    api=registry_api,
    commands=(*COMMANDS, intake, deliveries, *ACCOUNT_COMMANDS),
    navigation=NAVIGATION,
    cards=CARDS,
    panels=PANELS,
    permissions=PERMISSIONS,
    todo=TODO,
    after_fold=note,
    register=REGISTER,
)
