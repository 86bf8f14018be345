"""Comparing two versions of a firm; the address says which two days and instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from registry.filings import filing_row
from registry.house import House
from registry.pages.asked import day_of, instant_of
from registry.pages.blueprint import blueprint
from registry.pages.own import own_name
from registry.shell.access import allow
from registry.shell.serving import house
from registry.store.clock import BEGINNING, instant_text
from registry.store.merges import merges_at
from registry.store.statements import STATEMENT
from registry.versions import compare, version

JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Side:
    """One side of the comparison: day, instant (None: now) and the instant as typed."""

    day: date
    known_at: datetime | None
    typed: str


@blueprint.get("/firms/<uscc>/versions")
@allow("register.read")
def versions(uscc: str) -> str | Response:
    """``day``, ``known``, ``day2``, ``known2``; ``before`` a filing: what was known just before it and just after."""
    name, here = own_name(uscc), house()
    if before := request.args.get("before", ""):
        return redirect(_around(here, uscc, before))
    left, right = _side(here, "day", "known"), _side(here, "day2", "known2")
    with here.store.read() as connection:
        found = compare(
            here,
            version(here, connection, uscc, left.day, left.known_at),
            version(here, connection, uscc, right.day, right.known_at),
        )
    every = request.args.get("all") == "yes"
    return render_template(
        "registry/versions.html",
        uscc=uscc,
        name=name,
        left=left,
        right=right,
        every=every,
        records=found if every else [one for one in found if one.mark != "same"],
        different=sum(one.mark != "same" for one in found),
        same=sum(one.mark == "same" for one in found),
        personal=frozenset(f.id for kind in here.kinds.of_firms for f in kind.fields if f.personal),
    )


def _side(here: House, day: str, known: str) -> Side:
    typed = request.args.get(known, "").strip()
    asked = day_of(request.args.get(day, "").strip())
    return Side(asked or here.clock.today(), instant_of(here, typed), typed)


def _around(here: House, uscc: str, filing: str) -> str:
    """The address of what a filing changed: known just before it and just after, on the latest day that it speaks of."""
    row, s = None, STATEMENT.c
    with here.store.read() as connection:
        if filing.isascii() and filing.isdigit() and len(filing) < 10:
            row = filing_row(connection, int(filing))
        if row is None:
            abort(404, description=_("There is no filing %(id)s.", id=filing))
        latest = connection.execute(
            select(func.max(s.valid_from)).where(
                s.filing_id == row.id, s.subject.in_(merges_at(connection).codes_of([uscc]))
            )
        ).scalar()
    day = max(here.clock.today(), latest or BEGINNING).isoformat()
    return url_for(
        "registry.versions",
        uscc=uscc,
        day=day,
        known=instant_text(row.recorded_at - JUST_BEFORE),
        day2=day,
        known2=row.id,
    )
