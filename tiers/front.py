"""What this room shows the house."""

from __future__ import annotations

from registry.room import Panel, Room
from tiers import (
    bridge_api,
    bridge_pages,
    ladder,
    near_pages,
    round_pages,
    rule_pages,
    rungs,
    simulation_pages,
    snapshot_pages,
)
from tiers.after_fold import derive
from tiers.api import tiers_api
from tiers.asking import holders
from tiers.bridge_commands import COMMANDS as BRIDGE_COMMANDS
from tiers.commands import COMMANDS
from tiers.derived import derived
from tiers.kinds import kinds
from tiers.overtaking import leaning
from tiers.publishing import faults
from tiers.register import REGISTER
from tiers.todo import TODO
from tiers.views import CARDS, NAVIGATION, PANELS, PERMISSIONS, tiers_blueprint

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (
    ladder,
    near_pages,
    round_pages,
    rule_pages,
    simulation_pages,
    bridge_pages,
    snapshot_pages,
    bridge_api,
)

ROOM = Room(
    "tiers",
    kinds=kinds,
    blueprint=tiers_blueprint,
    api=tiers_api,
    commands=(*COMMANDS, *BRIDGE_COMMANDS),
    navigation=(
        *NAVIGATION,
        *round_pages.NAVIGATION,
        *rule_pages.NAVIGATION,
        *snapshot_pages.NAVIGATION,
    ),
    cards=(*CARDS, Panel("changed", "tiers/_changed.html", bridge_pages.changed_card, 15)),
    panels=(*PANELS, rungs.PANEL),
    permissions=(*PERMISSIONS, *rule_pages.PERMISSIONS, *snapshot_pages.PERMISSIONS),
    after_fold=derive,
    derive=derived,
    holders=holders,
    register=REGISTER,
    todo=TODO,
    leans=leaning,
    faults=faults,
    announced=round_pages.ANNOUNCED,
)
