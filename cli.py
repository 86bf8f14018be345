"""The front door: joins the three rooms into the web application and the command line."""

from __future__ import annotations

import gc
import sys

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from chains.front import ROOM as CHAINS
from registry.front import ROOM as REGISTRY
from registry.house import House
from registry.settings import Settings, SettingsError, load
from registry.speaking import command
from registry.store import schema
from registry.store.clock import Clock
from registry.store.engine import StoreError, open_store
from tiers.front import ROOM as TIERS
from tiers.targets import plans

ROOMS = (REGISTRY, TIERS, CHAINS)
# A count holds millions of small values without cycles. Going through all of them again and again for garbage that is not
# there took a fifth of a month's job, so the whole heap is gone through a tenth as often; what is young as ever.
gc.set_threshold(700, 10, 100)


def open_house(
    settings: Settings | None = None, clock: Clock | None = None, *, prepare: bool = True
) -> House:
    """Settings, database and rooms put together. A missing or empty database is created (``prepare``)."""
    settings = settings or load()
    if settings.targets.plan not in plans():
        known = ", ".join(plans())
        raise SettingsError(
            f"[targets] plan: there is no plan {settings.targets.plan!r}; the plans are {known}"
        )
    house = House(settings, open_store(settings.database.url, clock), ROOMS)
    if prepare:
        schema.prepare(house.store)
    return house


def create_app(house: House | None = None) -> Flask:
    """The web application, for any WSGI server: ``gunicorn 'cli:create_app()'``. Rules that cannot be read stop it."""
    from registry.shell.app import create_app as build
    from tiers.assessing import known_rules
    from tiers.sampling import is_sample

    known_rules()

    house = house or open_house()
    return build(house.settings, house.store, house.rooms, house.clock, sample=lambda: is_sample(house))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Tidu 梯度: a city's register of graded enterprises. Every command reads config.toml and DATABASE_URL."""
    if context.resilient_parsing or {"-h", "--help"} & set(sys.argv[1:]):
        return
    upgrading = context.invoked_subcommand == "db"
    try:
        context.obj = open_house(prepare=not upgrading)
    except (SettingsError, StoreError) as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(2) from error
    except DBAPIError as error:
        click.echo(f"error: the database cannot be opened: {error.orig}; check DATABASE_URL", err=True)
        raise SystemExit(2) from error


@main.command()
@click.option("--host", help="address to serve on (default: [web] host)")
@click.option("--port", type=int, help="port (default: PORT or [web] port)")
@command
def serve(house: House, host: str | None, port: int | None) -> None:
    """Serve the web application. The first start on loopback makes the administrator and says the password once."""
    from registry.shell.server import serve as run

    if host is not None:
        house = house.on(host)
    run(create_app(house), house.settings.web.host, house.settings.web.port if port is None else port)


for room in ROOMS:
    for each in room.commands:
        main.add_command(each)

if __name__ == "__main__":
    main(prog_name="cli.py")
