"""What this room shows the house."""

from __future__ import annotations

from chains.belonging import BREAKDOWNS, REGISTER
from chains.kinds import kinds
from registry.room import Room

ROOM = Room("chains", kinds=kinds, register=REGISTER, breakdowns=BREAKDOWNS)
