"""All commands of this room: importing a module adds its own to the group ``chain``."""

from __future__ import annotations

from chains import export_commands, party_commands, risk_commands
from chains.commands import chain
from chains.events import commands as event_commands
from chains.matching.commands import match

ADDED = (event_commands, export_commands, party_commands, risk_commands)

__all__ = ["chain", "match"]
