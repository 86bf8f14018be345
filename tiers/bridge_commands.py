"""The commands of bridges, published counts and series."""

from __future__ import annotations

from datetime import date

import click

from registry.house import House
from registry.kind import Record
from registry.speaking import DONE, SHORT, as_of_day, command, known_at_instant, print_json, table
from tiers.bridging import QUALITY, bridge_document, comparison, head_document, place_of
from tiers.bulletins.published import publish
from tiers.publishing import snapshot, snapshots
from tiers.series import MONTHS, series
from tiers.snapshot_documents import rerun_document, snapshot_document
from tiers.terms import months_on

BY = "cli:local"
#: What a count is published for (design, "reports").
NAMES = ("monthly", "quarterly", "district", "expiry")


@click.command("bridge")
@click.argument("before", metavar="FROM")
@click.argument("after", metavar="TO")
@click.option("--target", default=QUALITY, show_default=True, metavar="ID")
@click.option("--known-at", metavar="INSTANT|DAY|FILING", help="for an end that names no instant of its own")
@click.option("--json", "as_json", is_flag=True)
@command
def bridge(house: House, before: str, after: str, target: str, known_at: str | None, as_json: bool) -> None:
    """What makes the difference between two counts: every firm that left or came, with its reason.

    FROM and TO are days (2025-12-31), days as known at an instant (2025-12-31@2026-01-05), or published counts (#12).
    """
    at = known_at_instant(house, known_at)
    document = bridge_document(house, place_of(house, before, at), place_of(house, after, at), target)
    if as_json:
        print_json(document)
    else:
        _say_bridge(document)


def _say_bridge(document: Record) -> None:
    first, last = document["from"], document["to"]
    steps = [(step["reason"], len(step["firms"]), f"{step['delta']:+}") for step in document["steps"]]
    click.echo(document["target"])
    table(
        ("step", "firms", "number"),
        [
            (f"as of {first['as_of']}", "", first["value"]),
            *steps,
            (f"as of {last['as_of']}", "", last["value"]),
        ],
    )
    held = "  ".join(f"{how} {len(firms)}" for how, firms in document["held"].items() if firms)
    if held:
        click.echo(f"of those that stayed: {held}")


@click.group("snapshots", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def snapshots_group(context: click.Context, as_json: bool) -> None:
    """Published counts: frozen with their firms, never edited."""
    if context.invoked_subcommand is None:
        context.invoke(list_snapshots, as_json=as_json)


@snapshots_group.command("list")
@click.option("--json", "as_json", is_flag=True)
@command
def list_snapshots(house: House, as_json: bool) -> None:
    """All published counts, the newest first."""
    rows = [head_document(head) for head in snapshots(house)]
    if as_json:
        print_json(rows)
        return
    head = ("id", "name", "as_of", "known_at", "published_at", "by", "supersedes")
    table(head, [[row[name] for name in head] for row in rows])


@snapshots_group.command("show")
@click.argument("id", type=int)
@click.option("--json", "as_json", is_flag=True)
@command
def show_snapshot(house: House, id: int, as_json: bool) -> None:
    """One published count: its numbers, its definition, and by what it was overtaken since."""
    document = snapshot_document(house, snapshot(house, id))
    if as_json:
        print_json(document)
        return
    named = ("id", "name", "as_of", "known_at", "published_at", "by")
    click.echo("  ".join(f"{name}={document[name]}" for name in named))
    head = ("id", "value", "goal", "rate")
    rows = [t for t in document["count"]["targets"] if t["value"] is not None]
    table(head, [[target[name] for name in head] for target in rows])
    for one in document["overtaken"]:
        click.echo(f"overtaken: {overtaken_line(one)}")


def overtaken_line(one: Record) -> str:
    """One thing that happened since, for the terminal."""
    match one["what"]:
        case "superseded":
            return f"published again as #{one['snapshot']}"
        case "withdrawn":
            what = f"{one['firms']} firms" if one["firms"] else "filed figures"
            return f"filing {one['filing']} ({one['file']}) behind {what} was withdrawn by {one['by']}, {one['at']}"
        case "merged" | "split":
            return f"{one['loser']} and {one['survivor']} were {one['what']} by {one['by']}, {one['at']}"
        case "corrected":
            by = ", ".join(map(str, one["filings"])) or "none of its own firms'"
            now, then = ("not known" if n is None else n for n in (one["value"], one["published"]))
            apart = f" ({one['delta']:+})" if isinstance(one["delta"], int) else ""
            return f"{one['target']} is {now} as known now, not {then}{apart}; filings: {by}"
        case "numbers":
            return f"other numbers of it would be others today: {', '.join(one['parts'])}"
    return f"the definition is another: {', '.join(one['parts'])}"


@snapshots_group.command("rerun")
@click.argument("id", type=int)
@click.option("--json", "as_json", is_flag=True)
@command
def rerun_snapshot(house: House, id: int, as_json: bool) -> int:
    """Count it again from what was known then; exit 1 where that gives other bytes."""
    document = rerun_document(house, snapshot(house, id))
    if as_json:
        print_json(document)
    elif document["same"]:
        click.echo("the same bytes")
    else:
        since = ", ".join(document["changed"]) or "nothing in the definition"
        click.echo(
            f"other bytes: {document['rerun']} instead of {document['sha256']}; changed since: {since}"
        )
    return DONE if document["same"] else SHORT


@snapshots_group.command("compare")
@click.argument("a", type=int)
@click.argument("b", type=int)
@click.option("--json", "as_json", is_flag=True)
@command
def compare_snapshots(house: House, a: int, b: int, as_json: bool) -> None:
    """Two published counts side by side, and what they define otherwise."""
    document = comparison(snapshot(house, a), snapshot(house, b))
    if as_json:
        print_json(document)
        return
    head = ("id", "a", "b", "delta")
    shown = [row for row in document["targets"] if (row["a"], row["b"]) != (None, None)]
    table(("target", f"#{a}", f"#{b}", "difference"), [[row[name] for name in head] for row in shown])
    for part in document["definition"]:
        click.echo(f"defined otherwise: {part}")


@snapshots_group.command("publish")
@click.argument("name", type=click.Choice(NAMES))
@click.option("--as-of", metavar="DAY")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--new", is_flag=True, help="also where the same is published already; the old one stands")
@click.option("--json", "as_json", is_flag=True)
@command
def publish_snapshot(
    house: House, name: str, as_of: str | None, known_at: str | None, new: bool, as_json: bool
) -> None:
    """Freeze the count of a day; the same day and definition gives the one that stands."""
    made = publish(
        house, name, as_of_day(house, as_of), BY, new=new, known_at=known_at_instant(house, known_at)
    )
    if as_json:
        print_json(head_document(made))
    else:
        click.echo(f"published count #{made.id}: {made.name}, as of {made.as_of}")


@click.command("series")
@click.option(
    "--target", metavar="ID", help="one target (default: all that are counted from firms, and the tiers)"
)
@click.option("--from", "first", metavar="DAY", help="the first month (default: two years before the last)")
@click.option("--to", "last", metavar="DAY", help="the last day (default: today)")
@click.option("--known-at", metavar="INSTANT|DAY|FILING")
@click.option("--json", "as_json", is_flag=True)
@command
def series_(
    house: House, target: str | None, first: str | None, last: str | None, known_at: str | None, as_json: bool
) -> None:
    """The course of the counts, month by month."""
    to = as_of_day(house, last)
    start = as_of_day(house, first) if first else months_on(to, -MONTHS)
    document = series(house, _from(start, to), to, known_at_instant(house, known_at), target)
    if as_json:
        print_json(document)
        return
    rows = [
        *document["targets"].items(),
        *((f"{one['tier']}:{one['level']}", one["firms_valid"]) for one in document["tiers"]),
    ]
    by_day = zip(document["days"], *(values for _name, values in rows), strict=True)
    table(("day", *(name for name, _values in rows)), by_day)


def _from(start: date, to: date) -> date:
    if start > to:
        raise click.UsageError("--from must not lie after --to")
    return start


COMMANDS = (bridge, snapshots_group, series_)
