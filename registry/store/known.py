"""The register as it was known at an instant: the same fold over the statements held then, in a database of its own.

One mechanism serves three needs: questions "as known at T", ``db check`` (fold afresh and compare) and rebuilding.
Views are SQLite files kept by the last event before T, so every T between two events shares one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, func, select

from registry.kind import Kind
from registry.store import statements
from registry.store.engine import Store, open_store
from registry.store.merges import MERGE, merges_at
from registry.store.models import Filing, Tick, metadata

FILING: Any = Filing.__table__  # type: ignore[attr-defined]
KEPT_VIEWS = 6
#: Changes with the fold or the typed tables, so that views made by older code are not taken for its own.
EDITION = 2
BATCH = 20_000
Settle = Callable[[Connection], None]


def last_event(connection: Connection, known_at: datetime) -> datetime | None:
    """The newest filing, withdrawal, merge or split at or before an instant; None when nothing was known yet."""
    events = (FILING.c.recorded_at, FILING.c.withdrawn_at, MERGE.c.at, MERGE.c.split_at)
    last = connection.execute(select(*(newest(at, known_at) for at in events))).one()
    return max((at for at in last if at), default=None)


def newest(at: Any, known_at: Any) -> Any:
    """The newest instant of a column at or before another (an instant, or a parameter), as a part of a statement."""
    return select(func.max(at)).where(at <= known_at).scalar_subquery()


def last_filing(connection: Connection, known_at: datetime) -> int:
    f = FILING.c
    return connection.execute(select(func.max(f.id)).where(f.recorded_at <= known_at)).scalar() or 0


@contextmanager
def known(
    store: Store, kinds: Iterable[Kind], settle: Settle, known_at: datetime | None, folder: Path
) -> Iterator[Connection]:
    """A connection on which the typed tables hold what was known at ``known_at`` (None or later than all: the live ones).

    ``settle`` derives what lies beside the fold, as after a filing. ``folder`` holds the cached views.
    """
    with store.read() as live:
        event = None if known_at is None else last_event(live, known_at)
        newest = last_event(live, datetime.max.replace(tzinfo=known_at.tzinfo)) if known_at else None
        if known_at is None or event == newest:
            yield live
            return
        name = "nothing" if event is None else event.strftime("%Y%m%dT%H%M%S%f")
        register = live.execute(select(Tick.__table__.c.identity)).scalar()  # type: ignore[attr-defined]
        path = folder / f"{register}-{EDITION}-{name}.sqlite"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=folder) as work:
                fresh = Path(work) / "view.sqlite"
                fold_into(fresh, live, kinds, settle, known_at)
                os.replace(fresh, path)
            _forget_old(folder, path)
    view = open_store(f"sqlite:///{path}")
    try:
        with view.read() as connection:
            yield connection
    finally:
        view.dispose()


def fold_into(
    path: Path, live: Connection, kinds: Iterable[Kind], settle: Settle, known_at: datetime | None
) -> None:
    """Fold everything held at ``known_at`` (None: now) into a new SQLite file."""
    view = open_store(f"sqlite:///{path}")
    metadata.create_all(view.engine)
    where = statements.held_at(known_at, None if known_at is None else last_filing(live, known_at))
    led = merges_at(live, known_at)
    with view.write("fold") as unit:
        for kind in kinds:
            folded = statements.Folded(kind)
            for firm in statements.hold_all(live, kind, where, led):
                folded.take(*firm)
                if len(folded.rows) >= BATCH:
                    folded.write(unit.connection)
            folded.write(unit.connection)
        settle(unit.connection)
    with view.engine.connect() as connection:
        connection.exec_driver_sql("commit")
        connection.exec_driver_sql("pragma journal_mode=delete")  # one file, to be moved as a whole
    view.dispose()


def _forget_old(folder: Path, keep: Path) -> None:
    views = sorted(folder.glob("*.sqlite"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in views[KEPT_VIEWS:]:
        if old != keep:
            old.unlink(missing_ok=True)


def faults(store: Store, kinds: Iterable[Kind], settle: Settle) -> Iterator[str]:
    """Fold everything afresh and compare with the live tables; one line for each row that differs."""
    kinds = list(kinds)
    with TemporaryDirectory() as work, store.read() as live:
        path = Path(work) / "check.sqlite"
        fold_into(path, live, kinds, settle, None)
        view = open_store(f"sqlite:///{path}")
        with view.read() as fresh:
            tables: list[Any] = []
            for kind in kinds:
                tables += [kind.table, *(side.table for side in kind.beside)]
            for table in tables:
                held, folded = _contents(live, table), _contents(fresh, table)
                for row in sorted(held - folded, key=str):
                    yield f"{table.name}: holds {row[:4]}… which the statements do not say"
                for row in sorted(folded - held, key=str):
                    yield f"{table.name}: lacks {row[:4]}… which the statements say"
        view.dispose()


def _contents(connection: Connection, table: Any) -> set[tuple[Any, ...]]:
    columns = sorted(table.columns, key=lambda c: (not c.primary_key, c.name))
    rows = connection.execute(select(*columns), execution_options={"yield_per": BATCH})
    return {tuple(v.isoformat() if isinstance(v, date) else v for v in row) for row in rows}
