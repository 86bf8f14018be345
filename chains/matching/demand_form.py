"""A demand typed into a form: rehearsed first, so that what cannot be taken is said beside the form and nothing is filed."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chains.asking import network
from chains.ends import is_outside
from chains.matching.demands import demand, file_demand, free_id
from chains.matching.pages import LONGEST, _tiers, _units, blueprint
from chains.permissions import WRITE
from registry.house import House
from registry.intake.problems import message
from registry.said import SaidError
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house

TYPED = ("buyer", "chain", "title", "detail", "quantity", "amount", "certificates", "due_on")
Errors = list[tuple[str, str]]


@blueprint.route("/matching/new", methods=["GET", "POST"])
@allow(WRITE)
def new_demand() -> str | Response:
    """A new demand; its number is given when it is filed."""
    here = house()
    if request.method == "GET":
        return _form(here, {}, [])
    typed = {id: text for id in TYPED if (text := request.form.get(id, "").strip()[: LONGEST * 4])}
    for id, name in (("tiers_wanted", "tier"), ("districts", "place")):
        if chosen := [value for value in request.form.getlist(name) if value]:
            typed[id] = "；".join(chosen)
    errors = _missing(typed)
    if not errors:
        typed["id"] = free_id(here)
        errors = _problems(here, typed)
    if errors:
        return _form(here, typed, errors)
    file_demand(here, typed, actor().id)
    flash(_("The demand is on record."), "good")
    return redirect(url_for("chains.matching_demand", id=typed["id"]))


@blueprint.post("/matching/demands/<id>/state")
@allow(WRITE)
def close_demand(id: str) -> Response:
    """A demand is met or given up today, or open again."""
    here, state = house(), request.form.get("state", "")
    known = demand(here, id)
    if known is None:
        abort(404, description=_("There is no demand %(id)s.", id=id))
    if state not in ("open", "closed"):
        abort(400)
    day = here.clock.today().isoformat() if state == "closed" else "清空"
    # A row of a demand names its buyer and its goods, whatever else it says. Who the buyer is, is not the question here.
    outside = is_outside(known.buyer or "")
    buyer = known.buyer_name if outside else known.buyer
    named = {"id": id, "buyer": buyer, "title": known.title, "detail": known.detail, "closed_on": day}
    typed = {field: text for field, text in named.items() if text}
    fates = file_demand(here, typed, actor().id, as_named=outside, dry_run=True).fates
    if fates["refused"] or fates["review"]:
        flash(" ".join(text for _field, text in _problems(here, typed)), "bad")
    else:
        file_demand(here, typed, actor().id, as_named=outside)
        flash(_("The demand is closed.") if state == "closed" else _("The demand is open again."), "good")
    return redirect(url_for("chains.matching_demand", id=id))


def _missing(typed: dict[str, str]) -> Errors:
    said = {
        "title": _("Say what is looked for."),
        "buyer": _("Say who looks for it: a firm's name or credit code."),
    }
    return [(id, text) for id, text in said.items() if not typed.get(id)]


def _problems(here: House, typed: dict[str, str]) -> Errors:
    """What stops the row, or is wrong with a cell of it."""
    try:
        outcome = file_demand(here, typed, actor().id, dry_run=True)
    except SaidError as error:
        return [("title", error.in_language(language()))]
    return [
        (note.field or "title", message(note.code, note.value, note.field, note.detail, language()))
        for _number, note in outcome.problems
        if note.fate != "note" or note.code in ("date_unreadable", "number_unreadable", "negative", "unit_unknown",
                                               "value_unknown", "district_unknown", "demand_without_words")
    ]  # fmt: skip


def _form(here: House, typed: dict[str, str], errors: Errors) -> str:
    return render_template(
        "chains/demand_form.html",
        typed=typed,
        errors=errors,
        wrong=dict(errors),
        tiers=_tiers(),
        units=_units(here),
        chains=list(network(here).chains),
        chosen={name: request.form.getlist(name) for name in ("tier", "place")},
    )
