"""``intake``: the desk's matching of an announced list, row by row, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from registry.desk import confirm, kept, reading, review
from registry.desk.drafts import How
from registry.desk.kept import Kept
from registry.desk.review import Line
from registry.filing import FATES, Outcome, file_list
from registry.house import House
from registry.importing import problem
from registry.intake.lists import read_list, read_pasted
from registry.kind import Kind
from registry.matching import Candidate, Match
from registry.speaking import DONE, SHORT, Progress, command, pairs, print_json, say_problems, table

BY = "cli:local"


@click.command("intake")
@click.argument("file")
@click.option("--kind", "kind_id", help="kind of list (default: what its text says, else titles)")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="what holds for all rows")
@click.option(
    "--map", "maps", multiple=True, metavar="HEADER=FIELD", help="bind a column; HEADER= ignores it"
)
@click.option(
    "--confirm", "confirmed", is_flag=True, help="file it: certain rows are taken, the others wait in review"
)
@click.option("--json", "as_json", is_flag=True, help="answer as JSON")
@command
def intake(
    house: House,
    file: str,
    kind_id: str | None,
    sets: tuple[str, ...],
    maps: tuple[str, ...],
    confirmed: bool,
    as_json: bool,
) -> int:
    """Match an announced list (.xlsx .xls .csv .docx .pdf, or - for pasted text) with the register, row by row."""
    read = _read(house, file)
    kind = _kind(house, read, kind_id)
    asked = pairs("--set", sets)
    guesses = reading.guessed_sets(kind, read.guesses)
    given = {id: str(guess.value) for id, guess in guesses.items()} | asked
    how = How(reading.best_grid(kind, read), pairs("--map", maps), given)
    for id, guess in guesses.items():
        if id not in asked:
            click.echo(f"{id} = {guess.value} (guessed from: {guess.text})", err=True)
    for english, _chinese in read.warnings:
        click.echo(f"note: {english}", err=True)
    parsed = reading.read(kind, read, how, whole=confirmed)
    with house.store.read() as connection:
        matches = review.matched(house, connection, kind, parsed)
    outcome = None
    if confirmed:
        lines = [_line(one) for one in matches]
        ready = confirm.listed(kind, parsed, lines, read.name, read.sha256, {"set": given})
        outcome = file_list(house, ready, BY, progress=Progress())
    document = {"rows": [shown_match(one) for one in matches]}
    if as_json:
        print_json(document | ({"filing": outcome.filing} if outcome else {}))
    else:
        _say(matches, outcome)
    return SHORT if outcome and outcome.fates["refused"] else DONE


def _read(house: House, file: str) -> Kept:
    if file == "-":
        return kept.taken(
            replace(read_pasted(sys.stdin.buffer.read().decode("utf-8-sig", "replace")), name="pasted")
        )
    path = Path(file)
    return kept.taken(read_list(path, path.name, house.settings.limits, Progress()))


def _kind(house: House, read: Kept, asked: str | None) -> Kind:
    known = {kind.id: kind for kind in reading.announced_kinds(house.kinds.all)}
    if asked is not None and asked not in known:
        raise click.UsageError(f"--kind {asked}: the lists of the desk are {', '.join(known)}")
    return known[asked] if asked else reading.guessed_kind(known.values(), read.guesses)


def _line(one: Match) -> Line:
    """A row as the desk would hold it before anybody has looked: what is certain is taken, the rest waits."""
    certain = one.decision == "certain"
    candidates: Sequence[Mapping[str, Any]] = [{"uscc": c.uscc} for c in one.candidates[: review.CANDIDATES]]
    return Line(
        one.row, one.given.name, one.given.district, one.given.uscc, {}, one.decision, one.uscc, candidates,
        "certain" if certain else "open", one.uscc if certain else None, None, None, None, 0,
    )  # fmt: skip


def shown_match(one: Match) -> dict[str, Any]:
    return {
        "row": one.row,
        "given": one.given.name or one.given.uscc,
        "decision": one.decision,
        "uscc": one.uscc,
        "candidates": [_candidate(candidate) for candidate in one.candidates[: review.CANDIDATES]],
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    reasons = [{"feature": r.feature, "score": r.score, "detail": r.zh} for r in one.reasons]
    code = one.uscc if one.own else None  # of another unit's firm an officer is told the name and the unit
    return {"uscc": code, "name": one.name, "score": one.score, "reasons": reasons}


def _say(matches: Sequence[Match], outcome: Outcome | None) -> None:
    table(
        ("row", "given", "decision", "uscc", "candidates"),
        [
            (one.row, one.given.name, one.decision, one.uscc,
             "; ".join(f"{c.name} {c.score:.2f}" for c in one.candidates[:3]) if one.decision == "choose" else "")
            for one in matches
        ],
    )  # fmt: skip
    said = [f"{sum(m.decision == d for m in matches):,} {d}" for d in ("certain", "choose", "none")]
    click.echo(", ".join(said))
    if outcome is None:
        click.echo("nothing was filed; --confirm files the certain rows and leaves the others in review")
        return
    click.echo(f"filing {outcome.filing}: {outcome.rows:,} rows")
    table(FATES, [[outcome.fates[fate] for fate in FATES]])
    say_problems([problem(number, note, "en") for number, note in outcome.problems], outcome.filing)
