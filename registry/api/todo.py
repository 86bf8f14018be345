"""What has to be seen to, over the API."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.api.arguments import AS_OF, day_asked
from registry.api.blueprint import blueprint
from registry.room import Todo
from registry.shell.access import actor, allow
from registry.shell.api import (
    COUNT,
    MAYBE,
    TEXT,
    ApiError,
    Parameter,
    answer,
    described,
    listing,
    record,
)
from registry.shell.serving import house
from registry.todo import numbers, seen, sources


@blueprint.get("/todo")
@allow("register.read")
@described(
    "What has to be seen to: sources, lines, and how many firms each is about",
    "待办：来源、事项与涉及企业数",
    AS_OF,
    shape=listing(record(id=TEXT, name=TEXT, lines=listing(record(id=TEXT, name=TEXT, firms=COUNT)))),
    example="/todo",
)
def todo_sources() -> Response:
    here, day, unit = house(), day_asked(), actor().unit
    return answer([
        {"id": source.id, "name": source.label(),
         "lines": [{"id": id, "name": str(source.line(id)), "firms": n} for id, n in numbers(here, source, unit, day).items()]}
        for source in sources(here, actor())
    ])  # fmt: skip


@blueprint.get("/todo/<id>/<line>")
@allow("register.read")
@described(
    "The firms of one line, the most pressing first",
    "一项待办涉及的企业，紧要的在前",
    Parameter("id", "a source", "来源", "expiring", place="path"),
    Parameter("line", "a line of it", "事项", "90", place="path"),
    AS_OF,
    shape=listing(record(uscc=TEXT, name=TEXT, district=MAYBE, area=MAYBE, what=TEXT, due=MAYBE)),
    example="/todo/expiring/30",
)  # fmt: skip
def todo_line(id: str, line: str) -> Response:
    here, day = house(), day_asked()
    source: Todo | None = next((one for one in sources(here, actor()) if one.id == id), None)
    found: Any = seen(here, source, line, actor().unit, day) if source else None
    if found is None:
        raise ApiError(
            404, "not_found", f"there is no line {id}/{line}; see /todo", f"没有待办“{id}/{line}”，见 /todo"
        )
    return answer([
        {"uscc": one.uscc, "name": one.name, "district": one.district, "area": one.area, "what": one.what,
         "due": one.due and one.due.isoformat()}
        for one in found
    ])  # fmt: skip
