"""This room's pages: the firms behind a target or a number of the table of tiers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import words
from registry.house import House
from registry.kind import Record
from registry.pages.asked import asked
from registry.room import NavItem, Panel, Permission
from registry.shell import roles
from registry.shell.access import allow
from registry.shell.formats import as_filter
from registry.shell.languages import language
from registry.shell.serving import house
from tiers import cards
from tiers.asking import ask_count
from tiers.list_pages import export_list, list_page
from tiers.lists import (
    MEASURES,
    QUALITY_MEASURES,
    Firms,
    behind_quality,
    behind_revenue,
    behind_target,
    behind_tier,
)
from tiers.members import REVENUE_CLASSES, Question
from tiers.names import (
    body_name,
    clause,
    finding_name,
    full_name,
    indicator_name,
    lead,
    rung,
    short_name,
    state_name,
    target_short,
)
from tiers.queries import WINDOWS, month_of
from tiers.rules.library import library
from tiers.targets import plan

blueprint = Blueprint("tiers", __name__, template_folder="templates")
blueprint.add_app_template_filter(as_filter(short_name), "tier_short")
blueprint.add_app_template_filter(as_filter(full_name), "tier_full")
blueprint.add_app_template_filter(as_filter(indicator_name), "indicator")
blueprint.add_app_template_filter(as_filter(target_short), "target_short")
blueprint.add_app_template_filter(as_filter(clause), "clause")
blueprint.add_app_template_filter(as_filter(lead), "lead")
blueprint.add_app_template_filter(as_filter(body_name), "body")
blueprint.add_app_template_filter(as_filter(finding_name), "finding")
blueprint.add_app_template_filter(as_filter(state_name), "state_name")
blueprint.add_app_template_filter(rung, "rung")

UNKNOWN = "unknown"


@blueprint.get("/targets/<id>")
@allow("counts.read")
def target(id: str) -> str | Response:
    """The firms behind a target, each with the records that make it count; what departments file has a page of its own."""
    here, question = house(), asked(house())
    if any(target.id == id and target.source == "filed" for target in plan(here.settings.targets.plan)):
        kept: dict[str, Any] = dict(question.arguments)
        return redirect(url_for("tiers.indicator", id=id, **kept))
    entry, found = _behind_target(here, id)
    unit, highest = request.args.get("unit", ""), request.args.get("highest", "")
    narrowed = [_unit_name(here, unit)] if unit else []
    if highest:
        narrowed.append(_("highest tier %(name)s", name=short_name(highest)))
    return list_page(
        here,
        question,
        indicator_name(entry),
        found,
        (_("Targets"), url_for("tiers.targets")),
        narrowed,
        entry,
    )


@blueprint.get("/targets/<id>/export<suffix>")
@allow("counts.read")
def export_target(id: str, suffix: str) -> Response:
    here = house()
    entry, found = _behind_target(here, id)
    return export_list(here, f"{id}-{asked(here).day.isoformat()}", suffix, indicator_name(entry), found)


@blueprint.get("/tiers/<tier>/<level>/<measure>")
@allow("counts.read")
def tier(tier: str, level: str, measure: str) -> str:
    """The firms behind one number of the table of tiers."""
    here, question = house(), asked(house())
    found = _behind_tier(here, tier, level, measure)
    title = f"{full_name(tier, level)} · {measures()[measure]}"
    return list_page(here, question, title, found, (_("Overview"), url_for("registry.overview")))


@blueprint.get("/tiers/<tier>/<level>/<measure>/export<suffix>")
@allow("counts.read")
def export_tier(tier: str, level: str, measure: str, suffix: str) -> Response:
    here = house()
    found = _behind_tier(here, tier, level, measure)
    return export_list(here, f"{tier}-{level}-{measure}", suffix, full_name(tier, level), found)


@blueprint.get("/quality/<measure>")
@allow("counts.read")
def quality(measure: str) -> str:
    """The firms behind one number about quality titles; ``within`` or ``month`` say which of those that expire."""
    here, question = house(), asked(house())
    title, found = _behind_quality(here, measure)
    return list_page(here, question, title, found, (_("Overview"), url_for("registry.overview")))


@blueprint.get("/quality/<measure>/export<suffix>")
@allow("counts.read")
def export_quality(measure: str, suffix: str) -> Response:
    title, found = _behind_quality(house(), measure)
    return export_list(house(), f"quality-{measure}", suffix, title, found)


@blueprint.get("/revenue/<name>")
@allow("counts.read")
def revenue(name: str) -> str:
    """The firms of one revenue class."""
    here, question = house(), asked(house())
    title, found = _behind_revenue(here, name)
    return list_page(here, question, title, found, (_("Overview"), url_for("registry.overview")))


@blueprint.get("/revenue/<name>/export<suffix>")
@allow("counts.read")
def export_revenue(name: str, suffix: str) -> Response:
    title, found = _behind_revenue(house(), name)
    return export_list(house(), f"revenue-{name}", suffix, title, found)


def measures() -> dict[str, str]:
    return {
        "titles_cumulative": _("titles ever issued"),
        "titles_valid": _("titles in force"),
        "firms_valid": _("firms with a title in force"),
        "new_this_year": _("new this year"),
        "expiring_180d": _("expiring within 180 days"),
        "review_pending": _("review pending"),
    }


def _behind_target(here: House, id: str) -> tuple[Record, Firms]:
    question = asked(here)
    wanted = next((target for target in plan(here.settings.targets.plan) if target.id == id), None)
    if wanted is None:
        abort(404, description=_("The plan has no indicator %(id)s.", id=id))
    unit, highest = request.args.get("unit", ""), request.args.get("highest", "")
    if (unit and unit != UNKNOWN and unit not in here.places.names) or (
        highest and highest not in here.settings.quality.order
    ):
        abort(404)
    found = behind_target(
        here, wanted, Question(question.day, here.settings, question.year), question.known_at, unit, highest
    )
    if found is None:
        abort(404, description=_("This figure is filed by a department; no firms stand behind it."))
    document = ask_count(here, question.day, question.known_at, question.year, "area")
    return next(entry for entry in document["targets"] if entry["id"] == id), found


def _behind_tier(here: House, tier: str, level: str, measure: str) -> Firms:
    if (
        measure not in MEASURES
        or tier not in words.vocabulary("tier")
        or level not in words.vocabulary("level")
    ):
        abort(404)
    question = asked(here)
    return behind_tier(
        here, tier, level, measure, Question(question.day, here.settings, question.year), question.known_at
    )


def _behind_quality(here: House, measure: str) -> tuple[str, Firms]:
    within, month = request.args.get("within", ""), request.args.get("month", "")
    if measure not in QUALITY_MEASURES or (measure == "expiring") != bool(within or month):
        abort(404)
    question, days, said = asked(here), None, measures().get(measure, "")
    if within in map(str, WINDOWS):
        days = question.day, question.day + timedelta(days=int(within) - 1)
        said = _("expiring within %(n)s days", n=within)
    elif month:
        try:
            first, last = month_of(month)
        except ValueError:
            abort(404)
        days = max(first, question.day), last
        said = _("expiring in %(month)s", month=month)
    elif within:
        abort(404)
    wanted = Question(question.day, here.settings, question.year)
    found = behind_quality(here, measure, wanted, question.known_at, days)
    return f"{_('Quality firms')} · {said}", found


def _behind_revenue(here: House, name: str) -> tuple[str, Firms]:
    if name not in REVENUE_CLASSES:
        abort(404)
    question = asked(here)
    wanted = Question(question.day, here.settings, question.year)
    title = _("Revenue of %(year)s: %(name)s", year=wanted.revenue_year,
              name=words.label("revenue_class", name, language()))  # fmt: skip
    return title, behind_revenue(here, name, wanted, question.known_at)


def _unit_name(here: House, unit: str) -> str:
    return _("place unknown") if unit == UNKNOWN else here.places.label(unit, language())


PERMISSIONS = (
    Permission("counts.read", lambda: _("See counts, targets and the lists behind them"), roles.EVERYBODY),
    Permission("counts.file", lambda: _("File the figures of departments"), roles.WRITERS - {roles.CHAINS}),
)

NAVIGATION = (
    NavItem("ladder", "tiers.ladder", "bar-chart-steps", lambda: _("Ladder"), 25),
    NavItem("targets", "tiers.targets", "bullseye", lambda: _("Targets"), 30),
)

PANELS = (
    Panel("titles", "tiers/_titles.html", cards.titles_panel, 10),
    Panel("duties", "tiers/_duties.html", cards.duties_panel, 15),
    Panel("listings", "registry/_records.html", cards.listings_panel, 62, 6),
    Panel("above-scale", "registry/_records.html", cards.above_scale_panel, 64, 6),
    Panel("doubling", "registry/_records.html", cards.doubling_panel, 66, 6),
    Panel("applications", "registry/_records.html", cards.applications_panel, 61),
)


def tiers_blueprint() -> Blueprint:
    library()  # a mistake in a rule file stops the start, not the first reader
    return blueprint
