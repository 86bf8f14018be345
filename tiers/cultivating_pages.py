"""培育: the five figures of each tier, and the firms behind each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import words
from registry.pages.asked import asked
from registry.pages.blueprint import table_file
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers.cultivating import ANY, FIGURES, five_figures, membership
from tiers.list_pages import export_list, list_page
from tiers.lists import Firms, behind_new_titles, behind_titles
from tiers.members import Question
from tiers.names import full_name
from tiers.target_pages import carried, plain, plan_asked
from tiers.targets import plan_id, plan_period, plans
from tiers.views import blueprint


@blueprint.get("/targets/cultivation")
@allow("counts.read")
def cultivation() -> str:
    """Firms under way, target, done, rate and new this year, tier by tier; each number opens into its firms."""
    here, question, name = house(), asked(house()), plan_asked(house())
    return render_template(
        "tiers/cultivating.html",
        asked=question,
        rows=five_figures(here, question.day, question.known_at, name),
        level_name=level_name,
        kept=carried(here, question, name),
        plan_name=name,
        plan_names=[(plan_id(one), plan_period(one)) for one in plans()],
    )


@blueprint.get("/targets/cultivation/export<suffix>")
@allow("counts.read")
def export_cultivation(suffix: str) -> Response:
    here, question, name = house(), asked(house()), plan_asked(house())
    header = [_("Tier"), _("Level"), *figure_names().values(), _("Target"), _("Rate")]

    def rows() -> Iterator[list[Any]]:
        for row in five_figures(here, question.day, question.known_at, name):
            said = row.document
            yield [full_name(row.tier), level_name(row.level), *(said[figure] for figure in figure_names()), said["target"],
                   plain(said["rate"])]  # fmt: skip

    return table_file(f"cultivation-{question.day}", suffix, str(_("Cultivation")), header, rows())


@blueprint.get("/targets/cultivation/<tier>/<level>/<figure>")
@allow("counts.read")
def cultivated(tier: str, level: str, figure: str) -> str:
    """The firms behind one of the figures."""
    here, question = house(), asked(house())
    title, found = _behind(tier, level, figure)
    return list_page(here, question, title, found, (_("Cultivation"), url_for("tiers.cultivation")))


@blueprint.get("/targets/cultivation/<tier>/<level>/<figure>/export<suffix>")
@allow("counts.read")
def export_cultivated(tier: str, level: str, figure: str, suffix: str) -> Response:
    title, found = _behind(tier, level, figure)
    return export_list(house(), f"{tier}-{level}-{figure}", suffix, title, found)


def _behind(tier: str, level: str, figure: str) -> tuple[str, Firms]:
    known = level == ANY or level in words.vocabulary("level")
    if tier not in words.vocabulary("tier") or not known or figure not in FIGURES:
        abort(404)
    here, question = house(), asked(house())
    sql, wanted = membership(tier, level, figure), Question(question.day, here.settings)
    behind = behind_new_titles if figure == "new_this_year" else behind_titles
    name = full_name(tier) if level == ANY else full_name(tier, level)
    return f"{name} · {figure_names()[figure]}", behind(here, wanted, question.known_at, sql)


def figure_names() -> dict[str, str]:
    return {"firms": _("under cultivation"), "done": _("done"), "new_this_year": _("new this year")}


def level_name(level: str) -> str:
    return str(_("any level")) if level == ANY else words.label("level", level, language())
