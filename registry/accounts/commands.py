"""Accounts on the command line: ``user add | passwd | list | disable | enable``. A password is typed at a prompt or made,
never an argument: those stand in the shell's history and in the list of processes."""

from __future__ import annotations

from typing import Any

import click

from registry.accounts import actions, passwords
from registry.accounts.queries import accounts, by_login
from registry.house import House
from registry.refusals import MisusedError
from registry.shell.roles import ROLES
from registry.speaking import command, print_json, table
from registry.store.clock import instant_text

BY = "cli:local"
generate = click.option(
    "--generate", is_flag=True, help="make a random password, print it, and have it changed"
)


@click.group("user")
def user() -> None:
    """Accounts: who may sign in, and in which role."""


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--unit", help="district or functional area of a district officer, by name or code")
@click.option("--display", default="", help="name to show")
@generate
@command
def add(house: House, name: str, role: str, unit: str | None, display: str, generate: bool) -> None:
    """Make an account; the password is asked for, or made by --generate."""
    place = actions.read_unit(house, unit or "")
    password = passwords.generated() if generate else _typed()
    actions.add(house, name, role, BY, display=display, unit=place, password=password, must_change=generate)
    _say(name, password if generate else None)


@user.command("passwd")
@click.argument("name")
@generate
@command
def passwd(house: House, name: str, generate: bool) -> None:
    """Give an account a new password; it is signed out everywhere."""
    row = _named(house, name)
    password = passwords.generated() if generate else _typed()
    actions.set_password(house, row.id, BY, password, must_change=generate)
    _say(row.login, password if generate else None)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="answer as JSON")
@command
def list_(house: House, as_json: bool) -> None:
    """All accounts."""
    with house.store.read() as connection:
        rows = accounts(connection)
    found: list[dict[str, Any]] = [
        {
            "login": row.login, "display": row.display, "role": row.role, "unit": row.unit, "active": bool(row.active),
            "must_change": bool(row.must_change), "made_at": instant_text(row.made_at), "made_by": row.made_by,
            "seen_at": instant_text(row.seen_at) if row.seen_at else None,
        }
        for row in rows
    ]  # fmt: skip
    if as_json:
        print_json(found)
    else:
        head = ("login", "display", "role", "unit", "active", "seen_at")
        table(head, [[row[name] for name in head] for row in found])


@user.command("disable")
@click.argument("name")
@command
def disable(house: House, name: str) -> None:
    """Keep an account from signing in; its sessions end and its tokens are not served."""
    actions.set_active(house, _named(house, name).id, BY, False)
    click.echo(f"{name}: disabled")


@user.command("enable")
@click.argument("name")
@command
def enable(house: House, name: str) -> None:
    """Let a disabled account sign in again."""
    actions.set_active(house, _named(house, name).id, BY, True)
    click.echo(f"{name}: enabled")


def _typed() -> str:
    return str(click.prompt("password", hide_input=True, confirmation_prompt=True))


def _say(name: str, password: str | None) -> None:
    made = f"; the password is {password} and must be changed at the first sign-in" if password else ""
    click.echo(f"{name}: ready to sign in{made}")


def _named(house: House, name: str) -> Any:
    with house.store.read() as connection:
        row = by_login(connection, name)
    if row is None:
        raise MisusedError(f"there is no account {name!r}", f"没有账号“{name}”", "see: cli.py user list")
    return row


COMMANDS = (user,)
