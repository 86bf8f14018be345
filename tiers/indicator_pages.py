"""指标: one indicator with its values over the periods filed, by management unit, its sources, and the form that files one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.filing import file_list
from registry.forms import listed_from_form
from registry.house import House
from registry.intake.problems import message
from registry.kind import Record
from registry.pages.asked import Asked, asked
from registry.pages.blueprint import table_file
from registry.places import Places
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.typed import with_unit
from tiers.asking import ask_count, view
from tiers.filed import Said, filed
from tiers.names import indicator_name
from tiers.progress import Line, progress
from tiers.target_pages import carried, plain, plan_asked
from tiers.targets import Target, plan
from tiers.views import blueprint

#: What a value may be typed in, the usual first.
TYPED_IN = {"yuan": ("亿元", "万元", "元"), "ratio": ("%",), "kw": ("万千瓦", "千瓦"), "pflops": ("P",)}
FORM_FIELDS = ("period", "unit", "value", "reported_by", "document")


@dataclass(frozen=True)
class UnitRow:
    """One management unit's part. ``value`` None: nobody filed it."""

    key: str
    value: Decimal | None
    goal: Decimal | None
    rate: str | None
    period: str | None
    why: Record | None


@blueprint.get("/indicators/<id>")
@allow("counts.read")
def indicator(id: str) -> str:
    return _page(id)


def _page(
    id: str, typed: Mapping[str, str] | None = None, errors: Mapping[str, list[str]] | None = None
) -> str:
    here, question, name = house(), asked(house()), plan_asked(house())
    line = _line(here, question, name, id)
    with view(here, question.known_at) as connection:
        said = filed(connection, here.places.names)
    values = sorted(said.values.get(id, ()), key=lambda one: (one.last, one.filing), reverse=True)
    goals = sorted(said.goals.get(id, ()), key=lambda one: (one.last, one.filing), reverse=True)
    return render_template(
        "tiers/indicator.html",
        asked=question,
        line=line,
        units=unit_rows(here, question, name, id),
        city=[one for one in values if one.unit is None],
        by_unit=len(values) - sum(one.unit is None for one in values),
        goals=[one for one in goals if one.unit is None],
        sources=_sources([*values, *goals]),
        kept=carried(here, question, name),
        typed=typed or {},
        errors=errors or {},
        choices_of_unit=_own_units(here.places),
        typed_in=[(unit, unit) for unit in TYPED_IN.get(line.target.unit, ())],
        may_file=line.target.is_filed and question.present,
        limited=actor().unit is not None,
    )


def _line(here: House, question: Asked, name: str, id: str) -> Line:
    lines = progress(here, question.day, question.known_at, question.year, name)
    found = next((line for line in lines if line.id == id), None)
    if found is None:
        abort(404, description=_("The plan has no indicator %(id)s.", id=id))
    return found


def unit_rows(here: House, question: Asked, name: str, id: str) -> list[UnitRow]:
    """The management units in their order, and the unknown place where firms count there."""
    document = ask_count(here, question.day, question.known_at, question.year, "area", name)
    rows = []
    for row in document["by"]:
        cell = row["targets"].get(id)
        if cell is None or (row["key"] == "unknown" and not cell["value"]):
            if row["key"] != "unknown":
                rows.append(UnitRow(row["key"], None, None, None, None, None))
            continue
        value, goal = (None if cell[part] is None else Decimal(cell[part]) for part in ("value", "goal"))
        rows.append(
            UnitRow(row["key"], value, goal, cell["rate"], cell.get("period"), (cell.get("why") or [None])[0])
        )
    return rows


def _sources(said: list[Said]) -> list[tuple[int, str | None, str | None, int]]:
    """(filing, document, reported by, number of figures), the newest filing first."""
    found: dict[int, list[Said]] = {}
    for one in said:
        found.setdefault(one.filing, []).append(one)
    return [
        (filing, some[0].document, some[0].reported_by, len(some))
        for filing, some in sorted(found.items(), reverse=True)
    ]


def _own_units(places: Places) -> list[tuple[str, str]]:
    """The units that the reader may file for."""
    own = actor().unit
    return [(id, places.label(id, language())) for id in places.names if own in (None, id)]


@blueprint.post("/indicators/<id>")
@allow("counts.file")
def file_value(id: str) -> str | Response:
    """Put one value on record. What cannot be taken is said beside its field, and nothing is filed."""
    here = house()
    target = _filed_or_404(here, id)
    typed = {name: request.form.get(name, "").strip() for name in (*FORM_FIELDS, "measure")}
    row = {name: typed[name] for name in FORM_FIELDS if typed[name]}
    row["indicator"] = id
    if "value" in row:
        measure = typed["measure"] if typed["measure"] in TYPED_IN.get(target.unit, ()) else ""
        row["value"] = with_unit(row["value"], measure)
    missing = {name: [str(_("This is needed."))] for name in ("period", "value") if name not in row}
    if missing:
        return _page(id, typed, missing)
    kind = here.kinds.by_id["indicators"]
    for rehearsal in (True, False):
        listed = listed_from_form(
            here, kind, [row], f"form: {indicator_name(_names(target))}", {"form": kind.id}
        )
        outcome = file_list(here, listed, actor().id, dry_run=rehearsal, unit=actor().unit)
        stops = [note for _row, note in outcome.problems if note.fate != "note"]
        if stops:
            return _page(id, typed, _by_field([(note.field, message(note.code, note.value, note.field, note.detail, language()))
                                               for note in stops]))  # fmt: skip
    flash(_("The value is on record: filing %(id)s.", id=outcome.filing), "good")
    return redirect(url_for("tiers.indicator", id=id), code=303)


def _names(target: Target) -> dict[str, str]:
    return {"name": target.name, "name_en": target.name_en}


def _by_field(said: list[tuple[str | None, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field, text in said:
        found.setdefault(field or "value", []).append(text)
    return found


def _filed_or_404(here: House, id: str) -> Target:
    target = next((one for one in plan(here.settings.targets.plan) if one.id == id), None)
    if target is None or not target.is_filed:
        abort(404, description=_("No department files this figure; the register counts it."))
    return target


@blueprint.get("/indicators/<id>/export<suffix>")
@allow("counts.read")
def export_indicator(id: str, suffix: str) -> Response:
    """The indicator by management unit, in plain numbers of its unit; what is not broken down is the last row."""
    here, question, name = house(), asked(house()), plan_asked(house())
    line = _line(here, question, name, id)
    header = [_("Management unit"), _("Value"), _("Goal"), _("Rate"), _("Reporting period"), _("Filing")]
    rows: list[list[Any]] = [
        [_place(here, row.key), _number(row.value), _number(row.goal), plain(row.rate), row.period,
         row.why and f"{row.why['filing']}#{row.why['row']}"]
        for row in unit_rows(here, question, name, id)
    ]  # fmt: skip
    if line.entry["unallocated"] is not None:
        rows.append([_("Not allocated"), None, plain(line.entry["unallocated"]), None, None, None])
    entry = line.entry
    rows.append(
        [
            _("Whole city"),
            plain(entry["value"]),
            plain(entry["goal"]),
            plain(entry["rate"]),
            entry["period"],
            None,
        ]
    )
    return table_file(f"{id}-{question.day}", suffix, indicator_name(entry).replace("/", "-"), header, rows)


def _place(here: House, key: str) -> str:
    return str(_("place unknown")) if key == "unknown" else here.places.label(key, language())


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else int(value) if value == value.to_integral_value() else float(value)
