"""Copies of the whole database while it is in use: ``backup`` writes one file, ``restore`` reads it back.

Every table goes as JSON lines, out of one transaction's view, into a zip with the schema's revision; so writers are not
held up and the file restores into either kind of database. Left out are tables whose rows pass away by themselves:
a session that was ended since must not come back to life. The bytes of attached documents lie in the same file, and
those of what has not been delivered yet.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, inspect, select, text

from registry.store import schema
from registry.store.bulk import chunks, insert_rows
from registry.store.clock import instant_text
from registry.store.contents import Contents
from registry.store.engine import Store, StoreError
from registry.store.models import metadata

MANIFEST = "manifest.json"
DOCUMENTS, OUTBOX = "documents/", "outbox/"
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


def backup(store: Store, target: Path, documents: Path | None = None, outbox: Path | None = None) -> int:
    """Write a consistent copy to ``target`` (zip of JSON lines). Gives the number of rows. Never half a file.

    ``documents``: the folder with the bytes of attached documents, ``outbox``: with those of what has not been delivered
    yet; those that are lost there are not in the copy.
    """
    partial = target.with_name(target.name + ".part")
    total = 0
    with store.engine.connect() as plain:
        connection = plain if store.is_sqlite else plain.execution_options(isolation_level="REPEATABLE READ")
        with _own_file(partial) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for table in metadata.sorted_tables:
                if table.info.get("passing") or not inspect(connection).has_table(table.name):
                    continue
                columns = [c.name for c in table.columns]
                with io.TextIOWrapper(archive.open(f"{table.name}.jsonl", "w"), encoding="utf-8") as lines:
                    lines.write(json.dumps(columns) + "\n")
                    for row in connection.execute(select(table), execution_options={"yield_per": 10_000}):
                        lines.write(json.dumps([_plain(v) for v in row], ensure_ascii=False) + "\n")
                        total += 1
            copied = {
                name: 0 if folder is None else _copy_bytes(named(connection), folder, archive, name)
                for name, folder, named in ((DOCUMENTS, documents, _attached), (OUTBOX, outbox, _undelivered))
            }
            manifest = {
                "schema": schema.current(connection),
                "rows": total,
                "documents": copied[DOCUMENTS],
                "outbox": copied[OUTBOX],
            }
            archive.writestr(MANIFEST, json.dumps(manifest))
    os.replace(partial, target)
    return total


def verify(source: Path) -> int:
    """Read a copy to its end: every part by its checksum, every line, and as many rows as its manifest says. Gives the number
    of rows. Raises StoreError where it would not restore."""
    rows = 0
    try:
        with zipfile.ZipFile(source) as archive:
            said = json.loads(archive.read(MANIFEST))["rows"]
            for entry in archive.infolist():
                with archive.open(entry) as stream:
                    if entry.filename.endswith(".jsonl"):
                        rows += sum(1 for line in stream if json.loads(line) is not None) - 1
                    else:
                        while stream.read(1 << 20):
                            pass
    except (OSError, *DAMAGE) as error:
        raise StoreError(f"{source}: is damaged ({error})") from error
    if rows != said:
        raise StoreError(f"{source}: holds {rows} rows, its manifest says {said}")
    return rows


def _own_file(path: Path) -> IO[bytes]:
    """A new file that its owner alone reads: the copy holds password hashes and people's telephone numbers."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def _attached(connection: Connection) -> list[str]:
    """Bytes that a document's row names are never removed, so they can be read after the rows were."""
    hashes = metadata.tables["document"].c.sha256
    return list(connection.execute(select(hashes).distinct().order_by(hashes)).scalars())


def _undelivered(connection: Connection) -> list[str]:
    """What has arrived is not sent again, so its bytes need no copy."""
    delivery = metadata.tables["delivery"].c
    rows = connection.execute(select(delivery.files).where(delivery.status != "sent").distinct()).scalars()
    return sorted({file["sha256"] for files in rows for file in json.loads(files)})


def _copy_bytes(hashes: Iterable[str], folder: Path, archive: zipfile.ZipFile, name: str) -> int:
    kept, copied = Contents(folder), 0
    for sha256 in hashes:
        with suppress(FileNotFoundError):  # lost, or delivered and tidied away just now
            archive.write(kept.path(sha256), name + sha256, zipfile.ZIP_STORED)  # they are packed already
            copied += 1
    return copied


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": instant_text(value)}
    return value.isoformat() if isinstance(value, date) else value


def restore(
    store: Store,
    source: Path,
    documents: Path | None = None,
    outbox: Path | None = None,
    settle: Callable[[Connection], object] | None = None,
) -> int:
    """Fill an empty database from a backup, all or nothing. Raises StoreError where it is not empty or does not fit.

    ``documents`` and ``outbox``: the folders that take the bytes of attached documents and of what was not delivered.
    ``settle`` is called with the connection before the rows are committed.
    """
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
        held = [metadata.tables[name] for name in ("filing", "account") if name in metadata.tables]
        if any(connection.execute(select(table.c.id).limit(1)).first() for table in held):
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
        for name, folder in ((DOCUMENTS, documents), (OUTBOX, outbox)):
            if folder is None:
                continue
            what = name.removesuffix("/")
            try:
                copied, said = _take_bytes(archive, folder, name), manifest.get(what, 0)
            except DAMAGE as error:
                raise StoreError(f"{source}: is damaged ({error}); nothing was restored") from error
            if copied != said:
                raise StoreError(
                    f"{source}: holds {copied} files of {what}, its manifest says {said}; nothing was restored"
                )
        if settle is not None:
            settle(connection)
    return total


def _take_bytes(archive: zipfile.ZipFile, folder: Path, name: str) -> int:
    """Put the bytes in place before the rows are committed; raises ValueError where they are not what they are called."""
    kept, copied = Contents(folder), 0
    for entry in archive.infolist():
        if not entry.filename.startswith(name):
            continue
        with archive.open(entry) as stream, kept.stage(stream, entry.file_size) as staged:
            if staged.sha256 != entry.filename.removeprefix(name):
                raise ValueError(f"{entry.filename} holds other bytes")
            kept.keep(staged)
        copied += 1
    return copied


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
