"""One database, two ways in: ``read()`` for questions, ``write()`` for the one unit of work; and ``note()`` for the
small bookkeeping of sign-in that is no part of the register.

SQLite is the default (WAL, foreign keys, immediate writes); PostgreSQL comes by one URL. Writers come one at
a time: SQLite by BEGIN IMMEDIATE, PostgreSQL by one advisory lock.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, make_url, select, text, update
from sqlalchemy.exc import ArgumentError, DataError

from registry.store.clock import TICK, Clock
from registry.store.models import Tick

TICK_AT: Any = Tick.__table__.c.at  # type: ignore[attr-defined]
LAST_WRITE = select(TICK_AT)
ADVISORY_LOCK = 0x7469_6475  # "tidu"
BUSY_MS = 120_000
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs"}


class StoreError(Exception):
    """The database cannot be used as asked; the message says what to do."""


def is_out_of_range(error: DataError) -> bool:
    """Is a number larger than its column? PostgreSQL says so by its code; SQLite cannot bind one and overflows."""
    return getattr(error.orig, "sqlstate", None) == "22003"


@dataclass(frozen=True)
class Write:
    """A running unit of work: one connection in one transaction, its instant, and who does it.

    ``since``: the instant of the commit before it; None in a new register."""

    connection: Connection
    at: datetime
    by: str
    since: datetime | None = None


class Store:
    """Holds the engine and the clock. Reads see the last commit; writes are serial and all or nothing."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self.engine = engine
        self.clock = clock or Clock()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.engine.connect() as plain:
            # One question may take many statements; all of them see the same commit.
            yield plain if self.is_sqlite else plain.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def write(self, by: str) -> Iterator[Write]:
        """The one way to change the database. Commits on leaving, rolls back on any error.

        The instant is taken under the lock and is always later than the last one.
        """
        with self.engine.connect().execution_options(tidu_write=True) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            last = self.last_write(connection)
            yield Write(connection, _next_instant(connection, self.clock, last), by, last)

    @contextmanager
    def note(self, *, wait: bool = True) -> Iterator[Connection]:
        """Bookkeeping beside the register: sessions, wrong passwords, when somebody was last seen. Never a record.

        It takes no instant, since what is known of firms has not changed and caches keyed by ``last_write`` stay good, and
        on PostgreSQL not the writers' lock, so nobody waits for a long import to sign in. SQLite has one lock for a whole
        file: there it waits for the writer in front. ``wait=False`` gives up at once (DBAPIError) where anything is in
        the way: for what may just as well be noted by the next request.
        """
        option = "tidu_write" if wait else "tidu_at_once"
        with self.engine.connect().execution_options(**{option: True}) as connection, connection.begin():
            if not self.is_sqlite and not wait:
                connection.execute(text("set local lock_timeout = '20ms'"))
            yield connection

    def last_write(self, connection: Connection) -> datetime | None:
        """The instant of the newest commit: what caches are keyed by."""
        return connection.execute(LAST_WRITE).scalar()

    def dispose(self) -> None:
        self.engine.dispose()


def _next_instant(connection: Connection, clock: Clock, last: datetime | None) -> datetime:
    now = clock.now().astimezone(UTC)
    at = now if last is None or now > last else last + TICK
    if last is None:
        connection.execute(insert(TICK_AT.table).values(id=1, identity=secrets.token_hex(8), at=at))
    else:
        connection.execute(update(TICK_AT.table).values(at=at))
    return at


def open_store(url: str, clock: Clock | None = None) -> Store:
    """An engine for ``url`` with the right manners. Raises StoreError for SQLite on a network share."""
    try:
        return _open(url, clock)
    except (ArgumentError, ImportError) as error:
        raise StoreError(
            f"DATABASE_URL {url!r}: {error}; use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        ) from error
    except OSError as error:
        raise StoreError(f"DATABASE_URL {url!r}: {error.strerror}: {error.filename}") from error


def _open(url: str, clock: Clock | None) -> Store:
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
        raise ArgumentError(f"{parsed.get_backend_name()} databases are not supported")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            folder = Path(parsed.database).resolve().parent
            folder.mkdir(exist_ok=True)
            _refuse_network_share(folder)
        # sqlite3's own transaction control must stay out of the way: BEGIN is ours (see _sqlite_begin).
        engine = create_engine(parsed, connect_args={"timeout": BUSY_MS / 1000, "isolation_level": None})
        event.listen(engine, "connect", _sqlite_manners)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True)
    return Store(engine, clock)


def _sqlite_manners(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "page_size=16384",  # of a new file: rows are long, and wider pages are written a sixth faster
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "synchronous=NORMAL",
        "temp_store=MEMORY",
        "cache_size=-65536",
        "wal_autocheckpoint=2500",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A deferred read that turns into a write fails at once whatever the timeout, so writers say so first.
    options = connection.get_execution_options()
    if options.get("tidu_at_once"):  # what can wait for another day does not wait for the lock
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("tidu_write") else "BEGIN")


def _refuse_network_share(folder: Path) -> None:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _device, point, file_system = line.split(" ")[:3]
        point = point.replace("\\040", " ")
        inside = str(folder) == point or str(folder).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, file_system
    if kind in NETWORK_FILE_SYSTEMS and not os.environ.get("TIDU_ALLOW_NETWORK_SHARE"):
        raise StoreError(
            f"{folder} lies on a network share ({kind}); SQLite loses data there. "
            "Use a local folder, or PostgreSQL by DATABASE_URL."
        )
