"""企业画像: everything on record about one firm, on a day and as known at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from registry import words
from registry.house import House
from registry.kind import Field, Kind, Record
from registry.pages.asked import Asked, asked
from registry.pages.blueprint import blueprint, table_file
from registry.pages.own import own_name
from registry.pages.own_firms import capped, last_day, shows_past
from registry.pages.values import shown, term
from registry.queries import changes
from registry.room import filled
from registry.shell.access import allow, may
from registry.shell.languages import language
from registry.shell.serving import house
from registry.show import show
from registry.store.merges import merges_at
from registry.subjects import ENTERPRISE
from registry.versions import version

#: Filings of the history on the page at first; all of them on demand.
RECENT = 8
#: Fields that the head of the page shows, and steering fields.
HEAD = {"name", "effective_on", "meaning"}


@blueprint.get("/firms/<uscc>")
@allow("register.read")
@shows_past
def firm(uscc: str) -> str | Response:
    """Head, the rooms' panels in their order, history. A code that leads to another firm leads there."""
    here = house()
    question = capped(asked(here))
    with here.store.read() as connection:
        led = merges_at(connection, question.known_at)
        if uscc in led.leads:
            carried: Any = {**question.arguments, "from": uscc}
            return redirect(url_for("registry.firm", uscc=led.firm(uscc), **carried))
        document = show(here, connection, uscc, question.day, question.known_at, question.printed(here), led)
        history = changes(connection, uscc, led)
    if document is None and not history:
        abort(404, description=_("There is no firm with the code %(code)s on the register.", code=uscc))
    if question.known_at:
        history = [change for change in history if change["recorded_at"] <= question.known_at]
    filings = [
        (number, list(stated))
        for number, stated in groupby(reversed(history), key=lambda change: change["filing"])
    ]
    every = request.args.get("history") == "all"
    panels = []
    if document is not None:
        for panel in sorted((p for room in here.rooms for p in room.panels), key=lambda panel: panel.order):
            variables = panel.load(here, question, document)
            if variables is not None:
                html = render_template(panel.template, **{"asked": question, "uscc": uscc, **variables})
                panels.append((panel, Markup(html)))
    return render_template(
        "registry/firm.html",
        uscc=uscc,
        document=document,
        came_from=request.args.get("from") if led.leads.get(request.args.get("from", "")) == uscc else None,
        asked=question,
        panels=zip(filled([panel.span for panel, _html in panels]), panels, strict=True),
        filings=filings if every else filings[:RECENT],
        heirs=_heirs(here, document) if document and may("filings.write") and question.present else [],
        moved_away=last_day(),
        more=0 if every else max(0, len(filings) - RECENT),
        by_record=here.kinds.by_record,
        personal=frozenset(f.id for kind in here.kinds.of_firms for f in kind.fields if f.personal),
    )


def _heirs(here: House, document: Record) -> list[tuple[Kind, Record, str]]:
    """Of a firm that was absorbed: its records whose term had not run out, which a change document may give to the
    successor; each with a few words."""
    profile = document["profile"]
    if "successor_uscc" not in profile or profile.get("status", {}).get("value") != "cancelled":
        return []
    found = []
    for kind in here.kinds.of_firms:
        if "basis" not in kind.by_id:
            continue
        for record in document[kind.shown]:
            if record.get("state") == "in_force":
                said = [Markup(shown(record[part], kind.by_id[part])) for part in kind.key if part in record]
                found.append((kind, record, " · ".join(one.striptags() for one in said)))
    return found


@blueprint.get("/firms/<uscc>/export<suffix>")
@allow("register.read")
def export_firm(uscc: str, suffix: str) -> Response:
    """Everything on record about a firm, a line for each value, on the day and as known at the instant asked for."""
    own_name(uscc)
    here, question = house(), asked(house())
    with here.store.read() as connection:
        found = version(here, connection, uscc, question.day, question.known_at)
    personal = {f.id for kind in here.kinds.of_firms for f in kind.fields if f.personal}
    header = [_("Record"), _("Told apart by"), _("Field"), _("Value"), _("Filing"), _("Row")]
    lines = [
        [term(kind), key.partition("|")[2], term(kind.by_id[name]), plain(told.value, kind.by_id[name]), told.filing, told.row]
        for kind in here.kinds.of_firms
        for key, fields in found.get(kind.record, {}).items()
        for name, told in fields.items()
        if name not in personal
    ]  # fmt: skip
    known = f"-{question.known_at:%Y%m%dT%H%M%S}" if question.known_at else ""
    return table_file(f"{uscc}-{question.day.isoformat()}{known}", suffix, uscc, header, lines)


def plain(value: Any, field: Field) -> Any:
    """A value in a sheet: words and places by name, money in yuan."""
    if field.type == "word":
        return words.label(field.vocabulary, value, language())
    if field.type in ("district", "area"):
        return house().places.label(value, language())
    return value


def profile_panel(house: House, _asked: Asked, document: Record) -> Mapping[str, Any]:
    """Each field of the profile with its value, since when, and its source; related firms by name."""
    kind = house.kinds.by_record["enterprise"]
    cells = document["profile"]
    codes = [cells[f.id]["value"] for f in kind.fields if f.type == "code" and f.id in cells]
    return {
        "kind": kind,
        "fields": [(f, cells[f.id]) for f in kind.fields if f.id in cells and f.id not in HEAD],
        "missing": [f for f in kind.fields if f.id not in cells and f.id not in HEAD | {kind.subject}],
        "names": _names(house, codes),
    }


def evidence_panel(house: House, _asked: Asked, document: Record) -> Mapping[str, Any] | None:
    kind = house.kinds.by_record["evidence"]
    cells = document["evidence"]
    if not cells:
        return None
    return {"kind": kind, "fields": [(f, cells[f.id]) for f in kind.fields if f.id in cells]}


def figures_panel(house: House, _asked: Asked, document: Record) -> Mapping[str, Any] | None:
    """Figures with years across, the latest first, and the course of each."""
    kind = house.kinds.by_record["figures"]
    years = sorted(document["figures"], key=lambda record: record["year"])
    if not years:
        return None
    fields = [
        f for f in kind.fields if f.id not in ("uscc", "name", "year") and any(f.id in y for y in years)
    ]
    return {"kind": kind, "years": years, "fields": fields}


def honours_panel(house: House, _asked: Asked, document: Record) -> Mapping[str, Any] | None:
    return records_panel(house.kinds.by_record["honour"], document)


def records_panel(kind: Kind, document: Record) -> Mapping[str, Any] | None:
    """Records of a kind as a table: the fields that any of them has, the newest first."""
    records = list(reversed(document[kind.shown]))
    if not records:
        return None
    aside = {kind.subject, "name", "district"}
    fields = [f for f in kind.fields if f.id not in aside and any(f.id in record for record in records)]
    return {"kind": kind, "fields": fields, "records": records}


def _names(house: House, codes: list[str]) -> dict[str, str]:
    if not codes:
        return {}
    e = ENTERPRISE.c
    with house.store.read() as connection:
        found = connection.execute(select(e.uscc, e.name).where(e.uscc.in_(codes)).order_by(e.from_day))
        return {row.uscc: row.name for row in found}
