"""Help: the kinds of lists, their columns and the headers that are understood; templates to fill in."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import render_template
from werkzeug.wrappers import Response

from registry import words
from registry.intake.workbooks import write_template
from registry.kind import Field
from registry.pages.blueprint import attachment, blueprint, kind_or_404
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house

#: Longer vocabularies are folded away.
WORDS_SHOWN = 12


@blueprint.get("/fields")
@allow("register.read")
def fields() -> str:
    """The first kind; the others are a tab away."""
    return kind_fields(house().kinds.all[0].id)


@blueprint.get("/fields/<id>")
@allow("register.read")
def kind_fields(id: str) -> str:
    return render_template(
        "registry/fields.html",
        kind=kind_or_404(id),
        kinds=house().kinds.all,
        vocabulary=vocabulary,
        shown=WORDS_SHOWN,
    )


@blueprint.get("/templates/<id>.xlsx")
@allow("register.read")
def template(id: str) -> Response:
    """An empty workbook with the headers of a kind."""
    kind = kind_or_404(id)
    with TemporaryDirectory() as folder:
        out = Path(folder) / "template.xlsx"
        write_template(out, kind)
        return attachment(out.read_bytes(), f"template-{kind.id}", ".xlsx")


def vocabulary(field: Field) -> list[str]:
    """The words that a column knows, in the language of the request."""
    known = words.vocabulary(field.vocabulary).values() if field.vocabulary else ()
    return [word.en if language() == "en" else word.zh for word in known]
