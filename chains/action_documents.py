"""What leaders opened to others, as the API answers it: with how many firms, and how far they came."""

from __future__ import annotations

from chains.events.figures import CONTRACT, deals, furthest
from chains.events.results import results
from registry.house import House
from registry.kind import Record
from registry.words import vocabulary


def actions_document(house: House, chain: str | None = None, resource: str | None = None) -> list[Record]:
    """All actions, or those of a chain or of one resource. ``stages``: relations by the furthest stage that they came to;
    ``amount``: of the contracts, in yuan, None where none is known; ``unknown`` contracts have none."""
    with house.store.read() as connection:
        found = results(connection, house.clock.today())
    told = []
    for one in found.actions:
        if (chain and chain != one.chain) or (resource and resource != one.resource):
            continue
        last = list(furthest(found.of_action.get(one.id, ())).values())
        told.append({
            "uscc": one.firm, "name": found.name(one.firm), "resource": one.resource, "title": one.title, "chain": one.chain,
            "detail": one.detail, "opened_on": one.opened_on and one.opened_on.isoformat(),
            "closed_on": one.closed_on and one.closed_on.isoformat(),
            "firms": len({node for step in last for node in (step.buyer, step.supplier)} - {one.firm}),
            "stages": {stage: sum(step.stage == stage for step in last) for stage in vocabulary("outcome_stage")},
            "contracts": vars(deals([step for step in last if step.stage == CONTRACT])),
            "filing": one.filing, "row": one.row,
        })  # fmt: skip
    return told
