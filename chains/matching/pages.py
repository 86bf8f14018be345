"""供需对接: demands with who could meet them, a demand with its ranked firms, and words looked for at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chains.asking import network
from chains.blueprint import chains_blueprint
from chains.matching import certificates, names
from chains.matching.answers import answer, answers, counted
from chains.matching.demands import Sought, demand, demands
from chains.matching.proposals import fresh
from chains.matching.ranking import search, search_all
from chains.matching.wanted import Wanted
from chains.matching.weights import weights
from chains.permissions import READ, WRITE
from registry import words
from registry.house import House
from registry.naming.codes import read_code
from registry.pages.asked import page_number
from registry.pages.blueprint import table_file
from registry.said import SaidError
from registry.scope import managed
from registry.shell import tables
from registry.shell.access import actor, allow
from registry.shell.formats import as_filter
from registry.shell.languages import language
from registry.shell.serving import house
from registry.subjects import existing

blueprint = chains_blueprint()
blueprint.add_app_template_filter(as_filter(names.feature_name), "feature_name")
blueprint.add_app_template_filter(as_filter(names.condition_name), "condition_name")
STATES = ("open", "closed", "all")
SHOWN = 20
EXPORTED = 200
LONGEST = 500


@blueprint.get("/matching")
@allow(READ)
def matching() -> str:
    """Demands with the best match of each; open ones first asked for."""
    here = house()
    found = _narrowed(here)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(found) // size)))
    shown = found[(page - 1) * size : page * size]
    return render_template(
        "chains/matching.html",
        rows=list(zip(shown, search_all(here, [one.wanted for one in shown], 1), strict=True)),
        told=counted(here, [one.id for one in shown]),
        fresh=fresh(here, [one.id for one in shown]),
        paging=tables.numbered(page, size, len(found)),
        state=_state(),
        text=request.args.get("q", "").strip(),
        chain=request.args.get("chain", ""),
        chains=[(one, one) for one in sorted({one.chain for one in demands(here) if one.chain})],
        today=here.clock.today(),
        weak=weights()["weak"],
    )


@blueprint.get("/matching/export<suffix>")
@allow(READ)
def export_matching(suffix: str) -> Response:
    here, today = house(), house().clock.today()
    found = _narrowed(here)
    best = search_all(here, [one.wanted for one in found], 1)
    header = [_("Demand"), _("Demand title"), _("Buyer"), _("Chain"), _("Amount (yuan)"), _("Due on"), _("State"),
              _("Firms that fit"), _("Best match"), _("Credit code"), _("Score")]  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for one, match in zip(found, best, strict=True):
            first = match.ranked[0] if match.ranked else None
            yield [one.id, one.title or None, one.buyer_name or one.buyer, one.chain, one.amount,
                   one.due_on and one.due_on.isoformat(), _("open") if one.open_on(today) else _("closed"), match.number,
                   first and first.name, first and first.uscc, first and first.score]  # fmt: skip

    return table_file(f"demands-{today}", suffix, _("Demands"), header, rows())


@blueprint.get("/matching/demands/<id>")
@allow(READ)
def matching_demand(id: str) -> str:
    """A demand with its ranked firms, who just misses, and what was answered."""
    here = house()
    known, told = _demand(here, id), answers(here, id)
    with here.store.read() as connection:
        named = {uscc: firm.name for uscc, firm in managed(connection, told, here.clock.today()).items()}
    return render_template(
        "chains/demand.html",
        named=named,
        demand=known,
        on_record=known.chain in network(here).chains,
        found=search(here, known.wanted, SHOWN),
        told=told,
        fresh=fresh(here, [id]).get(id, frozenset()),
        shown=SHOWN,
        weak=weights()["weak"],
        open=known.open_on(here.clock.today()),
    )


@blueprint.get("/matching/demands/<id>/export<suffix>")
@allow(READ)
def export_matching_demand(id: str, suffix: str) -> Response:
    here = house()
    known = _demand(here, id)
    return _firms_file(here, f"matches-{known.id}", known.title or known.id, suffix, known.wanted)


@blueprint.post("/matching/demands/<id>/answer")
@allow(WRITE)
def answer_match(id: str) -> Response:
    """Put on record what is said to a firm: shortlisted, declined with a reason, accepted."""
    here = house()
    _demand(here, id)
    uscc = read_code(request.form.get("uscc", "")).code or ""
    said, reason = request.form.get("answer", ""), request.form.get("reason", "").strip()[:LONGEST]
    with here.store.read() as connection:
        if uscc not in existing(connection, [uscc]):
            abort(400, description=_("An answer names a firm of the register by its credit code."))
    if said not in words.vocabulary("match_answer"):
        abort(400, description=_("Choose one of the answers: shortlisted, declined, accepted."))
    if said == "declined" and not reason:
        flash(
            _("Say why the firm is declined: the pair does not come back until there is something new."),
            "bad",
        )
        return redirect(url_for("chains.matching_demand", id=id, _anchor=f"firm-{uscc}"))
    try:
        answer(here, id, uscc, said, reason, actor().id, actor().unit)
    except SaidError as error:
        flash(error.in_language(language()), "bad")
    else:
        flash(_("On record: %(answer)s.", answer=names.answer_name(said)), "good")
    return redirect(url_for("chains.matching_demand", id=id))


@blueprint.get("/matching/ask")
@allow(READ)
def matching_ask() -> str:
    """Firms for a text, without putting anything on record."""
    here, wanted = house(), _asked()
    return render_template(
        "chains/matching_ask.html",
        wanted=wanted,
        found=search(here, wanted, SHOWN) if wanted.phrases else None,
        shown=SHOWN,
        weak=weights()["weak"],
        tiers=_tiers(),
        units=_units(here),
    )


@blueprint.get("/matching/ask/export<suffix>")
@allow(READ)
def export_matching_ask(suffix: str) -> Response:
    wanted = _asked()
    if not wanted.phrases:
        abort(400, description=_("Say what is looked for, such as 高强度螺栓."))
    return _firms_file(house(), "matches", _("Matches"), suffix, wanted)


def _firms_file(here: House, name: str, title: str, suffix: str, wanted: Wanted) -> Response:
    """Ranked firms and those that just miss, a line each, with what speaks for them."""
    found = search(here, wanted, EXPORTED)
    header = [_("Credit code"), _("Name"), _("Score"), _("Because"), _("What it misses")]
    rows = (
        [one.uscc, one.name, one.score, "；".join(r.in_language(language()) for r in one.reasons),
         "；".join(m.in_language(language()) for m in one.misses) or None]
        for one in (*found.ranked, *found.near)
    )  # fmt: skip
    return table_file(name, suffix, title.replace("/", "-")[:31], header, rows)


def _demand(here: House, id: str) -> Sought:
    known = demand(here, id)
    if known is None:
        abort(404, description=_("There is no demand %(id)s.", id=id))
    return known


def _state() -> str:
    state = request.args.get("state", "open")
    return state if state in STATES else "open"


def _narrowed(here: House) -> list[Sought]:
    """Demands as the address narrows them, the next due first."""
    today, state = here.clock.today(), _state()
    text, chain = request.args.get("q", "").strip().casefold(), request.args.get("chain", "")
    found = [
        one
        for one in demands(here)
        if (state == "all" or one.open_on(today) == (state == "open"))
        and (not chain or one.chain == chain)
        and (
            not text
            or any(text in said.casefold() for said in (one.id, one.title, one.detail, one.buyer_name or ""))
        )
    ]
    return sorted(found, key=lambda one: (one.due_on is None, one.due_on or today, one.id))


def _asked() -> Wanted:
    here = house()
    return Wanted(
        request.args.get("text", "").strip()[:LONGEST],
        tiers=tuple(id for id in request.args.getlist("tier") if id in words.vocabulary("tier")),
        districts=tuple(id for id in request.args.getlist("place") if id in here.places.names),
        certificates=certificates.several(request.args.get("certificates", ""))[:10],
    )


def _tiers() -> list[tuple[str, str]]:
    return [(id, words.label("tier", id, language())) for id in words.vocabulary("tier")]


def _units(here: House) -> list[tuple[str, str]]:
    return [(id, here.places.label(id, language())) for id in here.places.names]
