"""Who may see chains, and who may put on record what happens in them."""

from __future__ import annotations

from flask_babel import gettext as _

from registry.room import Permission
from registry.shell import roles

READ, WRITE = "chains.read", "chains.write"
PERMISSIONS = (
    Permission(READ, lambda: _("See chains, links and demands"), roles.EVERYBODY - {roles.DISTRICT}),
    Permission(
        WRITE,
        lambda: _("Keep chains, demands, events and outcomes"),
        frozenset({roles.ADMINISTRATOR, roles.EDITOR, roles.CHAINS}),
    ),
)
