"""The firms behind a change of a number: those that count on the day and did not on an earlier one, and the other way round.

Both days are asked as known at the same instant, so a change is what happened and not what was learnt in between.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.house import House
from registry.pages.asked import Asked, asked, day_of
from registry.shell import tables
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers.list_pages import export_list, list_page, own_part
from tiers.lists import Firms, behind_target
from tiers.members import Question
from tiers.names import short_name, target_short
from tiers.ranking import UNKNOWN
from tiers.targets import plan
from tiers.views import blueprint

WAYS = ("entered", "left")


@blueprint.get("/targets/<id>/changes/<way>")
@allow("counts.read")
def changes(id: str, way: str) -> str:
    """Firms that ``entered`` or ``left`` a target, one unit's part of it or one highest tier since a day."""
    here, question = house(), asked(house())
    since, found = _behind_change(here, question, id, way)
    beside = []
    for one, firms in found.items():
        address = url_for("tiers.changes", id=id, way=one, **tables.arguments())  # type: ignore[arg-type]
        beside.append((one, ways()[one], address, len(own_part(firms).firms)))
    narrowed = [f"{since} → {question.day}", *_narrowed(here)]
    up = (_("Overview"), url_for("registry.overview", **question.arguments))  # type: ignore[arg-type]
    title = f"{target_short(id)} · {ways()[way]}"
    return list_page(here, question, title, found[way], up, narrowed, beside=beside, current=way)


@blueprint.get("/targets/<id>/changes/<way>/export<suffix>")
@allow("counts.read")
def export_changes(id: str, way: str, suffix: str) -> Response:
    here, question = house(), asked(house())
    since, found = _behind_change(here, question, id, way)
    title = f"{target_short(id)} {ways()[way]}"
    return export_list(here, f"{id}-{way}-{since}-{question.day}", suffix, title, found[way])


def ways() -> dict[str, str]:
    return {"entered": _("came in"), "left": _("went out")}


def _narrowed(here: House) -> list[str]:
    unit, highest = request.args.get("unit", ""), request.args.get("highest", "")
    said = []
    if unit:
        said.append(_("place unknown") if unit == UNKNOWN else here.places.label(unit, language()))
    if highest:
        said.append(_("highest tier %(name)s", name=short_name(highest)))
    return said


def _behind_change(here: House, question: Asked, id: str, way: str) -> tuple[date, dict[str, Firms]]:
    target = next((target for target in plan(here.settings.targets.plan) if target.id == id), None)
    since = day_of(request.args.get("since", "").strip())
    unit, highest = request.args.get("unit", ""), request.args.get("highest", "")
    if target is None or since is None or way not in WAYS:
        abort(404)
    if since > question.day:
        abort(400, description=_("The first day must not lie after the second."))
    if (unit and unit != UNKNOWN and unit not in here.places.names) or (
        highest and highest not in here.settings.quality.order
    ):
        abort(404)
    now, then = (
        behind_target(
            here, target, Question(one.day, here.settings, one.year), one.known_at, unit, highest
        )
        for one in (question, replace(question, day=since))
    )  # fmt: skip
    if now is None or then is None:
        abort(404, description=_("This figure is filed by a department; no firms stand behind it."))
    return since, {"entered": _beyond(now, then), "left": _beyond(then, now)}


def _beyond(one: Firms, other: Firms) -> Firms:
    """The firms of one list that are not on the other."""
    there = {firm["uscc"] for firm in other.firms}
    return Firms([firm for firm in one.firms if firm["uscc"] not in there])
