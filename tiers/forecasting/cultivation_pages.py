"""The page of the firms to cultivate, and the same list as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from registry.house import House
from registry.pages.asked import asked, page_number
from registry.pages.blueprint import table_file
from registry.pages.own_firms import own_codes
from registry.shell import tables
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers import answers
from tiers.forecasting.candidates import CULTIVATED, cultivate, held_cultivation, part, shown, summary
from tiers.forecasting.cultivation import RENEWAL, Candidate
from tiers.forecasting.pages import name_of
from tiers.forecasting.subjects import tiers_known
from tiers.names import full_name
from tiers.target_pages import carried, plan_asked
from tiers.views import blueprint


@blueprint.get("/cultivation", endpoint="cultivate")
@allow("rules.read")
def cultivate_page() -> str:
    """Firms nearest to the line first, with what each may bring, until the sum reaches the goal."""
    here, question, target, plan_name = house(), asked(house()), _target(), plan_asked(house())
    shared = {
        "asked": question,
        "title": _("Whom to cultivate: %(name)s", name=name_of(target)),
        "target": target,
        "targets": [(id, name_of(id)) for id in (*CULTIVATED, *tiers_known())],
        "kept": carried(here, question, plan_name),
        "unit": _unit(),
        "units": [(id, here.places.label(id, language())) for id in here.places.names],
        "whole": request.args.get("whole") == "yes",
    }
    if _later(here, target, question.day, plan_name):
        return render_template("tiers/cultivation.html", **shared, found=None, address=_address())
    found, rests = cultivate(here, target, question.day, plan_name)
    taken = _taken(found)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(taken) // size)))
    first = (page - 1) * size
    sums, total = [], 0.0
    for firm in taken:
        total += firm.probability
        sums.append(total)
    rows = zip(
        shown(here, question.day, taken[first : first + size]), sums[first : first + size], strict=True
    )
    return render_template(
        "tiers/cultivation.html",
        **shared,
        found={**rests, **summary(found)},
        rows=list(rows),
        total=total,
        listed=len(taken),
        paging=tables.numbered(page, size, len(taken)),
    )


def _later(here: House, target: str, day: date, plan_name: str) -> bool:
    """The rules are asked of the whole city twice: where that is still to be done, the page comes first and fetches its
    list, or without script leads to it."""
    if "HX-Request" in request.headers or request.args.get("now") == "yes":
        return False
    return held_cultivation(here, target, day, plan_name) is None


def _address() -> str:
    kept: dict[str, Any] = {**request.args.to_dict(), "now": "yes"}
    return url_for("tiers.cultivate", **kept)


@blueprint.get("/cultivation/export<suffix>")
@allow("rules.read")
def export_cultivate(suffix: str) -> Response:
    """The list as a file. Gaps differ by row, so each says its unit."""
    here, day, target = house(), asked(house()).day, _target()
    taken = _taken(cultivate(here, target, day, plan_asked(here))[0])
    header = [_("Credit code"), _("Name"), _("Management unit"), _("Tier"), _("Why"), _("What it takes"), _("Distance"),
              _("Probability"), _("Sum so far")]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        total = 0.0
        for firm, row in zip(taken, shown(here, day, taken), strict=True):
            total += firm.probability
            gaps = "；".join(Markup(answers.gap_words(gap)).striptags() for gap in row["gaps"])
            yield [
                firm.uscc, row["name"], here.places.label(firm.unit, language()) or None,
                full_name(firm.tier, firm.level or None), why(firm.what),
                gaps or _("renew in time; last day %(day)s", day=row["last"]), firm.distance,
                round(firm.probability, 3), round(total, 1),
            ]  # fmt: skip

    name = f"cultivation-{target.replace(':', '-')}-{day.isoformat()}"
    return table_file(name, suffix, name_of(target).replace("/", "-")[:31], header, rows())


def why(what: str) -> str:
    return str(_("renewal at stake") if what == RENEWAL else _("one requirement below"))


def _taken(found: Any) -> list[Candidate]:
    return part(found, _unit() or None, own_codes(), request.args.get("whole") == "yes")


def _target() -> str:
    target = request.args.get("target", "").strip() or "quality-firms"
    if target not in CULTIVATED and target not in tiers_known():
        abort(404, description=_("Of “%(id)s” the rules know no line, so nobody can be named.", id=target))
    return target


def _unit() -> str:
    unit = request.args.get("unit", "")
    if unit and unit != "unknown" and unit not in house().places.names:
        abort(404)
    return unit


blueprint.add_app_template_filter(why, "why_cultivated")
