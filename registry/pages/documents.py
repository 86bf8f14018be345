"""附件: documents attached to a firm as evidence; taken away only as downloads that no browser opens in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.documents import (
    LONGEST_NOTE,
    Attached,
    DocumentError,
    NotOwnFirmError,
    attach,
    contents,
    document_of,
    documents_of,
    remove,
)
from registry.house import House
from registry.kind import Record
from registry.pages.asked import Asked
from registry.pages.blueprint import blueprint
from registry.pages.editing import named
from registry.pages.held import shown_name
from registry.pages.own import own_name
from registry.pages.values import shown, term
from registry.shell.access import actor, allow, may
from registry.shell.languages import language
from registry.shell.serving import house
from registry.sniffing import TYPES
from registry.versions import version

#: A download is nobody's page: whatever it holds runs nothing and loads nothing.
DOWNLOAD_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@blueprint.get("/firms/<uscc>/documents")
@allow("register.read")
def firm_documents(uscc: str) -> str:
    return _page(uscc, own_name(uscc))


@blueprint.post("/firms/<uscc>/documents")
@allow("filings.write")
def attach_document(uscc: str) -> str | Response:
    name = own_name(uscc)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(uscc, name, str(_("Choose a file first.")))
    about = request.form.get("about", "")
    if about not in {value for _group, choices in _subjects(uscc) for value, _label in choices}:
        about = ""
    note = request.form.get("note", "")
    sent = Attached(file.stream, shown_name(file.filename), about, note)
    try:
        attach(house(), uscc, sent, actor().id, actor().unit)
    except DocumentError as error:
        return _page(uscc, name, error.in_language(language()))
    except NotOwnFirmError:
        abort(403, description=_("This firm is managed by another unit."))
    flash(_("“%(name)s” is attached.", name=sent.name), "good")
    return redirect(url_for("registry.firm_documents", uscc=uscc), code=303)


# What the page of a refused request says where the whole request was too large to be read.
attach_document.__dict__["too_large"] = lambda: _(
    "A document may have %(n)s MB: scan it with fewer dots an inch, or attach it in parts.",
    n=house().settings.documents.max_mb,
)


@blueprint.get("/firms/<uscc>/documents/<int:id>")
@allow("register.read")
def download_document(uscc: str, id: int) -> Response:
    """The bytes, as an attachment under the name that they came with."""
    own_name(uscc)
    here = house()
    with here.store.read() as connection:
        row = document_of(connection, uscc, id)
    if row is None or row.removed_at is not None:
        abort(404, description=_("There is no such document, or it was removed."))
    path = contents(here).path(row.sha256)
    if not path.is_file():
        abort(
            404, description=_("The bytes of this document are missing on the server; tell whoever runs it.")
        )
    answer = send_file(
        path, mimetype=TYPES[row.type][0], as_attachment=True, download_name=row.name, etag=False, max_age=0
    )
    answer.headers.update(DOWNLOAD_HEADERS)
    return answer


@blueprint.post("/firms/<uscc>/documents/<int:id>/remove")
@allow("filings.write")
def remove_document(uscc: str, id: int) -> Response:
    own_name(uscc)
    try:
        gone = remove(house(), uscc, id, actor().id, actor().unit)
    except NotOwnFirmError:
        abort(403, description=_("This firm is managed by another unit."))
    if gone:
        flash(_("The document is removed; who attached and who removed it stays on record."), "good")
    else:
        flash(_("This document was removed before."), "warn")
    return redirect(url_for("registry.firm_documents", uscc=uscc), code=303)


def _page(uscc: str, name: str, error: str = "") -> str:
    here = house()
    with here.store.read() as connection:
        rows = documents_of(connection, uscc, removed=True)
    writes = may("filings.write")
    subjects = _subjects(uscc)
    limits = here.settings.documents
    return render_template(
        "registry/documents.html",
        uscc=uscc,
        name=name,
        rows=rows,
        writes=writes,
        subjects=subjects,
        labels={value: label for _group, choices in subjects for value, label in choices},
        error=error,
        about=request.form.get("about", request.args.get("about", "")),
        note=request.form.get("note", ""),
        longest=LONGEST_NOTE,
        limit=limits.max_mb,
        types=limits.types,
        accept=",".join(suffix for type in limits.types for suffix in TYPES[type][1]),
    )


def _subjects(uscc: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a document may be about, in groups: each record by its key, each field of the profile."""
    here = house()
    with here.store.read() as connection:
        found = version(here, connection, uscc, here.clock.today(), None)
    groups = []
    for kind in here.kinds.of_firms:
        records = found.get(kind.record, {}) if kind.key else {}
        choices = []
        for key, fields in records.items():
            values = {name: told.value for name, told in fields.items()}
            label = " · ".join(_plain(value, field) for field, value in named(kind, values))
            choices.append((f"{kind.record}:{key}", label))
        if choices:
            groups.append((term(kind), choices))
    profile = here.kinds.by_record["enterprise"]
    of_profile = [
        (f"enterprise:{f.id}", term(f)) for f in profile.fields if f.id in profile.stated and not f.personal
    ]
    return [*groups, (str(_("Profile")), of_profile)]


def _plain(value: Any, field: Any) -> str:
    if field.type == "year":
        return str(value)
    said = shown(value, field)
    return said.striptags() if hasattr(said, "striptags") else str(said)


def documents_panel(house: House, asked: Asked, document: Record) -> Mapping[str, Any] | None:
    """The documents as attached at the instant asked for; without any, only those who may attach see the panel."""
    with house.store.read() as connection:
        rows = documents_of(connection, document["uscc"], asked.known_at)
    if not rows and not (may("filings.write") and asked.present):
        return None
    return {"rows": rows}
