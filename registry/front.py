"""What this room shows the house."""

from __future__ import annotations

from registry.after_fold import index_names
from registry.commands import COMMANDS
from registry.kinds import kinds
from registry.room import Room

ROOM = Room("registry", kinds=kinds, commands=COMMANDS, after_fold=index_names)
