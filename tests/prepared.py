"""Databases with the schema in them and nothing else: migrations run once a process, and tests get copies. They are half of
what a small test of the register would cost."""

from __future__ import annotations

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy.engine import make_url

import cli
from registry.store import schema
from registry.store.clock import Clock
from registry.store.engine import Store, open_store

assert cli.ROOMS  # their tables are part of the schema


@cache
def empty_file() -> Path:
    """An SQLite file to copy."""
    folder = Path(mkdtemp(prefix="tidu-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = open_store(f"sqlite:///{folder / 'empty.sqlite'}")
    schema.prepare(store)
    with store.read() as connection:
        connection.exec_driver_sql("commit")
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    store.dispose()
    return folder / "empty.sqlite"


def opened(url: str, clock: Clock) -> Store:
    """The store at ``url``; the schema is put there where nothing is yet."""
    place = make_url(url)
    copied = place.get_backend_name() == "sqlite" and not Path(place.database or "").exists()
    if copied:
        shutil.copy(empty_file(), place.database or "")
    store = open_store(url, clock)
    if not copied:
        schema.prepare(store)
    return store
