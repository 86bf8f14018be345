"""``jobs list | runs | run | serve``: what is done on schedule, by hand and by the clock."""

from __future__ import annotations

import threading

import click

from registry.house import House
from registry.jobs import queries
from registry.jobs.clock import end_on_sigterm, scheduled
from registry.jobs.due import next_due
from registry.jobs.job import Job
from registry.jobs.models import STATUSES
from registry.jobs.running import Ran, read_period, run
from registry.speaking import DONE, SHORT, command, print_json, table
from registry.store.clock import SHANGHAI, instant_text

BY = "cli:local"
as_json = click.option("--json", "as_json", is_flag=True, help="answer as JSON")


def job_named(house: House, id: str) -> Job:
    if id not in house.jobs:
        raise click.UsageError(f"there is no job {id!r}; the jobs are {', '.join(house.jobs)}")
    return house.jobs[id]


@click.group("jobs", invoke_without_command=True)
@as_json
@click.pass_context
def jobs(context: click.Context, as_json: bool) -> None:
    """What is done on schedule: counts, checks, copies."""
    if context.invoked_subcommand is None:
        context.invoke(list_, as_json=as_json)


@jobs.command("list")
@as_json
@command
def list_(house: House, as_json: bool) -> None:
    """The jobs, one a line: id, schedule, next time in Shanghai, last run."""
    rows = queries.listed(house)
    if as_json:
        print_json(rows)
        return
    settings, now = house.settings.jobs, house.clock.now()
    for row in rows:
        job = house.jobs[row["id"]]
        due = next_due(settings.when(job.rhythm), now).astimezone(SHANGHAI)
        when = "left alone" if row["next"] is None else f"next {due:%Y-%m-%d %H:%M}"
        last = f"last {row['last']['period']} {row['last']['status']}" if row["last"] else "never run"
        click.echo(f"{row['id']:<16} {row['schedule']:<18} {when:<22} {last}")


@jobs.command("runs")
@click.option("--job", default="", help="of one job only")
@click.option("--status", default="", type=click.Choice(["", *STATUSES]), help="with one status only")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@as_json
@command
def runs_(house: House, job: str, status: str, limit: int, as_json: bool) -> None:
    """The runs, the last begun first."""
    if job:
        job_named(house, job)
    with house.store.read() as connection:
        found = [
            queries.document(row) for row in queries.runs(connection, queries.Wanted(job, status), limit)
        ]
    if as_json:
        print_json(found)
        return
    head = ("job", "period", "number", "status", "started_at", "evaluated", "changed", "delivered", "message")
    table(head, [[row[name] for name in head] for row in found])


@jobs.command("run")
@click.argument("name")
@click.option("--period", default="", metavar="P", help="default: the period that ended last")
@click.option("--again", is_flag=True, help="also where it is done: a new run supersedes, nothing is edited")
@as_json
@command
def run_(house: House, name: str, period: str, again: bool, as_json: bool) -> int:
    """Run a job for a period, here and now; a period that is done says so."""
    job = job_named(house, name)
    ran = run(house, job, read_period(job, period, house.clock.today()), BY, again=again)
    if as_json:
        print_json({**queries.document(ran.run), "outcome": ran.outcome})
    else:
        say(ran)
    return DONE if ran.outcome in ("done", "already", "busy") else SHORT


def say(ran: Ran) -> None:
    """One line about a run: what it came to on stdout, what went wrong on stderr."""
    row = ran.run
    name = f"{row.job} {row.period}" + (f" (run {row.number})" if row.number > 1 else "")
    match ran.outcome:
        case "done" | "already":
            was = (
                "done" if ran.outcome == "done" else f"is done already, since {instant_text(row.finished_at)}"
            )
            delivered = "not yet" if row.delivered is None else row.delivered
            numbers = f"evaluated {row.evaluated}, changed {row.changed}, delivered {delivered}"
            click.echo(f"{name}: {was}; {numbers}; {row.message}")
            if row.unposted:
                click.echo(f"{name}: not sent: {row.unposted}", err=True)
        case "busy":
            click.echo(f"{name}: is running since {instant_text(row.started_at)}, by {row.owner}")
        case "lost":
            click.echo(f"{name}: was taken over by {row.owner}; nothing of this run was kept", err=True)
        case _:
            click.echo(f"{name}: {ran.outcome}: {row.message}", err=True)


@jobs.command("serve")
@command
def serve(house: House) -> None:
    """The schedule alone, without the web application; beside it where that leaves the schedule alone."""
    end_on_sigterm()
    ending = threading.Event()
    with scheduled(house, say) as schedule:
        click.echo(f"the schedule of {len(schedule.jobs)} jobs is running (Ctrl+C ends it)")
        try:
            while not ending.wait(3600):
                pass
        except KeyboardInterrupt:
            click.echo("ending; a run that is going on is finished or given up", err=True)


COMMANDS = (jobs,)
