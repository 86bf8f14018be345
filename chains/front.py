"""What this room shows the house."""

from __future__ import annotations

from chains import firm_pages, panel, risk_api, risk_commands, risk_pages, views
from chains.api import chains_api
from chains.blueprint import chains_blueprint
from chains.commands import COMMANDS
from chains.kinds import kinds
from chains.matching import api as matching_api
from chains.matching.commands import match
from chains.permissions import PERMISSIONS
from chains.risk_jobs import jobs
from registry.room import Room

#: Importing a page's module hangs its routes on the blueprint, and one of commands its own on ``chain``.
PAGES = (firm_pages, matching_api, risk_api, risk_commands, risk_pages, views)

ROOM = Room(
    "chains",
    kinds=kinds,
    blueprint=chains_blueprint,
    api=chains_api,
    commands=(*COMMANDS, match),
    navigation=(*views.NAVIGATION,),
    panels=(panel.PANEL,),
    permissions=PERMISSIONS,
    jobs=jobs(),
)
