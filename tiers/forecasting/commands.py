"""The commands ``forecast`` and ``cultivate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from registry.export import write_table
from registry.house import House
from registry.kind import Record
from registry.speaking import as_of_day, command, known_at_instant, pairs, print_json, table
from tiers.forecasting.answers import NAMES
from tiers.forecasting.asking import Wanted, ask_backtest, ask_forecast, scenario_of
from tiers.forecasting.candidates import ask_cultivation
from tiers.plan_option import PLAN, plan_asked

MONTHS = click.IntRange(1, 60)
_TARGET = click.option(
    "--target", default="quality-firms", show_default=True, help="a target, a tier, or tier:level"
)
_SAMPLE = "the register holds the sample city: its calibration shows the method, not the truth"


@click.group("forecast", invoke_without_command=True)
@_TARGET
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--months", type=MONTHS, help="how far to look (default: [forecast] months)")
@PLAN
@click.option("--what-if", metavar="CHANGES", help="such as renewals=+5,near=300,exits=-20,new=+10")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def forecast(context: click.Context, **options: Any) -> None:
    """Say how a count may go on, with intervals, the chance of reaching the goal, and what would have to be true."""
    if context.invoked_subcommand is None:
        context.invoke(_forecast, **options)


@command
def _forecast(
    house: House, target: str, as_of: str | None, known_at: str | None, months: int | None,
    judged_by: str | None, what_if: str | None, as_json: bool,
) -> None:  # fmt: skip
    changes = pairs("--what-if", filter(None, (what_if or "").split(",")))
    scenario = scenario_of(changes, target, house.settings.quality.titles)
    wanted = Wanted(target, months, scenario, plan_asked(judged_by))
    document = ask_forecast(house, wanted, as_of_day(house, as_of), known_at_instant(house, known_at))
    if as_json:
        print_json(document)
        return
    _say(document)


def _say(document: Record) -> None:
    click.echo(f"{document['target']} as of {document['as_of']}: {document['value']:,}{_goal(document)}")
    if past := document["past"]:
        came = {True: ", reached", False: ", not reached", None: ""}[past["reached"]]
        click.echo(f"due {past['due']} is past: {past['value']:,}{came}")
    if following := document["next"]:
        click.echo(f"plan {following['period']}{_goal(following)}")
    if not document["enough"]:
        click.echo("too little history for a forecast: less than a year of it is on record")
        return
    if limited := document["limited"]:
        click.echo(f"no farther than {limited}: titles end after that, and none was ever up for renewal")
    table(
        ("month", *NAMES, "mean"),
        [[m["day"][:7], *(m[n] for n in (*NAMES, "mean"))] for m in document["months"]],
    )
    for one in document["chances"]:
        due = " (due)" if one["due"] else ""
        click.echo(
            f"chance of {one['goal']:,} on {one['day']}{due}: {float(one['chance']):.0%}, median {one['p50']:,}"
        )
    for line in needed_lines(document["needed"]):
        click.echo(line)
    if changed := document["what_if"]:
        d = changed["difference"]
        chance = "" if changed["chance"] is None else f"; chance {float(changed['chance']):.0%}"
        click.echo(f"what if: {d['mean']:+,} on {changed['day']} ({d['p05']:+,} to {d['p95']:+,}){chance}")
    if document["sample"]:
        click.echo(_SAMPLE, err=True)


def _goal(said: Record) -> str:
    """A goal with its day; of a tier, which no plan names, nothing."""
    if said["due"] is None:
        return ""
    goal = "not set" if said["goal"] is None else f"{said['goal']:,}"
    return f", goal {goal}, due {said['due']}"


def needed_lines(needed: Record | None) -> list[str]:
    """What would have to be true, in sentences."""
    if not needed:
        return []
    if needed["reached"]:
        return [f"the median reaches the goal on {needed['day']} as things go"]
    found = []
    for name, text in (("renewal_rate", "renewal rate"), ("new_a_month", "new firms a month")):
        if one := needed.get(name):
            reach = f"{one['needed']} reaches the goal" if one["needed"] else "even all would not do"
            found.append(f"{text} until {needed['day']}: {one['now']} as things go, {reach}")
    return found


@forecast.command("backtest")
@_TARGET
@click.option("--as-of", metavar="DAY")
@click.option("--json", "as_json", is_flag=True)
@command
def backtest(house: House, target: str, as_of: str | None, as_json: bool) -> None:
    """Forecast from past half-years and compare with what came."""
    document = ask_backtest(house, target, as_of_day(house, as_of), None)
    if as_json:
        print_json(document)
        return
    if not document["trials"]:
        click.echo("too little history: no past half-year has a year before it and half a year after it")
        return
    head = ("origin", "day", "p05", "p25", "p50", "p75", "p95", "actual", "in_50", "in_90")
    table(head, [[trial[name] for name in head] for trial in document["trials"]])
    click.echo()
    scored = ("ahead", "forecasts", "in_50", "in_90", "error", "loss", "loss_last_value", "loss_last_change")
    table(
        scored,
        [
            [score[name] if score[name] is not None else "all" for name in scored]
            for score in document["scores"]
        ],
    )
    if document["sample"]:
        click.echo(_SAMPLE, err=True)


@click.command("cultivate")
@_TARGET
@click.option("--tier", help="a tier, or tier:level, instead of a target")
@click.option("--unit", help="a district or functional area, by name or code")
@click.option("--as-of", metavar="DAY")
@PLAN
@click.option("--all", "whole", is_flag=True, help="also firms beyond those that reach the goal")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="write .xlsx or .csv")
@click.option("--json", "as_json", is_flag=True)
@command
def cultivate(
    house: House, target: str, tier: str | None, unit: str | None, as_of: str | None, judged_by: str | None,
    whole: bool, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """List the firms to cultivate, nearest to the line first, until what they may bring reaches the goal."""
    place = None
    if unit:
        read = house.places.read_district(unit)
        place = unit if unit in house.places.names else read.area or read.district
        if not place:
            raise click.UsageError(f"--unit {unit}: not a district or functional area of the city")
    document = ask_cultivation(
        house, tier or target, as_of_day(house, as_of), place, whole=whole, plan_name=plan_asked(judged_by)
    )
    head = ("uscc", "name", "unit", "what", "tier", "missing", "distance", "probability", "cumulative")
    rows = [
        [f["uscc"], f["name"], house.places.label(f["unit"], "zh"), f["what"], f["tier"], missing(f), f["distance"],
         f["probability"], f["cumulative"]]
        for f in document["firms"]
    ]  # fmt: skip
    if out:
        if out.suffix not in (".xlsx", ".csv"):
            raise click.UsageError(f"--out {out}: end it in .xlsx or .csv")
        write_table(out, document["target"].replace(":", "-"), head, rows)
    if as_json:
        print_json(document)
        return
    if not out:
        table(head, rows)
    goal = "goal not set" if document["goal"] is None else f"goal {document['goal']:,}"
    click.echo(
        f"{goal} on {document['until']}; sure {document['sure']:,}; {len(rows):,} firms listed", err=bool(out)
    )
    if document["takes"] is not None:
        click.echo(f"{document['takes']:,} firms are expected to reach it", err=bool(out))
    elif document["goal"] is not None:
        click.echo(
            f"all of them bring {document['expected']} and fall short by {document['short']}", err=bool(out)
        )


def missing(firm: Record) -> str:
    """What a firm lacks, in its own numbers."""
    if firm["what"] == "renewal":
        return f"renewal, last day {firm['last']}"
    return "; ".join(
        f"{gap['en'] or gap['id']}: {gap['value']}" + (f" of {gap['threshold']}" if gap["threshold"] else "")
        for gap in firm["gaps"]
    )


COMMANDS = (forecast, cultivate)
