"""Controls of a form about a firm: what each shows, what it offers, and what is wrong with what was typed in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Text

from registry import words
from registry.editing import (
    BOTH,
    EXISTS,
    NEEDED,
    NOTHING,
    OTHER_RECORD,
    OTHER_UNIT,
    SAY_MEANING,
    Cell,
    Proposal,
)
from registry.events import NO_PLACE, SAME_FIRM, UNKNOWN_FIRM
from registry.intake.problems import message
from registry.kind import Field, Note
from registry.pages.values import term
from registry.shell.languages import language
from registry.shell.serving import house
from registry.typed import units


@dataclass(frozen=True)
class Input:
    """One control of a form. ``text`` and ``unit`` are what it shows, which may be what was typed and refused;
    ``options`` (value, label) make it a select, ``long`` an area."""

    cell: Cell
    text: str
    unit: str
    units: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    long: bool = False
    cleared: bool = False
    errors: tuple[str, ...] = ()


def input_of(cell: Cell, kept: tuple[str, str] | None, errors: list[str]) -> Input:
    known = units(cell.field)
    text, unit = kept or (cell.text, cell.unit)
    if known and not unit:  # an amount without a unit is wanted in the one that people speak in
        unit = cell.unit or known[1]
    options = options_of(cell.field)
    if options and text and text not in dict(options):
        options = (*options, (text, text))
    return Input(cell, text, unit, known, options, _is_long(cell.field), False, tuple(errors))


def _is_long(field: Field) -> bool:
    column = house().kinds.by_record["enterprise"].table.columns.get(field.id)
    return field.type == "text" and column is not None and isinstance(column.type, Text)


def options_of(field: Field) -> tuple[tuple[str, str], ...]:
    """What a select offers: the words of a vocabulary, districts, functional areas."""
    if field.vocabulary:
        return tuple(
            (id, words.label(field.vocabulary, id, language())) for id in words.vocabulary(field.vocabulary)
        )
    if field.type in ("district", "area"):
        at_home = house().places
        return tuple(
            (id, at_home.label(id, language()))
            for id in at_home.names
            if (id in at_home.districts) == (field.type == "district")
        )
    return ()


def said(note: Note) -> str:
    """The sentence for a problem of a cell; where a cell is merely empty, that it is needed."""
    if not note.value and note.code in ("value_unknown", "date_unreadable"):
        return str(_("This is needed."))
    return message(note.code, note.value, note.field, note.detail, language())


def errors_by_field(found: Proposal | None) -> dict[str | None, list[str]]:
    """Field id → sentences; None: of the form as a whole."""
    by_field: dict[str | None, list[str]] = {}
    if found is None:
        return by_field
    if found.refused is not None:
        by_field[None] = [found.refused.in_language(language())]
    for field, code, note in found.errors:
        sentence = said(note) if note else own_words(code)
        if sentence not in by_field.setdefault(field, []):
            by_field[field].append(sentence)
    return by_field


def own_words(code: str) -> str:
    """What a form itself has to say."""
    return str({
        NEEDED: _("This is needed."),
        BOTH: _("Either clear the value or type another one, not both."),
        NOTHING: _("Nothing here differs from what is on record; nothing would be filed."),
        OTHER_RECORD: _(
            "This would no longer be the same record but another one. Withdraw the filing that brought this record in, "
            "then add it as it should be."
        ),
        OTHER_UNIT: left_to_the_city(),
        EXISTS: _("This record is on the register already; edit it instead of adding it."),
        SAY_MEANING: _("Say whether this has changed, or was wrong."),
        NO_PLACE: _("Say where the firm has moved to: a city, district, functional area or address."),
        UNKNOWN_FIRM: _("The register has no firm with this code; put it on the register first."),
        SAME_FIRM: _("This is the firm itself."),
    }[code])  # fmt: skip


def left_to_the_city() -> str:
    """Why an officer's form does not give a firm away."""
    text: str = _(
        "Only the city desk gives a firm to another unit. Upload it in a list of enterprises: there the row waits for the city."
    )
    return text


def summary(found: Proposal | None) -> list[tuple[str, str]]:
    """All errors above the form, each a link to its control."""
    if found is None:
        return []
    known: dict[str, Any] = {f.id: f for kind in house().kinds.of_firms for f in kind.fields}
    listed = []
    for field, sentences in errors_by_field(found).items():
        anchor = {None: "fields", "effective_on": "effective_on", "meaning": "meaning"}.get(
            field, f"f-{field}"
        )
        label = f"{term(known[field])}：" if field in known else ""
        listed += [(anchor, label + sentence) for sentence in sentences]
    return listed
