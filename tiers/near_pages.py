"""The page of near misses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from registry.pages.asked import asked, page_number
from registry.pages.blueprint import table_file
from registry.pages.own_firms import own_codes
from registry.shell import tables
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers import answers, near, wording
from tiers.city import City, city_on
from tiers.names import full_name
from tiers.views import blueprint


@blueprint.get("/near")
@allow("rules.read")
def near_steps() -> str:
    """How many firms are one step below each tier; the ladder page fetches it, as judging the city takes its time."""
    question = asked(house())
    return render_template("tiers/steps.html", asked=question, near=near.summary(house(), question.day))


@blueprint.get("/near/<tier>/<level>")
@allow("rules.read")
def near_misses(tier: str, level: str) -> str:
    """Firms that miss one requirement of a tier, by that requirement, nearest first."""
    here, question = house(), asked(house())
    city = _city(tier, level)
    open_, place = request.args.get("open") == "yes", _place()
    found = near.groups(city, tier, level, open_, place, own_codes())
    wanted = request.args.get("criterion", "")
    chosen = next((group for group in found if group.id == wanted), found[0] if found else None)
    size = here.settings.web.page_rows
    total = len(chosen.places) if chosen else 0
    page = min(page_number(), max(1, -(-total // size)))
    rows: list[Any] = []
    if chosen:
        rows = list(
            near.firms(here, city, tier, level, chosen.id, chosen.places[(page - 1) * size : page * size])
        )
    return render_template(
        "tiers/near.html",
        asked=question,
        title=_("One step below: %(tier)s", tier=full_name(tier, level)),
        tier=tier,
        level=level,
        edition=city.asked[tier, level].composed.base,
        groups=found,
        chosen=chosen,
        rows=rows,
        paging=tables.numbered(page, size, total),
        open=open_,
        place=place,
        places=[(id, here.places.label(id, language())) for id in here.places.names],
        tiers=[(one, at) for one, at in city.asked],
    )


@blueprint.get("/near/<tier>/<level>/export<suffix>")
@allow("rules.read")
def export_near(tier: str, level: str, suffix: str) -> Response:
    """The list, or the part of it that misses one ``criterion``. Units differ by row, so they have a column."""
    here, city = house(), _city(tier, level)
    wanted = request.args.get("criterion", "")
    found = near.groups(city, tier, level, request.args.get("open") == "yes", _place(), own_codes())
    header = [_("Credit code"), _("Name"), _("District"), _("Functional area"), _("Requirement"), _("Value"), _("Wanted"),
              _("Short by"), _("Unit"), _("What it takes"), _("Facts still missing")]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for group in found:
            if wanted not in ("", group.id):
                continue
            for firm in near.firms(here, city, tier, level, group.id, group.places):
                first = firm["gaps"][0]
                number = first["unit"] not in (None, "title", "honour", "yes_no", "institution")
                yield [
                    firm["uscc"], firm["name"], here.places.label(firm["district"], language()) or None,
                    here.places.label(firm["area"], language()) or None, group.text,
                    *((first["value"], first["threshold"], first["short_by"]) if number else (None, None, None)),
                    wording.unit_name(first["unit"], language()) if number else None,
                    "；".join(Markup(answers.gap_words(gap)).striptags() for gap in firm["gaps"]),
                    answers.fact_names(firm["collect"]) or None,
                ]  # fmt: skip

    name = f"near-{tier}-{level}-{city.facts.day.isoformat()}"
    return table_file(name, suffix, full_name(tier, level).replace("/", "-"), header, rows())


def _city(tier: str, level: str) -> City:
    city = city_on(house(), asked(house()).day)
    if (tier, level) not in city.asked:
        abort(404, description=_("No rule of %(tier)s is known for this day.", tier=full_name(tier, level)))
    return city


def _place() -> str:
    place = request.args.get("place", "")
    if place and place not in house().places.names:
        abort(404)
    return place
