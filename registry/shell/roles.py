"""The roles of the bureau's people. What a role may do is stated by each permission (``Room.permissions``)."""

from __future__ import annotations

EDITOR, READER, DISTRICT, CHAINS, REPORTING, ADMINISTRATOR = (
    "editor", "reader", "district", "chains", "reporting", "administrator",
)  # fmt: skip
#: In the order of the permissions page. A district officer is limited to the own management unit.
ROLES = (ADMINISTRATOR, EDITOR, READER, DISTRICT, CHAINS, REPORTING)
EVERYBODY = frozenset(ROLES)
#: Who may change the register: the city's editors, and district officers for the own firms.
WRITERS = frozenset({ADMINISTRATOR, EDITOR, DISTRICT})
