"""Events of a firm as forms: renamed, moved, struck off, absorbed; each says what follows before it is filed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.editing import (
    Act,
    ChangedMeanwhileError,
    NotOwnError,
    Proposal,
    Sheet,
    file_form,
    lay_out,
    rehearse,
)
from registry.events import ENDS, EVENTS, Event, gather, unit_of
from registry.house import House
from registry.kind import Record
from registry.pages.blueprint import blueprint
from registry.pages.editing import filed
from registry.pages.inputs import errors_by_field, input_of, said, summary
from registry.pages.own import own_name
from registry.pages.values import city
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.show import show
from registry.store.clock import instant_text
from registry.store.fold import speaking

LONGEST_DOCUMENT = 200


@blueprint.app_template_global("event_words")
def event_words(event: Event) -> tuple[str, str]:
    """An event's name and what it is for, in the language of the request."""
    return {
        "rename": (_("Rename"), _("A new name from a day on; the old one keeps finding the firm.")),
        "move": (_("Move"), _("To another district, functional area or city from a day on.")),
        "strike-off": (_("Strike off"), _("The licence was cancelled or revoked on a day.")),
        "absorption": (
            _("Absorption"),
            _("Merged into another firm on a day; nothing passes over by itself."),
        ),
    }[event.id]


@blueprint.route("/firms/<uscc>/events/<event>", methods=["GET", "POST"])
@allow("filings.write")
def firm_event(uscc: str, event: str) -> str | Response:
    """The form of one event, its preview, and its filing."""
    if event not in EVENTS:
        abort(404)
    name, here, asked = own_name(uscc), house(), EVENTS[event]
    sheet = _profile(here, uscc)
    if request.method == "GET":
        return _page(here, name, sheet, asked, None)
    document = request.form.get("document", "").strip()[:LONGEST_DOCUMENT]
    options = {"form": event} | ({"document": document} if document else {})
    act = Act(actor().id, f"form: {asked.zh}", actor().unit, options)
    if request.form.get("mark") != sheet.mark:
        return _page(here, name, sheet, asked, None, changed=True)
    try:
        found = rehearse(here, sheet, _gathered(here, asked, sheet), act)
        if request.form.get("act") == "file" and found.good and request.form.get("checked") == found.digest:
            found = file_form(here, sheet, _gathered(here, asked, sheet), act)
            if found.filing is not None:
                return filed(uscc, found.filing)
    except ChangedMeanwhileError:
        return _page(here, name, _profile(here, uscc), asked, None, changed=True)
    except NotOwnError:
        abort(403, description=_("This firm is managed by another unit."))
    return _page(here, name, sheet, asked, found)


def _profile(here: House, uscc: str) -> Sheet:
    with here.store.read() as connection:
        return lay_out(
            connection, here.kinds.by_record["enterprise"], uscc, None, here.clock.today().isoformat()
        )


def _gathered(here: House, event: Event, sheet: Sheet) -> Proposal:
    texts = {id: request.form.get(f"f-{id}", "") for id in event.fields}
    with here.store.read() as connection:
        return gather(
            here, connection, event, sheet, {**texts, "effective_on": request.form.get("effective_on", "")}
        )


def _page(
    here: House, name: str, sheet: Sheet, event: Event, found: Proposal | None, changed: bool = False
) -> str:
    errors = errors_by_field(found)
    inputs = []
    for id in event.fields:
        # An event says something new: what holds now stands beside the control, not in it.
        one = input_of(
            replace(sheet.by_id[id], text="", unit=""),
            (request.form.get(f"f-{id}", "").strip(), ""),
            errors.get(id, []),
        )
        if id == "status":
            one = replace(one, options=tuple(option for option in one.options if option[0] in ENDS))
        inputs.append(one)
    return render_template(
        "registry/event.html",
        uscc=sheet.uscc,
        name=name,
        event=event,
        sheet=sheet,
        inputs=inputs,
        found=found,
        errors=errors,
        summary=summary(found),
        remarks=[said(note) for note in found.remarks] if found else [],
        follows=_follows(here, sheet, event, found) if found and found.good else [],
        changed=changed,
        day=request.form.get("effective_on", sheet.today),
        document=request.form.get("document", ""),
    )


def _follows(here: House, sheet: Sheet, event: Event, found: Proposal) -> list[str]:
    """What an event brings with it, in sentences."""
    home, day = here.settings.city.code, found.from_day
    before: Record = {name: spoken.value for name, spoken in speaking(sheet.held, day).items()}
    after: Record = {**before, **{field.id: value for field, _before, value in found.changes}}
    was, now = unit_of(before, home), unit_of(after, home)
    lines: list[Any] = []
    if event.id == "rename":
        lines.append(
            _(
                "From %(day)s on the firm is called %(name)s; %(old)s becomes a former name and keeps finding it.",
                day=day,
                name=after["name"],
                old=before.get("name"),
            )
        )
        lines.append(_("A list dated before that day is still read by the old name."))
    elif event.id == "move":
        if (after.get("city") or home) != home:
            lines.append(
                _(
                    "From %(day)s on the firm belongs to %(city)s and leaves all counts of the city; it stays on the "
                    "register.",
                    day=day,
                    city=city(after["city"]),
                )
            )
        elif was != now:
            lines.append(
                _(
                    "This firm leaves the counts of %(was)s from %(day)s and enters those of %(now)s.",
                    was=_unit_name(here, was),
                    now=_unit_name(here, now),
                    day=day,
                )
            )
        lines.append(_("Its titles and other records follow it; what held before that day stays as it was."))
    else:
        lines.append(
            _(
                "This firm leaves the counts of %(was)s and of the city from %(day)s; the list of above-scale firms is "
                "the statistics bureau's word and stays.",
                was=_unit_name(here, was),
                day=day,
            )
        )
    held = _in_force(here, sheet.uscc, day)
    if held and event.id in ("strike-off", "absorption"):
        lines.append(_("Records in force on that day: %(n)s. They stay on record and count no more.", n=held))
    if event.id == "absorption":
        lines.append(
            _(
                "Nothing passes over by itself: what the authority's change document gives to the successor is added "
                "there as a record of its own. The profile will offer it."
            )
        )
    return [str(line) for line in lines]


def _unit_name(here: House, id: str | None) -> str:
    return here.places.label(id, language()) or str(_("a district not on record"))


def _in_force(here: House, uscc: str, day: str) -> int:
    """How many records with a term are in force on a day."""
    with here.store.read() as connection:
        document = show(here, connection, uscc, date.fromisoformat(day), None, instant_text(here.clock.now()))
    return sum(
        entry.get("state") == "in_force"
        for kind in here.kinds.of_firms
        for entry in (document or {}).get(kind.shown, ())
        if isinstance(entry, dict)
    )
