"""Records as of a day in columns that import back: plain yuan with the unit in the header, ids as words."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import xlsxwriter
from sqlalchemy import Connection, and_, select

from registry import words
from registry.former import former_names, renamed
from registry.house import House
from registry.intake.cells import OWN_UNIT
from registry.intake.rows import Progress
from registry.intake.workbooks import write_cell
from registry.kind import FIRM, Field, Kind
from registry.places import Place, Places
from registry.room import Sheet
from registry.subjects import ENTERPRISE
from registry.typed import typed

#: What spreadsheets take for a formula; only strings are ever marked, numbers never (negative profits stay).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
BATCH = 5_000
#: What the name of a sheet may not hold.
NO_SHEET = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
#: Sheets keep fifteen digits.
MOST_EXACT = 10**15


def export_kind(house: House, kind: Kind, out: Path, day: date, district: str | None = None, tier: str | None = None,
                progress: Progress | None = None) -> int:  # fmt: skip
    """Write one kind to ``out`` (.xlsx or .csv), ordered by firm. Gives the number of rows.

    ``tier``: of firms that hold it; ``district``: of a district or functional area. Raises click.UsageError where the
    kind is about something that has none.
    """
    holders = _holders(house, tier, day) if tier else None
    with house.store.read() as connection:
        rows = _records(connection, house, kind, day, district, holders)
        table = ([_shown(field, row.get(field.id), house.places) for field in columns(kind)] for row in rows)
        return write_table(out, kind.zh, headers(kind), table, progress)


def columns(kind: Kind) -> list[Field]:
    """The fields that a record keeps; what only steers an import and personal fields stay out."""
    return [f for f in kind.fields if not f.personal and f.id not in ("effective_on", "meaning")]


def headers(kind: Kind) -> list[str]:
    return [
        f.zh
        + ("（元）" if f.type in ("money", "capital") and not f.zh.endswith("）") else "")
        + (f"（{OWN_UNIT}）" if f.type == "amount" else "")
        for f in columns(kind)
    ]


def _holders(house: House, tier: str, day: date) -> Any:
    for room in house.rooms:
        if room.holders:
            return room.holders(house, tier, day)
    raise click.UsageError("--tier: no room keeps titles")


def _records(connection: Connection, house: House, kind: Kind, day: date, district: str | None,
             holders: Any) -> Iterator[dict[str, Any]]:  # fmt: skip
    table = kind.table
    e = ENTERPRISE.c
    on_day = and_(e.from_day <= day, e.to_day > day)
    if kind.record == "enterprise":
        query = select(table).where(on_day)
    elif kind.about != FIRM:
        yield from _of_no_firm(connection, house, kind, day, district, holders)
        return
    else:
        firm = (e.name.label("name"), e.district.label("district"))
        query = select(table, *(c for c in firm if c.name not in table.c))
        query = query.join(ENTERPRISE, and_(e.uscc == table.c[kind.subject], on_day))
        if kind.timing == "spans":
            query = query.where(table.c.from_day <= day, table.c.to_day > day)
    if district:
        place = _place(house, district)
        query = (
            query.where(e.district == place.district) if place.district else query.where(e.area == place.area)
        )
    if holders is not None:
        query = query.where(e.uscc.in_(holders))
    result = connection.execute(
        query.order_by(*table.primary_key.columns), execution_options={"yield_per": BATCH}
    )
    bore = renamed(connection, day) if kind.record == "enterprise" else {}
    for row in result.mappings():
        record = dict(row)
        if record["uscc"] in bore:
            earlier = bore[record["uscc"]]
            record["former_names"] = former_names(record["former_names"], earlier, record["name"])
        yield record


def _place(house: House, district: str) -> Place:
    place = house.places.read_district(district)
    if not (place.district or place.area):
        raise click.UsageError(f"--district {district}: not a district or functional area of the city")
    return place


def _of_no_firm(connection: Connection, house: House, kind: Kind, day: date, district: str | None,
                holders: Any) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Records about something else than firms, in the order of their keys."""
    table = kind.table
    query = select(table).order_by(*table.primary_key.columns)
    if kind.timing == "spans":
        query = query.where(table.c.from_day <= day, table.c.to_day > day)
    if holders is not None or (district and kind.unit is None):
        asked = "--tier" if holders is not None else "--district"
        raise click.UsageError(f"{asked}: {kind.id} are not about firms")
    if district:
        place = _place(house, district)
        query = query.where(table.c[kind.unit] == (place.area or place.district))
    for row in connection.execute(query, execution_options={"yield_per": BATCH}).mappings():
        yield kind.written(dict(row)) if kind.written else dict(row)


def _shown(field: Field, value: Any, at_home: Places) -> Any:
    if value is None:
        return None
    if field.type == "word":
        return words.label(field.vocabulary, value)
    if field.type in ("district", "area"):
        return at_home.label(value)
    if field.type == "city":
        return typed(value, field)[0]
    if isinstance(value, date):
        return value.isoformat()
    return _number(value) if field.type == "amount" else value


def _number(text: str) -> int | float | str:
    """Exact decimal text as a number where a sheet keeps it exactly, else as it stands."""
    exact = Decimal(text)
    number = int(exact) if exact == exact.to_integral_value() else float(exact)
    return number if abs(exact) < MOST_EXACT and Decimal(repr(number)) == exact else text


def write_table(
    out: Path,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    progress: Progress | None = None,
) -> int:
    """Any table to .xlsx or .csv; strings as strings, so nothing becomes a formula. Gives the number of rows."""
    if out.suffix.lower() == ".csv":
        return _write_csv(out, header, rows)
    if out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{out}: write to .xlsx or .csv")
    count = 0
    with xlsxwriter.Workbook(str(out), {"constant_memory": True}) as book:
        sheet = book.add_worksheet(name.translate(NO_SHEET)[:31])
        bold = book.add_format({"bold": True, "bottom": 1})
        for at, title in enumerate(header):
            write_cell(sheet, 0, at, title, bold)
        for count, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                write_cell(sheet, count, at, value)
            if progress and count % BATCH == 0:
                progress("export", count, 0)
        sheet.freeze_panes(1, 0)
    return count


def table_bytes(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], suffix: str = ".xlsx"
) -> bytes:
    """The same in memory."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"table{suffix}"
        write_table(out, name, header, rows)
        return out.read_bytes()


def write_sheets(out: Path, sheets: Iterable[Sheet]) -> None:
    """Several tables to one .xlsx, a sheet each; strings as strings. Sheets are named by their titles, which differ."""
    with xlsxwriter.Workbook(str(out)) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for one in sheets:
            sheet = book.add_worksheet(one.title.translate(NO_SHEET)[:31])
            for line, cells in enumerate([one.header, *one.rows]):
                for at, value in enumerate(cells):
                    write_cell(sheet, line, at, value, None if line else bold)
            for at in range(len(one.header)):
                texts = [str(cells[at]) for cells in [one.header, *one.rows] if at < len(cells)]
                sheet.set_column(
                    at, at, min(48, 3 + max(sum(1 + (ch > "ÿ") for ch in text) for text in texts))
                )
            sheet.freeze_panes(1, 1)


def _write_csv(out: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow([_harmless(value) for value in row])
            count += 1
    return count


def _harmless(value: Any) -> Any:
    """A leading apostrophe keeps a string from becoming a formula; the import takes it off again."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value
