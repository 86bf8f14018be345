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
from registry.filing import FATES
from registry.filings import document, filing_row, filings, number_of_filings
from registry.house import House
from registry.intake.problems import message
from registry.intake.workbooks import REASON
from registry.kind import Kind, Record
from registry.matching import Given, match
from registry.naming.codes import read_code
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint, table_file
from registry.pages.desk_confirm import announced_panels
from registry.pages.party_decisions import chosen_parties, party_offers
from registry.queries import (
    decided_rows,
    firms_named,
    firms_of,
    kept_rows,
    number_of_firms_of,
    number_of_problems,
    problem_codes,
    problem_rows,
    rows_of,
    statements_of,
    subjects_of,
)
from registry.refusals import NeedsConfirmationError, RefusedError
from registry.room import Announced
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
PARTS = ("firms", "review", "refused", "problems", "columns")
FIRMS_PER_PAGE = 100


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
        if wanted == "" and part == "problems" and kind is not None and kind.announced:
            part = "firms"
        shown: dict[str, Any] = {
            "waiting": (),
            "candidates": {},
            "firms": (),
            "panels": [],
            "refused": (),
            "problems": (),
            "paging": None,
        }
        if part == "review":
            shown["waiting"] = kept_rows(
                connection, id, "review", WAITING_PER_PAGE, (page - 1) * WAITING_PER_PAGE, only
            )
            shown["candidates"] = _candidates(connection, here, row, shown["waiting"])
            shown["paging"] = tables.numbered(page, WAITING_PER_PAGE, row.review)
        elif part == "firms":
            shown["firms"] = firms_of(connection, id, here.clock.today(), actor().unit, FIRMS_PER_PAGE, page)
            total = number_of_firms_of(connection, id, here.clock.today(), actor().unit)
            shown["paging"] = tables.numbered(page, FIRMS_PER_PAGE, total)
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
        subjects = subjects_of(connection, id, here.clock.today(), actor().unit) if row.rows <= FEW else []
    if part == "firms" and kind is not None and kind.announced and row.withdrawn_at is None:
        shown["panels"] = announced_panels(here, _as_announced(here, row, kind))
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


def _as_announced(here: House, row: Any, kind: Kind) -> Announced:
    """A filed list as the rooms' panels see it."""
    with here.store.read() as connection:
        stated = statements_of(connection, row.id, kind.record)
    return Announced(kind.id, stated, row.id)


@blueprint.get("/filings/<int:id>/firms<suffix>")
@allow("filings.read")
def export_filing_firms(id: int, suffix: str) -> Response:
    """The firms that a filing speaks of, as a file."""
    here = house()
    with here.store.read() as connection:
        row = _filing_or_404(connection, id)
        rows = firms_of(connection, id, here.clock.today(), actor().unit)
    header = [_("Credit code"), _("Name"), _("District"), _("Functional area"), _("Row"), _("Fate")]
    lines = (
        [firm.uscc, firm.name, here.places.label(firm.district, language()) or None,
         here.places.label(firm.area, language()) or None, firm.row, _("accepted") if firm.fate == "accepted" else _("unchanged")]
        for firm in rows
    )  # fmt: skip
    return table_file(f"filing-{id}-firms", suffix, row.sheet or "企业", header, lines)


@blueprint.post("/filings/<int:id>/rows/<int:row>")
@allow("filings.write")
def decide_row(id: int, row: int) -> Response:
    """One answer for one row in review: the firm meant, create it, take the row as it stands, or turn it down."""
    here = house()
    with here.store.read() as connection:
        kind = here.kinds.by_id.get(_filing_or_404(connection, id).kind)
    answer = _answer(kind)
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


def _answer(kind: Kind | None) -> Answer | None:
    match request.form.get("answer"):
        case "parties" if kind is not None:
            parties = chosen_parties(request.form, kind)
            return Answer(fields=parties) if parties else None
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


#: Problems that are settled by saying which firm is meant.
CHOOSABLE = {"ambiguous_name", "unknown_firm", "orphaned"}


def _candidates(
    connection: Connection, house: House, filing: Any, waiting: Sequence[Record]
) -> dict[int, Record]:
    """What can be offered for rows in review, by row: firms, whether it can be created, whether it can be taken as it is."""
    kind = house.kinds.by_id.get(filing.kind)
    if kind is not None and kind.parties:
        return party_offers(connection, house, kind, waiting)
    day = house.clock.today()
    asked: dict[int, Given] = {}
    listed: dict[int, list[str]] = {}
    codes: dict[int, set[str]] = {}
    for kept in waiting:
        number = kept["row"]
        codes[number] = {why.code for why in kept["why"] if why.fate == "review"}
        typed = read_code(_typed(filing, kept, kind.subject if kind else "uscc")).code
        district, area = (_typed(filing, kept, field) or None for field in ("district", "area"))
        asked[number] = Given(number, _typed(filing, kept, "name"), typed, district, area)
        listed[number] = [
            code.strip()
            for why in kept["why"] if why.code == "ambiguous_name"
            for code in (why.detail or "").split(",")
        ]  # fmt: skip
    named = [one for number, one in asked.items() if codes[number] & CHOOSABLE and (one.name or one.uscc)]
    for found in match(house, connection, named, day.isoformat()) if named else ():
        listed[found.row] += [one.uscc for one in found.candidates][:CANDIDATES]
    known = firms_named(
        connection,
        sorted(
            {code for some in listed.values() for code in some} | {g.uscc for g in asked.values() if g.uscc}
        ),
        day,
    )
    unit = actor().unit
    if unit is not None:  # rows about other units' firms are the city desk's to decide
        codes = {number: some - {"other_unit"} for number, some in codes.items()}
    mine = {code for code, firm in known.items() if unit is None or (firm.area or firm.district) == unit}
    return {
        number: {
            "firms": [known[code] for code in dict.fromkeys(listed[number]) if code in mine],
            "create": bool(
                one.uscc
                and one.name
                and one.uscc not in known
                and codes[number] & {"unknown_firm", "orphaned", "other_unit"}
            ),
            "take": bool(codes[number] & {"conflict_in_file", "other_unit"}),
            "choose": bool(codes[number] & CHOOSABLE),
        }
        for number, one in asked.items()
    }
