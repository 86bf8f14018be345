"""梯度: who moved between the tiers from one day to another, what ends when, and what is found on the titles in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from registry import words
from registry.house import House
from registry.pages.asked import Asked, asked, day_of
from registry.shell.access import allow
from registry.shell.charts import sankey
from registry.shell.serving import house
from tiers import findings, flows
from tiers.asking import view
from tiers.expiring import ALL, LATER, QUALITY, calendar, ending
from tiers.list_pages import export_list, list_page
from tiers.lists import Firms, behind_titles
from tiers.members import Question, total
from tiers.names import short_name
from tiers.terms import years_on
from tiers.views import blueprint

PENDING = "left-pending"
RIGHT, CANCELLED = "review_right_lost", "cancellation_due"


@dataclass(frozen=True)
class Between:
    """The page's question: ``asked.day`` is the later day."""

    asked: Asked
    before: date
    question: Question

    @property
    def arguments(self) -> dict[str, str]:
        return {**self.asked.arguments, "from": self.before.isoformat()}

    def address(self, endpoint: str, **more: str) -> str:
        """Where a page of the same days and instant is."""
        return url_for(endpoint, **more, **self.arguments)  # type: ignore[arg-type]


def _between(here: House) -> Between:
    question = asked(here)
    before = day_of(request.args.get("from", "").strip()) or years_on(question.day, -1)
    if before > question.day:
        abort(400, description=_("The first day must not lie after the second."))
    return Between(question, before, Question(question.day, here.settings))


@blueprint.get("/ladder")
@allow("counts.read")
def ladder() -> str:
    """Flows, expiry calendar and findings."""
    here = house()
    between = _between(here)
    with view(here, between.asked.known_at) as connection, between.question.prepared(connection):
        moved = flows.flows(connection, between.question, between.before)
        ends = calendar(connection, between.question)
        found = counted_findings(connection, between.question)
        waiting = flows.counted(
            connection, between.question, between.before, flows.left_pending(between.question)
        )
    shown = {move: firms for move, firms in moved.moves.items() if moved.way(move)}
    return render_template(
        "tiers/ladder.html",
        asked=between.asked,
        between=between,
        moved=moved,
        sums={**flows.sums(moved), PENDING: waiting},
        drawn=sankey(shown, moved.states),
        beside=(flows.NONE, flows.OUTSIDE),
        ends=ends,
        found=found,
        state_name=state_name,
        ways=ways(),
        finding_title=finding_title,
    )


def counted_findings(connection: Connection, question: Question) -> Mapping[str, int]:
    """Finding → the city's firms that it is found of."""
    return {
        id: question.ask(connection, total(sql))[0][1]
        for id, sql in finding_sql(connection, question).items()
    }


def finding_sql(connection: Connection, question: Question) -> dict[str, str]:
    """Every finding that the page counts, as a membership query."""
    recorded = findings.recorded_rounds(connection, question)
    asked = {
        RIGHT: findings.missed(question, recorded, RIGHT),
        f"{RIGHT}-unknown": findings.untold(question, recorded, RIGHT),
        CANCELLED: findings.missed(question, recorded, CANCELLED),
    }
    for gap in findings.gaps(question.day):
        for state in ("missing", "pending"):
            id = "-".join((gap.title, state, *gap.below))
            asked[id] = findings.nesting(gap, pending=state == "pending")
    return {id: sql for id, sql in asked.items() if sql}


def finding_title(id: str) -> str:
    fixed: dict[str, str] = {
        RIGHT: _("Right of review lost"),
        f"{RIGHT}-unknown": _("Right of review unknown: no update on record"),
        CANCELLED: _("Updates missed: to be cancelled by rule"),
    }
    if id in fixed:
        return fixed[id]
    tier, state, *below = id.split("-")
    lower = " / ".join(short_name(one.partition(":")[0]) for one in below)
    text = _("%(tier)s, its %(below)s in review") if state == "pending" else _("%(tier)s without %(below)s")
    return str(text) % {"tier": short_name(tier.partition(":")[0]), "below": lower}


def state_name(state: str) -> str:
    """A tier, or where a firm without one stands."""
    fixed: dict[str, str] = {
        flows.NONE: _("no quality title"),
        flows.OUTSIDE: _("outside the city"),
        flows.OTHER: _("other title"),
        flows.HELD: _("any quality title"),
        flows.ALL: _("anywhere"),
        QUALITY: _("Quality titles"),
    }
    return fixed.get(state) or short_name(state)


def ways() -> dict[str, str]:
    return {
        "climbed": _("climbed"),
        "stayed": _("stayed"),
        "fell": _("stepped down"),
        "entered": _("entered"),
        "left": _("left"),
        PENDING: _("left, review pending"),
    }


# The firms behind each number, as a page and as a file ------------------------------------------------------


def _moved(was: str, became: str) -> tuple[Between, str, Firms]:
    here, between = house(), _between(house())
    known = (*flows.states(between.question), flows.HELD, flows.ALL)
    if was not in known or became not in known:
        abort(404)
    title = _("%(was)s → %(became)s", was=state_name(was), became=state_name(became))
    return between, title, _movers(here, between, flows.cell(between.question, was, became))


def _went(way: str) -> tuple[Between, str, Firms]:
    here, between = house(), _between(house())
    if way not in ways():
        abort(404)
    pending = way == PENDING
    condition = flows.left_pending(between.question) if pending else flows.way(between.question, way)
    return between, ways()[way], _movers(here, between, condition)


def _movers(here: House, between: Between, condition: str) -> Firms:
    with view(here, between.asked.known_at) as connection:
        return Firms(flows.movers(connection, between.question, between.before, condition))


def _ending(tier: str, when: str) -> tuple[Between, str, Firms]:
    here, between = house(), _between(house())
    sql = ending(between.question, tier, when) if tier in (*words.vocabulary("tier"), QUALITY) else None
    if sql is None:
        abort(404)
    at = {LATER: _("later"), ALL: _("at any time")}.get(when, when)
    title = _("%(tier)s ending %(when)s", tier=state_name(tier), when=at)
    return between, title, behind_titles(here, between.question, between.asked.known_at, sql)


def _found(id: str) -> tuple[Between, str, Firms]:
    here, between = house(), _between(house())
    with view(here, between.asked.known_at) as connection:
        sql = finding_sql(connection, between.question).get(id)
    if sql is None:
        abort(404)
    return between, finding_title(id), behind_titles(here, between.question, between.asked.known_at, sql)


def _page(between: Between, title: str, firms: Firms, *, days: bool = False) -> str:
    spoken = f"{between.before} → {between.asked.day}"
    up = (_("Ladder"), between.address("tiers.ladder"))
    return list_page(house(), between.asked, title, firms, up, [spoken] if days else [])


def _file(name: str, suffix: str, found: tuple[Between, str, Firms]) -> Response:
    between, title, firms = found
    return export_list(house(), f"{name}-{between.asked.day}", suffix, title.replace("→", "-"), firms)


@blueprint.get("/ladder/moves/<was>/<became>")
@allow("counts.read")
def moves(was: str, became: str) -> str:
    return _page(*_moved(was, became), days=True)


@blueprint.get("/ladder/moves/<was>/<became>/export<suffix>")
@allow("counts.read")
def export_moves(was: str, became: str, suffix: str) -> Response:
    return _file(f"{was}-{became}", suffix, _moved(was, became))


@blueprint.get("/ladder/ways/<way>")
@allow("counts.read")
def went(way: str) -> str:
    return _page(*_went(way), days=True)


@blueprint.get("/ladder/ways/<way>/export<suffix>")
@allow("counts.read")
def export_went(way: str, suffix: str) -> Response:
    return _file(way, suffix, _went(way))


@blueprint.get("/ladder/ending/<tier>/<when>")
@allow("counts.read")
def ending_titles(tier: str, when: str) -> str:
    return _page(*_ending(tier, when))


@blueprint.get("/ladder/ending/<tier>/<when>/export<suffix>")
@allow("counts.read")
def export_ending_titles(tier: str, when: str, suffix: str) -> Response:
    return _file(f"{tier}-{when}", suffix, _ending(tier, when))


@blueprint.get("/ladder/found/<id>")
@allow("counts.read")
def found_firms(id: str) -> str:
    return _page(*_found(id))


@blueprint.get("/ladder/found/<id>/export<suffix>")
@allow("counts.read")
def export_found_firms(id: str, suffix: str) -> Response:
    return _file(id.replace(":", "-"), suffix, _found(id))
