"""``deliveries list | send | retry | test``: the outbox on the command line."""

from __future__ import annotations

from dataclasses import asdict

import click

from registry.delivery.actions import retry, send_test
from registry.delivery.models import SENT, STATUSES
from registry.delivery.outcome import REASONS
from registry.delivery.parcel import CHANNELS
from registry.delivery.queries import deliveries as listed
from registry.delivery.queries import delivery, document
from registry.delivery.sending import Sent, send_due
from registry.house import House
from registry.speaking import DONE, SHORT, command, print_json, table

BY = "cli:local"
as_json = click.option("--json", "as_json", is_flag=True, help="answer as JSON")


@click.group("deliveries", invoke_without_command=True)
@as_json
@click.pass_context
def deliveries(context: click.Context, as_json: bool) -> None:
    """What goes to folder, mail and webhook once it is published, and what became of it."""
    if context.invoked_subcommand is None:
        context.invoke(list_, as_json=as_json)


@deliveries.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="only those in this state")
@click.option("--channel", type=click.Choice(CHANNELS), help="only those of this channel")
@click.option("--limit", type=click.IntRange(1), help="so many at most")
@as_json
@command
def list_(
    house: House,
    as_json: bool,
    status: str | None = None,
    channel: str | None = None,
    limit: int | None = None,
) -> None:
    """All deliveries, newest first."""
    with house.store.read() as connection:
        rows = [document(row) for row in listed(connection, status, channel, limit)]
    if as_json:
        print_json(rows)
    else:
        head = ("id", "parcel", "channel", "address", "status", "tries", "next_at", "sent_at")
        table((*head, "why"), [[*(row[name] for name in head), _why(row["reason"])] for row in rows])


@deliveries.command("send")
@as_json
@command
def send(house: House, as_json: bool) -> int:
    """Send what is due now; exit 1 where something did not arrive."""
    return _say(send_due(house), as_json)


@deliveries.command("retry")
@click.argument("id", type=int)
@as_json
@command
def retry_(house: House, id: int, as_json: bool) -> int:
    """Try one delivery that failed or was given up at once."""
    return _say(retry(house, id), as_json)


@deliveries.command("test")
@click.option("--channel", required=True, type=click.Choice(CHANNELS))
@click.option("--address", help="one of the channel's addresses (default: those told of failures)")
@as_json
@command
def test_(house: House, channel: str, address: str | None, as_json: bool) -> int:
    """Send a test message and say what became of it."""
    ids = send_test(house, channel, address, BY)
    with house.store.read() as connection:
        rows = [document(delivery(connection, id)) for id in ids]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            said = (
                row["receipt"]
                if row["status"] == SENT
                else f"{_why(row['reason'])} ({row['message'] or '–'})"
            )
            click.echo(f"{row['address']}: {row['status']}: {said}")
    return DONE if all(row["status"] == SENT for row in rows) else SHORT


def _say(done: Sent, as_json: bool) -> int:
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(f"{done.sent} sent, {done.failed} to be tried again, {done.given_up} given up")
    return SHORT if done.failed or done.given_up else DONE


def _why(reason: str | None) -> str:
    return REASONS[reason].en if reason in REASONS else ""
