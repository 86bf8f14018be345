"""变动桥: what makes the difference between two counts, as a waterfall, as a table, and as the firms behind each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import codes, words
from registry.house import House
from registry.kind import Record
from registry.pages.asked import Asked, instant_of, page_number
from registry.pages.blueprint import table_file
from registry.pages.own_firms import only_own, own_codes
from registry.period_ends import month_end, year_end
from registry.refusals import MisusedError
from registry.shell import charts, formats, tables
from registry.shell.access import allow
from registry.shell.formats import as_filter
from registry.shell.languages import language
from registry.shell.serving import house
from tiers.bridge import REASONS, Bridge
from tiers.bridging import QUALITY, Place, bridge_between, bridge_document, place_of
from tiers.frames import counted_targets
from tiers.members import Question
from tiers.names import full_name, indicator_name
from tiers.publishing import target_named
from tiers.reasons import HELD
from tiers.series import MONTHS, series
from tiers.targets import indicators, plan
from tiers.terms import months_on
from tiers.views import blueprint

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Ends:
    """The page's question. ``known_at``: typed, for ends that name no instant of their own."""

    before: Place
    after: Place
    target: str
    unit: str | None
    known_at: str

    @property
    def arguments(self) -> dict[str, str]:
        found = {"from": self.before.typed, "to": self.after.typed, "target": self.target}
        return found | ({"unit": self.unit} if self.unit else {})

    def address(self, endpoint: str, **more: str | None) -> str:
        """Where a page of the same ends is; None takes an argument away."""
        given = {key: value for key, value in {**self.arguments, **more}.items() if value is not None}
        return url_for(endpoint, **given)  # type: ignore[arg-type]


def _ends(here: House) -> Ends:
    """Read from the address; 400 with the reason where it cannot be. By default the last month."""
    typed = {
        name: request.args.get(name, "").strip() for name in ("from", "to", "target", "unit", "known_at")
    }
    known_at = instant_of(here, typed["known_at"])
    try:
        after = place_of(here, typed["to"], known_at) if typed["to"] else Place(here.clock.today(), known_at)
        month = Place(months_on(after.day, -1), after.known_at)
        before = place_of(here, typed["from"], known_at) if typed["from"] else month
        target = target_named(here.settings, typed["target"] or QUALITY).id
    except MisusedError as error:
        abort(400, description=error.in_language(language()))
    unit = typed["unit"] or None
    if unit is not None and unit != UNKNOWN and unit not in here.places.names:
        abort(404)
    return Ends(before, after, target, unit, typed["known_at"])


@blueprint.get("/bridge")
@allow("counts.read")
def bridge() -> str:
    """The steps from one count to another, of the city or of one unit."""
    here = house()
    ends = _ends(here)
    try:
        document = bridge_document(here, ends.before, ends.after, ends.target, ends.unit)
    except MisusedError as error:
        abort(400, description=error.in_language(language()))
    days = [ends.before.day, ends.after.day]
    course = series(here, months_on(days[1], -MONTHS), days[1], ends.after.known_at, ends.target)
    return render_template(
        "tiers/bridge.html",
        ends=ends,
        document=document,
        drawn=drawn(document),
        rows=rows(document, ends),
        points=list(zip(course["days"], course["targets"][ends.target], strict=True)),
        targets=[(t.id, counted_label(t.id)) for t in counted_targets(Question(days[1], here.settings))],
        units=[(UNKNOWN, _("place unknown")) if id == UNKNOWN else (id, here.places.label(id, language()))
               for id in (*here.places.names, UNKNOWN)],
        reasons=reasons(),
        held=held_names(),
        label=counted_label(ends.target),
        unit_name=unit_name(here, ends.unit),
    )  # fmt: skip


@blueprint.get("/bridge/firms/<step>")
@allow("counts.read")
def bridge_firms(step: str) -> str:
    """The firms of one step, or of those that stayed and were renewed, promoted, demoted (``held-renewed`` …)."""
    here = house()
    ends, title, firms = _step(here, step)
    return firms_page(here, title, firms, (_("Bridge"), ends.address("tiers.bridge")), ends.after.day,
                      ends.address("tiers.export_bridge_firms", step=step, suffix=".xlsx"),
                      [counted_label(ends.target), _span(ends)])  # fmt: skip


@blueprint.get("/bridge/firms/<step>/export<suffix>")
@allow("counts.read")
def export_bridge_firms(step: str, suffix: str) -> Response:
    here = house()
    ends, title, firms = _step(here, step)
    return firms_file(here, f"{ends.target}-{step}-{ends.after.day}", suffix, title, firms)


def _step(here: House, step: str) -> tuple[Ends, str, list[Record]]:
    ends = _ends(here)
    how = step.removeprefix("held-")
    if step not in REASONS and not (step.startswith("held-") and how in HELD):
        abort(404)
    try:
        found = bridge_between(here, ends.before, ends.after, ends.target)
    except MisusedError as error:
        abort(400, description=error.in_language(language()))
    document = found.document(ends.unit)
    if step.startswith("held-"):
        return ends, held_names()[how], [_firm(found, uscc) for uscc in document["held"][how]]
    firms: list[str] = next((one["firms"] for one in document["steps"] if one["reason"] == step), [])
    deltas: dict[str, int] = {}
    for change in found.changes:
        if change.reason == step and ends.unit in (None, change.unit):
            deltas[change.uscc] = deltas.get(change.uscc, 0) + change.delta
    return ends, reasons()[step], [_firm(found, uscc) | {"delta": deltas[uscc]} for uscc in firms]


def _firm(found: Bridge, uscc: str) -> Record:
    firm = found.firm(uscc)
    return {"uscc": uscc, "name": firm.name, "unit": firm.unit, "why": list(found.why(uscc))}


def _span(ends: Ends) -> str:
    return f"{ends.before.typed} → {ends.after.typed}"


# What the pages share -------------------------------------------------------------------------------------


def drawn(document: Record) -> charts.Waterfall:
    deltas = [step["delta"] for step in document["steps"]]
    return charts.waterfall(document["from"]["value"], deltas, document["to"]["value"])


def rows(document: Record, ends: Ends) -> list[tuple[str, Any, str | None]]:
    """(label, number, address) for the picture, in its order."""
    named = reasons()
    found: list[tuple[str, Any, str | None]] = [
        (document["from"]["as_of"], formats.count(document["from"]["value"]), None)
    ]
    for step in document["steps"]:
        address = ends.address("tiers.bridge_firms", step=step["reason"])
        found.append((named[step["reason"]], formats.delta(step["delta"]), address))
    return [*found, (document["to"]["as_of"], formats.count(document["to"]["value"]), None)]


def reasons() -> dict[str, str]:
    return {
        "corrected": _("corrected since"),
        "moved_out": _("moved out of the city"),
        "merged": _("absorbed by another firm"),
        "cancelled": _("struck off the register"),
        "revoked": _("title or licence revoked"),
        "expired": _("expired or ended"),
        "moved_in": _("moved into the city"),
        "new": _("new"),
        "renewed": _("back after a gap"),
        "moved_within": _("moved within the city"),
    }


def held_names() -> dict[str, str]:
    return {
        "renewed": _("stayed, renewed"),
        "promoted": _("stayed, promoted"),
        "demoted": _("stayed, demoted"),
    }


def target_label(id: str) -> str:
    """A target's name, short where the pages have a short one."""
    wanted = next((t for t in plan(house().settings.targets.plan) if t.id == id), None)
    return id if wanted is None else indicator_name({"name": wanted.name, "name_en": wanted.name_en})


def counted_label(id: str) -> str:
    """A target as bridges have it: of one that a department files a part of, the part that firms stand behind."""
    label, known = target_label(id), indicators().get(id)
    return _("%(target)s (held by firms)", target=label) if known and known.also_filed else label


def unit_name(here: House, unit: str | None) -> str | None:
    if unit is None:
        return None
    return _("place unknown") if unit == UNKNOWN else here.places.label(unit, language())


def why_said(one: Mapping[str, Any]) -> str:
    """What makes a firm count, in a few words: the title and its term, the year and its revenue …"""
    said: str
    match one["record"]:
        case "title":
            said = f"{full_name(one['tier'], one['level'])} {one['valid_from']} – {one['valid_to']}"
        case "listing":
            said = f"{words.label('board', one['board'], language())} {one['stage_on']}"
        case "above_scale":
            said = _("above scale since %(day)s", day=one["entered_on"])
        case "figures":
            said = _("revenue of %(year)s", year=one["year"])
        case _:
            rows = codes.load("codes/honours").rows
            named = next((row for row in rows if row["id"] == one["honour"]), None)
            name = one["honour"] if named is None else named["name_en" if language() == "en" else "name"]
            said = " ".join(filter(None, (name, one["title"], one["on"])))
    return said


def own_part(firms: Sequence[Record]) -> list[Record]:
    """What a district officer sees of a list behind a number of the city: the firms that are the own ones now."""
    own = own_codes()
    return list(firms) if own is None else [firm for firm in firms if firm["uscc"] in own]


def firms_page(here: House, title: str, firms: Sequence[Record], up: tuple[str, str], day: date, export: str,
               narrowed: Sequence[str] = (), note: str | None = None) -> str:  # fmt: skip
    """Firms with why they count, and by how much where they have a ``delta``. ``export``: the address of the workbook."""
    shown = own_part(firms)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(shown) // size)))
    return render_template(
        "tiers/counted_firms.html",
        title=title,
        up=up,
        day=day,
        total=len(shown),
        rows=shown[(page - 1) * size : page * size],
        paging=tables.numbered(page, size, len(shown)),
        narrowed=[*narrowed, *filter(None, [only_own()])],
        exports=[("Excel", export), ("CSV", export.replace(".xlsx", ".csv"))],
        note=note,
    )


def firms_file(here: House, name: str, suffix: str, title: str, firms: Sequence[Record]) -> Response:
    """The same as a file."""
    header = [_("Credit code"), _("Name"), _("Management unit"), _("Gain or loss"), _("Because"), _("Source")]

    def lines() -> Iterator[list[str | int | None]]:
        for firm in own_part(firms):
            why = "；".join(why_said(one) for one in firm["why"])
            source = "；".join(f"{one['filing']}#{one['row']}" for one in firm["why"])
            yield [firm["uscc"], firm["name"], unit_name(here, firm["unit"]), firm.get("delta"), why, source]

    return table_file(name, suffix, title.replace("/", "-"), header, lines())


def changed_card(house: House, asked: Asked) -> Mapping[str, Any] | None:
    """What changed among quality firms since the last month's end; where nothing did, since the last year's."""
    for first in (month_end(asked.day), year_end(asked.day)):
        before = Place(first, asked.known_at)
        ends = Ends(before, Place(asked.day, asked.known_at), QUALITY, None, asked.typed)
        document = bridge_document(house, ends.before, ends.after, QUALITY)
        if document["steps"]:
            return {
                "ends": ends,
                "document": document,
                "drawn": drawn(document),
                "rows": rows(document, ends),
            }
    return None


blueprint.add_app_template_filter(as_filter(why_said), "why")
