"""What this room shows the house."""

from __future__ import annotations

from registry.room import Room
from tiers import change_pages, ladder, near_pages, round_pages, rule_pages, rungs, simulation_pages
from tiers.after_fold import derive
from tiers.api import tiers_api
from tiers.asking import holders
from tiers.commands import COMMANDS
from tiers.derived import derived
from tiers.kinds import kinds
from tiers.overview_cards import CARDS
from tiers.register import REGISTER
from tiers.todo import TODO
from tiers.views import NAVIGATION, PANELS, PERMISSIONS, tiers_blueprint

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (change_pages, ladder, near_pages, round_pages, rule_pages, simulation_pages)

ROOM = Room(
    "tiers",
    kinds=kinds,
    blueprint=tiers_blueprint,
    api=tiers_api,
    commands=COMMANDS,
    navigation=(*NAVIGATION, *round_pages.NAVIGATION, *rule_pages.NAVIGATION),
    cards=CARDS,
    panels=(*PANELS, rungs.PANEL),
    permissions=(*PERMISSIONS, *rule_pages.PERMISSIONS),
    after_fold=derive,
    derive=derived,
    holders=holders,
    register=REGISTER,
    todo=TODO,
    announced=round_pages.ANNOUNCED,
)
