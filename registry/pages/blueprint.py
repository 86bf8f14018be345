"""The blueprint that the register's pages hang on, and what all of them need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, abort
from flask_babel import gettext as _

from registry.export import table_bytes
from registry.kind import FIRM, Kind
from registry.shell.serving import house

blueprint = Blueprint("registry", __name__)

TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
}


def kind_or_404(id: str) -> Kind:
    kind = house().kinds.by_id.get(id)
    if kind is None:
        abort(404, description=_("There is no kind of list called %(id)s.", id=id))
    return kind


def firms_kind_or_404(id: str) -> Kind:
    """A kind of records about firms."""
    kind = kind_or_404(id)
    if kind.about != FIRM:
        abort(404, description=_("Records of this kind are not about firms."))
    return kind


def plain(name: str) -> str:
    """A name as a header of an answer may hold it, which has no Chinese and no quotation marks."""
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_.")).strip("-_.") or "file"


def attachment(content: bytes, name: str, suffix: str) -> Response:
    """A file to take away, under an ASCII name that every browser keeps: other characters of ``name`` are left out."""
    headers = {
        "Content-Disposition": f'attachment; filename="{plain(name)}{suffix}"',
        "Cache-Control": "no-store",
    }
    return Response(content, mimetype=TYPES[suffix].partition(";")[0], headers=headers)


def table_file(
    name: str, suffix: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Response:
    """A table as .xlsx or .csv; anything else is no such page."""
    if suffix not in TYPES:
        abort(404)
    return attachment(table_bytes(title, header, rows, suffix), name, suffix)
