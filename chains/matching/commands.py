"""The command of matching: ``match DEMAND``, ``match --text``; an event's agenda by ``match --event``."""

from __future__ import annotations

import click

from chains.matching.demands import demand
from chains.matching.documents import ranked_document
from chains.matching.ranking import TOP, search
from chains.matching.wanted import Found, Wanted
from registry.house import House
from registry.speaking import DONE, SHORT, command, print_json, table

WORDLESS = "has no words that name goods; give it a title such as 高强度螺栓"


@click.command("match")
@click.argument("demand_id", required=False, metavar="[DEMAND_ID]")
@click.option("--text", help="what is looked for, in words, instead of a demand on record")
@click.option("--event", metavar="ID", help="the agenda of a matchmaking event")
@click.option("--top", default=TOP, show_default=True, type=click.IntRange(1, 1000), help="so many firms")
@click.option("--json", "as_json", is_flag=True)
@command
def match(
    house: House, demand_id: str | None, text: str | None, event: str | None, top: int, as_json: bool
) -> int:
    """Rank the city's firms for a demand on record or for a text, with reasons."""
    if sum(given is not None for given in (demand_id, text, event)) != 1:
        raise click.UsageError("give one of: a demand's id, --text TEXT, --event ID")
    if event is not None:
        return _agenda(house, event, as_json)
    wanted, said = Wanted(text or ""), "--text"
    if demand_id is not None:
        known = demand(house, demand_id)
        if known is None:
            raise click.UsageError(f"there is no demand {demand_id}; they are listed on the page of matching")
        wanted, said = known.wanted, f"demand {demand_id}"
    if not wanted.phrases:
        if as_json:
            print_json([])
        click.echo(f"{said} {WORDLESS}", err=True)
        return SHORT
    found = search(house, wanted, top)
    if as_json:
        print_json(ranked_document(found.ranked))
    else:
        _say(found)
    if not found.ranked:
        click.echo(_nobody(found), err=True)
    return DONE if found.ranked else SHORT


def _agenda(house: House, event: str, as_json: bool) -> int:
    from chains.events import agenda_document  # the other half of the room, and only here

    document = agenda_document(house, event)
    if as_json or not isinstance(document, list):
        print_json(document)
    return DONE


def _say(found: Found) -> None:
    table(
        ("uscc", "name", "score", "because"),
        [
            (one.uscc, one.name, f"{one.score:.2f}", "; ".join(r.detail_en for r in one.reasons[:3]))
            for one in found.ranked
        ],
    )
    for one in found.near[:3]:
        click.echo(f"just misses: {one.name} ({one.uscc}) {one.misses[0].detail_en}", err=True)


def _nobody(found: Found) -> str:
    if not found.excluded:
        return "no firm of the city is found for this"
    fails = ", ".join(f"{id} {number}" for id, number in found.excluded.items())
    return f"no firm meets every condition; firms that fit the words but fail one: {fails}"
