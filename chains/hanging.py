"""How many links of each chain hang on one firm: the count of its page of risks, without what that works out besides."""

from __future__ import annotations

from dataclasses import dataclass

from chains.network import Network
from chains.resilience.scope import part_of
from chains.resilience.sources import alone


@dataclass(frozen=True)
class Hanging:
    """``sources``: products that a buyer has from one supplier; ``essential`` of them are said to be essential."""

    sources: int
    essential: int


def hanging(network: Network, chain: str) -> Hanging:
    """Of a chain of the network; counted once for each network."""
    held = network.kept.get(("hanging", chain))
    if held is None:
        part = part_of(network, chain)
        links = alone(part)
        held = Hanging(len(links), int((part.essential[links] == 1).sum()))
        network.kept["hanging", chain] = held
    found: Hanging = held
    return found
