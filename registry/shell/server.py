"""Serving: on loopback at once, elsewhere once somebody can sign in."""

from __future__ import annotations

from contextlib import nullcontext

import click
import waitress
from flask import Flask

from registry.accounts.queries import any_password
from registry.accounts.signing import first_administrator
from registry.house import House
from registry.jobs.clock import end_on_sigterm, scheduled
from registry.shell.security import ANYWHERE, is_loopback
from registry.shell.serving import KEY
from registry.store.engine import StoreError

THREADS = 8


def serve(app: Flask, host: str, port: int) -> None:
    """Serve until interrupted, saying where. On loopback the first start makes the administrator. Raises StoreError for
    an address that others can reach while nobody can sign in."""
    house: House = app.extensions[KEY].house
    try:
        server = waitress.create_server(app, host=host, port=port, threads=THREADS, ident="tidu")
    except OSError as error:
        raise StoreError(
            f"cannot serve on {host}:{port}: {error.strerror}; choose another port by --port or PORT"
        ) from error
    welcome(house, host)
    # The port asked for may be 0: say the one that was given.
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Tidu 梯度: http://{shown}:{server.effective_port}/  (Ctrl+C ends it)")
    end_on_sigterm()
    # The port is open. What was missed is made up for beside the requests, once those who wait for the pages have theirs.
    jobs = house.settings.jobs
    with scheduled(house, rest=jobs.rest_seconds) if jobs.on else nullcontext():
        server.run()


def welcome(house: House, host: str) -> None:
    """What is to be said, and done, before the first request on ``host``."""
    if is_loopback(host):
        if made := first_administrator(house):
            click.echo(
                f"first start: sign in as {made[0]} with the password {made[1]}; it will ask for a new one"
            )
        return
    with house.store.read() as connection:
        somebody = any_password(connection)
    if not somebody and not house.settings.oidc.issuer:
        raise StoreError(
            f"--host {host}: nobody can sign in yet, so only loopback is served; first make an account: "
            "cli.py user add NAME --role administrator"
        )
    web = house.settings.web
    if not web.behind_proxy:
        click.echo(
            "warning: passwords cross the network unencrypted; put a reverse proxy with https before this server "
            "on the same machine and set [web] behind_proxy",
            err=True,
        )
    if host in ANYWHERE and not web.hosts:
        click.echo(
            "warning: only requests to localhost will be answered; name the others that browsers use in [web] hosts",
            err=True,
        )
