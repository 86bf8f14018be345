"""The schema and its history: a new database is created whole, an older one is upgraded on request only.

The metadata is what the gathered rooms have declared by the time of the call, so this module imports no room.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from registry.store.engine import Store, StoreError
from registry.store.models import metadata

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def config(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    settings.attributes["metadata"] = metadata
    return settings


def head(connection: Connection) -> str | None:
    """The newest revision that this code knows. Raises if history has forked."""
    return ScriptDirectory.from_config(config(connection)).get_current_head()


def current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def prepare(store: Store) -> None:
    """Create a missing or empty database; refuse an older or newer schema. Raises StoreError."""
    with store.read() as connection:
        now, newest = current(connection), head(connection)
        empty = not inspect(connection).get_table_names()
    if empty:
        upgrade(store)
    elif now is None:
        raise StoreError("the database holds tables of another program; choose another by DATABASE_URL")
    elif now != newest:
        raise StoreError(
            f"the database has schema {now}, this program wants {newest}; run: python cli.py db upgrade"
        )


def upgrade(store: Store) -> str | None:
    """Bring the schema to the newest revision, in one transaction. Gives the revision."""
    with store.engine.connect().execution_options(tidu_write=True) as connection:
        if store.is_sqlite:
            # Batch migrations recreate tables; with foreign keys on that would delete children.
            connection.exec_driver_sql("commit")
            connection.exec_driver_sql("pragma foreign_keys=off")
            connection.exec_driver_sql("begin immediate")
        command.upgrade(config(connection), "head")
        if store.is_sqlite and (broken := connection.exec_driver_sql("pragma foreign_key_check").first()):
            raise StoreError(f"the upgrade would break references ({broken}); nothing was changed")
        connection.commit()
        if store.is_sqlite:
            connection.exec_driver_sql("pragma foreign_keys=on")
        return current(connection)
