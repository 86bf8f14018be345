"""名单入库, its first step: drop or paste a list, say which table it is, what its columns are and what all rows share."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.desk import drafts, kept, reading, review
from registry.desk.drafts import Found, How
from registry.desk.kept import Kept
from registry.desk.models import FILED, OPEN
from registry.filings import filed_before
from registry.house import House
from registry.intake.headers import HeaderError
from registry.intake.lists import read_list, read_pasted
from registry.intake.rows import read_sets
from registry.intake.sheets import UnreadableError
from registry.kind import Kind
from registry.pages.blueprint import blueprint
from registry.pages.held import shown_name
from registry.pages.upload import shared, words_of_vocabulary
from registry.refusals import RefusedError
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt", ".docx", ".pdf")


@blueprint.get("/intake")
@allow("filings.write")
def intake() -> str:
    return _home()


def _home(errors: list[tuple[str, str]] | None = None, pasted: str = "") -> str:
    here = house()
    with here.store.read() as connection:
        waiting = drafts.on_the_desk(connection, actor().unit)
    return render_template(
        "registry/desk.html",
        waiting=waiting,
        kinds=here.kinds.by_id,
        errors=errors or [],
        pasted=pasted,
        accept=",".join(SUFFIXES),
        limit=here.settings.web.max_upload_mb,
    )


@blueprint.post("/intake")
@allow("filings.write")
def take_list() -> str | Response:
    """Keep a file or pasted text, read it once, and go on with what it says about itself."""
    here, token = house(), secrets.token_hex(16)
    file, text = request.files.get("file"), request.form.get("text", "")
    try:
        if file is not None and file.filename:
            read = _read_file(here, token, file)
        elif text.strip():
            read = kept.keep(here.settings.var, token, replace(read_pasted(text), name=_("pasted list")))
        else:
            return _home([("file", _("Choose a file first, or paste a list."))])
        if not read.grids:
            raise UnreadableError(
                "no table was found in it; paste the list of names instead",
                "没有找到表格；可把企业名单直接粘贴进来",
            )
    except UnreadableError as error:
        kept.forget(here.settings.var, token)
        said = error.in_language(language())
        return _home([("text" if text.strip() else "file", said)], text)
    kind = reading.guessed_kind(here.kinds.all, read.guesses)
    how = How(reading.best_grid(kind, read), {}, _first_sets(kind, read))
    id = drafts.begin(here, kind.id, read, how, token, actor().id, actor().unit)
    return redirect(url_for("registry.draft_list", id=id), code=303)


def _read_file(here: House, token: str, file: Any) -> Kept:
    name = shown_name(file.filename or "")
    suffix = Path(name).suffix.lower()
    place = kept.folder(here.settings.var, token)
    place.mkdir(parents=True, mode=0o700)
    path = place / f"{kept.LIST}{suffix if suffix in SUFFIXES else '.bin'}"
    file.save(path)
    try:
        read = read_list(path, name, here.settings.limits)
    except UnreadableError as error:
        raise UnreadableError(
            error.en.replace(path.name, name), error.zh.replace(path.name, name), error.option
        ) from error
    return kept.keep(here.settings.var, token, replace(read, name=name))


def _first_sets(kind: Kind, read: Kept) -> dict[str, str]:
    offered = {f.id for f in shared(kind)}
    guesses = reading.guessed_sets(kind, read.guesses)
    return {id: str(guess.value) for id, guess in guesses.items() if id in offered}


@blueprint.get("/intake/<int:id>")
@allow("filings.write")
def draft(id: int) -> Response:
    """Wherever the work on a list stands."""
    found, _read = draft_or_404(id)
    step = "registry.draft_rows" if found.how.matched else "registry.draft_list"
    return redirect(url_for(step, id=id), code=303)


@blueprint.get("/intake/<int:id>/list")
@allow("filings.write")
def draft_list(id: int) -> str:
    found, read = draft_or_404(id)
    return _list_page(found, read)


def _list_page(found: Found, read: Kept, trouble: str = "", errors: list[tuple[str, str]] | None = None,
               typed: dict[str, str] | None = None) -> str:  # fmt: skip
    here = house()
    kind = here.kinds.by_id[found.kind]
    rows = named = 0
    try:
        parsed = reading.read(kind, read, found.how)
        rows = len(parsed.rows)
        named = sum(bool(r.values.get("name") or r.values.get(kind.subject)) for r in parsed.rows)
    except HeaderError as error:
        trouble = trouble or error.in_language(language())
    with here.store.read() as connection:
        before = filed_before(connection, kind.id, found.sha256, reading.grid_of(read, found.how).name)
        others = drafts.same_file(connection, found)
    guesses = reading.guessed_sets(kind, read.guesses)
    claimed = read.guesses.get("firms")
    return render_template(
        "registry/desk_list.html",
        draft=found,
        read=read,
        kind=kind,
        kinds=reading.announced_kinds(here.kinds.all),
        columns=reading.columns(kind, read, found.how),
        grids=[(at, g.name, len(g.rows)) for at, g in enumerate(read.grids)],
        shared=shared(kind),
        vocabulary=words_of_vocabulary,
        sets=typed if typed is not None else found.how.sets,
        guesses=guesses,
        list_guess=read.guesses.get(reading.PUBLICITY) if kind.announced == reading.PUBLICISED else None,
        rows=rows,
        named=named,
        claimed=claimed,
        mismatch=claimed is not None and str(claimed.value).isdigit() and int(claimed.value) != named,
        before=before,
        others=others,
        trouble=trouble,
        errors=errors or [],
        warnings=[en if language() == "en" else zh for en, zh in read.warnings],
    )


@blueprint.post("/intake/<int:id>/list")
@allow("filings.write")
def settle_list(id: int) -> str | Response:
    """Take what a person said about the list; go on to matching, or look at it again."""
    here = house()
    found, read = draft_or_404(id)
    form = request.form
    kind = here.kinds.by_id.get(form.get("kind", found.kind))
    if kind is None or not kind.announced:
        abort(404)
    if kind.id != found.kind:  # other fields: what was guessed for them comes first again
        found = drafts.change(here, found, How(found.how.grid, {}, _first_sets(kind, read)), kind.id)
        return redirect(url_for("registry.draft_list", id=id), code=303)
    grid = _number(form.get("grid", ""), found.how.grid)
    mapping = _mapping(kind, found.how) if grid == found.how.grid else {}
    sets = {f.id: form.get(f"set-{f.id}", "").strip() for f in shared(kind)}
    if errors := _unreadable(kind, sets):
        return _list_page(found, read, errors=errors, typed=sets)
    how = How(grid, mapping, {id: text for id, text in sets.items() if text}, found.how.matched)
    try:
        found = drafts.change(here, found, how)
        if form.get("then") != "match":
            return redirect(url_for("registry.draft_list", id=id), code=303)
        parsed = reading.read(kind, read, found.how)
        if not parsed.rows:
            return _list_page(found, read, _("There is no row below the header. Choose another table."))
        review.begin(here, found, kind, parsed)
    except (HeaderError, RefusedError) as error:
        return _list_page(found, read, error.in_language(language()))
    return redirect(url_for("registry.draft_rows", id=id), code=303)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else otherwise


def _mapping(kind: Kind, how: How) -> dict[str, str]:
    form, mapping = request.form, dict(how.mapping)
    for at in range(_number(form.get("columns", ""), 0)):
        header, was, now = (form.get(f"{name}-{at}", "") for name in ("header", "was", "field"))
        if header and now != was and (not now or now in kind.by_id):
            mapping[header] = now
    return mapping


def _unreadable(kind: Kind, sets: dict[str, str]) -> list[tuple[str, str]]:
    errors = []
    for id, text in sets.items():
        try:
            read_sets(kind, {id: text} if text else {})
        except HeaderError as error:
            errors.append((f"set-{id}", error.in_language(language())))
    return errors


@blueprint.post("/intake/<int:id>/drop")
@allow("filings.write")
def drop_draft(id: int) -> Response:
    found, _read = draft_or_404(id)
    drafts.drop(house(), found)
    flash(_("“%(name)s” was put away; nothing was filed.", name=found.file), "calm")
    return redirect(url_for("registry.intake"), code=303)


def draft_or_404(id: int) -> tuple[Found, Kept]:
    """An open list that the actor may see, and what was read of it."""
    here = house()
    with here.store.read() as connection:
        found = drafts.find(connection, id, actor().unit)
    if found is None:
        abort(404, description=_("There is no list %(id)s on the desk.", id=id))
    if found.state == FILED:
        abort(redirect(url_for("registry.filing", id=found.filing_id), code=303))
    read = kept.find(here.settings.var, found.token) if found.state == OPEN else None
    if read is None:
        abort(404, description=_("This list was put away; nothing of it was filed."))
    return found, read
