"""The bytes of what is delivered, once each by hash under ``[paths] var``/outbox, kept until they have arrived everywhere."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from registry.delivery.models import SENT, Delivery
from registry.house import House
from registry.store.contents import Contents

DELIVERY: Any = Delivery.__table__  # type: ignore[attr-defined]


class LostError(Exception):
    """A file's bytes are missing or are not what they were; the message names the file."""


def folder(house: House) -> Path:
    return house.settings.var / "outbox"


def contents(house: House) -> Contents:
    return Contents(folder(house))


def lay_in(house: House, files: Sequence[tuple[str, bytes]]) -> str:
    """Keep the bytes, on disk before the row that names them is committed. Gives the JSON of ``delivery.files``. To be
    called under the register's lock, so that nobody tidies them meanwhile."""
    kept, named = contents(house), []
    for name, content in files:
        with kept.stage(io.BytesIO(content), len(content)) as staged:
            kept.keep(staged)
            named.append({"name": name, "sha256": staged.sha256, "size": staged.size})
    return json.dumps(named, ensure_ascii=False)


def take_out(house: House, files: str) -> list[tuple[str, str, bytes]]:
    """(name, SHA-256, bytes) of what ``delivery.files`` names. Raises LostError."""
    kept, found = contents(house), []
    for file in json.loads(files):
        try:
            content = kept.path(file["sha256"]).read_bytes()
        except OSError as error:
            raise LostError(file["name"]) from error
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise LostError(file["name"])
        found.append((file["name"], file["sha256"], content))
    return found


def wanted(connection: Connection) -> dict[str, str]:
    """SHA-256 → a file's name, of everything that has not arrived: also what was given up may be sent again."""
    rows = connection.execute(select(DELIVERY.c.files).where(DELIVERY.c.status != SENT).distinct())
    return {file["sha256"]: file["name"] for files in rows.scalars() for file in json.loads(files)}


def faults(house: House) -> Iterator[str]:
    """One line for each file that waits to be sent and whose bytes are lost or are not what they were."""
    kept = contents(house)
    with house.store.read() as connection:
        files = wanted(connection)
    for sha256, name in sorted(files.items()):
        if what := kept.fault(sha256):
            yield f"file to be delivered ({name}): {what} under {folder(house)}"


def tidy(house: House, by: str) -> int:
    """Remove the bytes of what has arrived everywhere. Gives how many files went."""
    kept = contents(house)
    with house.store.read() as connection:
        files = wanted(connection)
    if not kept.needs_tidying(files):
        return 0
    with house.store.write(by) as work:
        return kept.tidy(wanted(work.connection))
