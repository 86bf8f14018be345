"""名单入库, its third step: what would be filed, what is odd about it, and one button that files it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from registry.desk import confirm, kept, reading, review
from registry.desk.drafts import Found
from registry.desk.kept import Kept
from registry.desk.review import Line
from registry.filing import FATES, Listed, Outcome
from registry.filings import filed_before
from registry.house import House
from registry.importing import problem
from registry.intake.headers import HeaderError
from registry.kind import Kind, Record
from registry.pages.blueprint import blueprint
from registry.pages.desk import draft_or_404
from registry.refusals import RefusedError
from registry.room import Announced
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.store.merges import merges_at

SHOWN_PROBLEMS = 100
SHOWN_TWICE = 20
#: What the desk decided itself is counted above; the table of problems holds what the checks found besides.
KNOWN = {"ambiguous_name", "unknown_firm", "left_out", "other_unit"}


@blueprint.get("/intake/<int:id>/confirm")
@allow("filings.write")
def confirm_draft(id: int) -> str | Response:
    found, read = draft_or_404(id)
    if not found.how.matched:
        return redirect(url_for("registry.draft_list", id=id), code=303)
    return _confirm_page(found, read)


def _confirm_page(found: Found, read: Kept) -> str:
    here = house()
    kind = here.kinds.by_id[found.kind]
    lines, counts = _lines(here, found)
    outcome: Outcome | None = None
    trouble, foreign = "", confirm.foreign_firms(here, lines, actor().unit)
    try:
        ready = _ready(found, read, kind, lines, foreign)
        outcome = confirm.rehearse(here, ready, lines, actor().id, actor().unit)
    except (HeaderError, RefusedError) as error:
        trouble = error.in_language(language())
    with here.store.read() as connection:
        before = filed_before(connection, kind.id, found.sha256, reading.grid_of(read, found.how).name)
        twice = review.twice(lines, merges_at(connection))
        firms = review.firms(connection, twice, here.clock.today())
    return render_template(
        "registry/desk_confirm.html",
        draft=found,
        kind=kind,
        counts=counts,
        trouble=trouble,
        document=_summary(outcome) if outcome else None,
        fates=FATES,
        before=before,
        foreign=sum(line.uscc in foreign for line in lines if line.uscc),
        twice=[(firms.get(code), rows) for code, rows in list(twice.items())[:SHOWN_TWICE]],
        same=list(review.same_names(lines).items())[:SHOWN_TWICE],
        panels=announced_panels(here, _announced(here, found, read, kind, lines)) if not trouble else [],
        sets=[(kind.by_id[id], text) for id, text in found.how.sets.items() if id in kind.by_id],
    )


def _lines(here: House, found: Found) -> tuple[list[Line], review.Counts]:
    with here.store.read() as connection:
        return review.every(connection, found.id), review.counts(connection, found.id)


def _ready(found: Found, read: Kept, kind: Kind, lines: Sequence[Line], foreign: Mapping[str, str]) -> Listed:
    parsed = reading.read(kind, read, found.how, whole=True)
    options = {"set": dict(found.how.sets), "draft": found.id}
    return confirm.listed(kind, parsed, lines, found.file, found.sha256, options, foreign)


def _announced(here: House, found: Found, read: Kept, kind: Kind, lines: Sequence[Line]) -> Announced:
    """The list as the rooms' panels see it: which firm each row stands for, and what it says."""
    parsed = reading.read(kind, read, found.how)
    today = here.clock.today().isoformat()
    decided = {line.row: line.uscc for line in lines if line.decision in confirm.TAKEN}
    rows = []
    for row in parsed.rows:
        if kind.check:
            kind.check(row, today)
        rows.append((decided.get(row.number) or "", row.values))
    return Announced(kind.id, rows)


def announced_panels(here: House, listed: Announced) -> list[tuple[Any, Mapping[str, Any]]]:
    """What the rooms say about a list: (panel, its variables), in their order."""
    panels = sorted((p for room in here.rooms for p in room.announced), key=lambda p: (p.order, p.id))
    loaded = ((panel, panel.load(here, listed)) for panel in panels)
    return [(panel, shown) for panel, shown in loaded if shown is not None]


def _summary(outcome: Outcome) -> Record:
    stops = [(number, note) for number, note in outcome.problems if note.fate != "note"]
    notes = [(number, note) for number, note in outcome.problems if note.fate == "note"]
    fresh = [said for said in (*stops, *notes) if said[1].code not in KNOWN]
    by_code = Counter((note.code, note.fate) for _number, note in fresh)
    return {
        **{fate: outcome.fates[fate] for fate in FATES},
        "rows": outcome.rows,
        "codes": [(code, fate, n) for (code, fate), n in by_code.items()],
        "problems": [problem(number, note, language()) for number, note in fresh[:SHOWN_PROBLEMS]],
        "all": len(fresh),
    }


@blueprint.post("/intake/<int:id>/confirm")
@allow("filings.write")
def file_draft(id: int) -> str | Response:
    """One filing with everything that was decided; the list leaves the desk."""
    here = house()
    found, read = draft_or_404(id)
    if request.form.get("revision") != str(found.revision):
        flash(
            _("The list was changed since this page was shown. Look at it once more, then file it."), "warn"
        )
        return redirect(url_for("registry.confirm_draft", id=id), code=303)
    kind = here.kinds.by_id[found.kind]
    lines, _counts = _lines(here, found)
    try:
        foreign = confirm.foreign_firms(here, lines, actor().unit)
        ready = _ready(found, read, kind, lines, foreign)
        outcome = confirm.file(here, found, ready, lines, actor().id, actor().unit)
    except (HeaderError, RefusedError) as error:
        flash(error.in_language(language()), "bad")
        return redirect(url_for("registry.confirm_draft", id=id), code=303)
    kept.forget(here.settings.var, found.token)
    taken = outcome.fates["accepted"] + outcome.fates["unchanged"]
    flash(ngettext("%(num)s row is on record.", "%(num)s rows are on record.", taken), "good")
    return redirect(url_for("registry.filing", id=outcome.filing, part="firms"), code=303)
