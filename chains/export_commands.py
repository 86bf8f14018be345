"""``chain export``: a chain as a file, for programs that read graphs or for people."""

from __future__ import annotations

from pathlib import Path

import click

from chains.commands import chain
from chains.documents import seen
from chains.export import chain_workbook, graphml
from chains.kinds import chain_name
from registry.house import House
from registry.refusals import MisusedError
from registry.shell.languages import speaking
from registry.speaking import as_of_day, command, known_at_instant

SUFFIXES = (".graphml", ".xlsx")


@chain.command("export")
@click.argument("name", metavar="CHAIN")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help=" or ".join(SUFFIXES)
)
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@command
def export(house: House, name: str, out: Path, as_of: str | None, known_at: str | None) -> None:
    """Write a chain to a file: its firms and links as GraphML, with its stages too as a workbook."""
    if out.suffix not in SUFFIXES:
        raise click.UsageError(f"--out {out}: give a file that ends with {' or '.join(SUFFIXES)}")
    found = seen(house, chain_name(name), as_of_day(house, as_of), known_at_instant(house, known_at))
    if found is None:
        raise MisusedError(
            f"{name}: there is no chain of this name; see chain list", f"没有产业链“{name}”；见 chain list"
        )
    if out.suffix == ".graphml":
        content = graphml(found)
    else:
        with speaking("zh"):
            content = chain_workbook(found, house.places)
    out.write_bytes(content)
    click.echo(f"{out}: {len(found.members)} firms, {len(found.links)} links", err=True)
