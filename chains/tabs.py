"""The parts of a chain's page. A page of the room that is about one chain joins by a line here."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from registry.pages.asked import Asked
from registry.shell.access import may_open


def chain_tabs(name: str, asked: Asked) -> list[tuple[str, str, str]]:
    """(id, label, address) of the parts that the reader may open."""
    parts = (
        ("map", _("Map and firms"), "chains.chain"),
        ("links", _("Links"), "chains.links"),
        ("risks", _("Risks and gaps"), "chains.risks"),
    )
    carried: dict[str, Any] = dict(asked.arguments)
    return [
        (id, label, url_for(endpoint, name=name, **carried))
        for id, label, endpoint in parts
        if endpoint in current_app.view_functions and may_open(endpoint)
    ]
