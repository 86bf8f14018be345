"""链上风险: what a chain hangs on, what it lacks, and what would happen if firms stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chains.blueprint import chains_blueprint
from chains.export import whereabouts
from chains.permissions import READ
from chains.resilience.whatif import what_if as stopping
from chains.risk_documents import (
    firms_of,
    gaps_document,
    link_of,
    link_record,
    party,
    risks_document,
    strong,
    what_if_document,
)
from chains.risks import SUBSTITUTES, Risks, risks
from chains.tabs import chain_tabs
from registry import words
from registry.kind import Record
from registry.pages.asked import Asked, asked, page_number
from registry.pages.blueprint import table_file
from registry.refusals import MisusedError
from registry.shell import tables
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house

blueprint = chains_blueprint()
#: Rows of the lists on the page of risks that go on in the file; firms that one can stop at once; bars of a what-if.
SHOWN, MOST, BARS = 20, 50, 10
#: Of so many single sources the file names who could step in.
FILED = 200
#: So many single sources are offered to be stopped.
OFFERED = 12
#: Of single sources and gaps so many stand on the page of risks at once, which opens with them.
FEW = 10


@blueprint.get("/chains/<path:name>/risks", endpoint="risks")
@allow(READ)
def risks_of(name: str) -> str:
    """First the links that hang on one firm and who could step in, and what is missing and who comes nearest; then whose stop
    reaches furthest, then the shape."""
    question = asked(house())
    found = _risks(name, question)
    sources = len(found.report.sources)
    page = min(page_number(), max(1, -(-sources // FEW)))
    first = (page - 1) * FEW
    document = risks_document(house(), found, FEW, language(), first)
    return render_template(
        "chains/risks.html",
        asked=question,
        name=found.chain.name,
        document=document,
        gaps=gaps_document(house(), found, 3, language())["gaps"],
        few=FEW,
        sources=document["single_sources"][first : first + FEW],
        paging=tables.numbered(page, FEW, sources),
        tabs=chain_tabs(found.chain.name, question),
        parts=parts(found.chain.name, question),
        shown=SHOWN,
    )


@blueprint.get("/chains/<path:name>/gaps", endpoint="gaps")
@allow(READ)
def gaps_of(name: str) -> str:
    question = asked(house())
    found = _risks(name, question)
    return render_template(
        "chains/gaps.html",
        asked=question,
        name=found.chain.name,
        document=gaps_document(house(), found, SUBSTITUTES, language()),
        staged=bool(found.chain.stages),
        tabs=chain_tabs(found.chain.name, question),
        parts=parts(found.chain.name, question),
    )


@blueprint.get("/chains/<path:name>/what-if")
@allow(READ)
def what_if(name: str) -> str:
    """Choose firms that stop; who is hit stands beneath, as bars and as a table."""
    here, question = house(), asked(house())
    found = _risks(name, question)
    part = found.report.part
    firms, links, unknown = _stopped(found)
    too_many = _too_many(firms, links)
    stopped = stopping(found.report.cascade, firms, links) if (firms or links) and not too_many else None
    document = what_if_document(here, found, firms, stopped, None, links) if stopped else None
    size = here.settings.web.page_rows
    hits = document["hits"] if document else []
    page = min(page_number(), max(1, -(-len(hits) // size)))
    chosen = [party(part, firm) for firm in firms]
    critical = [party(part, int(firm)) for firm in found.report.critical.firms]
    return render_template(
        "chains/what_if.html",
        asked=question,
        name=found.chain.name,
        document=document,
        chosen=chosen,
        offered=[one for one in critical if one not in chosen],
        links=[link_record(part, link) for link in links],
        links_offered=[
            link_record(part, one.link) for one in found.report.sources[:OFFERED] if one.link not in links
        ],
        unknown=unknown,
        bars_shown=hits[:BARS],
        rows=hits[(page - 1) * size : page * size],
        paging=tables.numbered(page, size, len(hits)),
        tabs=chain_tabs(found.chain.name, question),
        parts=parts(found.chain.name, question),
        most=MOST,
        too_many=too_many,
    )


def parts(name: str, question: Asked) -> list[tuple[str, str, str]]:
    """The pages about a chain's resilience."""
    kept: dict[str, Any] = dict(question.arguments)
    return [
        (id, label, url_for(endpoint, name=name, **kept))
        for id, label, endpoint in (
            ("risks", _("What it hangs on"), "chains.risks"),
            ("gaps", _("What it lacks"), "chains.gaps"),
            ("what-if", _("What if"), "chains.what_if"),
        )
    ]


def _risks(name: str, question: Asked) -> Risks:
    try:
        return risks(house(), name, question.day, question.known_at)
    except MisusedError as error:
        abort(404, description=error.in_language(language()))


def _stopped(found: Risks) -> tuple[list[int], list[int], list[str]]:
    """The firms and the links that the address says stop, and what of it fits none of the chain, or several."""
    part = found.report.part
    firms: dict[int, None] = {}
    unknown = []
    for typed in filter(None, (text.strip() for text in request.args.getlist("stop"))):
        fitting = firms_of(part, typed)
        if len(fitting) == 1:
            firms[fitting[0]] = None
        else:
            unknown.append(typed)
    links: dict[int, None] = {}
    for typed in filter(None, request.args.getlist("link")):
        link = link_of(part, typed)
        if link is None:
            unknown.append(typed)
        else:
            links[link] = None
    return list(firms), list(links), unknown


def _too_many(firms: Sequence[int], links: Sequence[int]) -> int:
    """How many firms or links are chosen where they are more than can be asked about at once; else 0."""
    chosen = max(len(firms), len(links))
    return chosen if chosen > MOST else 0


# Files ------------------------------------------------------------------------------------------------------


@blueprint.get("/chains/<path:name>/risks/<part>/export<suffix>")
@allow(READ)
def export_risks(name: str, part: str, suffix: str) -> Response:
    """A list of the page of risks as a file: sources, critical firms, concentration, holders (who holds the chain together)."""
    if part not in FILES:
        abort(404)
    question = asked(house())
    found = _risks(name, question)
    document = risks_document(house(), found, FILED if part == "sources" else 0, language())
    title, header, rows = FILES[part](document)
    return table_file(f"chain-{part}-{question.day.isoformat()}", suffix, title, header, rows)


Filed = tuple[str, Sequence[str], Sequence[Sequence[Any]]]


def _sources(document: Record) -> Filed:
    header = [_("Buyer"), _("Buyer's code"), _("Product"), _("Supplier"), _("Supplier's code"), _("Where it is"), _("Essential"),
              _("Share of spend"), _("Could step in")]  # fmt: skip
    rows = [
        [one["buyer"]["name"], one["buyer"]["uscc"], one["product"], one["supplier"]["name"], one["supplier"]["uscc"],
         whereabouts(one["supplier"]), said_flag(one["essential"]), _number(one["share"]), firms_said(one["substitutes"])]
        for one in document["single_sources"]
    ]  # fmt: skip
    return _("Single sources"), header, rows


def _firms(document: Record) -> Filed:
    header = [
        _("Firm"),
        _("Code"),
        _("Where it is"),
        _("Index"),
        _("Of it its own"),
        _("Firms hit"),
        _("Because"),
    ]
    rows = [
        [one["name"], one["uscc"], whereabouts(one), _number(one["index"]), _number(one["own"]), one["hit"],
         "；".join(f"{hit['name']} {float(hit['loss']):.1%}" + (f"（{hit['product']}）" if hit["product"] else "")
                  for hit in one["because"])]
        for one in document["critical_firms"]
    ]  # fmt: skip
    return _("Firms whose stop reaches furthest"), header, rows


def _concentration(document: Record) -> Filed:
    header = [
        _("Product"),
        _("Tier of suppliers"),
        _("Suppliers"),
        _("Buyers"),
        "HHI",
        _("Largest supplier"),
        _("Its share"),
    ]
    rows = [
        [one["product"], one["depth"], one["suppliers"], one["buyers"], _number(one["hhi"]), one["largest"]["name"],
         _number(one["largest"]["share"])]
        for one in document["concentration"]
    ]  # fmt: skip
    return _("Concentration"), header, rows


def _holders(document: Record) -> Filed:
    header = [_("Firm"), _("Code"), _("How"), _("Leader"), _("Firms")]
    rows = [
        [one["name"], one["uscc"], _("the chain falls apart without it"), None, one["cut_off"]]
        for one in document["articulation"]
    ]
    rows += [
        [
            one["name"],
            one["uscc"],
            _("every way to the leader runs through it"),
            one["leader"]["name"],
            one["firms"],
        ]
        for one in document["dominators"]
    ]
    return _("Who holds the chain together"), header, rows


FILES = {"sources": _sources, "critical": _firms, "concentration": _concentration, "holders": _holders}


@blueprint.get("/chains/<path:name>/gaps/export<suffix>")
@allow(READ)
def export_gaps(name: str, suffix: str) -> Response:
    question = asked(house())
    document = gaps_document(house(), _risks(name, question), SUBSTITUTES, language())
    header = [_("Stage"), _("Product"), _("State"), _("Why"), _("Bought by"), _("Nearest firms")]
    rows = [
        [gap["stage"], gap["product"], gap["state"] and words.label("chain_state", gap["state"], language()),
         why_said(gap["why"]), "；".join(one["name"] for one in gap["buyers"]), firms_said(gap["nearest"])]
        for gap in document["gaps"]
    ]  # fmt: skip
    return table_file(
        f"chain-gaps-{question.day.isoformat()}", suffix, _("What the chain lacks"), header, rows
    )


@blueprint.get("/chains/<path:name>/what-if/export<suffix>")
@allow(READ)
def export_what_if(name: str, suffix: str) -> Response:
    question = asked(house())
    found = _risks(name, question)
    firms, links, _unknown = _stopped(found)
    if not firms and not links:
        abort(400, description=_("Choose at least one firm or link that stops."))
    if too_many := _too_many(firms, links):
        abort(
            400, description=_("%(n)s are chosen, at most %(most)s can stop at once", n=too_many, most=MOST)
        )
    document = what_if_document(house(), found, firms, stopping(found.report.cascade, firms, links))
    header = [_("Firm"), _("Code"), _("Loss"), _("Through"), _("Product"), _("Steps")]
    rows = [
        [hit["name"], hit["uscc"], _number(hit["loss"]), hit["through"] and hit["through"]["name"],
         hit["product"] if hit["by"] == "supply" else _("sales"), hit["steps"]]
        for hit in document["hits"]
    ]  # fmt: skip
    return table_file(f"chain-what-if-{question.day.isoformat()}", suffix, _("Who is hit"), header, rows)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def said_flag(value: bool | None) -> str | None:
    return None if value is None else _("yes") if value else _("no")


def why_said(why: str) -> str:
    return str(_("missing, as put on record") if why == "missing" else _("no firm of the city supplies it"))


def firms_said(firms: Sequence[Record] | None) -> str:
    """The firms near enough to be proposed, with how well they fit."""
    if firms is None:
        return str(_("not looked for: told of the first %(n)s", n=FILED))
    return "；".join(f"{one['name']} {one['score']:.0%}" for one in strong(firms)) or str(
        _("no firm of the city comes near")
    )
