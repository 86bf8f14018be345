"""The command ``chain``: chains on record, and a firm's suppliers. Other parts of the room add theirs to the group."""

from __future__ import annotations

import click

from chains.party_commands import parties


@click.group("chain")
def chain() -> None:
    """Look into chains: leaders and their suppliers, how deep and how local they are."""


chain.add_command(parties)
COMMANDS = (chain,)
