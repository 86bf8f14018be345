"""What this room shows the house."""

from __future__ import annotations

from registry.room import Room
from tiers.after_fold import derive
from tiers.asking import holders
from tiers.commands import COMMANDS
from tiers.derived import derived
from tiers.kinds import kinds

ROOM = Room("tiers", kinds=kinds, commands=COMMANDS, after_fold=derive, derive=derived, holders=holders)
