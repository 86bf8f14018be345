"""Pages of the rules: the editions over time, one laid out for reading, two side by side."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.room import NavItem, Permission
from registry.shell import roles
from registry.shell.access import allow
from registry.shell.serving import house
from tiers import answers, reading
from tiers.rules.editions import Edition
from tiers.rules.library import library
from tiers.views import blueprint

for _name, _filter in answers.TEMPLATE_FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)

PERMISSIONS = (Permission("rules.read", lambda: _("See rules, verdicts and simulations"), roles.EVERYBODY),)

NAVIGATION = (NavItem("rules", "tiers.rules", "journal-bookmark", lambda: _("Rules"), 50),)


@blueprint.get("/rules")
@allow("rules.read")
def rules() -> str:
    """Every edition over time and as a list; gaps in what is known of the law stand as gaps."""
    editions = reading.in_order(library())
    return render_template(
        "tiers/rules.html",
        strip=reading.timeline(library(), house().clock.today()),
        editions=[(edition, reading.group_name(edition)) for edition in editions],
        today=house().clock.today(),
    )


@blueprint.get("/rules/<id>")
@allow("rules.read")
def rule(id: str) -> str:
    """One edition with its requirements, its point tables and what it leaves open."""
    edition = edition_or_404(id)
    known = library().editions.values()
    return render_template(
        "tiers/rule.html",
        edition=edition,
        group=reading.group_name(edition),
        requirements=reading.requirements(edition),
        tables=reading.points(edition),
        sizes=reading.sizes(edition),
        replaced=[
            (item, [line for one in lines for line in reading.item_lines(one, 0)])
            for item, lines in edition.replaces.items()
        ],
        successors=[e.id for e in known if id in e.supersedes],
        overlays=[e.id for e in known if id in e.over],
        others=[(e.id, answers.edition_name(e.id)) for e in reading.in_order(library()) if e.id != id],
    )


@blueprint.get("/rules/compare")
@allow("rules.read")
def compare_rules() -> str | Response:
    """Two editions side by side, requirement by requirement."""
    a, b = request.args.get("a", ""), request.args.get("b", "")
    if not (a and b):
        return redirect(url_for("tiers.rules"))
    left, right = edition_or_404(a), edition_or_404(b)
    requirements, lines = reading.side_by_side(left, right)
    every = request.args.get("all") == "yes"
    return render_template(
        "tiers/compare.html",
        left=left,
        right=right,
        parts=[
            (_("Requirements"), requirements),
            (_("Point tables"), lines),
        ],
        every=every,
        editions=[(e.id, answers.edition_name(e.id)) for e in reading.in_order(library())],
    )


def edition_or_404(id: str) -> Edition:
    found = library().editions.get(id)
    if found is None:
        abort(404, description=_("There is no edition %(id)s of the rules.", id=id))
    return found
