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
    """Of a chain of the network."""
    part = part_of(network, chain)
    links = alone(part)
    return Hanging(len(links), int((part.essential[links] == 1).sum()))
