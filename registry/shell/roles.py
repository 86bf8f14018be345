"""The roles of the bureau's people. What a role may do is stated by each permission (``Room.permissions``)."""

from __future__ import annotations

from flask_babel import gettext as _

EDITOR, READER, DISTRICT, CHAINS, REPORTING, ADMINISTRATOR = (
    "editor", "reader", "district", "chains", "reporting", "administrator",
)  # fmt: skip
#: In the order of the permissions page. A district officer is limited to the own management unit.
ROLES = (ADMINISTRATOR, EDITOR, READER, DISTRICT, CHAINS, REPORTING)
EVERYBODY = frozenset(ROLES)
#: Who may change the register: the city's editors, district officers for the own firms, and the chain office, which keeps
#: roles, links, demands and outcomes as the desk keeps titles, by the same filings.
WRITERS = frozenset({ADMINISTRATOR, EDITOR, DISTRICT, CHAINS})


def role_name(role: str) -> str:
    """The role's name in the language of the request."""
    names: dict[str, str] = {
        ADMINISTRATOR: _("Administrator"),
        EDITOR: _("City editor"),
        READER: _("City reader"),
        DISTRICT: _("District officer"),
        CHAINS: _("Chain office"),
        REPORTING: _("Reporting desk"),
    }
    return names.get(role, role)
