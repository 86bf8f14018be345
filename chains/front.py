"""What this room shows the house. What carries heavy libraries (graphs, frames, flows) is fetched when it is asked for."""

from __future__ import annotations

from chains.belonging import BREAKDOWNS, REGISTER
from chains.kinds import kinds
from chains.matching import models
from chains.navigation import NAVIGATION
from chains.permissions import PERMISSIONS
from registry.jobs.job import Job, named
from registry.jobs.period import Rhythm
from registry.later import LaterCommand, later
from registry.room import Panel, Room

#: Tables beside the records; declared before a database is made.
TABLES = (models.MatchProposal, models.ProductVector)

ROOM = Room(
    "chains",
    kinds=kinds,
    blueprint=later("chains.room_pages:pages"),
    api=later("chains.room_pages:api"),
    commands=(
        LaterCommand(
            "chain",
            "chains.room_commands:chain",
            "Look into chains: suppliers, risks, gaps, outside parties.",
        ),
        LaterCommand(
            "match", "chains.room_commands:match", "Rank the firms that could meet a demand, with reasons."
        ),
    ),
    navigation=NAVIGATION,
    cards=(Panel("chain-risks", "chains/_risk_card.html", later("chains.risk_card:risk_card"), 45),),
    panels=(Panel("chain", "chains/_position.html", later("chains.panel:position_panel"), 28),),
    permissions=PERMISSIONS,
    jobs=(
        Job("new-matches", named("new-matches"), Rhythm.DAY, later("chains.matching.proposals:look")),
        Job("chain-risks", named("chain-risks"), Rhythm.WEEK, later("chains.risk_jobs:look")),
    ),
    register=REGISTER,
    breakdowns=BREAKDOWNS,
    sample=later("chains.sample:sample_chains"),
)
