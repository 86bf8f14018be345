"""上传: choose a kind, drop a list, rehearse it, settle its columns, file it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from registry.filing import FATES
from registry.importing import Imported, import_file, problem
from registry.intake.headers import HeaderError, fold, guess, known_headers, split_unit
from registry.intake.sheets import UnreadableError, as_typed
from registry.intake.sources import SUFFIXES, read_grids
from registry.kind import Kind, Record
from registry.pages.blueprint import blueprint, kind_or_404
from registry.pages.held import Held, Uploads
from registry.refusals import NeedsConfirmationError, RefusedError
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.words import vocabulary

#: Problems listed on the rehearsal's page; the filing's page pages through all of them.
SHOWN_PROBLEMS = 200
SEARCHED_ROWS = 40
UNITS = ("元", "万元", "亿元")
#: Fields that a whole list shares, in the order of the form; a kind offers those that it has.
SHARED = ("tier", "level", "kind", "batch", "document", "issuer", "list_source", "issued_on", "valid_from", "valid_to",
          "basis", "purpose", "round", "stage", "stage_on", "board", "programme", "entered_on", "honour", "on", "year",
          "city", "effective_on")  # fmt: skip


@blueprint.get("/upload")
@allow("filings.write")
def upload() -> str:
    chosen = request.args.get("kind", "")
    return _form(house().kinds.by_id.get(chosen) or house().kinds.all[0])


def _form(kind: Kind, errors: list[tuple[str, str]] | None = None, typed: Record | None = None) -> str:
    return render_template(
        "registry/upload.html",
        kind=kind,
        kinds=house().kinds.all,
        shared=shared(kind),
        vocabulary=words_of_vocabulary,
        errors=errors or [],
        typed=typed or {},
        accept=",".join(SUFFIXES),
        limit=house().settings.web.max_upload_mb,
    )


def shared(kind: Kind) -> list[Any]:
    return [kind.by_id[id] for id in SHARED if id in kind.by_id]


def words_of_vocabulary(name: str) -> list[tuple[str, str]]:
    return [(word.id, word.en if language() == "en" else word.zh) for word in vocabulary(name).values()]


@blueprint.post("/upload")
@allow("filings.write")
def take_upload() -> str | Response:
    """Keep the file and go to its rehearsal."""
    kind = kind_or_404(request.form.get("kind", ""))
    wishes = _wishes(kind)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _form(kind, [("file", _("Choose a file first."))], wishes)
    held = _uploads().keep(file, kind.id, **wishes)
    return redirect(url_for("registry.rehearsal", token=held.token), code=303)


def _wishes(kind: Kind) -> dict[str, Any]:
    """What the form asks for besides the file."""
    form = request.form
    sets = {f.id: form[f"set-{f.id}"].strip() for f in shared(kind) if form.get(f"set-{f.id}", "").strip()}
    if kind.timing == "spans" and form.get("set-meaning") in ("change", "correction"):
        sets["meaning"] = form["set-meaning"]
    return {
        "sets": sets,
        "sheet": form.get("sheet", "").strip(),
        "create": form.get("create") == "yes",
        "complete_on": form.get("complete_on", "").strip() if kind.whole_list else "",
    }


@blueprint.get("/upload/<token>")
@allow("filings.write")
def rehearsal(token: str) -> str | Response:
    """Read the list, settle every row, change nothing, and show what would happen."""
    held = _held_or_404(token)
    kind = kind_or_404(held.kind)
    return _rehearsed(held, kind)


def _imported(held: Held, kind: Kind, *, rehearse: bool) -> Imported:
    path, wish = _uploads().path(held), held.wish(rehearse)
    return import_file(house(), kind, path, actor().id, wish, name=held.name, unit=actor().unit)


def _rehearsed(held: Held, kind: Kind) -> str:
    trouble: tuple[str, str, list[str]] | None = None
    done: Imported | None = None
    try:
        done = _imported(held, kind, rehearse=True)
    except UnreadableError as error:
        trouble = (
            _("This file cannot be read"),
            error.in_language(language()).replace(_uploads().path(held).name, held.name),
            [],
        )
    except HeaderError as error:
        trouble = (_("The columns are not settled yet"), error.in_language(language()), [])
    except NeedsConfirmationError as error:
        title = _("Many members are missing from this list and would leave")
        trouble = (title, error.in_language(language()), error.rows)
    except RefusedError as error:
        trouble = (_("The list cannot be filed like this"), error.in_language(language()), [])
    return render_template(
        "registry/rehearsal.html",
        held=held,
        kind=kind,
        trouble=trouble,
        leaving=trouble is not None and bool(trouble[2]),
        document=_summary(done) if done else None,
        columns=_columns(held, kind, done),
        fates=FATES,
        units=UNITS,
    )


def _summary(done: Imported) -> Record:
    """The rehearsal's counts, problems by code, and the first of them."""
    stops = [(number, note) for number, note in done.outcome.problems if note.fate != "note"]
    notes = [(number, note) for number, note in done.outcome.problems if note.fate == "note"]
    by_code = Counter((note.code, note.fate) for _number, note in (*stops, *notes))
    return {
        **{fate: done.outcome.fates[fate] for fate in FATES},
        "rows": done.outcome.rows,
        "left": done.outcome.left,
        "sheet": done.parsed.sheet,
        "codes": [(code, fate, n) for (code, fate), n in by_code.items()],
        "problems": [
            problem(number, note, language(), done.parsed.grid.place(number))
            for number, note in (*stops, *notes)[:SHOWN_PROBLEMS]
        ],
        "all": len(done.outcome.problems),
        "before": done.before,
    }


def _columns(held: Held, kind: Kind, done: Imported | None) -> list[Record]:
    """Each column of the sheet: its header, the field it is taken for, its unit, and the first cells below it."""
    if done is not None:
        grid, header = done.parsed.grid, done.parsed.header
        below = grid.rows[header.first_row : header.first_row + 3]
        found = [(c.header, c.field.id if c.field else "", c.unit, c.index) for c in header.columns]
    else:
        found, below = _headers_by_hand(held, kind)
    return [
        {
            "header": header,
            "field": held.mapping.get(header, field),
            "unit": unit,
            "asks_unit": field in kind.by_id and kind.by_id[field].type == "money" and split_unit(fold(header))[1] is None,
            "asked_unit": held.units.get(field, ""),
            "cells": [str(as_typed(row[index])) for row in below if index < len(row) and row[index] not in (None, "")],
        }
        for header, field, unit, index in found
    ]  # fmt: skip


def _headers_by_hand(
    held: Held, kind: Kind
) -> tuple[list[tuple[str, str, str | None, int]], list[list[Any]]]:
    """Where the columns could not be settled: the fullest of the first rows, for a person to say what is what."""
    try:
        grid = next(
            iter(read_grids(_uploads().path(held), house().settings.limits, held.sheet or None)), None
        )
    except UnreadableError:
        return [], []
    if grid is None or not grid.rows:
        return [], []
    known = known_headers(kind)

    def hits(row: list[Any]) -> tuple[int, int]:
        texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        return sum(guess(cell, known)[0] is not None for cell in texts), len(texts)

    best = max(range(min(SEARCHED_ROWS, len(grid.rows))), key=lambda at: hits(grid.rows[at]))
    found = []
    for index, cell in enumerate(grid.rows[best]):
        title = " ".join(str(cell or "").split())
        if title:
            field, unit, _year = guess(title, known)
            found.append((title, field.id if field else "", unit, index))
    return found, grid.rows[best + 1 : best + 4]


@blueprint.post("/upload/<token>/columns")
@allow("filings.write")
def settle_columns(token: str) -> Response:
    """Take what a person said about the columns, and rehearse again."""
    held = _held_or_404(token)
    kind = kind_or_404(held.kind)
    mapping, units = dict(held.mapping), dict(held.units)
    form = request.form
    many = form.get("columns", "")
    for at in range(min(int(many) if many.isdecimal() else 0, house().settings.limits.columns)):
        header, was, now = (form.get(f"{name}-{at}", "") for name in ("header", "was", "field"))
        if header and now != was and (not now or now in kind.by_id):
            mapping[header] = now
        if now in kind.by_id and (unit := form.get(f"unit-{at}")) is not None:
            units.pop(now, None)
            if unit in UNITS:
                units[now] = unit
    _uploads().change(held, mapping=mapping, units=units)
    return redirect(url_for("registry.rehearsal", token=token), code=303)


@blueprint.post("/upload/<token>/file")
@allow("filings.write")
def file_upload(token: str) -> str | Response:
    """Put the rehearsed list on record."""
    held = _held_or_404(token)
    kind = kind_or_404(held.kind)
    if request.form.get("yes") == "yes":
        held = _uploads().change(held, yes=True)
    try:
        done = _imported(held, kind, rehearse=False)
    except (UnreadableError, HeaderError, NeedsConfirmationError, RefusedError):
        return _rehearsed(held, kind)  # says what is wrong, with what can be done about it
    _uploads().forget(held)
    rows = done.outcome.rows
    flash(ngettext("%(num)s row is on record.", "%(num)s rows are on record.", rows), "good")
    return redirect(url_for("registry.filing", id=done.outcome.filing), code=303)


@blueprint.post("/upload/<token>/drop")
@allow("filings.write")
def drop_upload(token: str) -> Response:
    held = _held_or_404(token)
    _uploads().forget(held)
    flash(_("“%(name)s” was put away; nothing was filed.", name=held.name), "calm")
    return redirect(url_for("registry.upload", kind=held.kind), code=303)


def _uploads() -> Uploads:
    return Uploads(house().settings.var, actor().id)


def _held_or_404(token: str) -> Held:
    held = _uploads().find(token)
    if held is None:
        abort(404, description=_("This upload was filed or put away meanwhile; uploads wait for a day."))
    return held
