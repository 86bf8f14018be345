"""申报轮次: each round with its numbers, the firms behind them, and announced lists beside the publicity lists before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from registry import words
from registry.filing import Listed, file_list
from registry.filings import filing_row
from registry.house import House
from registry.intake.rows import Reading, parse
from registry.intake.sheets import Grid
from registry.pages.asked import asked, page_number
from registry.pages.blueprint import table_file
from registry.queries import statements_of
from registry.refusals import RefusedError
from registry.room import Announced, NavItem, Panel
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers import publicity
from tiers.list_pages import export_list, list_page
from tiers.lists import Firms
from tiers.members import Question
from tiers.names import full_name
from tiers.publicity import Compared
from tiers.rounds import MEASURES, STAGES, Key, behind_round, rounds
from tiers.views import blueprint

SHOWN = 30
HEADER = ("uscc", "name", "tier", "level", "purpose", "round", "stage", "stage_on")


@blueprint.get("/rounds")
@allow("counts.read")
def rounds_page() -> str:
    """Every round by tier and level, with how far its firms came."""
    here, question = house(), asked(house())
    tier = request.args.get("tier", "")
    with here.store.read() as connection:
        found = rounds(connection, Question(question.day, here.settings), actor().unit)
    known = list(dict.fromkeys(one.key.tier for one in found))
    if tier in known:
        found = [one for one in found if one.key.tier == tier]
    return render_template(
        "tiers/rounds.html",
        asked=question,
        rounds=found,
        stages=STAGES,
        tiers=known,
        tier=tier,
        names=measures(),
    )


@blueprint.get("/rounds/firms")
@allow("counts.read")
def round_firms() -> str:
    """The firms behind one number of a round."""
    here, question = house(), asked(house())
    title, found = _behind(here)
    return list_page(here, question, title, found, (_("Rounds"), url_for("tiers.rounds_page")))


@blueprint.get("/rounds/firms/export<suffix>")
@allow("counts.read")
def export_round_firms(suffix: str) -> Response:
    here = house()
    title, found = _behind(here)
    return export_list(here, f"round-{request.args['tier']}-{request.args['measure']}", suffix, title, found)


def _key() -> Key:
    given = {name: request.values.get(name, "") for name in ("tier", "level", "purpose", "round")}
    for name in ("tier", "level", "purpose"):
        if given[name] not in words.vocabulary(name):
            abort(404)
    return Key(**given)


def _behind(here: House) -> tuple[str, Firms]:
    key, measure = _key(), request.args.get("measure", "")
    if measure not in MEASURES:
        abort(404)
    question = Question(asked(here).day, here.settings)
    return f"{round_name(key)} · {measures()[measure]}", behind_round(
        here, key, measure, question, actor().unit
    )


def round_name(key: Key) -> str:
    purpose = words.label("purpose", key.purpose, language())
    return " ".join(filter(None, (full_name(key.tier, key.level), purpose, key.round)))


def measures() -> Mapping[str, str]:
    stages = {stage: words.label("stage_application", stage, language()) for stage in STAGES}
    return {"applied": _("all on record"), **stages, "missing": _("update missing")}


# An announced list beside the publicity list -----------------------------------------------------------------


def publicised_panel(here: House, listed: Announced) -> Mapping[str, Any] | None:
    """On the desk and with the filing: who was publicised and is not on the list, and who is new."""
    today = here.clock.today()
    with here.store.read() as connection:
        found = publicity.compare(connection, listed, today)
        if found is None:
            return None
        gone = publicity.firms(connection, found.dropped, today, actor().unit)
        refused = publicity.refused(connection, listed.filing) if listed.filing else 0
    return {
        "compared": found,
        "name": round_name(found.key),
        "dropped": gone[:SHOWN],
        "many": len(gone),
        "filing": listed.filing,
        "refused": refused,
        "may_reject": listed.filing is not None and bool(found.open),
    }


@blueprint.get("/rounds/compare/<int:id>")
@allow("counts.read")
def compare_list(id: int) -> str:
    """A filed list beside the publicity list before it, part by part."""
    here = house()
    found, part = _compared(here, id), _part()
    today = here.clock.today()
    with here.store.read() as connection:
        firms = publicity.firms(connection, getattr(found, part), today, actor().unit)
        refused = publicity.refused(connection, id)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(firms) // size)))
    return render_template(
        "tiers/publicity.html",
        filing=id,
        compared=found,
        refused=refused,
        name=round_name(found.key),
        part=part,
        firms=firms[(page - 1) * size : page * size],
        paging=tables.numbered(page, size, len(firms)),
    )


@blueprint.get("/rounds/compare/<int:id>/export<suffix>")
@allow("counts.read")
def export_compared(id: int, suffix: str) -> Response:
    here = house()
    found, part = _compared(here, id), _part()
    with here.store.read() as connection:
        firms = publicity.firms(connection, getattr(found, part), here.clock.today(), actor().unit)
    header = [_("Credit code"), _("Name"), _("District"), _("Functional area")]
    rows = (
        [f.uscc, f.name, here.places.label(f.district, language()) or None, here.places.label(f.area, language()) or None]
        for f in firms
    )  # fmt: skip
    return table_file(f"publicity-{id}-{part}", suffix, part_names()[part], header, rows)


def _part() -> str:
    part = request.args.get("part", "dropped")
    return part if part in publicity.PARTS else abort(404)


def part_names() -> dict[str, str]:
    return {"dropped": _("dropped out"), "new": _("newly added"), "both": _("on both lists")}


def _compared(here: House, filing: int) -> Compared:
    with here.store.read() as connection:
        row = filing_row(connection, filing)
        if row is None or row.withdrawn_at is not None:
            abort(404, description=_("There is no filing %(id)s.", id=filing))
        kind = here.kinds.by_id[row.kind]
        listed = Announced(row.kind, statements_of(connection, filing, kind.record), filing)
        found = publicity.compare(connection, listed, here.clock.today())
    if found is None:
        abort(404, description=_("No publicity list comes before this list."))
    return found


@blueprint.post("/rounds/compare/<int:id>/reject")
@allow("filings.write")
def reject_dropped(id: int) -> Response:
    """Put on record that those who dropped out were not recognised: one filing, withdrawn like any other."""
    here = house()
    found = _compared(here, id)
    with here.store.read() as connection:
        waits = filing_row(connection, id).review
        firms = publicity.firms(connection, found.open, here.clock.today(), actor().unit)
    back = redirect(url_for("tiers.compare_list", id=id), code=303)
    if waits:
        flash(ngettext(
            "%(num)s row of the list still waits for a decision and may be one of them; decide it first.",
            "%(num)s rows of the list still wait for a decision and may be some of them; decide them first.", waits,
        ), "bad")  # fmt: skip
        return back
    if not firms:
        flash(_("Nobody is left to be set to rejected."), "calm")
        return back
    try:
        outcome = file_list(here, _rejections(here, found, firms, id), actor().id, unit=actor().unit)
    except RefusedError as error:
        flash(error.in_language(language()), "bad")
        return back
    flash(
        ngettext(
            "%(num)s application was set to rejected.",
            "%(num)s applications were set to rejected.",
            len(firms),
        ),
        "good",
    )
    return redirect(url_for("registry.filing", id=outcome.filing, part="firms"), code=303)


def _rejections(here: House, found: Compared, firms: list[Any], filing: int) -> Listed:
    key, kind = found.key, here.kinds.by_id["applications"]
    said = [key.tier, key.level, key.purpose, key.round, "rejected", found.issued.isoformat()]
    rows: list[list[Any]] = [list(HEADER), *([firm.uscc, firm.name, *said] for firm in firms)]
    parsed = parse(kind, [Grid(_("dropped out"), rows)], Reading({name: name for name in HEADER}))
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    name = _("dropped out of the publicity list, filing %(id)s", id=filing)
    options = {"columns": parsed.columns, "set": {}, "beside": filing}
    return Listed(kind, parsed.rows, name, digest, parsed.sheet, options, parsed.cells_of)


NAVIGATION = (NavItem("rounds", "tiers.rounds_page", "diagram-2", lambda: _("Rounds"), 26),)
ANNOUNCED = (Panel("publicised", "tiers/_publicised.html", publicised_panel, 10),)
