"""What this room shows the house."""

from __future__ import annotations

from registry.accounts.commands import COMMANDS as ACCOUNT_COMMANDS
from registry.api.room import registry_api
from registry.commands import COMMANDS
from registry.delivery.commands import deliveries
from registry.desk.commands import intake
from registry.facets import REGISTER
from registry.jobs.commands import COMMANDS as JOB_COMMANDS
from registry.jobs.copies import BACKUP
from registry.jobs.freshness import FRESHNESS
from registry.kinds import kinds
from registry.room import Room
from registry.search.index import note
from registry.views import CARDS, NAVIGATION, PANELS, PERMISSIONS, TODO, registry_blueprint

ROOM = Room(
    "registry",
    kinds=kinds,
    blueprint=registry_blueprint,
    api=registry_api,
    commands=(*COMMANDS, intake, *ACCOUNT_COMMANDS, *JOB_COMMANDS, deliveries),
    navigation=NAVIGATION,
    cards=CARDS,
    panels=PANELS,
    permissions=PERMISSIONS,
    todo=TODO,
    jobs=(FRESHNESS, BACKUP),
    after_fold=note,
    register=REGISTER,
)
