"""Editing a firm: what can be changed, and one record as a form with a preview of what will change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from registry.editing import (
    Act,
    Cell,
    ChangedMeanwhileError,
    NotOwnError,
    Proposal,
    Sheet,
    Typed,
    file_form,
    gather,
    key_at,
    lay_out,
    rehearse,
)
from registry.events import EVENTS
from registry.house import House
from registry.kind import Field, Kind
from registry.pages.blueprint import blueprint, firms_kind_or_404
from registry.pages.inputs import errors_by_field, input_of, said, summary
from registry.pages.own import own_name
from registry.scope import manages
from registry.shell.access import actor, allow
from registry.shell.serving import house
from registry.show import show
from registry.store.clock import instant_text
from registry.typed import units, with_unit


@blueprint.get("/firms/<uscc>/edit")
@allow("filings.write")
def edit(uscc: str) -> str:
    """What can be changed about a firm: its events, its profile, and each kind of record."""
    name, here = own_name(uscc), house()
    with here.store.read() as connection:
        document = show(here, connection, uscc, here.clock.today(), None, instant_text(here.clock.now()))
    single = [kind for kind in here.kinds.of_firms if not kind.key]
    return render_template(
        "registry/edit.html",
        uscc=uscc,
        name=name,
        single=single,
        several=[(kind, (document or {}).get(kind.shown, [])) for kind in here.kinds.of_firms if kind.key],
        events=EVENTS.values(),
        named=named,
    )


def named(kind: Kind, record: dict[str, Any]) -> list[tuple[Field, Any]]:
    """The fields that tell a record from others of its kind, as far as it has them."""
    keys = [part for part in kind.key if part in kind.by_id and part in record]
    dates = [f.id for f in kind.fields if f.type == "day" and f.id in record and f.id not in keys]
    printed = [id for id in ("batch", "document") if id in record]
    wanted = dict.fromkeys((*keys, *printed[:1], *dates[:1]))
    return [(kind.by_id[id], record[id]) for id in wanted]


@blueprint.route("/firms/<uscc>/edit/<kind>", methods=["GET", "POST"])
@allow("filings.write")
def edit_record(uscc: str, kind: str) -> str | Response:
    """The form of one record: ``record`` is a filing and row that spoke of it; without it a new one."""
    name, here, wanted = own_name(uscc), house(), firms_kind_or_404(kind)
    sheet = _sheet(here, wanted, uscc)
    if request.method == "GET":
        return _page(name, sheet, None, _like(here, wanted, sheet))
    sent, moved = _sent(sheet), request.form.get("mark") != sheet.mark
    found = gather(sheet, sent)
    act = Act(actor().id, f"form: {form_name(wanted)}", actor().unit, {"form": wanted.id})
    if moved:
        return _page(name, sheet, None, _kept(sheet), _differences(sheet, sent))
    try:
        found = rehearse(here, sheet, found, act)
        if request.form.get("act") == "file" and found.good and request.form.get("checked") == found.digest:
            found = file_form(here, sheet, gather(sheet, sent), act)
            if found.filing is not None:
                return filed(uscc, found.filing)
    except ChangedMeanwhileError:  # between the look and the lock
        sheet = _sheet(here, wanted, uscc)
        return _page(name, sheet, None, _kept(sheet), _differences(sheet, sent))
    except NotOwnError:
        abort(403, description=_("This firm is managed by another unit."))
    return _page(name, sheet, found, _kept(sheet))


def _sheet(here: House, kind: Kind, uscc: str) -> Sheet:
    key: str | None = None
    asked = request.args.get("record", "")
    filing, _dash, row = asked.partition("-")
    with here.store.read() as connection:
        if asked and kind.key:
            if filing.isdecimal() and row.isdecimal() and len(asked) < 18:
                key = key_at(connection, kind, uscc, int(filing), int(row))
            if key is None:
                abort(404, description=_("There is no such record of this firm."))
        sheet = lay_out(connection, kind, uscc, key, here.clock.today().isoformat())
    if key is not None and sheet.key is None:
        abort(404, description=_("This record was withdrawn."))
    return sheet


def filed(uscc: str, filing: int) -> Response:
    """Back to the profile, saying how to take it back."""
    text = Markup('{} <a href="{}">{}</a> · <a href="{}">{}</a>').format(
        _("On record as filing %(id)s.", id=filing),
        url_for("registry.versions", uscc=uscc, before=filing),
        _("What it changed"),
        url_for("registry.withdraw_filing", id=filing),
        _("Withdraw it"),
    )
    flash(text, "good")
    return redirect(url_for("registry.firm", uscc=uscc), code=303)


def form_name(kind: Kind) -> str:
    """What a form's filing is called."""
    return "企业信息" if kind.founding else kind.zh


# What was sent -------------------------------------------------------------------------------------------


def _sent(sheet: Sheet) -> Typed:
    form = request.form
    ids = [cell.field.id for cell in sheet.cells]
    return Typed(
        {id: with_unit(form.get(f"f-{id}", "").strip(), _unit(sheet.by_id[id])) for id in ids},
        {id: form.get(f"was-{id}", "") for id in ids},
        frozenset(id for id in ids if form.get(f"clear-{id}") == "yes"),
        form.get("meaning", ""),
        form.get("effective_on", ""),
    )


def _unit(cell: Cell) -> str:
    unit = request.form.get(f"unit-{cell.field.id}", "")
    return unit if unit in units(cell.field) else ""


def _kept(sheet: Sheet) -> dict[str, tuple[str, str]]:
    """What was typed over, by field: it stays in the form whatever becomes of it."""
    form, kept = request.form, {}
    for cell in sheet.cells:
        id = cell.field.id
        text, unit = form.get(f"f-{id}", "").strip(), _unit(cell)
        if with_unit(text, unit) != form.get(f"was-{id}", ""):
            kept[id] = (text, unit)
    return kept


def _differences(sheet: Sheet, sent: Typed) -> list[tuple[Field, str, Cell]]:
    """What somebody else changed since the form was opened: the field, what it had shown, and what is held now."""
    return [
        (cell.field, sent.was.get(cell.field.id, ""), cell)
        for cell in sheet.cells
        if cell.was != sent.was.get(cell.field.id, "")
    ]


def _like(here: House, kind: Kind, sheet: Sheet) -> dict[str, tuple[str, str]]:
    """A new record begun from one of another firm (``like``: its code, filing and row): a change of title after an
    absorption keeps tier, level and last day; what the new document says is left to be typed."""
    code, _slash, place = request.args.get("like", "").partition(":")
    filing, _dash, row = place.partition("-")
    if sheet.key is not None or not (filing.isdecimal() and row.isdecimal() and len(place) < 18):
        return {}
    with here.store.read() as connection:
        own = manages(connection, code, actor().unit, here.clock.today())
        key = key_at(connection, kind, code, int(filing), int(row)) if own else None
        if key is None:
            return {}
        other = lay_out(connection, kind, code, key, sheet.today)
    taken = {
        cell.field.id: (cell.text, cell.unit)
        for cell in other.cells
        if cell.text and (cell.field.type == "word" or cell.field.end)
    }
    for cell in other.cells:  # what was computed for the other firm is printed for this one
        if cell.field.end and cell.computed is not None:
            taken[cell.field.id] = (str(cell.computed), "")
    return {**taken, **({"basis": ("change", "")} if "basis" in kind.by_id else {})}


# What is shown -------------------------------------------------------------------------------------------


def _page(
    name: str,
    sheet: Sheet,
    found: Proposal | None,
    kept: dict[str, tuple[str, str]],
    differences: list[tuple[Field, str, Cell]] | None = None,
) -> str:
    errors = errors_by_field(found)
    inputs = [input_of(cell, kept.get(cell.field.id), errors.get(cell.field.id, [])) for cell in sheet.cells]
    form = request.form
    return render_template(
        "registry/edit_record.html",
        uscc=sheet.uscc,
        name=name,
        kind=sheet.kind,
        sheet=sheet,
        fixed=[one for one in inputs if one.cell.fixed],
        inputs=[
            replace(one, cleared=form.get(f"clear-{one.cell.field.id}") == "yes")
            for one in inputs
            if not one.cell.fixed
        ],
        needed={*sheet.kind.required, sheet.kind.effective},
        found=found,
        errors=errors,
        summary=summary(found),
        remarks=[said(note) for note in found.remarks] if found else [],
        differences=differences,
        meaning=form.get("meaning", ""),
        day=form.get("effective_on", sheet.today),
    )
