"""What this room shows the house."""

from __future__ import annotations

from registry.room import Room
from tiers import ladder, near_pages, round_pages, rule_pages, rungs, simulation_pages
from tiers.after_fold import derive
from tiers.api import tiers_api
from tiers.asking import holders
from tiers.commands import COMMANDS
from tiers.derived import derived
from tiers.forecasting import api as forecast_api
from tiers.forecasting import cultivation_pages
from tiers.forecasting import pages as forecast_pages
from tiers.kinds import kinds
from tiers.register import REGISTER
from tiers.todo import TODO
from tiers.views import CARDS, NAVIGATION, PANELS, PERMISSIONS, tiers_blueprint

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (
    ladder, near_pages, round_pages, rule_pages, simulation_pages, forecast_pages, cultivation_pages, forecast_api,
)  # fmt: skip

ROOM = Room(
    "tiers",
    kinds=kinds,
    blueprint=tiers_blueprint,
    api=tiers_api,
    commands=COMMANDS,
    navigation=(*NAVIGATION, *forecast_pages.NAVIGATION, *round_pages.NAVIGATION, *rule_pages.NAVIGATION),
    cards=(*CARDS, *forecast_pages.CARDS),
    panels=(*PANELS, rungs.PANEL),
    permissions=(*PERMISSIONS, *rule_pages.PERMISSIONS),
    after_fold=derive,
    derive=derived,
    holders=holders,
    register=REGISTER,
    todo=TODO,
    announced=round_pages.ANNOUNCED,
)
