"""Which column is which where no header says so: names, credit codes and districts are known by their looks. Pure.

A column counts as one of names where most of its cells end like names of firms. Columns without a header are called by
their place, 第 1 列, 第 2 列, so that they can be bound by hand like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from registry.intake import listing
from registry.intake.headers import Column, Header, HeaderError, fold, settle
from registry.intake.sheets import is_empty
from registry.kind import Kind
from registry.naming.codes import looks_like_code

#: Cells looked at, and the share of them that must look alike.
LOOKED_AT, MOST = 500, 0.6

Rows = Sequence[Sequence[Any]]


def title(index: int) -> str:
    return f"第 {index + 1} 列"


def is_name(cell: Any) -> bool:
    return isinstance(cell, str) and listing.is_firm(listing.entry(cell).name)


def _is_code(cell: Any) -> bool:
    return isinstance(cell, str) and looks_like_code(cell)


def _is_place(cell: Any) -> bool:
    return isinstance(cell, str) and listing.is_place(cell)


def like(rows: Rows, looks: Callable[[Any], bool]) -> list[int]:
    """The columns most of whose filled cells look so."""
    found = []
    for at in range(max(map(len, rows[:LOOKED_AT]), default=0)):
        cells = [row[at] for row in rows[:LOOKED_AT] if at < len(row) and not is_empty(row[at])]
        if cells and sum(map(looks, cells)) >= MOST * len(cells):
            found.append(at)
    return found


def without_header(
    kind: Kind, rows: Rows, mapping: Mapping[str, str], units: Mapping[str, str]
) -> Header | None:
    """The columns of a list that has no header; None where no column, or more than one, is full of firms' names.

    Rows above the first name are titles. ``mapping`` and errors as in ``find_header``.
    """
    if "name" not in kind.by_id:
        return None
    first = next((at for at, row in enumerate(rows) if any(map(is_name, row))), len(rows))
    body = rows[first:]
    names = like(body, is_name)
    if len(names) != 1:
        return None
    bound = {fold(title(names[0])): "name"}
    for field, looks in ((kind.subject, _is_code), ("district", _is_place)):
        found = [at for at in like(body, looks) if at != names[0]]
        if field in kind.by_id and len(found) == 1:
            bound[fold(title(found[0]))] = field
    titles = [title(at) for at in range(max(map(len, body[:LOOKED_AT])))]
    given = {fold(header): field for header, field in mapping.items()}
    if unknown := [header for header in mapping if fold(header) not in set(map(fold, titles))]:
        raise HeaderError(
            f"the list has no header; its columns are {', '.join(titles)}, none of them {unknown[0]!r}",
            f"名单没有表头；各列称为{'、'.join(titles)}，没有“{unknown[0]}”",
            f"--map {titles[0]}=FIELD",
        )
    taken = set(given.values())
    bound = {header: field for header, field in bound.items() if field not in taken} | given
    return Header(settle(kind, titles, {}, bound, units), first, titled=False)


def with_names(kind: Kind, header: Header, rows: Rows, mapping: Mapping[str, str]) -> Header:
    """A header that says neither name nor code, where just one column that it leaves open is full of firms' names."""
    fields = {column.field.id for column in header.columns if column.field}
    if not kind.by_name or fields & {kind.subject, "name"}:
        return header
    said = {column.index for column in header.columns if column.field}
    ignored = {fold(name) for name, field in mapping.items() if not field}
    said |= {column.index for column in header.columns if fold(column.header) in ignored}
    names = [at for at in like(rows[header.first_row :], is_name) if at not in said]
    if len(names) != 1:
        return header
    at = names[0]
    named = next((c for c in header.columns if c.index == at), Column(at, title(at), None))
    others = [column for column in header.columns if column.index != at]
    columns = sorted([*others, replace(named, field=kind.by_id["name"])], key=lambda column: column.index)
    return replace(header, columns=tuple(columns))
