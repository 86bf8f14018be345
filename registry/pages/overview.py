"""总览: the cards of all rooms, for a day and as known at an instant; the same as a workbook; what needs a decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from registry.export import write_sheets
from registry.filings import filings, newest_filing
from registry.house import House
from registry.pages.asked import Asked, asked
from registry.pages.blueprint import attachment, blueprint
from registry.pages.filings import own_filer
from registry.period_ends import month_end, quarter_end, year_end
from registry.queries import size_of_register
from registry.room import Panel, Sheet, filled
from registry.shell.access import actor, allow
from registry.shell.serving import house, serving
from registry.store.clock import SHANGHAI, instant_text
from registry.todo import top

LATEST = 5


@blueprint.get("/")
@allow("register.read")
def overview() -> str:
    """Cards in their order; on an empty register what to do first."""
    here = house()
    question = asked(here)
    with here.store.read() as connection:
        empty = not filings(connection, 1)
        newest = newest_filing(connection, question.known_at)
    if empty:
        return render_template("registry/welcome.html", kinds=here.kinds.all)
    cells: list[list[tuple[Panel, Markup]]] = []
    for card in _cards(here):
        variables = card.load(here, question)
        if variables is None:
            continue
        shown = card, Markup(render_template(card.template, asked=question, **variables))
        if card.beneath and cells and cells[-1][0][0].span == card.span:
            cells[-1].append(shown)
        else:
            cells.append([shown])
    return render_template(
        "registry/overview.html",
        asked=question,
        presets=_presets(question.today),
        newest=newest,
        age=newest and (question.today - newest[1].astimezone(SHANGHAI).date()).days,
        cells=list(zip(filled([cell[0][0].span for cell in cells]), cells, strict=True)),
    )


def _cards(here: House) -> list[Panel]:
    return sorted((card for room in here.rooms for card in room.cards), key=lambda card: card.order)


def _presets(today: date) -> list[tuple[str, date]]:
    """The days that people ask for most, by what they are called."""
    return [
        (_("Today"), today),
        (_("End of last month"), month_end(today)),
        (_("End of last quarter"), quarter_end(today)),
        (_("End of last year"), year_end(today)),
    ]


@blueprint.get("/overview/export<suffix>")
@allow("register.read")
def export_overview(suffix: str) -> Response:
    """What the cards say, a sheet each, behind a sheet that says what the numbers are of."""
    if suffix != ".xlsx":
        abort(404)
    here = house()
    question = asked(here)
    found = (card.sheet(here, question) for card in _cards(here) if card.sheet)
    sheets = [_said(here, question), *(sheet for sheet in found if sheet is not None)]
    with TemporaryDirectory() as folder:
        out = Path(folder) / "overview.xlsx"
        write_sheets(out, sheets)
        return attachment(out.read_bytes(), f"overview-{question.day}", suffix)


def _said(here: House, question: Asked) -> Sheet:
    with here.store.read() as connection:
        newest = newest_filing(connection, question.known_at)
    rows = [
        [_("As of"), question.day.isoformat()],
        [_("As known at"), question.printed(here)],
        [_("Accounts of"), question.year or _("by rule")],
        [_("Newest filing"), newest and f"{newest[0]} · {instant_text(newest[1])}"],
        [_("City"), here.settings.city.name],
    ]
    if serving().sample():
        rows.append([_("Sample data"), "样例数据 · synthetic sample data"])
    return Sheet(_("About these numbers"), ["", ""], rows)


def register_card(house: House, asked: Asked) -> Mapping[str, Any]:
    """How large the register is, and what was filed last."""
    with house.store.read() as connection:
        at_home, elsewhere = size_of_register(connection, house.settings.city.code, asked.day)
        latest = filings(connection, LATEST, by=own_filer())
    return {"at_home": at_home, "elsewhere": elsewhere, "latest": latest}


def decisions_card(house: House, asked: Asked) -> Mapping[str, Any] | None:
    """What is known at once; judging the whole city may take a second, so the rest comes after the page. It is about the
    present, and nothing that a page of another day could show."""
    return {"lines": top(house, actor(), asked.today, judged=False)} if asked.present else None


@blueprint.get("/overview/decisions")
@allow("register.read")
def decisions() -> str:
    """What needs a decision of the signed-in person, with the numbers that open into their lists."""
    here, question = house(), asked(house())
    return render_template(
        "registry/decisions.html", lines=top(here, actor(), here.clock.today()), asked=question
    )
