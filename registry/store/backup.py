"""Copies of the whole database while it is in use: ``backup`` writes one file, ``restore`` reads it back.

Every table goes as JSON lines, out of one transaction's view, into a zip with the schema's revision; so writers are
not held up and the file restores into either kind of database. Tables that are made again from others are left out
(``passing``).
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, select, text

from registry.store import schema
from registry.store.bulk import chunks, insert_rows
from registry.store.clock import instant_text
from registry.store.engine import Store, StoreError
from registry.store.models import metadata

MANIFEST = "manifest.json"
#: What a damaged file raises while it is read: the zip and its streams, the JSON, rows that are not of our making.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    StopIteration,
)


def backup(store: Store, target: Path) -> int:
    """Write a consistent copy to ``target`` (zip of JSON lines). Gives the number of rows. Never half a file."""
    partial = target.with_name(target.name + ".part")
    total = 0
    with store.engine.connect() as plain:
        connection = plain if store.is_sqlite else plain.execution_options(isolation_level="REPEATABLE READ")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for table in metadata.sorted_tables:
                if table.info.get("passing") or not inspect(connection).has_table(table.name):
                    continue
                columns = [c.name for c in table.columns]
                with io.TextIOWrapper(archive.open(f"{table.name}.jsonl", "w"), encoding="utf-8") as lines:
                    lines.write(json.dumps(columns) + "\n")
                    for row in connection.execute(select(table), execution_options={"yield_per": 10_000}):
                        lines.write(json.dumps([_plain(v) for v in row], ensure_ascii=False) + "\n")
                        total += 1
            manifest = {"schema": schema.current(connection), "rows": total}
            archive.writestr(MANIFEST, json.dumps(manifest))
    os.replace(partial, target)
    return total


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": instant_text(value)}
    return value.isoformat() if isinstance(value, date) else value


def restore(store: Store, source: Path) -> int:
    """Fill an empty database from a backup, all or nothing. Raises StoreError where it is not empty or does not fit."""
    try:
        archive = zipfile.ZipFile(source)
        manifest = json.loads(archive.read(MANIFEST))
        revision, rows = manifest["schema"], manifest["rows"]
    except (OSError, *DAMAGE) as error:
        raise StoreError(f"{source}: is not a backup ({error})") from error
    schema.prepare(store)
    with archive, store.engine.connect().execution_options(tidu_write=True) as connection, connection.begin():
        if revision != schema.current(connection):
            raise StoreError(
                f"{source}: was made with schema {revision}, this program has {schema.current(connection)}"
            )
        if connection.execute(select(metadata.tables["filing"].c.id).limit(1)).first():
            raise StoreError("restore wants an empty database; choose a new one by DATABASE_URL")
        total = 0
        try:
            for table in metadata.sorted_tables:
                if f"{table.name}.jsonl" in archive.namelist():
                    total += _fill(connection, table, archive)
        except DAMAGE as error:
            raise StoreError(f"{source}: is damaged ({error}); nothing was restored") from error
        if not store.is_sqlite:
            _continue_numbering(connection)
        if total != rows:
            raise StoreError(f"{source}: holds {total} rows, its manifest says {rows}; nothing was restored")
    return total


def _fill(connection: Connection, table: Any, archive: zipfile.ZipFile) -> int:
    total = 0
    with io.TextIOWrapper(archive.open(f"{table.name}.jsonl"), encoding="utf-8") as lines:
        columns = json.loads(next(lines))
        for chunk in chunks(lines, 10_000):
            rows = [tuple(_typed(v) for v in json.loads(line)) for line in chunk]
            insert_rows(connection, table, columns, rows)
            total += len(rows)
    return total


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return value["at"].replace("Z", "+00:00")
    return value


def _continue_numbering(connection: Connection) -> None:
    """Sequences go on after the highest number restored."""
    for table in metadata.sorted_tables:
        key = list(table.primary_key.columns)
        if len(key) == 1 and key[0].name == "id" and key[0].type.python_type is int and table.name != "tick":
            connection.execute(text(
                f"select setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 1), max(id) is not null) "
                f"from {table.name}"
            ))  # fmt: skip
