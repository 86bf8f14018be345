"""``chain figures``: what bureaus report about events and outcomes."""

from __future__ import annotations

import click

from chains.commands import chain
from chains.events.results import figures_document, reported
from registry.house import House
from registry.speaking import as_of_day, command, print_json, table


@chain.command("figures")
@click.option("--as-of", metavar="DAY")
@click.option("--json", "as_json", is_flag=True)
@command
def figures(house: House, as_of: str | None, as_json: bool) -> None:
    """Count events, firms, SRDI share, intents and contracts by year and chain."""
    found = figures_document(reported(house, as_of_day(house, as_of)))
    if as_json:
        print_json(found)
        return
    table(
        ("year", "chain", "events", "firms", "srdi", "share", "intents", "yuan", "contracts", "yuan"),
        [
            (one["year"], one["chain"] or "all", one["events"], one["firms"], one["srdi"], one["srdi_share"] or "-",
             one["intents"]["number"], one["intents"]["amount"] or "-", one["contracts"]["number"],
             one["contracts"]["amount"] or "-")
            for one in found
        ],
    )  # fmt: skip
