"""Serving on loopback: until there are accounts, the register answers to its own machine only."""

from __future__ import annotations

import click
import waitress
from flask import Flask

from registry.shell.security import is_loopback
from registry.store.engine import StoreError

THREADS = 8


def serve(app: Flask, host: str, port: int) -> None:
    """Serve until interrupted, saying where. Raises StoreError for an address that others can reach."""
    if not is_loopback(host):
        raise StoreError(f"--host {host}: only loopback addresses are served (127.0.0.1, ::1, localhost)")
    try:
        server = waitress.create_server(app, host=host, port=port, threads=THREADS)
    except OSError as error:
        raise StoreError(
            f"cannot serve on {host}:{port}: {error.strerror}; choose another port by --port or PORT"
        ) from error
    # The port asked for may be 0: say the one that was given.
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Tidu 梯度: http://{shown}:{server.effective_port}/  (Ctrl+C ends it)")
    server.run()
