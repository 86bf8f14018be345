"""The chains of the sample city: invented, over the city's own firms, as the filings of its chain offices since 2022.

Pure: the same ``firms`` and ``seed`` give equal filings; nothing here changes what the city files itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from chains.sample.doings import action_steps, actions, outcome_steps
from chains.sample.makers import make
from chains.sample.meetings import answer_steps, fair, fair_steps
from chains.sample.offering import offer_steps, offers
from chains.sample.parts import chain_steps, role_steps
from chains.sample.surveys import link_steps
from chains.sample.wants import demand_steps, demands
from chains.sample.web import weave
from registry.sample import SampleFiling
from tiers.sample.city import filed

# Of what is filed on one day that comes first which the rest speaks of.
_ORDER = (
    "chains", "roles", "links", "offers", "demands", "events", "invitations", "meetings", "answers", "actions", "outcomes",
)  # fmt: skip


def sample_chains(firms: int = 20_000, seed: int = 2023) -> Iterator[SampleFiling]:
    """Yield the chain offices' filings in the order of their instants, each in the afternoon of its day."""
    makers = make(firms, seed)
    links = weave(makers)
    offered = offers(makers)
    asked = demands(makers, offered)
    met, opened = fair(makers, asked), actions(makers)
    steps = [
        *chain_steps(),
        *role_steps(makers),
        *link_steps(makers, links),
        *offer_steps(makers, offered),
        *demand_steps(asked),
        *fair_steps(met),
        *answer_steps(makers, asked),
        *action_steps(makers, opened),
        *outcome_steps(makers, met, opened),
    ]
    yield from filed(sorted(steps, key=lambda s: (s.day, _ORDER.index(s.kind), s.label)), time(7, 0))
