"""What of this room stands in the side navigation."""

from __future__ import annotations

from flask_babel import gettext as _

from registry.room import NavItem

NAVIGATION = (
    NavItem("chains", "chains.chains", "diagram-3", lambda: _("Chains"), 60),
    NavItem("matching", "chains.matching", "arrow-left-right", lambda: _("Matchmaking"), 64),
    NavItem("events", "chains.events", "calendar-event", lambda: _("Matchmaking events"), 66),
    NavItem("actions", "chains.actions", "people", lambda: _("Integration actions"), 68),
)
