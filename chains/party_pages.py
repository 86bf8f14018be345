"""外部主体: parties of links that are not on the register, the firms that they may be, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from chains.blueprint import chains_blueprint
from chains.ends import OUTSIDE
from chains.joining import Verdict, judge_party
from chains.outside import NAME, STATES, Party, called, of_state, outside_parties
from chains.permissions import READ, WRITE
from registry import judgements
from registry.house import House
from registry.matching import Candidate, Given, match, telling
from registry.pages.asked import page_number
from registry.pages.blueprint import table_file
from registry.queries import firms_named
from registry.said import SaidError
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house

blueprint = chains_blueprint()
PER_PAGE = 20
#: Firms offered for a party.
OFFERED = 3


@blueprint.get("/chains/parties")
@allow(READ)
def parties() -> str:
    """The list, of one state and by name; each party that is no firm yet with the firms that it may be."""
    here = house()
    state, text = _asked()
    with here.store.read() as connection:
        found = outside_parties(connection)
        listed = called(of_state(found, state), text) if text else of_state(found, state)
        page = min(page_number(), max(1, -(-len(listed) // PER_PAGE)))
        shown = listed[(page - 1) * PER_PAGE : page * PER_PAGE]
        offers = candidates(here, connection, shown)
        firms = firms_named(connection, [one.firm for one in shown if one.firm], here.clock.today())
    return render_template(
        "chains/parties.html",
        rows=shown,
        numbered={one.node: at for at, one in enumerate(shown, start=1)},
        offers=offers,
        telling=telling,
        firms=firms,
        state=state,
        text=text,
        parts=[
            (
                one or "all",
                name,
                url_for("chains.parties", state=one or None, q=text or None),
                len(of_state(found, one)),
            )
            for one, name in state_names().items()
        ],
        paging=tables.numbered(page, PER_PAGE, len(listed)),
    )


def _asked() -> tuple[str, str]:
    state = request.args.get("state", "").strip()
    if state and state not in STATES:
        abort(404)
    return state, request.args.get("q", "").strip()[:100]


def state_names() -> dict[str, str]:
    return {
        "": _("All"),
        "open": _("not on the register"),
        "doubtful": _("fits several firms"),
        "joined": _("is a firm of the register"),
    }


def candidates(here: House, connection: Connection, some: Sequence[Party]) -> dict[str, Sequence[Candidate]]:
    """Party → the firms that it may be, best first: of those that are no firm yet and go by a name."""
    asked = [one for one in some if one.firm is None and one.written == NAME]
    given = [Given(at, one.names[0]) for at, one in enumerate(asked)]
    found = match(here, connection, given, here.clock.today().isoformat()) if given else []
    denied = _denied(connection, asked)
    return {
        one.node: [_alone(offer) for offer in each.candidates if (one.node, offer.uscc) not in denied][
            :OFFERED
        ]
        for one, each in zip(asked, found, strict=True)
    }


def _denied(connection: Connection, parties: Sequence[Party]) -> set[tuple[str, str]]:
    """(party, firm) of which somebody said that they are not the same, as long as nothing new is known of the firm."""
    keys = {one.node.removeprefix(OUTSIDE): one.node for one in parties}
    return {
        (keys[key], each.uscc)
        for key, said in judgements.known(connection, keys).items()
        for each in said
        if each.verdict == "different" and each.stands
    }


def _alone(offer: Candidate) -> Candidate:
    """What is said of other rows of a list means nothing here: parties are no list."""
    return replace(offer, reasons=tuple(reason for reason in offer.reasons if reason.feature != "same_list"))


@blueprint.get("/chains/parties/export<suffix>")
@allow(READ)
def export_parties(suffix: str) -> Response:
    state, text = _asked()
    here = house()
    with here.store.read() as connection:
        listed = of_state(outside_parties(connection), state)
    names = state_names()
    header = [_("Name"), _("Other names"), _("As supplier"), _("As buyer"), _("Outcomes"), _("Demands"), _("State"),
              _("Credit code"), _("Known by")]  # fmt: skip
    rows = (
        [one.names[0], "；".join(one.names[1:]) or None, one.supplies, one.buys, one.outcomes, one.demands, names[one.state],
         one.firm, one.by and known_by(one.by)]
        for one in (called(listed, text) if text else listed)
    )  # fmt: skip
    return table_file("outside-parties", suffix, _("Outside parties"), header, rows)


def known_by(how: str) -> str:
    """How it is known that a party is a firm: in words, or who said so."""
    said: dict[str, str] = {"code": _("credit code"), "stock_code": _("stock code"), "name": _("name")}
    return said.get(how, how)


@blueprint.post("/chains/parties")
@allow(WRITE)
def judge() -> Response:
    """One party and one firm: the same, or not."""
    node, code = request.form.get("node", ""), request.form.get("uscc", "").strip()
    answer = request.form.get("answer", "")
    if answer not in ("same", "different"):
        abort(400, description=_("The form says nothing about what to do with the party."))
    verdict: Verdict = "same" if answer == "same" else "different"
    try:
        firm = judge_party(house(), node, code, verdict, actor().id)
    except SaidError as error:
        flash(error.in_language(language()), "bad")
    else:
        name = node.removeprefix(OUTSIDE)
        if verdict == "same":
            flash(_("%(name)s is %(code)s from now on; its links follow.", name=name, code=firm), "good")
        else:
            flash(
                _("%(name)s is not %(code)s; the pair is not proposed again.", name=name, code=firm), "good"
            )
    kept: dict[str, Any] = {k: v for k in ("state", "q", "page") if (v := request.form.get(k, ""))}
    return redirect(url_for("chains.parties", **kept), code=303)


blueprint.add_app_template_filter(known_by, "known_by")
