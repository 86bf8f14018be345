"""Which firms fit which demand of the sample city: what a matchmaker is measured against."""

from __future__ import annotations

from chains.sample.makers import make
from chains.sample.offering import offers
from chains.sample.wants import demands


def truth(firms: int = 20_000, seed: int = 2023) -> list[tuple[str, str]]:
    """(demand id, credit code) pairs: a demand says, every other one in other words, what these firms, and no others, offer
    with that trait and what it insists on (certificate, district). A demand that nobody in the city can meet has no pair."""
    makers = make(firms, seed)
    return [(demand.id, firm.uscc) for demand in demands(makers, offers(makers)) for firm in demand.fits]
