"""What this room shows the house."""

from __future__ import annotations

from chains import events_api, firm_pages, panel, views
from chains.api import chains_api
from chains.blueprint import chains_blueprint
from chains.commands import COMMANDS
from chains.events import commands as event_commands
from chains.events import pages as event_pages
from chains.events import results_pages
from chains.kinds import kinds
from chains.matching import api as matching_api
from chains.matching import demand_form
from chains.matching import pages as matching_pages
from chains.matching.commands import match
from chains.matching.proposals import NEW_MATCHES
from chains.permissions import PERMISSIONS
from registry.room import Room

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (firm_pages, views, demand_form, matching_api, matching_pages, event_pages, results_pages, events_api)
#: Importing these adds their commands to the group ``chain``.
ADDED = (event_commands,)

ROOM = Room(
    "chains",
    kinds=kinds,
    blueprint=chains_blueprint,
    api=chains_api,
    commands=(*COMMANDS, match),
    navigation=(
        *views.NAVIGATION,
        *matching_pages.NAVIGATION,
        *event_pages.NAVIGATION,
        *results_pages.NAVIGATION,
    ),
    panels=(panel.PANEL,),
    jobs=(NEW_MATCHES,),
    permissions=PERMISSIONS,
)
