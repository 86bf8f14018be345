"""What this room shows the house."""

from __future__ import annotations

from chains import events_api, firm_pages, panel, party_pages, risk_api, risk_commands, risk_pages, views
from chains.api import chains_api
from chains.belonging import BREAKDOWNS, REGISTER
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
from chains.risk_jobs import jobs
from chains.sample import sample_chains
from registry.room import Room

#: Importing a page's module hangs its routes on the blueprint, and one of commands its own on ``chain``.
PAGES = (
    demand_form, event_commands, event_pages, events_api, firm_pages, matching_api, matching_pages, party_pages,
    results_pages, risk_api, risk_commands, risk_pages, views,
)  # fmt: skip

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
    permissions=PERMISSIONS,
    jobs=(NEW_MATCHES, *jobs()),
    register=REGISTER,
    breakdowns=BREAKDOWNS,
    sample=sample_chains,
)
