"""携手行动 and 成效: what leaders opened, how far firms came with whom, and the forms that put both on record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chains.blueprint import chains_blueprint
from chains.events import acting
from chains.events.figures import CONTRACT, STAGES, Step, deals, funnel, furthest
from chains.events.record_form import record_form
from chains.events.results import Action, Results, results
from chains.permissions import READ, WRITE
from registry import words
from registry.pages.blueprint import table_file
from registry.said import SaidError
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house

blueprint = chains_blueprint()
ACTION_FORM = ("uscc", "resource", "title", "chain", "detail", "opened_on", "closed_on")
OUTCOME_FORM = (
    "supplier",
    "buyer",
    "product",
    "stage",
    "stage_on",
    "amount",
    "demand",
    "event",
    "action",
    "document",
)
REACHED = ("intent", CONTRACT)
MOST = 500


def _results() -> Results:
    with house().store.read() as connection:
        return results(connection, house().clock.today())


@blueprint.get("/actions")
@allow(READ)
def actions() -> str:
    """What leaders opened, and what came of all of it."""
    found, today = _results(), house().clock.today()
    resource, chain = request.args.get("resource", ""), request.args.get("chain", "")
    shown = _wanted(found)
    of_actions = [step for one in shown for step in found.of_action.get(one.id, ())]
    return render_template(
        "chains/actions.html",
        found=found,
        actions=shown,
        last={one.id: list(furthest(found.of_action.get(one.id, ())).values()) for one in shown},
        funnel=funnel(of_actions),
        resource=resource,
        chain=chain,
        resources=[
            (id, words.label("opened_resource", id, language())) for id in words.vocabulary("opened_resource")
        ],
        chain_options=_named({one.chain for one in found.actions if one.chain}),
        today=today,
    )


def _wanted(found: Results) -> list[Action]:
    """The actions of the resource and the chain that the address names."""
    resource, chain = request.args.get("resource", ""), request.args.get("chain", "")
    return [one for one in found.actions if resource in ("", one.resource) and chain in ("", one.chain)]


@blueprint.get("/actions/export<suffix>")
@allow(READ)
def export_actions(suffix: str) -> Response:
    """Actions with what came of them, narrowed as on the page, amounts in plain yuan."""
    found = _results()
    header = [_("Credit code"), _("Firm"), _("Opened"), _("Title"), _("Chain"), _("Opened on"), _("Ended on"), _("Firms"),
              _("Intents"), _("Contracts"), _("Contracts (yuan)")]  # fmt: skip
    return table_file(
        "actions",
        suffix,
        _("Integration actions"),
        header,
        [_action_row(found, one) for one in _wanted(found)],
    )


def _action_row(found: Results, one: Action) -> list[Any]:
    last = list(furthest(found.of_action.get(one.id, ())).values())
    signed = deals([step for step in last if step.stage == CONTRACT])
    resource = words.label("opened_resource", one.resource, language())
    return [one.firm, found.name(one.firm), resource, one.title, one.chain, one.opened_on, one.closed_on,
            len(_others(one, last)), len(last) - signed.number, signed.number, signed.amount]  # fmt: skip


def _others(one: Action, steps: Sequence[Step]) -> set[str]:
    return {node for step in steps for node in (step.buyer, step.supplier)} - {one.firm}


@blueprint.get("/actions/new")
@allow(WRITE)
def new_action() -> str:
    return _action_form({name: request.args.get(name, "") for name in ACTION_FORM})


@blueprint.post("/actions/new")
@allow(WRITE)
def create_action() -> str | Response:
    typed = _sent(ACTION_FORM)
    try:
        acting.open_action(house(), {k: v for k, v in typed.items() if v}, actor().id)
    except SaidError as error:
        return _action_form(typed, error)
    flash(_("The action is on record."), "good")
    return redirect(url_for("chains.actions"), code=303)


def _action_form(typed: Mapping[str, str], error: SaidError | None = None) -> str:
    return record_form(
        "actions", ACTION_FORM, typed, error, _("New action"), url_for("chains.create_action"),
        (_("Integration actions"), url_for("chains.actions")), {}, needed=("uscc",),
    )  # fmt: skip


@blueprint.get("/actions/<id>")
@allow(READ)
def action(id: str) -> str:
    """One action: with whom, and how far they came."""
    found = _results()
    one = next((one for one in found.actions if one.id == id), None)
    if one is None:
        abort(
            404, description=_("There is no such action, or its record was changed; look for it in the list.")
        )
    steps = found.of_action.get(one.id, ())
    return render_template(
        "chains/action.html",
        found=found,
        action=one,
        steps=steps,
        funnel=funnel(steps),
        today=house().clock.today(),
    )


# Outcomes --------------------------------------------------------------------------------------------------


@blueprint.get("/outcomes")
@allow(READ)
def outcomes() -> str:
    """How far firms came, each relation once by its furthest stage; ``year``, ``chain``, ``reached`` and ``stage`` narrow."""
    found = _results()
    shown = _narrowed(found)
    return render_template(
        "chains/outcomes.html",
        found=found,
        steps=shown[:MOST],
        total=len(shown),
        funnel=funnel(shown),
        year=request.args.get("year", ""),
        chain=request.args.get("chain", ""),
        reached=request.args.get("reached", ""),
        narrowed={k: v for k, v in request.args.items() if k in ("year", "chain", "reached", "stage") and v},
        year_options=[
            (year, str(year)) for year in sorted({step.on.year for step in found.steps}, reverse=True)
        ],
        chain_options=_named({step.chain for step in found.steps if step.chain}),
    )


def _named(names: Collection[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(names)]


def _narrowed(found: Results) -> list[Step]:
    """As the figures count: of the steps of a year and chain each relation by its furthest."""
    year, chain, reached = (request.args.get(name, "") for name in ("year", "chain", "reached"))
    stage = request.args.get("stage", "")
    if (year and not year.isdigit()) or reached not in ("", *REACHED) or stage not in ("", *STAGES):
        abort(400)
    today = house().clock.today()
    steps = [
        step
        for step in found.steps
        if step.on <= today and year in ("", str(step.on.year)) and chain in ("", step.chain)
    ]
    return sorted(
        (
            step
            for step in furthest(steps).values()
            if reached in ("", CONTRACT if step.stage == CONTRACT else "intent") and stage in ("", step.stage)
        ),
        key=lambda step: (-date.toordinal(step.on), step.supplier, step.buyer, step.product),
    )


@blueprint.get("/outcomes/export<suffix>")
@allow(READ)
def export_outcomes(suffix: str) -> Response:
    found = _results()
    header = [_("Supplier"), _("Supplier's code"), _("Buyer"), _("Buyer's code"), _("Product"), _("Stage reached"), _("On"),
              _("Amount (yuan)"), _("Chain"), _("Event"), _("Action"), _("Document")]  # fmt: skip
    rows = [
        (found.name(s.supplier), _code(s.supplier), found.name(s.buyer), _code(s.buyer), s.product,
         words.label("outcome_stage", s.stage, language()), s.on, s.amount, s.chain, s.event, s.action,
         found.documents.get((s.filing, s.row)))
        for s in _narrowed(found)
    ]  # fmt: skip
    return table_file("outcomes", suffix, _("Outcomes"), header, rows)


def _code(node: str) -> str | None:
    return None if node.startswith("~") else node


@blueprint.get("/outcomes/new")
@allow(WRITE)
def new_outcome() -> str:
    return _outcome_form({name: request.args.get(name, "") for name in OUTCOME_FORM})


@blueprint.post("/outcomes/new")
@allow(WRITE)
def create_outcome() -> str | Response:
    typed = _sent(OUTCOME_FORM)
    try:
        acting.say_outcome(house(), {k: v for k, v in typed.items() if v}, actor().id)
    except SaidError as error:
        return _outcome_form(typed, error)
    flash(_("The outcome is on record."), "good")
    if typed["event"]:
        return redirect(url_for("chains.event", id=typed["event"], _anchor="outcomes"), code=303)
    return redirect(url_for("chains.outcomes"), code=303)


def _outcome_form(typed: Mapping[str, str], error: SaidError | None = None) -> str:
    titles = list(dict.fromkeys(one.title for one in _results().actions))
    chosen = typed.get("action", "")
    known = [(title, title) for title in dict.fromkeys([*titles, *([chosen] if chosen else [])])]
    return record_form(
        "outcomes", OUTCOME_FORM, typed, error, _("New outcome"), url_for("chains.create_outcome"),
        (_("Outcomes"), url_for("chains.outcomes")),
        {"supplier": _("credit code, stock code or name"), "buyer": _("credit code, stock code or name")},
        needed=("buyer",), options={"action": known} if known else {},
    )  # fmt: skip


def _sent(fields: Sequence[str]) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in fields}
