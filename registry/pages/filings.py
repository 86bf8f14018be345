"""入库记录: what was put on record, one filing with its rows, decisions on rows in review, withdrawal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from registry.decisions import Answer, decide
from registry.filing import FATES, NeedsConfirmationError, RefusedError
from registry.filings import document, filing_row, filings, number_of_filings
from registry.find import find
from registry.house import House
from registry.intake.problems import message
from registry.intake.workbooks import REASON
from registry.kind import Record
from registry.naming.codes import read_code
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint, table_file
from registry.queries import (
    decided_rows,
    firms_named,
    kept_rows,
    number_of_problems,
    problem_codes,
    problem_rows,
    rows_of,
    subjects_of,
)
from registry.scope import same_person
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.withdrawal import withdraw

PER_PAGE = 30
WAITING_PER_PAGE = 20
PROBLEMS_PER_PAGE = 50
CANDIDATES = 5
#: Of a filing with no more rows than these, the firms are named.
FEW = 3
PARTS = ("review", "refused", "problems", "columns")


@blueprint.get("/filings")
@allow("filings.read")
def filing_list() -> str:
    here = house()
    kind = request.args.get("kind", "")
    kind = kind if kind in here.kinds.by_id else ""
    page = page_number()
    with here.store.read() as connection:
        total = number_of_filings(connection, kind or None, own_filer())
        rows = filings(connection, PER_PAGE, (page - 1) * PER_PAGE, kind or None, own_filer())
    return render_template(
        "registry/filings.html",
        rows=rows,
        kind=kind,
        kinds=here.kinds.by_id,
        fates=FATES,
        paging=tables.numbered(page, PER_PAGE, total),
    )


@blueprint.get("/filings/<int:id>")
@allow("filings.read")
def filing(id: int) -> str:
    """Counts, and one of the parts: rows in review, refused rows, problems, how the columns were read."""
    here = house()
    page, code = page_number(), request.args.get("code") or None
    with here.store.read() as connection:
        row = _filing_or_404(connection, id)
        only = seen_rows(row)
        wanted = request.args.get("part", "")
        part = (
            wanted
            if wanted in PARTS
            else "review"
            if row.review
            else "refused"
            if row.refused
            else "problems"
        )
        kind = here.kinds.by_id.get(row.kind)
        shown: dict[str, Any] = {
            "waiting": (),
            "candidates": {},
            "refused": (),
            "problems": (),
            "paging": None,
        }
        if part == "review":
            shown["waiting"] = kept_rows(
                connection, id, "review", WAITING_PER_PAGE, (page - 1) * WAITING_PER_PAGE, only
            )
            shown["candidates"] = {
                kept["row"]: _candidates(connection, here, row, kept) for kept in shown["waiting"]
            }
            shown["paging"] = tables.numbered(page, WAITING_PER_PAGE, row.review)
        elif part == "refused":
            shown["refused"] = kept_rows(
                connection, id, "refused", PROBLEMS_PER_PAGE, (page - 1) * PROBLEMS_PER_PAGE, only
            )
            shown["paging"] = tables.numbered(page, PROBLEMS_PER_PAGE, row.refused)
        elif part == "problems":
            total = number_of_problems(connection, id, code, only)
            shown["problems"] = problem_rows(
                connection, id, code, PROBLEMS_PER_PAGE, (page - 1) * PROBLEMS_PER_PAGE, only
            )
            shown["paging"] = tables.numbered(page, PROBLEMS_PER_PAGE, total)
        codes = problem_codes(connection, id, only)
        decided = decided_rows(connection, id)
        subjects = subjects_of(connection, id, here.clock.today()) if row.rows <= FEW else []
    return render_template(
        "registry/filing.html",
        filing=document(row),
        sheet=row.sheet,
        options=json.loads(row.options),
        kind=kind,
        part=part,
        code=code,
        codes=codes,
        decided=decided,
        subjects=subjects,
        said=said,
        fates=FATES,
        **shown,
    )


@blueprint.post("/filings/<int:id>/rows/<int:row>")
@allow("filings.write")
def decide_row(id: int, row: int) -> Response:
    """One answer for one row in review: the firm meant, create it, take the row as it stands, or turn it down."""
    answer = _answer()
    here = house()
    if answer is None:
        flash(_("Row %(row)s: give a credit code of 18 characters that checks.", row=row), "bad")
    else:
        try:
            outcome = decide(here, id, row, answer, actor().id, actor().unit)
        except RefusedError as error:
            flash(
                _("Row %(row)s could not be decided: %(why)s", row=row, why=error.in_language(language())),
                "bad",
            )
        else:
            if outcome is None:
                flash(_("Row %(row)s was turned down.", row=row), "good")
            else:
                flash(_("Row %(row)s was decided by filing %(id)s.", row=row, id=outcome.filing), "good")
    page = request.form.get("page", "1")
    return redirect(url_for("registry.filing", id=id, part="review", page=page if page.isdigit() else "1"))


def _answer() -> Answer | None:
    match request.form.get("answer"):
        case "firm":
            code = read_code(request.form.get("uscc", "")).code
            return Answer(uscc=code) if code else None
        case "create":
            return Answer(create=True)
        case "take":
            return Answer(take=True)
        case "reject":
            return Answer(reject=True)
    abort(400, description=_("The form says nothing about what to do with the row."))


@blueprint.get("/filings/<int:id>/rejects<suffix>")
@allow("filings.read")
def rejects(id: int, suffix: str) -> Response:
    """Refused rows in the columns that were read, with the reasons; mended, the file imports again."""
    here = house()
    with here.store.read() as connection:
        row = _filing_or_404(connection, id)
        rows = kept_rows(connection, id, "refused", only=seen_rows(row))
    if not rows:
        abort(404, description=_("No row of this filing is refused."))
    header = _headers(row, rows)
    reason = REASON
    while reason in header:  # rejects of rejects keep the old reasons beside the new
        reason += "*"
    lines = ([*map(kept["cells"].get, header), "；".join(map(said, _stops(kept)))] for kept in rows)
    return table_file(f"rejects-{id}", suffix, row.sheet or "退回", [*header, reason], lines)


@blueprint.route("/filings/<int:id>/withdraw", methods=["GET", "POST"])
@allow("filings.write")
def withdraw_filing(id: int) -> str | Response:
    """Ask first; where other rows lean on the filing, list them and ask again."""
    here = house()
    with here.store.read() as connection:
        row = _filing_or_404(connection, id)
    leaning: NeedsConfirmationError | None = None
    if request.method == "POST":
        try:
            gone = withdraw(here, id, actor().id, yes=request.form.get("yes") == "yes", unit=actor().unit)
        except NeedsConfirmationError as error:
            leaning = error
        except RefusedError as error:
            flash(error.in_language(language()), "warn")
            return redirect(url_for("registry.filing", id=id))
        else:
            flash(_("Filing %(id)s was withdrawn.", id=id), "good")
            if gone:
                flash(_("%(n)s rows of other filings returned to review.", n=len(gone)), "warn")
            return redirect(url_for("registry.filing", id=id))
    return render_template(
        "registry/withdraw.html", filing=document(row), kind=here.kinds.by_id.get(row.kind), leaning=leaning
    )


def said(problem: Any) -> str:
    """The sentence for a problem, in the language of the request."""
    return message(problem.code, problem.value, problem.field, problem.detail, language())


def own_filer() -> str | None:
    """The account whose filings the list is of: a district officer sees the own ones; None: all."""
    asking = actor()
    return asking.person.login if asking.unit is not None and asking.person is not None else None


def seen_rows(filing: Any) -> Any:
    """Which rows of a filing an officer sees: all of an own one, of others those about own firms; None: all."""
    asking = actor()
    if asking.unit is None or same_person(filing.by, asking.id):
        return None
    return rows_of(filing.id, asking.unit, house().clock.today())


def _filing_or_404(connection: Connection, id: int) -> Any:
    row = filing_row(connection, id)
    if row is None:
        abort(404, description=_("There is no filing %(id)s.", id=id))
    return row


def _headers(filing: Any, rows: Iterable[Record]) -> list[str]:
    """The headers of the file in their order, then any that only kept rows have."""
    mapped = [header for header, column in json.loads(filing.options).get("columns", {}).items() if column]
    return list(dict.fromkeys([*mapped, *(header for row in rows for header in row["cells"])]))


def _stops(kept: Record) -> Sequence[Any]:
    return [why for why in kept["why"] if why.fate != "note"]


def _typed(filing: Any, kept: Record, field: str) -> str:
    """What was typed in a row for a field."""
    columns = json.loads(filing.options).get("columns", {})
    for header, value in kept["cells"].items():
        column = columns.get(header) or {}
        if column.get("field") == field or header == field:
            return str(value)
    return ""


def _candidates(connection: Connection, house: House, filing: Any, kept: Record) -> Record:
    """What can be offered for a row in review: firms, whether it can be created, whether it can be taken as it is."""
    kind = house.kinds.by_id.get(filing.kind)
    codes = {why.code for why in kept["why"] if why.fate == "review"}
    name = _typed(filing, kept, "name")
    typed = read_code(_typed(filing, kept, kind.subject if kind else "uscc")).code
    day = house.clock.today()
    firms: dict[str, Any] = {}
    if codes & {"ambiguous_name", "unknown_firm", "orphaned"}:
        listed = [
            part.strip()
            for why in kept["why"]
            if why.code == "ambiguous_name"
            for part in (why.detail or "").split(",")
        ]
        firms = firms_named(connection, listed, day)
        if not firms and name:
            found = [firm["uscc"] for firm in find(connection, name, day, CANDIDATES)]
            named = firms_named(connection, found, day)
            firms = {code: named[code] for code in found if code in named}
    known = typed is not None and bool(firms_named(connection, [typed], day))
    if (unit := actor().unit) is not None:
        firms = {code: firm for code, firm in firms.items() if (firm.area or firm.district) == unit}
        codes -= {"other_unit"}  # the city's desk decides
    return {
        "firms": list(firms.values()),
        "create": bool(typed and name and not known and codes & {"unknown_firm", "orphaned", "other_unit"}),
        "take": bool(codes & {"conflict_in_file", "other_unit"}),
        "choose": bool(codes & {"ambiguous_name", "unknown_firm", "orphaned"}),
    }
