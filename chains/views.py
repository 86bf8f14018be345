"""产业链: all chains, and one of them as a map, as tables, and as files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chains import export
from chains.asking import network
from chains.blueprint import chains_blueprint
from chains.documents import Seen, chain_head, seen
from chains.kinds import chain_name
from chains.layout import LEADERS, UNKNOWN, Lane, layered
from chains.members import ROLES, SUPPLIER, Member
from chains.nodes import Nodes, link_records
from chains.permissions import READ
from chains.pictures import mark_of, picture, stage_name
from chains.tabs import chain_tabs
from registry import words
from registry.kind import Record
from registry.naming.normal import normal_form
from registry.pages.asked import Asked, asked, page_number
from registry.pages.blueprint import attachment, table_file
from registry.shell import tables
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house

blueprint = chains_blueprint()
#: Where members stand, as a filter: in the city, in another one, out of business, or not on the register.
MARKS = ("home", "away", "gone", "outside")
GRAPHML = "application/xml"


@blueprint.get("/chains")
@allow(READ)
def chains() -> str:
    """Every chain on record in a few numbers."""
    question = asked(house())
    net = network(house(), question.day, question.known_at)
    return render_template(
        "chains/chains.html", asked=question, chains=[chain_head(net, chain) for chain in net.chains.values()]
    )


@blueprint.get("/chains/export<suffix>")
@allow(READ)
def export_chains(suffix: str) -> Response:
    question = asked(house())
    net = network(house(), question.day, question.known_at)
    header = [_("Chain"), _("Leaders"), _("Firms"), _("of the city"), _("Links"), _("Stages"), _("Built"), _("Strong"),
              _("Missing"), _("Single sources"), _("of them essential")]  # fmt: skip
    rows = [
        [one["chain"], "；".join(leader["name"] for leader in one["leaders"]) or None, one["firms"], one["here"],
         one["links"], one["stages"], *(one["products"][state] for state in ("built", "strong", "missing")),
         one["single_sources"]["all"], one["single_sources"]["essential"]]
        for one in (chain_head(net, chain) for chain in net.chains.values())
    ]  # fmt: skip
    return table_file(f"chains-{question.day.isoformat()}", suffix, _("Chains"), header, rows)


@blueprint.get("/chains/<path:name>")
@allow(READ)
def chain(name: str) -> str:
    """The map of a chain, its stages, and its firms, narrowed and page by page."""
    here, question = house(), asked(house())
    found = _seen(name, question)
    nodes = Nodes(found.network)
    shown = [one for one in found.members if _fits(nodes, one)]
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(shown) // size)))
    rows = [_row(found, nodes, one) for one in shown[(page - 1) * size : page * size]]
    _with_relations(found, nodes, rows)
    layout = layered(found.chain, found.members, found.pairs)
    standing = Counter(one.stage for one in found.members)
    address = url_for("chains.chain", name=found.chain.name)
    carried: dict[str, Any] = dict(question.arguments)
    return render_template(
        "chains/chain.html",
        asked=question,
        seen=found,
        head=chain_head(found.network, found.chain),
        tabs=chain_tabs(found.chain.name, question),
        layout=layout,
        picture=picture(
            layout,
            nodes,
            lambda lane: f"{stage_name(lane.id)} · {lane.firms}",
            lambda lane: (
                f"{url_for('chains.chain', name=found.chain.name, stage=_argument(lane), **carried)}#list"
            ),
            carried,
            _("supplier"),
        ),
        stages=found.chain.stages,
        standing=standing,
        unplaced=standing[None],
        rows=rows,
        total=len(shown),
        paging=tables.numbered(page, size, len(shown)),
        narrowed=_narrowed(),
        places=sorted({place for one in found.members if (place := _place(nodes[one.number]))}),
        options=_options(found),
        address=address,
    )


@blueprint.get("/chains/<path:name>/links")
@allow(READ)
def links(name: str) -> str:
    """The links between the members of a chain, the largest shares first."""
    here, question = house(), asked(house())
    found = _seen(name, question)
    nodes = Nodes(found.network)
    wanted = request.args.get("q", "").strip()
    ordered = found.links.sort_values(
        ["share", "buyer", "supplier"], ascending=[False, True, True], na_position="last", kind="stable"
    )
    every = [
        link | {"supplier": nodes[link["supplier"]], "buyer": nodes[link["buyer"]]}
        for link in link_records(ordered)
    ]
    if wanted:
        key = normal_form(wanted)
        every = [
            link for link in every
            if any(key in normal_form(text or "") for text in (link["supplier"]["name"], link["buyer"]["name"], link["product"]))
        ]  # fmt: skip
    if request.args.get("conflict") == "yes":
        every = [link for link in every if link["conflict"]]
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(every) // size)))
    rows = every[(page - 1) * size : page * size]
    for row in rows:
        row["mark"] = mark_of(row["supplier"])
    return render_template(
        "chains/links.html",
        asked=question,
        chain=found.chain,
        tabs=chain_tabs(found.chain.name, question),
        rows=rows,
        total=len(every),
        paging=tables.numbered(page, size, len(every)),
        wanted=wanted,
        conflict=request.args.get("conflict") == "yes",
    )


@blueprint.get("/chains/<path:name>.graphml")
@allow(READ)
def graphml(name: str) -> Response:
    """The members of a chain and the links between them, for programs that read graphs."""
    question = asked(house())
    found = _seen(name, question)
    headers = {
        "Content-Disposition": f'attachment; filename="chain-{question.day.isoformat()}.graphml"',
        "Cache-Control": "no-store",
    }
    return Response(export.graphml(found), mimetype=GRAPHML, headers=headers)


@blueprint.get("/chains/<path:name>.xlsx")
@allow(READ)
def workbook(name: str) -> Response:
    """Stages, firms and links, a sheet each."""
    question = asked(house())
    content = export.chain_workbook(_seen(name, question), house().places)
    return attachment(content, f"chain-{question.day.isoformat()}", ".xlsx")


@blueprint.get("/chains/<path:name>/firms<suffix>")
@allow(READ)
def export_firms(name: str, suffix: str) -> Response:
    """The firms of a chain, narrowed as on its page."""
    question = asked(house())
    found = _seen(name, question)
    nodes = Nodes(found.network)
    fitting = {one.number for one in found.members if _fits(nodes, one)}
    rows = (
        row
        for one, row in zip(found.members, export.member_rows(found, house().places), strict=True)
        if one.number in fitting
    )
    return table_file(
        f"chain-firms-{question.day.isoformat()}", suffix, found.chain.name, export.member_header(), rows
    )


@blueprint.get("/chains/<path:name>/links<suffix>")
@allow(READ)
def export_links(name: str, suffix: str) -> Response:
    question = asked(house())
    found = _seen(name, question)
    return table_file(
        f"chain-links-{question.day.isoformat()}", suffix, found.chain.name, export.link_header(), export.link_rows(found)
    )  # fmt: skip


def _seen(name: str, question: Asked) -> Seen:
    found = seen(house(), chain_name(name), question.day, question.known_at)
    if found is None:
        abort(404, description=_("There is no chain called %(name)s on record.", name=name))
    return found


def _narrowed() -> dict[str, str]:
    return {part: request.args.get(part, "").strip() for part in ("stage", "part", "where", "place", "q")}


def _fits(nodes: Nodes, one: Member) -> bool:
    """Does a member fit what the list is narrowed to?"""
    wanted = _narrowed()
    who = nodes[one.number]
    if wanted["stage"] and wanted["stage"] != (one.stage or UNKNOWN):
        return False
    if wanted["part"] and wanted["part"] not in (one.roles or (SUPPLIER,)):
        return False
    if wanted["where"] and wanted["where"] != (mark_of(who) or "home"):
        return False
    if wanted["place"] and wanted["place"] != _place(who):
        return False
    if wanted["q"]:
        key = normal_form(wanted["q"])
        return key in normal_form(who["name"]) or key == who["uscc"]
    return True


def _place(who: Record) -> str | None:
    """The management unit of a firm of the city."""
    return (who["area"] or who["district"]) if who["here"] else None


def _argument(lane: Lane) -> str:
    return UNKNOWN if lane.id == LEADERS else lane.id


def _row(found: Seen, nodes: Nodes, one: Member) -> Record:
    who = nodes[one.number]
    return {
        **who, "number": one.number, "roles": one.roles, "stage": one.stage, "mark": mark_of(who),
        "titles": found.titles.get(who["uscc"] or "", ()),
    }  # fmt: skip


def _with_relations(found: Seen, nodes: Nodes, rows: Sequence[Record]) -> None:
    """Add to each row whom it supplies in the chain, with what, and how many supply it there."""
    supplies: dict[int, dict[int, list[str]]] = {row["number"]: {} for row in rows}
    supplied: Counter[int] = Counter()
    for a, b, product in found.links[["supplier", "buyer", "product"]].itertuples(index=False, name=None):
        if a in supplies:
            supplies[a].setdefault(b, []).extend([product] if product else [])
    for _a, b in found.pairs:
        supplied[b] += 1
    for row in rows:
        row["supplies"] = [(nodes[b], products) for b, products in supplies[row["number"]].items()]
        row["suppliers"] = supplied[row["number"]]


def _options(found: Seen) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to."""
    spoken = language()
    return {
        "stage": [(stage.name, stage.name) for stage in found.chain.stages] + [(UNKNOWN, _("stage unknown"))],
        "part": [*((role, words.label("role", role, spoken)) for role in ROLES), (SUPPLIER, _("supplier"))],
        "where": list(zip(MARKS, where_words(), strict=True)),
    }


def where_words() -> tuple[str, ...]:
    return _("in the city"), _("elsewhere"), _("out of business"), _("not on the register")
