"""``chain parties``: the outside parties of links, and saying which firm one of them is."""

from __future__ import annotations

import click

from chains.commands import chain
from chains.joining import judge_party
from chains.outside import STATES, of_state, outside_parties
from registry.house import House
from registry.speaking import command, print_json, table

BY = "cli:local"


@chain.command("parties")
@click.option("--join", nargs=2, metavar="PARTY USCC", help="this party is that firm of the register")
@click.option("--apart", nargs=2, metavar="PARTY USCC", help="this party is not that firm")
@click.option(
    "--state", type=click.Choice(STATES), help="open: no firm; doubtful: fits several; joined: is a firm"
)
@click.option("--json", "as_json", is_flag=True)
@command
def parties(house: House, join: tuple[str, str] | None, apart: tuple[str, str] | None, state: str | None,
            as_json: bool) -> None:  # fmt: skip
    """List suppliers and buyers that are not on the register, or say which firm one is."""
    if join and apart:
        raise click.UsageError("--join and --apart are two acts; give one of them")
    if said := join or apart:
        node, code = said
        firm = judge_party(house, node, code, "same" if join else "different", BY)
        click.echo(f"{node} {'is' if join else 'is not'} {firm}", err=True)
    with house.store.read() as connection:
        found = of_state(outside_parties(connection), state or "")
    if as_json:
        print_json(
            [
                {"party": one.node, "names": list(one.names), "supplies": one.supplies, "buys": one.buys,
                 "outcomes": one.outcomes, "demands": one.demands, "state": one.state, "uscc": one.firm, "by": one.by,
                 "fits": list(one.fits)}
                for one in found
            ]
        )  # fmt: skip
        return
    head = ("party", "names", "supplies", "buys", "state", "firm")
    table(head, [
        (one.node, "; ".join(one.names), one.supplies, one.buys, one.state, one.firm or ", ".join(one.fits)) for one in found
    ])  # fmt: skip
