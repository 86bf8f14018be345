"""总览: the cards of all rooms, for a day and as known at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from markupsafe import Markup

from registry.filings import filings
from registry.house import House
from registry.pages.asked import Asked, asked
from registry.pages.blueprint import blueprint
from registry.pages.filings import own_filer
from registry.queries import size_of_register, waiting_rows
from registry.room import filled
from registry.shell.access import allow
from registry.shell.serving import house

LATEST = 6


@blueprint.get("/")
@allow("register.read")
def overview() -> str:
    """Cards in their order; on an empty register what to do first."""
    here = house()
    question = asked(here)
    with here.store.read() as connection:
        latest = filings(connection, 1)
    if not latest:
        return render_template("registry/welcome.html", kinds=here.kinds.all)
    cards = sorted((card for room in here.rooms for card in room.cards), key=lambda card: card.order)
    loaded = []
    for card in cards:
        variables = card.load(here, question)
        if variables is not None:
            loaded.append((card, Markup(render_template(card.template, asked=question, **variables))))
    return render_template(
        "registry/overview.html",
        asked=question,
        cards=zip(filled([card.span for card, _html in loaded]), loaded, strict=True),
    )


def register_card(house: House, asked: Asked) -> Mapping[str, Any]:
    """How large the register is, what waits for a decision, and what was filed last."""
    with house.store.read() as connection:
        at_home, elsewhere = size_of_register(connection, house.settings.city.code, asked.day)
        rows, lists = waiting_rows(connection)
        latest = filings(connection, LATEST, by=own_filer())
    return {"at_home": at_home, "elsewhere": elsewhere, "rows": rows, "lists": lists, "latest": latest}
