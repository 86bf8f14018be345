"""The one bulk write path: rows of plain values into a table, as fast as the driver goes.

Values are those that statements hold (ISO text for days, int, str, None), so no type machinery has to touch
them: SQLite stores them as they are and PostgreSQL reads text literals of its own types.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

import orjson
from sqlalchemy import ARRAY, Connection, Table, Text, any_, func, literal, select

T = TypeVar("T")
AT_A_STEP = 100  # rows in one insert; a tenth of the values that SQLite binds at most, in the widest table
CHUNK = 20_000  # subjects handled at a time: bounds memory, not the number of parameters


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert ``rows`` (tuples in the order of ``columns``) by executemany; SQLite takes many rows at each step."""
    sqlite = connection.dialect.name == "sqlite"
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    marks = f"({', '.join(['?' if sqlite else '%s'] * len(columns))})"
    into = f"insert into {quote(table.name)} ({names}) values "
    together = len(rows) - len(rows) % AT_A_STEP if sqlite else 0
    if together:
        steps = [
            tuple(chain.from_iterable(rows[at : at + AT_A_STEP])) for at in range(0, together, AT_A_STEP)
        ]
        connection.exec_driver_sql(into + ", ".join([marks] * AT_A_STEP), steps)
    if together < len(rows):
        connection.exec_driver_sql(into + marks, list(rows[together:]))


def among(connection: Connection, column: Any, values: Iterable[str]) -> Any:
    """The condition ``column in values`` with one bound parameter, however many there are."""
    listed = list(values)
    if connection.dialect.name == "sqlite":
        table = func.json_each(_as_json(listed)).table_valued("value")
        return column.in_(select(table.c.value))
    return column == any_(literal(listed, ARRAY(Text)))


def _as_json(values: Sequence[Any]) -> str:
    try:
        return orjson.dumps(values).decode()
    except TypeError:  # half a character, which only the slower one writes
        return json.dumps(values)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    source = iter(values)
    while chunk := list(islice(source, size)):
        yield chunk


def among_values(sqlite: bool, column: Any, values: Sequence[Any]) -> Any:
    """``among`` for text and numbers, where no connection is at hand to tell the database."""
    if sqlite:
        table = func.json_each(_as_json(values)).table_valued("value")
        return column.in_(select(table.c.value))
    return column == any_(literal(values, ARRAY(column.type)))
