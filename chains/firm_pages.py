"""A firm or outside party in the graph: who supplies it how deep, whom it supplies, and who stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from chains import export
from chains.asking import network
from chains.blueprint import chains_blueprint
from chains.facts import titles_of
from chains.layout import around
from chains.members import ROLES
from chains.neighbourhood import FARTHEST, neighbours
from chains.network import Network
from chains.nodes import Nodes, link_records, ratio, said
from chains.permissions import READ
from chains.pictures import mark_of, picture
from chains.supplier_rows import supplier_rows
from chains.suppliers import Supplied, supplied
from registry.kind import Record
from registry.naming.normal import normal_form
from registry.pages.asked import Asked, asked, page_number
from registry.pages.blueprint import table_file
from registry.shell import tables
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house
from registry.subjects import ENTERPRISE
from registry.waiting import FILING
from tiers.asking import view

blueprint = chains_blueprint()
#: How deep the list of suppliers goes, as the address says it; None: to the end.
DEPTHS: Mapping[str, int | None] = {"1": 1, "2": 2, "3": 3, "all": None}
#: Of a neighbourhood that is no larger than this two steps are shown at first.
FEW = 60


@blueprint.get("/chains/firms/<path:node>")
@allow(READ)
def firm(node: str) -> str | Response:
    """Suppliers by depth with their titles, local share, concentration, who came and left; customers; what sources say
    differently."""
    here, question = house(), asked(house())
    net = network(here, question.day, question.known_at)
    carried: dict[str, Any] = dict(question.arguments)
    if node in net.leads:
        return redirect(url_for("chains.firm", node=net.leads[node], **carried))
    depth = _depth()
    found = supplied(here, node, DEPTHS[depth], question.day, question.known_at, net)
    if found is None:
        return render_template(
            "chains/unlinked.html", asked=question, uscc=node, title=_name_of(node, question)
        )
    nodes = Nodes(net)
    fitting = _fitting(found, nodes)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(fitting) // size)))
    turnover = found.turnover
    where, wanted = request.args.get("where", ""), request.args.get("q", "").strip()
    shown = fitting.iloc[(page - 1) * size : page * size]
    return render_template(
        "chains/firm.html",
        asked=question,
        seen=found,
        who=nodes[found.number],
        nodes=nodes,
        place_mark=mark_of(nodes[found.number]),
        roles=_roles(net, nodes[found.number]["uscc"]),
        names=net.names.get(node, ())[1:],
        several=net.several.get(node, ()),
        parts=_parts(node, question),
        # The list turned to again reads the same until the network is another.
        rows=net.once(
            (supplier_rows, found.number, depth, where, wanted, page, *carried.items(), language()),
            lambda: supplier_rows(found, nodes, shown, carried),
        ),
        total=len(fitting),
        suppliers=found.suppliers,
        paging=tables.numbered(page, size, len(fitting)),
        depth=depth,
        where=where,
        wanted=wanted,
        customers=_customers(found, nodes),
        conflicts=_conflicts(found, nodes),
        newcomers=[nodes[number] for number in turnover.newcomers],
        leavers=[nodes[number] for number in turnover.leavers],
        former=[(nodes[number], spells) for number, spells in turnover.former],
        ratio=ratio,
    )


@blueprint.get("/chains/firms/<path:node>/suppliers<suffix>")
@allow(READ)
def export_suppliers(node: str, suffix: str) -> Response:
    """The suppliers of a firm, as deep and as narrowed as on its page."""
    question = asked(house())
    found = supplied(house(), node, DEPTHS[_depth()], question.day, question.known_at)
    if found is None:
        abort(404)
    rows = export.supplier_rows(found, _fitting(found, Nodes(found.network)))
    return table_file(
        f"suppliers-{question.day.isoformat()}", suffix, _("Suppliers"), export.supplier_header(), rows
    )


@blueprint.get("/chains/firms/<path:node>/around")
@allow(READ)
def surroundings(node: str) -> str:
    """Everybody within some steps of a firm, as a picture and as a table."""
    here, question = house(), asked(house())
    net = network(here, question.day, question.known_at)
    if node not in net.number:
        abort(404, description=_("Nothing is on record that links this firm to others."))
    number, nodes = net.number[node], Nodes(net)
    typed = request.args.get("steps", "")
    if typed in map(str, range(1, FARTHEST + 1)):
        near = neighbours(net, number, int(typed))
        steps = int(typed)
    else:
        near, steps = neighbours(net, number, 2), 2
        if len(near) > FEW:
            near, steps = neighbours(net, number, 1), 1
    where = {one.number: one.step for one in near}
    inside = net.links[net.links["supplier"].isin(where) & net.links["buyer"].isin(where)]
    pairs = list(inside[["supplier", "buyer"]].drop_duplicates().itertuples(index=False, name=None))
    layout = around(where, _kinds(net), pairs)
    carried: dict[str, Any] = dict(question.arguments)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(near) // size)))
    rows = [{**nodes[one.number], "step": one.step, "mark": mark_of(nodes[one.number])} for one in near]
    shown = rows[(page - 1) * size : page * size]
    with view(here, question.known_at) as held:
        titles = titles_of(held, [one["uscc"] for one in shown if one["uscc"]], question.day)
    return render_template(
        "chains/around.html",
        asked=question,
        who=nodes[number],
        place_mark=mark_of(nodes[number]),
        parts=_parts(node, question),
        steps=steps,
        farthest=FARTHEST,
        layout=layout,
        picture=picture(
            layout,
            nodes,
            lambda lane: f"{step_words(int(lane.id))} · {lane.firms}",
            lambda _lane: url_for("chains.surroundings", node=node, steps=steps, **carried) + "#list",
            carried,
            _("firm without a role"),
        ),
        rows=shown,
        titles=titles,
        total=len(rows),
        paging=tables.numbered(page, size, len(rows)),
        step_words=step_words,
    )


def _kinds(net: Network) -> dict[int, str]:
    """Number → the weightiest role in any chain."""
    held = [role for chain in net.chains.values() for role in chain.roles if role.role in ROLES]
    held.sort(key=lambda role: ROLES.index(role.role), reverse=True)
    return {net.number[role.uscc]: role.role for role in held}


def step_words(step: int) -> str:
    """Where a neighbour stands, seen from the firm."""
    if step == 0:
        return str(_("the firm itself"))
    return str(_("%(n)s upstream", n=-step) if step < 0 else _("%(n)s downstream", n=step))


def _depth() -> str:
    depth = request.args.get("depth", "1")
    return depth if depth in DEPTHS else "1"


def _parts(node: str, question: Asked) -> list[tuple[str, str, str]]:
    carried: dict[str, Any] = dict(question.arguments)
    return [
        ("suppliers", _("Suppliers and customers"), url_for("chains.firm", node=node, **carried)),
        ("around", _("Neighbourhood"), url_for("chains.surroundings", node=node, **carried)),
    ]


def _name_of(node: str, question: Asked) -> str:
    """The name of a firm that stands on the register and nowhere in the graph; 404 for who is on neither."""
    e = ENTERPRISE.c
    with view(house(), question.known_at) as held:
        name = held.execute(
            select(e.name).where(e.uscc == node).order_by(e.from_day.desc()).limit(1)
        ).scalar()
    if name is None:
        abort(404, description=_("There is no firm or party %(node)s on record.", node=node.lstrip("~")))
    return str(name)


def _fitting(found: Supplied, nodes: Nodes) -> pd.DataFrame:
    """The links to suppliers that the list is narrowed to."""
    links = found.found
    where, wanted = request.args.get("where", ""), normal_form(request.args.get("q", "").strip())
    whose: dict[int, Record] = {at: nodes[at] for at in links["supplier"].unique()} if where or wanted else {}
    if where:
        there = {at for at, who in whose.items() if where == (mark_of(who) or "home")}
        links = links[links["supplier"].isin(there)]
    if wanted:
        named = {
            at for at, who in whose.items() if wanted in normal_form(who["name"]) or wanted == who["uscc"]
        }
        made = [wanted in normal_form(product) for product in links["product"]]
        links = links[links["supplier"].isin(named) | np.array(made, dtype=bool)]
    return links


def _roles(net: Network, uscc: str | None) -> list[Record]:
    """The firm's parts in chains on the day, the weightiest first."""
    found = [role for chain in net.chains.values() for role in chain.roles if role.uscc == uscc]
    found.sort(key=lambda role: (ROLES.index(role.role) if role.role in ROLES else len(ROLES), role.chain))
    return [{"chain": role.chain, "role": role.role, "from": role.since, "to": role.until, "filing": role.filing,
             "row": role.row} for role in found]  # fmt: skip


def _customers(found: Supplied, nodes: Nodes) -> list[Record]:
    return [
        link | {"buyer": nodes[link["buyer"]], "mark": mark_of(nodes[link["buyer"]])}
        for link in link_records(found.customers)
    ]


def _conflicts(found: Supplied, nodes: Nodes) -> list[Record]:
    """Links of the firm about which filings differ: each with what is said, by which file, and what is taken."""
    net = found.network
    told: list[Record] = []
    for link in link_records(found.disputed):
        who = {"supplier": nodes[link["supplier"]], "buyer": nodes[link["buyer"]], "product": link["product"]}
        held = net.conflicts.get(link["key"], ())
        told += [who | {"field": one.field, "said": one.said} for one in held]
        if not held:
            told.append(who | {"field": "share_of_buyer_spend", "said": _overlapping(net, link)})
    files = _files({filing for one in told for _value, filing, _row in one["said"]})
    for one in told:
        one["said"] = [(value, filing, row, files.get(filing, "")) for value, filing, row in one["said"]]
    return told


def _overlapping(net: Network, link: Record) -> list[tuple[Any, int, int]]:
    """What filings with other terms say about the same relation on the same day, the one taken last."""
    past, on = net.past, net.day.isoformat()
    same = past[
        (past["supplier"] == link["supplier"])
        & (past["buyer"] == link["buyer"])
        & (past["product"] == (link["product"] or ""))
        & ~(past["since"] > on)
        & ~(past["until"] < on)
    ]
    told = same.sort_values(["filing", "row"])[["share", "filing", "row"]]
    return [
        (ratio(said(share)), int(filing), int(row))
        for share, filing, row in told.itertuples(index=False, name=None)
    ]


def _files(filings: set[int]) -> dict[int, str]:
    if not filings:
        return {}
    with house().store.read() as connection:
        rows = connection.execute(select(FILING.c.id, FILING.c.file).where(FILING.c.id.in_(sorted(filings))))
        return {row.id: row.file for row in rows}
