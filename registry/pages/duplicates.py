"""重复企业: pairs of codes that may be one firm, side by side, to be judged one by one."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.duplicates import Pair, pairs
from registry.judgements import VERDICTS, Verdict, record_pair
from registry.matching import profiles, telling
from registry.naming.codes import read_code
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint, table_file
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house

PER_PAGE = 20
LISTED = 500
MERGE = "registry.merge_firms"


@blueprint.get("/duplicates")
@allow("filings.write")
def duplicates() -> str:
    """The likeliest pairs first; those that were judged are gone."""
    here = house()
    with here.store.read() as connection:
        found = pairs(here, connection, actor().unit, LISTED)
    page = page_number()
    paging = tables.numbered(page, PER_PAGE, len(found))
    start = (page - 1) * PER_PAGE
    return render_template(
        "registry/duplicates.html",
        pairs=found[start : start + PER_PAGE],
        total=len(found),
        most=LISTED,
        paging=paging,
        merge=MERGE if MERGE in current_app.view_functions else None,
        telling=telling,
        said=lambda reason: reason.in_language(language()),
    )


@blueprint.post("/duplicates")
@allow("filings.write")
def judge_duplicates() -> Response:
    """One judgement on one pair; "the same" leads on to merging where that is possible."""
    here = house()
    one, other = (read_code(request.form.get(name, "")).code for name in ("a", "b"))
    verdict = _verdict(request.form.get("verdict", ""))
    if one is None or other is None or one == other:
        abort(400, description=_("A judgement names two different firms by their credit codes."))
    with here.store.read() as connection:
        firms = profiles(connection, (one, other), here.clock.today())
    unit = actor().unit
    if len(firms) < 2:
        abort(404, description=_("One of the two firms is not on the register any more."))
    if unit is not None and any((firm.area or firm.district) != unit for firm in firms.values()):
        abort(403)
    with here.store.write(actor().id) as write:
        record_pair(write, one, other, verdict)
    flash(_("Your judgement on %(a)s and %(b)s is kept.", a=firms[one].name, b=firms[other].name), "good")
    if verdict == "same" and MERGE in current_app.view_functions:
        second: dict[str, Any] = {"with": other}
        return redirect(url_for(MERGE, uscc=one, **second))
    page = request.form.get("page", "1")
    return redirect(url_for("registry.duplicates", page=page if page.isdigit() else "1"))


@blueprint.get("/duplicates/list<suffix>")
@allow("filings.write")
def duplicates_file(suffix: str) -> Response:
    """All pairs as a table."""
    here = house()
    with here.store.read() as connection:
        found = pairs(here, connection, actor().unit, LISTED)
    header = [_("Credit code"), _("Name"), _("Place"), _("Registered address")] * 2
    named = [f"{name} {n}" for n, name in zip((1,) * 4 + (2,) * 4, header, strict=True)]
    return table_file(
        "duplicates", suffix, "duplicates", [*named, _("Likeness"), _("Why")], map(_line, found)
    )


def _line(pair: Pair) -> list[object]:
    label = house().places.label
    cells: list[object] = []
    for firm in (pair.a, pair.b):
        cells += [firm.uscc, firm.name, label(firm.area or firm.district, language()), firm.address]
    return [*cells, f"{pair.score:.2f}", "；".join(reason.in_language(language()) for reason in pair.reasons)]


def _verdict(text: str) -> Verdict:
    for verdict in VERDICTS:
        if verdict == text:
            return verdict
    abort(400, description=_("The form does not say whether the two are the same firm."))
