"""One history for the schema: it has one head, builds what the code declares, and keeps what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import cli
from registry.store import schema
from registry.store.engine import StoreError, open_store
from registry.store.models import metadata
from tests.registry.house import code, file_rows, open_test_house, table


def test_there_is_one_head(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    with store.read() as connection:
        assert len(ScriptDirectory.from_config(schema.config(connection)).get_heads()) == 1


def test_migrations_build_what_the_tables_declare(database_url: str) -> None:
    assert cli.ROOMS
    store = open_store(database_url)
    schema.prepare(store)
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    store.dispose()


def test_every_migration_goes_through_on_a_populated_database(database_url: str, tmp_path: Path) -> None:
    house = open_test_house(database_url, tmp_path)
    file_rows(house, "enterprises", [{"uscc": code(n), "name": f"济南{n}公司"} for n in range(20)])
    file_rows(
        house,
        "titles",
        [{"uscc": code(n), "tier": "srdi", "batch": "1", "issued_on": "2024-01-01"} for n in range(20)],
    )
    held = {kind: table(house, kind) for kind in ("enterprises", "titles")}
    with house.store.engine.connect().execution_options(tidu_write=True) as connection:
        script = ScriptDirectory.from_config(schema.config(connection))
        revisions = [revision.revision for revision in script.walk_revisions()]
        # Down to the first one and up again, step by step, with the rows in place.
        for revision in revisions[1:]:
            command.downgrade(schema.config(connection), revision)
        connection.commit()
    schema.upgrade(house.store)
    assert {kind: table(house, kind) for kind in held} == held
    house.store.dispose()


def test_an_older_schema_is_refused_with_the_command_that_mends_it(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    schema.prepare(store)
    with store.write("test") as unit:
        unit.connection.execute(text("update alembic_version set version_num = '0000'"))
    with pytest.raises(StoreError, match="db upgrade"):
        schema.prepare(store)


def test_the_tables_of_another_program_are_left_alone(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    with store.engine.begin() as connection:
        connection.execute(text("create table recipes (id integer)"))
    with pytest.raises(StoreError, match="another program"):
        schema.prepare(store)
    with store.read() as connection:
        assert inspect(connection).get_table_names() == ["recipes"]
