"""A record typed into a form: its fields as controls, what cannot be taken said beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask import render_template
from flask_babel import gettext as _

from chains.asking import network
from chains.blueprint import chains_blueprint
from chains.events.acting import NotTakenError
from registry import words
from registry.intake.problems import message
from registry.kind import Field
from registry.said import SaidError
from registry.shell.languages import language
from registry.shell.serving import house


def problems_by_field(error: SaidError | None) -> dict[str, list[str]]:
    """Field → what is wrong with it; under '' what is about the whole form."""
    found: dict[str, list[str]] = defaultdict(list)
    if isinstance(error, NotTakenError):
        for note in error.notes:
            text = message(note.code, note.value, note.field, note.detail, language())
            found[note.field or ""].append(text)
    elif error is not None:
        found[""].append(error.in_language(language()))
    return dict(found)


def record_form(
    kind: str,
    fields: Sequence[str],
    typed: Mapping[str, str],
    error: SaidError | None,
    title: str,
    action: str,
    above: tuple[str, str],
    hints: Mapping[str, str],
    needed: Sequence[str] = (),
    options: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> str:
    """The page of a form. ``above``: (name, address) of the list it belongs to; ``options``: choices of fields that are not a
    vocabulary; ``needed`` beside what the kind asks for."""
    declared = house().kinds.by_id[kind]
    errors = problems_by_field(error)
    shown = fields_of(kind, fields)
    return render_template(
        "chains/record_form.html",
        title=title,
        fields=shown,
        typed=typed,
        errors=errors,
        action=action,
        above=above,
        hints={**{f.id: _unit_hint(f) for f in shown}, **hints},
        needed={*needed, *declared.required},
        options={**{f.id: choices(f) for f in shown if f.vocabulary}, **(options or {})},
    )


def chain_names() -> list[str]:
    """The chains on record: offered where one is typed, so that nobody spells a second one."""
    return list(network(house()).chains)


chains_blueprint().add_app_template_global(chain_names)


def fields_of(kind: str, ids: Sequence[str]) -> list[Field]:
    declared = house().kinds.by_id[kind].by_id
    return [declared[id] for id in ids]


def _unit_hint(field: Field) -> str | None:
    return _("yuan, or with its unit, such as 300万元") if field.type == "money" else None


def choices(field: Field) -> list[tuple[str, str]]:
    spoken = language()
    return [(id, words.label(field.vocabulary, id, spoken)) for id in words.vocabulary(field.vocabulary)]
