"""同一企业: two codes side by side, merged into one firm or split again, and the list of all such judgements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from registry.find import find
from registry.merged import judgements, spoken_alone
from registry.merging import check, merge, preview, split
from registry.naming.codes import read_code
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint, table_file
from registry.refusals import MisusedError, RefusedError
from registry.said import SaidError
from registry.scope import own
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.store.clock import instant_text
from registry.store.merges import merges_at
from registry.subjects import ENTERPRISE

CANDIDATES = 10
PER_PAGE = 50


@blueprint.route("/firms/<uscc>/merge", methods=["GET", "POST"])
@allow("filings.write")
def merge_firms(uscc: str) -> str | Response:
    """Name the other code, look at both side by side, say why, confirm."""
    here = house()
    day = here.clock.today()
    asked = request.form if request.method == "POST" else request.args
    typed, survivor = asked.get("with", "").strip()[:100], asked.get("survivor", "").strip()
    with here.store.read() as connection:
        asked_for, uscc = uscc, _firm_or_404(connection, uscc, day)
        code = read_code(typed).code
        if code and merges_at(connection).firm(code) == uscc and {code, asked_for} != {uscc}:
            gone = code if code != uscc else asked_for
            flash(_("%(loser)s leads to %(survivor)s already.", loser=gone, survivor=uscc), "warn")
            return redirect(url_for("registry.firm", uscc=uscc))
        other, candidates = _other(connection, uscc, typed, day)
        if other is None:
            return render_template(
                "registry/merge_with.html",
                firm=_own(connection, [uscc], day)[uscc],
                typed=typed,
                candidates=candidates,
            )
        survivor = survivor if survivor in (uscc, other) else uscc
        loser = other if survivor == uscc else uscc
        error: SaidError | None = None
        try:
            check(connection, loser, survivor, merges_at(connection))
        except (MisusedError, RefusedError) as refused:
            flash(refused.in_language(language()), "bad")
            return redirect(url_for("registry.firm", uscc=uscc))
        seen = preview(here, connection, loser, survivor, day)
        sides = _own(connection, [loser, survivor], day)
    reason = asked.get("reason", "").strip()[:1000]
    if request.method == "POST" and reason:
        try:
            merge(here, loser, survivor, actor().id, reason, yes=True, unit=actor().unit)
        except (MisusedError, RefusedError) as refused:
            error = refused
        else:
            flash(_("%(loser)s leads to %(survivor)s now.", loser=loser, survivor=survivor), "good")
            return redirect(url_for("registry.firm", uscc=survivor))
    return render_template(
        "registry/merge.html",
        uscc=uscc,
        other=other,
        seen=seen,
        sides=sides,
        reason=reason,
        missing=request.method == "POST" and not reason,
        error=error.in_language(language()) if error else None,
    )


@blueprint.route("/firms/<uscc>/split", methods=["GET", "POST"])
@allow("filings.write")
def split_firm(uscc: str) -> str | Response:
    """Ask first, then let the code stand for itself again."""
    here = house()
    day = here.clock.today()
    with here.store.read() as connection:
        led = merges_at(connection)
        firm = _firm_or_404(connection, led.firm(uscc), day)
        if firm == uscc:
            flash(_("%(code)s is not merged into another firm.", code=uscc), "warn")
            return redirect(url_for("registry.firm", uscc=uscc))
        row = next(row for row in judgements(connection, None, day) if row.loser == uscc and not row.split_at)
        shown = {
            "merge": row,
            "name": spoken_alone(here, connection, [uscc], day).get(uscc, {}).get("name"),
            "firm": _own(connection, [firm], day)[firm],
        }
    error = None
    if request.method == "POST":
        try:
            split(here, uscc, actor().id, unit=actor().unit)
        except RefusedError as refused:
            error = refused.in_language(language())
        else:
            flash(_("%(code)s is a firm of its own again.", code=uscc), "good")
            return redirect(url_for("registry.firm", uscc=uscc))
    return render_template("registry/split.html", error=error, **shown)


@blueprint.get("/merges")
@allow("filings.read")
def merges() -> str:
    """Every judgement that two codes are one firm, newest first; those that were split stay on the list."""
    here = house()
    day, page = here.clock.today(), page_number()
    with here.store.read() as connection:
        rows = judgements(connection, actor().unit, day)
        part = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
        names = _names(connection, part, day)
    return render_template(
        "registry/merges.html",
        rows=part,
        names=names,
        paging=tables.numbered(page, PER_PAGE, len(rows)),
    )


@blueprint.get("/merges/export<suffix>")
@allow("filings.read")
def export_merges(suffix: str) -> Response:
    here = house()
    day = here.clock.today()
    header = [
        *(_("Merged code"), _("Name"), _("Into"), _("Name"), _("By"), _("At"), _("Why")),
        *(_("Split by"), _("Split at")),
    ]
    with here.store.read() as connection:
        rows = judgements(connection, actor().unit, day)
        names = _names(connection, rows, day)
    lines = (
        [row.loser, names.get(row.loser), row.survivor, names.get(row.survivor), row.by, instant_text(row.at), row.reason or None,
         row.split_by, row.split_at and instant_text(row.split_at)]
        for row in rows
    )  # fmt: skip
    return table_file(f"merges-{day.isoformat()}", suffix, _("Merged firms"), header, lines)


def _names(connection: Connection, rows: Iterable[Any], day: date) -> dict[str, str]:
    """Code → the name that was filed with it, as of the day."""
    codes = {code for row in rows for code in (row.loser, row.survivor)}
    said = spoken_alone(house(), connection, codes, day)
    return {code: values["name"] for code, values in said.items() if values.get("name")}


def _own(connection: Connection, codes: Iterable[str], day: date) -> dict[str, Any]:
    """Code → the firm on the day, of those that the actor may write about."""
    e = ENTERPRISE.c
    query = select(e.uscc, e.name, e.district, e.area, e.city, e.status).where(
        e.uscc.in_(list(codes)), e.from_day <= day, e.to_day > day, own(actor().unit)
    )
    return {row.uscc: row for row in connection.execute(query)}


def _firm_or_404(connection: Connection, uscc: str, day: date) -> str:
    firm = merges_at(connection).firm(uscc)
    if firm not in _own(connection, [firm], day):
        abort(404, description=_("There is no firm with the code %(code)s on the register.", code=uscc))
    return firm


def _other(connection: Connection, uscc: str, typed: str, day: date) -> tuple[str | None, list[Any]]:
    """The firm meant by a code; for a name, those to choose among."""
    if not typed:
        return None, []
    if code := read_code(typed).code:
        other = merges_at(connection).firm(code)
        return (other, []) if other != uscc and _own(connection, [other], day) else (None, [])
    codes = [firm["uscc"] for firm in find(connection, typed, day, CANDIDATES * 5) if firm["uscc"] != uscc]
    mine = _own(connection, codes, day)
    return None, [mine[code] for code in codes if code in mine][:CANDIDATES]
