"""目标: the plan's indicators with what is owed by whom, the same as a file, and what each number of a plan is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import words
from registry.house import House
from registry.pages.asked import Asked, asked
from registry.pages.blueprint import table_file
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers.judging import STATES
from tiers.names import body_name, clause, indicator_name
from tiers.progress import Line, departments, narrowed, progress, waiting
from tiers.targets import plan_id, plan_named, plan_period, plans
from tiers.views import blueprint

OWED = "owed"


@blueprint.get("/targets")
@allow("counts.read")
def targets() -> str:
    """All indicators of the plan by its parts, with value, goal, rate and state; narrowed to a state or department."""
    here, question, name = house(), asked(house()), plan_asked(house())
    lines = progress(here, question.day, question.known_at, question.year, name)
    state, department, lead = _narrowing(lines)
    shown = narrowed(lines, state, department, lead)
    return render_template(
        "tiers/targets.html",
        asked=question,
        groups=[(part, list(some)) for part, some in groupby(shown, key=part_of)],
        lines=lines,
        shown=shown,
        numbers={state: sum(line.state == state for line in lines) for state in STATES},
        owed=waiting(narrowed(lines, "", department, lead)),
        lead=lead,
        state=state,
        states=[(state, state_name(state)) for state in (*STATES, OWED)],
        department=department,
        departments=[(body, body_name(body)) for body in departments(lines)],
        kept=carried(here, question, name),
        plan_name=name,
        plan_names=[(plan_id(one), plan_period(one)) for one in plans()],
        long_names=language() == "en",
        unset=not any(line.entry["goal"] is not None for line in lines),
    )


@blueprint.get("/targets/export<suffix>")
@allow("counts.read")
def export_targets(suffix: str) -> Response:
    """The indicators as the page lists them, in plain numbers of their unit."""
    here, question, name = house(), asked(house()), plan_asked(house())
    lines = progress(here, question.day, question.known_at, question.year, name)
    header = [
        _("Id"), _("Indicator"), _("Clause"), _("Value"), _("Goal"), _("Unit of measure"), _("Direction"), _("Rate"),
        _("State"), _("Due"), _("Reporting period"), _("On the due day"), _("State on the due day"), _("Not allocated"),
        _("Reported by"),
        _("Document"), _("Filing"), _("Departments"),
    ]  # fmt: skip
    table = f"targets-{plan_period(name)}-{question.day}"
    return table_file(table, suffix, str(_("Targets")), header, _rows(narrowed(lines, *_narrowing(lines))))


def _rows(lines: list[Line]) -> Iterator[list[Any]]:
    for line in lines:
        entry, then = line.entry, line.at_due or {}
        why = entry.get("why") or []
        yield [
            line.id, indicator_name(entry), clause(line.target), plain(entry["value"]), plain(entry["goal"]),
            words.label("unit", entry["unit"], language()), words.label("direction", entry["direction"], language()),
            plain(entry["rate"]), state_name(line.state), entry["due"], entry["period"], plain(then.get("value")),
            state_name(then["state"]) if then else None, entry["unallocated"], entry.get("reported_by"), entry.get("document"),
            "；".join(f"{one['filing']}#{one['row']}" for one in why) or None,
            "；".join(map(body_name, line.target.responsible)) or None,
        ]  # fmt: skip


def plain(value: int | str | None) -> int | float | None:
    """A number for a sheet: shares are decimal text in documents."""
    return float(value) if isinstance(value, str) else value


def part_of(line: Line) -> str:
    """The part of the plan that a line stands in, by its clause: 三(三)8 stands in 三(三)."""
    return words.label("plan_part", re.sub(r"\d+$", "", line.target.clause), language())


def plan_asked(here: House) -> str:
    """The plan that the page is about; 404 for one that there is not."""
    text = request.args.get("plan", "").strip()
    name = plan_named(text) if text else here.settings.targets.plan
    if name is None:
        abort(404, description=_("There is no plan %(id)s.", id=text))
    return name


def carried(here: House, question: Asked, name: str) -> dict[str, str]:
    """What links must carry: the day, the instant, the year, and the plan where it is not the usual one."""
    other = {} if name == here.settings.targets.plan else {"plan": plan_id(name)}
    return {**question.arguments, **other}


def _narrowing(lines: list[Line]) -> tuple[str, str, str]:
    """State, responsible department, department that leads."""
    state, department, lead = (request.args.get(name, "") for name in ("state", "department", "lead"))
    if state and state not in (*STATES, OWED):
        abort(404)
    if department and department not in departments(lines):
        department = ""  # another plan's department
    return state, department, lead


def state_name(state: str) -> str:
    names: dict[str, str] = {
        "met": _("reached"),
        "unmet": _("not reached"),
        "pending": _("under way"),
        "overdue": _("overdue: no figure"),
        "missing": _("no figure yet"),
        "not_set": _("goal not set"),
        OWED: _("owed by departments"),
    }
    return names[state]
