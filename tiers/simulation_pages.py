"""The simulation page: the city under another edition, or under other thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import words
from registry.house import House
from registry.pages.asked import asked, page_number
from registry.pages.blueprint import table_file
from registry.pages.own_firms import only_own, own_codes
from registry.shell import tables
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers import answers, near, reading
from tiers.assessing import PURPOSES, Outcome, simulate_on
from tiers.city import City, city_on
from tiers.names import rung, short_name
from tiers.rules.library import library
from tiers.thresholds import Threshold, changes, thresholds
from tiers.views import blueprint

DEFAULT = "srdi-2026"
SIDES = ("gain", "lose", "undecided")
NONE = "none"


@dataclass(frozen=True)
class Wish:
    """What the address asks to be simulated."""

    edition: str
    purpose: str
    day: date
    thresholds: list[Threshold]

    @property
    def arguments(self) -> dict[str, str]:
        """What links to the lists carry: the changed thresholds alone."""
        set_ = {f"set-{one.id}": one.typed for one in self.thresholds if one.changed}
        return {
            "edition": self.edition,
            "purpose": self.purpose,
            "as_of": self.day.isoformat(),
            "run": "yes",
            **set_,
        }


@blueprint.get("/simulate")
@allow("rules.read")
def simulate() -> str:
    """The form; once run, what the other rules would change, by place and by titles held, and the firms."""
    here, wish = house(), _wish()
    wrong = [one for one in wish.thresholds if one.wrong]
    done: dict[str, Any] = {}
    if request.args.get("run") and not wrong:
        done = _done(here, wish)
    return render_template(
        "tiers/simulate.html",
        wish=wish,
        wrong=wrong,
        editions=[(e.id, answers.edition_name(e.id)) for e in reading.in_order(library()) if _can(e.id)],
        purposes=[(id, words.label("purpose", id, language())) for id in PURPOSES],
        sides={"gain": _("would gain"), "lose": _("would lose"), "undecided": _("undecided")},
        **done,
    )


@blueprint.get("/simulate/export<suffix>")
@allow("rules.read")
def export_simulation(suffix: str) -> Response:
    """The firms of one side, or of all three."""
    here, wish = house(), _wish()
    city = city_on(here, wish.day)
    outcome = _outcome(city, wish)
    wanted = request.args.get("side", "")
    header = [
        _("Credit code"),
        _("Name"),
        _("District"),
        _("Functional area"),
        _("Change"),
        _("Titles in force"),
    ]
    said = {"gain": _("would gain"), "lose": _("would lose"), "undecided": _("undecided")}

    def rows() -> Iterator[list[Any]]:
        for side in SIDES:
            if wanted not in ("", side):
                continue
            for firm in _firms(here, city, _narrowed(city, outcome, side)):
                yield [
                    firm["uscc"], firm["name"], here.places.label(firm["district"], language()) or None,
                    here.places.label(firm["area"], language()) or None, said[side],
                    "；".join(words.label("tier", tier, language()) for tier in firm["tiers"]) or None,
                ]  # fmt: skip

    return table_file(f"simulate-{wish.edition}-{wish.day.isoformat()}", suffix, wish.edition, header, rows())


def _wish() -> Wish:
    id, purpose = request.args.get("edition") or DEFAULT, request.args.get("purpose", "new")
    purpose = purpose if purpose in PURPOSES else "new"
    composed = library().by_id(id)
    if composed is None or not _can(id):
        abort(404, description=_("There is no edition %(id)s of the rules.", id=id))
    typed = {
        name.removeprefix("set-"): value for name, value in request.args.items() if name.startswith("set-")
    }
    found = thresholds(composed.edition, purpose, language(), typed)
    return Wish(id, purpose, asked(house()).day, found)


def _can(id: str) -> bool:
    """Bases with a text can be simulated, templates too."""
    edition = library().editions.get(id)
    return edition is not None and edition.layer == "base" and edition.status != "not_found"


def _outcome(city: City, wish: Wish) -> Outcome:
    """Held with the city, so that turning pages computes nothing again."""
    wanted = changes(wish.thresholds)
    key = (wish.edition, wish.purpose, tuple(sorted(wanted.items())))
    return city.simulated(key, lambda: simulate_on(city.facts, wish.edition, wanted, wish.purpose))


def _done(here: House, wish: Wish) -> dict[str, Any]:
    city = city_on(here, wish.day)
    outcome = _outcome(city, wish)
    side = request.args.get("side", "")
    side = side if side in SIDES else next((s for s in SIDES if getattr(outcome.change, s).any()), SIDES[0])
    places = _narrowed(city, outcome, side)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(places) // size)))
    return {
        "now": outcome.now.base if outcome.now else None,
        "then": outcome.then.base,
        "same": outcome.now is not None
        and outcome.now.base.id == wish.edition
        and not changes(wish.thresholds),
        "totals": {s: int(getattr(outcome.change, s).sum()) for s in SIDES},
        "by_unit": outcome.by_unit(),
        "by_title": _by_title(city, outcome),
        "side": side,
        "rows": list(_firms(here, city, places[(page - 1) * size : page * size])),
        "paging": tables.numbered(page, size, len(places)),
        "narrowed": [text for text in (_unit_text(here), _held_text(), only_own()) if text],
        "export": lambda suffix: _export_address(wish, side, suffix),
    }


def _export_address(wish: Wish, side: str, suffix: str) -> str:
    kept: dict[str, Any] = {**wish.arguments, **_narrowing(), "side": side, "suffix": suffix}
    return url_for("tiers.export_simulation", **kept)


def _by_title(city: City, outcome: Outcome) -> dict[str, list[int]]:
    """Tier held at present → how many gain, lose, stay undecided; a firm counts under each title that it holds."""
    sides = [getattr(outcome.change, side) for side in SIDES]
    found = {tier: [int((side & who).sum()) for side in sides] for tier, who in city.by_tier.items()}
    found[NONE] = [int((side & ~city.titled).sum()) for side in sides]
    return {tier: counts for tier, counts in found.items() if any(counts)}


def _narrowing() -> dict[str, str]:
    return {name: request.args[name] for name in ("unit", "held") if request.args.get(name)}


def _narrowed(city: City, outcome: Outcome, side: str) -> Sequence[int]:
    """Places of the firms of one side, of one management unit or with one title where the address says so."""
    mask = getattr(outcome.change, side)
    if unit := request.args.get("unit", ""):
        mask = mask & np.array([one == unit for one in outcome.units], dtype=bool)
    if held := request.args.get("held", ""):
        if held != NONE and held not in words.vocabulary("tier"):
            abort(404)
        none = np.zeros(len(city.facts), dtype=bool)
        mask = mask & (~city.titled if held == NONE else city.by_tier.get(held, none))
    own = own_codes()
    return [int(at) for at in np.flatnonzero(mask) if own is None or city.facts.firms[at] in own]


def _firms(here: House, city: City, places: Sequence[int]) -> Iterator[dict[str, Any]]:
    facts = city.facts
    names = near.names_of(here, facts.day, [facts.firms[at] for at in places])
    for at in places:
        uscc = facts.firms[at]
        tiers = sorted((tier for tier, who in city.by_tier.items() if who[at]), key=rung, reverse=True)
        yield {"uscc": uscc, "name": names.get(uscc, uscc), "district": facts.district[at], "area": facts.area[at],
               "tiers": tiers}  # fmt: skip


def _unit_text(here: House) -> str:
    unit = request.args.get("unit", "")
    return _("place unknown") if unit == "unknown" else here.places.label(unit, language())


def _held_text() -> str:
    held = request.args.get("held", "")
    return _("no title in force") if held == NONE else short_name(held) if held else ""
