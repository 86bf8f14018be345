"""What this room shows the house."""

from __future__ import annotations

from registry.room import Room

ROOM = Room("chains")
