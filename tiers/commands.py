"""This room's commands: count, the ladder and the sample city."""

from __future__ import annotations

import click

from registry.house import House
from registry.refusals import RefusedError
from registry.speaking import Progress, as_of_day, command, known_at_instant, print_json, table
from registry.store.clock import instant_text
from tiers import expiring, flows
from tiers.asking import ask_count, ask_firms, dimensions, view
from tiers.forecasting.commands import COMMANDS as FORECAST_COMMANDS
from tiers.judging import STATES
from tiers.members import Question
from tiers.plan_option import PLAN, plan_asked
from tiers.progress import document as laid_out
from tiers.progress import narrowed, progress
from tiers.rule_commands import COMMANDS as RULE_COMMANDS
from tiers.sampling import file_sample, is_empty, is_sample, is_whole
from tiers.terms import years_on


@click.command("count")
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--year", type=int, help="year of accounts (default: by the closing day)")
@click.option("--by", metavar="WHAT", help="break down by district, area, industry, ownership or chain")
@click.option("--firms", metavar="TARGET", help="list the firms behind a target")
@PLAN
@click.option("--json", "as_json", is_flag=True)
@command
def count(house: House, as_of: str | None, known_at: str | None, year: int | None, by: str | None, firms: str | None,
          judged_by: str | None, as_json: bool) -> None:  # fmt: skip
    """Count the register against the plan: targets, tiers, quality firms, revenue classes."""
    if by is not None and by not in (known := dimensions(house)):
        raise click.UsageError(f"--by {by}: give one of {', '.join(known)}")
    day, at = as_of_day(house, as_of), known_at_instant(house, known_at)
    if firms:
        listed = ask_firms(house, day, at, firms, year)
        if as_json:
            print_json(listed)
        else:
            table(("uscc", "name", "because"), [
                (f["uscc"], f["name"], "; ".join(f"{w['record']} (filing {w['filing']}, row {w['row']})" for w in f["why"]))
                for f in listed
            ])  # fmt: skip
        return
    document = ask_count(house, day, at, year, by, plan_asked(judged_by))
    if as_json:
        print_json(document)
        return
    click.echo(f"as of {document['as_of']}, known at {document['known_at']}")
    head = ("id", "name", "value", "goal", "rate", "unknown", "period", "source")
    table(
        head,
        [[target[name] for name in head] for target in document["targets"] if target["value"] is not None],
    )
    click.echo(
        f"{sum(t['value'] is None for t in document['targets'])} targets wait for figures that departments file\n"
    )
    head = (
        "tier",
        "level",
        "firms_valid",
        "titles_valid",
        "titles_cumulative",
        "new_this_year",
        "expiring_180d",
        "review_pending",
    )
    table(head, [[tier[name] for name in head] for tier in document["tiers"]])
    for row in document.get("by", ()):
        click.echo(
            f"{row['name']}: "
            + "  ".join(
                f"{id}={cell['value']}" for id, cell in row["targets"].items() if cell["value"] is not None
            )
        )


@click.command("targets")
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--plan", "wanted", metavar="ID", help="another plan (default: [targets] plan)")
@click.option(
    "--state",
    "asked",
    type=click.Choice([*STATES, "owed"]),
    help="of one state; owed: a department owes a figure",
)
@click.option("--json", "as_json", is_flag=True)
@command
def targets(house: House, as_of: str | None, known_at: str | None, wanted: str | None, asked: str | None,
            as_json: bool) -> None:  # fmt: skip
    """List the plan's indicators with value, goal and state, also on the due day where that has passed, and who reports."""
    day, at, name = as_of_day(house, as_of), known_at_instant(house, known_at), plan_asked(wanted)
    lines = narrowed(progress(house, day, at, None, name), asked or "")
    if as_json:
        printed = instant_text(at or house.clock.now())
        print_json(laid_out(name or house.settings.targets.plan, day, printed, lines))
        return
    head = ("id", "name", "value", "goal", "rate", "state", "period", "at due", "department")
    table(head, [
        [line.id, line.target.name, line.entry["value"], line.entry["goal"], line.entry["rate"],
         f"{line.state}, stale" if line.stale else line.state, line.entry["period"],
         line.at_due["value"] if line.at_due else None, line.lead]
        for line in lines
    ])  # fmt: skip


@click.command("ladder")
@click.option("--from", "before", metavar="DAY", help="the earlier day (default: a year before)")
@click.option("--to", "after", metavar="DAY", help="the later day (default: today)")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--json", "as_json", is_flag=True)
@command
def ladder(house: House, before: str | None, after: str | None, known_at: str | None, as_json: bool) -> None:
    """Show who moved between the quality tiers from one day to another, and which titles end in the coming months."""
    day = as_of_day(house, after)
    first = as_of_day(house, before) if before else years_on(day, -1)
    if first > day:
        raise click.UsageError("--from must not lie after --to")
    question = Question(day, house.settings)
    with view(house, known_at_instant(house, known_at)) as connection:
        moved, ends = flows.flows(connection, question, first), expiring.calendar(connection, question)
    if as_json:
        print_json({**flows.as_json(moved), "ways": flows.sums(moved), "expiring": expiring.as_json(ends)})
        return
    head = ("from", "to", "firms", "way")
    table(head, [[move[name] for name in head] for move in flows.as_json(moved)["moves"]])
    click.echo()
    used = [month for month in (*ends.months, "later") if any(row.get(month) for row in ends.rows.values())]
    rows = [[tier, *(row.get(month, 0) for month in used)] for tier, row in ends.rows.items()]
    table(("ending", *used), rows)


@click.command("demo")
@click.option("--firms", default=20_000, show_default=True, type=click.IntRange(60, 2_000_000))
@click.option("--seed", default=2023, show_default=True, type=int)
@click.option(
    "--if-empty", is_flag=True, help="do nothing, without complaint, where the register holds firms"
)
@command
def demo(house: House, firms: int, seed: int, if_empty: bool) -> None:
    """File the synthetic sample city into an empty register."""
    if not is_empty(house):
        if if_empty and (is_whole(house) or not is_sample(house)):
            return
        if if_empty:
            place = _place(house)
            raise RefusedError(
                f"the sample city was interrupted while it was filed; remove the database ({place}) and run again",
                f"样例城市装入时中断；请删除数据库（{place}）后重新运行",
            )
        raise RefusedError(
            "the register is not empty; the sample city goes into an empty one (choose another by DATABASE_URL)",
            "登记库不是空的；样例城市只放进空库（用 DATABASE_URL 另选一个）",
        )
    click.echo(f"filing a synthetic city of {firms:,} firms …", err=True)
    filings = file_sample(house, firms, seed, Progress())
    click.echo(f"{filings} filings; all firms are invented (credit codes of the unassigned area 370199)")


def _place(house: House) -> str:
    """The database in use, as its owner finds it: an SQLite file with its companions, or an address."""
    url = house.store.engine.url
    return f"{url.database}*" if house.store.is_sqlite else url.render_as_string(hide_password=True)


COMMANDS = (count, targets, ladder, demo, *FORECAST_COMMANDS, *RULE_COMMANDS)
