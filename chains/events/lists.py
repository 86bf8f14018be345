"""The list of events and the guests of one of them, as files to be taken away."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chains.blueprint import chains_blueprint
from chains.ends import is_outside
from chains.events.pages import _held
from chains.events.reading import events, sizes
from chains.permissions import READ
from registry import words
from registry.pages.blueprint import table_file
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house

blueprint = chains_blueprint()


@blueprint.get("/events/export<suffix>")
@allow(READ)
def export_events(suffix: str) -> Response:
    """An event a line, with how many come of those that were invited."""
    with house().store.read() as connection:
        found, counted = events(connection), sizes(connection)
    header = [_("Event"), _("Title"), _("Held on"), _("State"), _("Chain"), _("Place"), _("Tables"), _("Slots"),
              _("Invited demands"), _("Demands that come"), _("Invited firms"), _("Firms that come"), _("Meetings")]  # fmt: skip
    numbers = ("demands", "demands_coming", "firms", "firms_coming", "meetings")
    rows = [
        [one.id, one.title, one.held_on and one.held_on.isoformat(), _word("event_state", one.state), one.chain, one.place,
         one.tables, one.slots, *(counted.get(one.id, {}).get(n, 0) for n in numbers)]
        for one in found
    ]  # fmt: skip
    return table_file("events", suffix, _("Events"), header, rows)


@blueprint.get("/events/<id>/guests<suffix>")
@allow(READ)
def export_guests(id: str, suffix: str) -> Response:
    """Everybody who is invited, demands first, with the answer and the number of meetings."""
    held = _held(id)
    seats = Counter(who for seat in held.standing for who in (seat.demand, seat.firm))
    header = [
        _("Invited as"),
        _("Name"),
        _("Credit code"),
        _("Demand"),
        _("Demand title"),
        _("Answer"),
        _("On"),
        _("Meetings"),
    ]
    rows = [
        [_("Buyer"), held.needs[guest.id].buyer_name, _code(held.needs[guest.id].buyer), guest.id, held.needs[guest.id].title,
         _word("invitation_state", guest.state), guest.on and guest.on.isoformat(), seats[guest.id]]
        for guest in held.demands.values()
    ] + [
        [_("Supplier"), held.name(guest.id), _code(guest.id), "；".join(guest.wanted_by) or None, None,
         _word("invitation_state", guest.state), guest.on and guest.on.isoformat(), seats[guest.id]]
        for guest in held.firms.values()
    ]  # fmt: skip
    return table_file(f"guests-{id}", suffix, _("Guests"), header, rows)


def _word(vocabulary: str, id: str | None) -> str | None:
    return words.label(vocabulary, id, language()) if id else None


def _code(node: str) -> str | None:
    """A credit code; None for outside parties and demands that name nobody."""
    return None if is_outside(node) or len(node) != 18 else node
