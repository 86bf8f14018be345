"""名单入库, its second step: the rows beside the register, decided one by one, with keys or with buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.desk import review
from registry.desk.drafts import Found
from registry.desk.review import SHOWN, Answer, Line
from registry.house import House
from registry.naming.alignment import aligned
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint
from registry.pages.desk import draft_or_404
from registry.refusals import RefusedError
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house

PER_PAGE = 100


@blueprint.get("/intake/<int:id>/rows")
@allow("filings.write")
def draft_rows(id: int) -> str | Response:
    """The rows of a narrowing, one line each, and beside them the one that is looked at."""
    here = house()
    found, _read = draft_or_404(id)
    if not found.how.matched:
        return redirect(url_for("registry.draft_list", id=id), code=303)
    show, asked = _show(), request.args.get("row", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else None
    with here.store.read() as connection:
        counts = review.counts(connection, id)
        if (
            show == "waiting"
            and "show" not in request.args
            and not counts.found.get("choose", 0) + counts.found.get("none", 0)
        ):
            show = "all"
        page = page_number()
        if number is not None:
            page = review.number_of(connection, id, show, number) // PER_PAGE + 1
        total = review.number_of(connection, id, show)
        lines = review.lines(connection, id, show, PER_PAGE, (page - 1) * PER_PAGE)
        current = next((line for line in lines if line.row == number), None) or _first(lines)
        shown = _about(here, connection, found, current, show) if current else {}
        names = _names(here, connection, lines)
    return render_template(
        "registry/desk_review.html",
        draft=found,
        kind=here.kinds.by_id[found.kind],
        show=show,
        counts=counts,
        lines=lines,
        names=names,
        current=current,
        paging=tables.numbered(page, PER_PAGE, total),
        me=actor().id,
        **shown,
    )


def _show() -> str:
    asked = request.values.get("show", "waiting")
    return asked if asked in SHOWN else "waiting"


def _first(lines: Sequence[Line]) -> Line | None:
    return next((line for line in lines if line.decision == "open"), lines[0] if lines else None)


@blueprint.get("/intake/<int:id>/rows/<int:row>")
@allow("filings.write")
def draft_row(id: int, row: int) -> str | Response:
    """One row with its candidates; the page exchanges this part alone."""
    if not request.headers.get("HX-Request"):
        return redirect(url_for("registry.draft_rows", id=id, row=row, show=_show()), code=303)
    return _pane(id, row)


@blueprint.post("/intake/<int:id>/rows/<int:row>")
@allow("filings.write")
def decide_draft_row(id: int, row: int) -> str | Response:
    """Keep a decision about a row at once. Where somebody else was faster, theirs stands and is shown."""
    here, form = house(), request.form
    found, _read = draft_or_404(id)
    revision = form.get("revision", "")
    answer = Answer(
        form.get("action", ""), form.get("uscc", "").strip() or None, form.get("place", "").strip() or None
    )
    taken, refused = True, ""
    try:
        _line, taken = review.decide(
            here, found, row, answer, int(revision) if revision.isdecimal() else -1, actor().id
        )
    except RefusedError as error:
        refused = error.in_language(language())
    if request.headers.get("HX-Request"):
        return _pane(id, row, refused, overtaken=not taken, changed=True)
    if refused:
        flash(refused, "bad")
    elif not taken:
        flash(_("Row %(row)s was decided by somebody else meanwhile; yours was not kept.", row=row), "warn")
    return redirect(url_for("registry.draft_rows", id=id, row=row, show=_show()), code=303)


def _pane(id: int, row: int, refused: str = "", overtaken: bool = False, changed: bool = False) -> str:
    here, show = house(), _show()
    found, _read = draft_or_404(id)
    with here.store.read() as connection:
        line = review.line(connection, id, row)
        if line is None:
            abort(404, description=_("The list has no row %(row)s.", row=row))
        shown = _about(here, connection, found, line, show)
        names = _names(here, connection, [line])
        counts = review.counts(connection, id)
    return render_template(
        "registry/_desk_pane.html",
        draft=found,
        show=show,
        current=line,
        names=names,
        counts=counts,
        refused=refused,
        overtaken=overtaken,
        changed=changed,
        me=actor().id,
        **shown,
    )


def _names(here: House, connection: Any, lines: Iterable[Line]) -> dict[str, Any]:
    """The firms that rows stand for, by credit code."""
    return review.firms(connection, [line.uscc for line in lines if line.uscc], here.clock.today())


def _about(here: House, connection: Any, found: Found, line: Line, show: str) -> dict[str, Any]:
    codes = [candidate["uscc"] for candidate in line.candidates]
    if line.uscc:
        codes.append(line.uscc)
    known = review.firms(connection, codes, here.clock.today())
    before, after = review.beside(connection, found.id, show, line.row)
    unit = actor().unit
    return {
        "candidates": [_candidate(line, one, known.get(one["uscc"]), unit) for one in line.candidates],
        "chosen": known.get(line.uscc or ""),
        "chosen_pair": aligned(line.name, known[line.uscc].name) if line.uscc in known and line.name else None,
        "before": before,
        "after": after,
        "next_open": review.next_open(connection, found.id, line.row),
        "places": [(id, row["short"]) for id, row in here.places.names.items()],
        "default_place": _typed_place(here, line),
        "unit": unit,
    }  # fmt: skip


def _typed_place(here: House, line: Line) -> str:
    place = here.places.read_district(line.place_given or line.place or "")
    return place.area or place.district or ""


def _candidate(line: Line, one: Mapping[str, Any], firm: Any, unit: str | None) -> dict[str, Any]:
    """A candidate as it is shown. Of a firm that another unit manages only the name and the unit."""
    foreign = unit is not None and firm is not None and firm.unit != unit
    english = language() == "en"
    return {
        **one,
        "pair": aligned(line.name, one["matched"] or one["name"]),
        "present": one["name"] if one["matched"] and one["matched"] != one["name"] else None,
        "foreign": foreign,
        "unit": firm.unit if firm is not None else None,
        "gone": firm is None,
        "status": firm.status if firm is not None else None,
        "why": [] if foreign else [reason["en" if english else "zh"] for reason in one["reasons"]],
    }  # fmt: skip
