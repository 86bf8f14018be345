"""The commands ``chain risks``, ``chain gaps`` and ``chain what-if``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from chains.commands import chain
from chains.resilience.whatif import what_if
from chains.risk_documents import (
    firms_of,
    gaps_document,
    link_of,
    risks_document,
    strong,
    what_if_document,
)
from chains.risks import SUBSTITUTES, TOP, Risks, risks
from registry.house import House
from registry.kind import Record
from registry.refusals import MisusedError
from registry.speaking import as_of_day, command, known_at_instant, print_json, table


@chain.command("risks")
@click.argument("name", metavar="CHAIN")
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--top", type=click.IntRange(1, 1000), default=TOP, show_default=True,
              help="critical firms ranked, and single sources whose substitutes are named")  # fmt: skip
@click.option("--json", "as_json", is_flag=True)
@command
def chain_risks(
    house: House, name: str, as_of: str | None, known_at: str | None, top: int, as_json: bool
) -> None:
    """Show what would break a chain: single sources and who could step in, firms whose stop reaches far, its shape."""
    asked = risks(house, name, as_of_day(house, as_of), known_at_instant(house, known_at), top)
    document = risks_document(house, asked, top)
    if not document["links"]:
        click.echo(
            f"{asked.chain.name}: no link between its firms is on record for the day, so nothing can be said of what "
            "hangs on whom (import links brings them)",
            err=True,
        )
    if ended := document["lapsed"]:
        click.echo(
            f"{ended['links']} links of the year before go on nowhere; lists by the year end with it "
            f"(--as-of {ended['last']} shows the chain with them)",
            err=True,
        )
    if as_json:
        print_json(document)
        return
    click.echo(
        f"{document['chain']} as of {document['as_of']}, known at {document['known_at']}: {document['firms']} firms, "
        f"{document['links']} links, {document['depth']} tiers of suppliers"
    )
    _print_sources(document, top)
    _print_firms(document)
    for title, key, size in (
        ("firms that hold the chain together (firms cut off)", "articulation", "cut_off"),
        ("every way to the leader runs through (firms behind)", "dominators", "firms"),
    ):
        if document[key]:
            click.echo(f"\n{title}")
            table(("firm", "number"), [(one["name"], one[size]) for one in document[key][:top]])
    for loop in document["loops"][:top]:
        way = [one["name"] for one in loop["example"]]
        click.echo(f"\na loop among {loop['firms']} firms: " + " → ".join([*way, way[0]]))


def _print_sources(document: Record, top: int) -> None:
    if not document["single_sources"]:
        if document["links"] and document["assumed"]["products_unnamed"] == document["links"]:
            click.echo("no link names a product, so nothing can be said of single sources", err=True)
        return
    click.echo(f"\nsingle sources: {len(document['single_sources'])}")
    if len(document["single_sources"]) > top:
        click.echo(f"could step in is told of the first {top} single sources (--top)", err=True)
    table(("buyer", "product", "supplier", "essential", "could step in"), [
        (one["buyer"]["name"], one["product"], _named(one["supplier"]), _flag(one["essential"]),
         _near(one["substitutes"], 3))
        for one in document["single_sources"][:top]
    ])  # fmt: skip


def _print_firms(document: Record) -> None:
    if not document["critical_firms"]:
        return
    computed, assumed = document["computed"], document["assumed"]
    click.echo(f"\nfirms whose stop reaches furthest, of {computed['firms']} computed")
    if not computed["certain"]:
        click.echo(
            f"of the others none exceeds {computed['bound']}; one of them may belong on this list", err=True
        )
    if any(assumed.values()):
        click.echo("assumed: " + ", ".join(f"{key} {n}" for key, n in assumed.items() if n), err=True)
    table(("index", "of it its own", "uscc", "name", "firms hit", "because"), [
        (f"{float(one['index']):.1%}", f"{float(one['own']):.1%}", one["uscc"], _named(one), one["hit"],
         "、".join(f"{hit['name']} {float(hit['loss']):.0%}" + (f" ({hit['product']})" if hit["product"] else "")
                  for hit in one["because"][:3]))
        for one in document["critical_firms"]
    ])  # fmt: skip


@chain.command("gaps")
@click.argument("name", metavar="CHAIN")
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option(
    "--top",
    type=click.IntRange(1, 100),
    default=SUBSTITUTES,
    show_default=True,
    help="firms named for each gap",
)
@click.option("--json", "as_json", is_flag=True)
@command
def chain_gaps(
    house: House, name: str, as_of: str | None, known_at: str | None, top: int, as_json: bool
) -> None:
    """Show what a chain lacks: missing stages and products, and the firms of the city that come nearest."""
    asked = risks(house, name, as_of_day(house, as_of), known_at_instant(house, known_at))
    document = gaps_document(house, asked, top)
    if not asked.chain.stages:
        click.echo(f"{asked.chain.name}: no stage is on record (import chains brings them)", err=True)
    if as_json:
        print_json(document)
        return
    table(("stage", "product", "on record as", "why", "nearest"), [
        (gap["stage"], gap["product"], gap["state"], gap["why"],
         _near(gap["nearest"], top))
        for gap in document["gaps"]
    ])  # fmt: skip


@chain.command("what-if")
@click.argument("name", metavar="CHAIN")
@click.option(
    "--stop", "stops", multiple=True, metavar="USCC|NAME", help="a firm that stops; may be repeated"
)
@click.option("--link", "links", multiple=True, metavar="SUPPLIER>BUYER>PRODUCT",
              help="a link that fails, as risks --json names it; may be repeated")  # fmt: skip
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--top", type=click.IntRange(1), default=TOP, show_default=True, help="firms told of")
@click.option("--json", "as_json", is_flag=True)
@command
def chain_what_if(
    house: House,
    name: str,
    stops: Sequence[str],
    links: Sequence[str],
    as_of: str | None,
    known_at: str | None,
    top: int,
    as_json: bool,
) -> None:
    """Show who would be hit if firms stopped or links failed, by how much, and through what."""
    if not stops and not links:
        raise click.UsageError("give at least one --stop or --link")
    asked = risks(house, name, as_of_day(house, as_of), known_at_instant(house, known_at))
    part = asked.report.part
    firms = list(dict.fromkeys(_only(asked, typed, firms_of(part, typed.strip())) for typed in stops))
    failing = list(
        dict.fromkeys(
            _only(asked, typed, [] if (at := link_of(part, typed)) is None else [at]) for typed in links
        )
    )
    found = what_if(asked.report.cascade, firms, failing)
    document = what_if_document(house, asked, firms, found, None if as_json else top, failing)
    if as_json:
        print_json(document)
        return
    click.echo(f"production lost: {float(document['index']):.1%} of the chain; firms hit: {document['hit']}")
    table(("loss", "uscc", "name", "through", "runs short of", "steps"), [
        (f"{float(hit['loss']):.1%}", hit["uscc"], _named(hit), hit["through"] and hit["through"]["name"],
         hit["product"] if hit["by"] == "supply" else "(sales)", hit["steps"])
        for hit in document["hits"]
    ])  # fmt: skip
    if document["hit"] > top:
        click.echo(f"the first {top} are shown (--top)", err=True)


def _only(asked: Risks, typed: str, fitting: Sequence[int]) -> int:
    if len(fitting) != 1:
        raise MisusedError(
            f"{typed}: {'several firms' if fitting else 'no firm or link'} of the chain {asked.chain.name} fit; give the "
            "credit code, the whole name, or a link as risks --json names it",
            f"“{typed}”不是产业链“{asked.chain.name}”中唯一的企业或供应关系；"
            "请给出信用代码、企业全称，或 risks --json 所列的 link",
        )
    return fitting[0]


def _near(firms: Sequence[Record], most: int) -> str:
    """The firms that come near enough to be proposed, with how well they fit."""
    said = "、".join(f"{one['name']} {one['score']:.0%}" for one in strong(firms)[:most])
    return said or "nobody near"


def _named(one: Record) -> str:
    """A firm, and whether it is out of business, elsewhere, or not on the register."""
    status = one["status"] or "active"
    where = status if status != "active" else "" if one["here"] else "elsewhere"
    return f"{one['name']} ({where})" if where else str(one["name"])


def _flag(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"


COMMANDS = (chain_risks, chain_gaps, chain_what_if)
