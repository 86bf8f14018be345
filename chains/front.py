"""What this room shows the house."""

from __future__ import annotations

from chains.kinds import kinds
from chains.sample import sample_chains
from registry.room import Room

ROOM = Room("chains", kinds=kinds, sample=sample_chains)
