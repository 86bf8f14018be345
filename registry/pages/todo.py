"""待办: what the acting person has to see to, source by source, each number with the list behind it."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.desk import drafts
from registry.house import House
from registry.pages.asked import asked, page_number
from registry.pages.blueprint import blueprint, table_file
from registry.queries import waiting_lists
from registry.room import Todo
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.todo import Seen, numbers, seen, sources


@blueprint.get("/todo")
@allow("register.read")
def todo() -> str:
    """The sources at once; their numbers come one after the other, as some take a second to count."""
    here = house()
    return render_template("registry/todo.html", sources=sources(here, actor()), asked=asked(here))


@blueprint.get("/todo/<id>")
@allow("register.read")
def todo_source(id: str) -> str:
    """The lines of one source with their numbers."""
    here, question, source = house(), asked(house()), _source(id)
    lines = numbers(here, source, actor().unit, question.day)
    links = source.links(here, actor().id, actor().unit) if source.links else ()
    return render_template(
        "registry/todo_source.html", source=source, lines=lines, links=links, asked=question
    )


@blueprint.get("/todo/<id>/<line>")
@allow("register.read")
def todo_list(id: str, line: str) -> str:
    here, question, source = house(), asked(house()), _source(id)
    found = _seen(here, source, line)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(found) // size)))
    return render_template(
        "registry/todo_list.html",
        source=source,
        line=line,
        title=source.line(line),
        firms=len({one.uscc for one in found}),
        number=len(found),
        rows=found[(page - 1) * size : page * size],
        paging=tables.numbered(page, size, len(found)),
        asked=question,
    )


@blueprint.get("/todo/<id>/<line>/export<suffix>")
@allow("register.read")
def export_todo(id: str, line: str, suffix: str) -> Response:
    here, question, source = house(), asked(house()), _source(id)
    header = [_("Credit code"), _("Name"), _("District"), _("Functional area"), _("What"), _("Due")]
    rows = (
        [one.uscc, one.name, here.places.label(one.district, language()) or None,
         here.places.label(one.area, language()) or None, one.what, one.due and one.due.isoformat()]
        for one in _seen(here, source, line)
    )  # fmt: skip
    return table_file(
        f"todo-{id}-{line}-{question.day}", suffix, source.label().replace("/", "-"), header, rows
    )


def _source(id: str) -> Todo:
    found = next((one for one in sources(house(), actor()) if one.id == id), None)
    if found is None:
        abort(404)
    return found


def _seen(here: House, source: Todo, line: str) -> list[Seen]:
    found = seen(here, source, line, actor().unit, asked(here).day)
    if found is None:
        abort(404)
    return found


def _waiting(here: House, by: str, unit: str | None) -> list[tuple[str, int, str]]:
    with here.store.read() as connection:
        lists = waiting_lists(connection, None if unit is None else by)
    return [
        (filing.file, filing.review, url_for("registry.filing", id=filing.id, part="review"))
        for filing in lists
    ]


def _on_the_desk(here: House, _by: str, unit: str | None) -> list[tuple[str, int, str]]:
    with here.store.read() as connection:
        lists = drafts.on_the_desk(connection, unit)
    return [(draft.file, rows - done, url_for("registry.draft", id=draft.id)) for draft, rows, done in lists]


DESK = Todo(
    "desk",
    lambda: _("Lists on the desk"),
    lambda: _("rows that nobody has decided yet"),
    "filings.write",
    58,
    links=_on_the_desk,
)

WAITING = Todo(
    "waiting",
    lambda: _("Rows that wait for a decision"),
    lambda: _("lists with rows in review, the newest first"),
    "filings.write",
    60,
    links=_waiting,
)
