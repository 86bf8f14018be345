"""The command of matching: ``match DEMAND``, ``match --text``; an event's agenda by ``match --event``."""

from __future__ import annotations

from pathlib import Path

import click

from chains.events.agenda import agenda_document
from chains.events.documents import write_agenda
from chains.matching.demands import demand
from chains.matching.documents import ranked_document
from chains.matching.ranking import TOP, search
from chains.matching.wanted import Found, Wanted
from chains.matching.weights import weights
from registry.house import House
from registry.speaking import DONE, SHORT, command, print_json, table

WORDLESS = "has no words that name goods; give it a title such as 高强度螺栓"


@click.command("match")
@click.argument("demand_id", required=False, metavar="[DEMAND_ID]")
@click.option("--text", help="what is looked for, in words, instead of a demand on record")
@click.option("--event", metavar="ID", help="the agenda of a matchmaking event")
@click.option("--top", default=TOP, show_default=True, type=click.IntRange(1, 1000), help="so many firms")
@click.option("--json", "as_json", is_flag=True)
@click.option("--out", type=click.Path(path_type=Path), help="the agenda as .docx, .xlsx or .csv")
@command
def match(
    house: House,
    demand_id: str | None,
    text: str | None,
    event: str | None,
    top: int,
    as_json: bool,
    out: Path | None,
) -> int:
    """Rank the city's firms for a demand on record or for a text, with reasons."""
    if sum(given is not None for given in (demand_id, text, event)) != 1:
        raise click.UsageError("give one of: a demand's id, --text TEXT, --event ID")
    if out is not None and event is None:
        raise click.UsageError("--out goes with --event ID")
    if event is not None:
        return _agenda(house, event, as_json, out)
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


def _agenda(house: House, event: str, as_json: bool, out: Path | None) -> int:
    document = agenda_document(house, event)
    if out is not None:
        try:
            write_agenda(document, out)
        except ValueError as error:
            raise click.UsageError(f"--out {out}: {error}") from error
    elif as_json:
        print_json(document)
    else:
        table(
            ("slot", "time", "table", "buyer", "demand", "uscc", "firm", "state"),
            [
                (
                    m["slot"],
                    m["time"] or "",
                    m["table"],
                    m["buyer_name"],
                    m["title"],
                    m["uscc"],
                    m["name"],
                    m["state"],
                )
                for m in document["meetings"]
            ],
        )
    if not document["on_record"]:
        click.echo("proposed, not on record: make the agenda on the page of the event", err=True)
    for one in document["left_out"]["demands"]:
        click.echo(f"no meeting: demand {one['demand']} {one['title']}: {one['reason']}", err=True)
    for one in document["left_out"]["firms"]:
        click.echo(f"no meeting: {one['name']} ({one['uscc']}): {one['reason']}", err=True)
    return DONE if document["meetings"] else SHORT


def _say(found: Found) -> None:
    weak = weights()["weak"]
    table(
        ("uscc", "name", "score", "fit", "because"),
        [
            (one.uscc, one.name, f"{one.score:.2f}", "weak" if one.reasons[0].score < weak else "good",
             "; ".join(r.detail_en for r in one.reasons[:3]))
            for one in found.ranked
        ],
    )  # fmt: skip
    if found.ranked and not found.number:
        click.echo("no firm meets the words well; those listed only come near", err=True)
    for one in found.near[:3]:
        click.echo(f"just misses: {one.name} ({one.uscc}) {one.misses[0].detail_en}", err=True)


def _nobody(found: Found) -> str:
    if not found.excluded:
        return "no firm of the city is found for this"
    fails = ", ".join(f"{id} {number}" for id, number in found.excluded.items())
    return f"no firm meets every condition; firms that fit the words but fail one: {fails}"
