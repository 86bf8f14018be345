"""What a firm is found by: its names, products and sounds, as they are indexed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from registry.naming.normal import normal_form
from registry.naming.pinyin import sort_key, typed_forms
from registry.store.bulk import among, chunks
from registry.subjects import ENTERPRISE, KNOWN_NAME

E, K = ENTERPRISE.c, KNOWN_NAME.c


class Entry(NamedTuple):
    """The texts of one firm, in the order of the table's columns. A renamed firm is found by every name, whatever the
    day; it stands in the order of the last one."""

    uscc: str
    sort_key: bytes
    names: str
    products: str
    sounds: str
    from_day: str
    to_day: str


def _firms(query: Select[Any], connection: Connection, codes: Iterable[str] | None) -> Iterator[Any]:
    """Rows about some firms or all of them (None), in the order of codes and days."""
    ordered = query.order_by(E.uscc, E.from_day)
    if codes is None:
        yield from connection.execute(ordered, execution_options={"yield_per": 20_000})
        return
    for chunk in chunks(codes):
        yield from connection.execute(ordered.where(among(connection, E.uscc, chunk)))


def in_order(connection: Connection, codes: Iterable[str] | None) -> list[str]:
    """Credit codes of some firms or all of them (None) that are on the register, in the order of their names."""
    last = {row.uscc: row.name_key for row in _firms(select(E.uscc, E.name_key), connection, codes)}
    return [uscc for _key, uscc in sorted((sort_key(name), uscc) for uscc, name in last.items())]


def entries(connection: Connection, codes: Sequence[str]) -> dict[str, Entry]:
    """Credit code → entry, of those that are on the register."""
    last: dict[str, str] = {}
    days: dict[str, tuple[str, str]] = {}
    names, spoken, products = (_Texts(), _Texts(), _Texts())
    columns = select(E.uscc, E.from_day, E.to_day, E.name_key, E.products, E.niche)
    for uscc, from_day, to_day, name, made, niche in _firms(columns, connection, codes):
        last[uscc] = name
        days[uscc] = (days.get(uscc, (from_day.isoformat(),))[0], to_day.isoformat())
        for texts in (names, spoken):
            texts.add(uscc, name)
        for text in (made, niche):
            if text:
                products.add(uscc, normal_form(text))
    for chunk in chunks(codes):
        known = select(K.uscc, K.role, K.key).where(among(connection, K.uscc, chunk))
        for uscc, role, key in connection.execute(known.order_by(K.uscc, K.role, K.key)):
            names.add(uscc, key)
            if role == "short":
                spoken.add(uscc, key)
    return {
        uscc: Entry(
            uscc,
            sort_key(name),
            "\n".join(names.of(uscc)),
            "\n".join(products.of(uscc)),
            # Each after a line's end, so that its beginning can be looked for.
            "".join(
                f"\n{form}" for form in dict.fromkeys(f for n in spoken.of(uscc) for f in typed_forms(n))
            ),
            *days[uscc],
        )
        for uscc, name in last.items()
    }


class _Texts:
    """Credit code → texts, each once, in the order of coming."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, None]] = {}

    def add(self, uscc: str, text: str) -> None:
        self._held.setdefault(uscc, {})[text] = None

    def of(self, uscc: str) -> Iterable[str]:
        return self._held.get(uscc, ())
