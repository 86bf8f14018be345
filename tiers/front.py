"""What this room shows the house."""

from __future__ import annotations

from registry.room import Panel, Room
from tiers import (
    bridge_api,
    bridge_pages,
    change_pages,
    cultivating_pages,
    indicator_pages,
    ladder,
    near_pages,
    round_pages,
    rule_pages,
    rungs,
    simulation_pages,
    snapshot_pages,
    target_pages,
)
from tiers.after_fold import derive
from tiers.api import tiers_api
from tiers.asking import holders
from tiers.bridge_commands import COMMANDS as BRIDGE_COMMANDS
from tiers.bulletins import api as bulletin_api
from tiers.bulletins import pages as bulletin_pages
from tiers.bulletins.commands import report
from tiers.commands import COMMANDS
from tiers.derived import derived
from tiers.forecasting import api as forecast_api
from tiers.forecasting import cultivation_pages
from tiers.forecasting import pages as forecast_pages
from tiers.jobs import jobs
from tiers.kinds import kinds
from tiers.overtaking import leaning
from tiers.overview_cards import CARDS
from tiers.plan_kinds import plan_kinds
from tiers.publishing import faults
from tiers.register import REGISTER
from tiers.todo import TODO
from tiers.views import NAVIGATION, PANELS, PERMISSIONS, tiers_blueprint

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (
    bridge_api, bridge_pages, bulletin_api, bulletin_pages, change_pages, cultivating_pages, cultivation_pages,
    forecast_api, forecast_pages, indicator_pages, ladder, near_pages, round_pages, rule_pages, simulation_pages,
    snapshot_pages, target_pages,
)  # fmt: skip

ROOM = Room(
    "tiers",
    kinds=lambda settings: (*kinds(settings), *plan_kinds(settings)),
    blueprint=tiers_blueprint,
    api=tiers_api,
    commands=(*COMMANDS, *BRIDGE_COMMANDS, report),
    navigation=(
        *NAVIGATION,
        *forecast_pages.NAVIGATION,
        *round_pages.NAVIGATION,
        *rule_pages.NAVIGATION,
        *snapshot_pages.NAVIGATION,
        *bulletin_pages.NAVIGATION,
    ),
    cards=(
        *CARDS,
        *forecast_pages.CARDS,
        Panel("changed", "tiers/_changed.html", bridge_pages.changed_card, 26),
    ),
    panels=(*PANELS, rungs.PANEL),
    permissions=(
        *PERMISSIONS,
        *rule_pages.PERMISSIONS,
        *snapshot_pages.PERMISSIONS,
        *bulletin_pages.PERMISSIONS,
    ),
    jobs=jobs(),
    after_fold=derive,
    derive=derived,
    holders=holders,
    register=REGISTER,
    todo=TODO,
    leans=leaning,
    faults=faults,
    announced=round_pages.ANNOUNCED,
)
