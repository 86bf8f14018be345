"""The command ``chain``: chains on record, and a firm's suppliers. Other parts of the room add theirs to the group."""

from __future__ import annotations

import click

from chains.asking import network
from chains.documents import chains_document
from chains.ends import listed_firms, outside, stock_code
from chains.suppliers import Supplied, supplied, suppliers_document
from registry import words
from registry.find import find
from registry.house import House
from registry.kind import Record
from registry.naming.codes import looks_like_code, read_code
from registry.naming.normal import normal_form
from registry.refusals import MisusedError, RefusedError
from registry.speaking import as_of_day, command, known_at_instant, print_json, table
from registry.subjects import bearers_of, existing

#: So many customers are named of who supplies others and has no supplier on record.
NAMED = 10


@click.group("chain")
def chain() -> None:
    """Look into chains: leaders and their suppliers, how deep and how local they are."""


@chain.command("list")
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--json", "as_json", is_flag=True)
@command
def list_chains(house: House, as_of: str | None, known_at: str | None, as_json: bool) -> None:
    """List the chains on record with their leaders, firms, links and products."""
    document = chains_document(house, as_of_day(house, as_of), known_at_instant(house, known_at))
    if as_json:
        print_json(document)
        return
    table(("chain", "leaders", "firms", "here", "links", "stages", "built", "strong", "missing",
           "single sources", "essential"), [
        (one["chain"], "、".join(leader["name"] for leader in one["leaders"]), one["firms"], one["here"], one["links"],
         one["stages"], *(one["products"][state] for state in ("built", "strong", "missing")),
         one["single_sources"]["all"], one["single_sources"]["essential"])
        for one in document["chains"]
    ])  # fmt: skip


@chain.command("suppliers")
@click.argument("firm", metavar="USCC|NAME")
@click.option("--depth", type=click.IntRange(1), default=1, show_default=True, help="steps upstream")
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--json", "as_json", is_flag=True)
@command
def suppliers(
    house: House, firm: str, depth: int, as_of: str | None, known_at: str | None, as_json: bool
) -> None:
    """Show who supplies a firm: titles in force, local share, concentration, who came and left within a year."""
    day, at = as_of_day(house, as_of), known_at_instant(house, known_at)
    node = node_named(house, firm)
    net = network(house, day, at)
    seen = supplied(house, net.leads.get(node, node), depth, day, at, net)
    if seen is None or not seen.linked:
        raise RefusedError(
            f"{firm}: no link of this firm is on record (import links brings them)",
            f"{firm}：没有该企业的供应关系记录（用 import links 导入）",
        )
    document = suppliers_document(house, seen, at)
    if as_json:
        print_json(document)
        return
    _print(document, seen)


def node_named(house: House, text: str) -> str:
    """The node that a credit code, a stock code, a name of a firm, or a name of an outside party stands for. Raises
    MisusedError where there is none or several."""
    typed = text.strip()
    with house.store.read() as connection:
        if looks_like_code(typed):
            code = read_code(typed).code or typed
            if code in existing(connection, [code]):
                return code
        key, stock = normal_form(typed), stock_code(typed)
        if stock:
            borne = sorted(listed_firms(connection, [stock]).get(stock, ()))
        else:
            borne = sorted({bearer.uscc for bearer in bearers_of(connection, [key]).get(key, ())})
        if not borne:
            hits = find(connection, typed, house.clock.today(), limit=6)
            borne = [hit["uscc"] for hit in hits if hit["by"] in ("name", "former", "short", "code")]
            named = "; ".join(f"{hit['uscc']} {hit['name']}" for hit in hits)
        else:
            named = "; ".join(borne)
    if len(borne) == 1:
        return borne[0]
    party = outside(typed)
    if not borne and party in network(house).number:
        return party
    if not borne:
        raise MisusedError(f"{text}: there is no such firm on the register", f"登记库里没有“{text}”")
    raise MisusedError(
        f"{text}: several firms fit; give the credit code: {named}",
        f"“{text}”对应多家企业，请给出信用代码：{named}",
    )


def _print(document: Record, seen: Supplied) -> None:
    local, hung = document["local"], document["concentration"]
    click.echo(f"{document['name']} as of {document['as_of']}, known at {document['known_at']}")
    click.echo(
        f"direct suppliers: {local['of']}, of the city: {local['firms']}, not on the register: {local['unknown']}; "
        f"spend that stays in the city: {_percent(local['spend'])}, unknown: {_percent(local['spend_unknown'])}; "
        f"concentration (HHI): {hung['hhi'] if hung else 'unknown'}"
    )
    if seen.local.too_much:
        click.echo(f"the shares add up to {_percent(local['spend_stated'])}: some of them must be wrong")
    for word in ("newcomers", "leavers"):
        if document[word]:
            click.echo(f"{word} within a year: " + "、".join(one["name"] for one in document[word]))
    if not document["suppliers"]:
        last = max((one["until"] for one in document["former"] if one["until"]), default=None)
        click.echo(
            "no supplier is on record for this day" + (f"; the last one ended on {last}" if last else "")
        )
        names = seen.network.node_columns["name"]
        if sold := [str(names[at]) for at in seen.customers["buyer"].unique().tolist()]:
            more = f" and {len(sold) - NAMED} more" if len(sold) > NAMED else ""
            click.echo("it supplies: " + "、".join(sold[:NAMED]) + more)
        return
    click.echo()
    table(("depth", "uscc", "name", "product", "share", "since", "where", "titles", "to", "sources"), [
        (one["depth"], one["uscc"], one["name"], one["product"], _percent(one["share_of_buyer_spend"]) if
         one["share_of_buyer_spend"] else None, one["since"], _where(one),
         "、".join(dict.fromkeys(words.label("tier", title["tier"]) for title in one["titles"])),
         one["buyer_name"] if one["depth"] > 1 else None, "differ" if one["conflict"] else None)
        for one in document["suppliers"]
    ])  # fmt: skip


def _where(one: Record) -> str:
    if one["status"] != "active":
        return str(one["status"])
    return "here" if one["here"] else "elsewhere"


def _percent(share: str | None) -> str:
    return "unknown" if share is None else f"{float(share):.1%}"
